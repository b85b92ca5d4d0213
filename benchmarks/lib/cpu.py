"""Processor time that processes took: what other people's programs on the same machine
do not change much, unlike requests per second.
"""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def of_tree(pid: int) -> float | None:
    """Seconds that a process took with all its children, also those that have ended.

    None where the system does not tell (only Linux does).
    """
    if not Path("/proc/self/stat").exists():
        return None
    children, ticks = {}, {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # proc(5): ppid, and utime, stime, cutime, cstime
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        ticks[int(folder.name)] = sum(map(int, fields[11:15]))
    total, todo = 0, [pid]
    while todo:
        process = todo.pop()
        total += ticks.get(process, 0)
        todo += children.get(process, ())
    return total / TICK
