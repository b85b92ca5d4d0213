"""On what the figures were measured."""

import os
import platform
from datetime import datetime, timezone
from pathlib import Path

from .cluster import Cluster
from .load import generator


def describe(cluster: Cluster) -> str:
    version = cluster.query("SHOW server_version").split()[0]
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, {_processor()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {version}, load by {generator()}, "
        f"load average before: {load:.1f}"
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()
