"""A burst that waits, a cron that has nothing to do with it, and paths of pixels.

python -m benchmarks.inside.seed_burst DATABASE COUNT FILE
"""

import sys
from pathlib import Path

from .odoo_env import environment
from .waiting import let_wait

BEAT = "Bench: beat"


def main(database: str, count: int, paths: Path) -> None:
    with environment(database) as env:
        # Only what is measured runs.
        env["ir.cron"].search([]).active = False
        env["ir.cron"].create(
            {
                "name": BEAT,
                "model_id": env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "log('beat')",
                "interval_type": "days",
                "nextcall": "2099-01-01 00:00:00",
            }
        )
        let_wait(env, count, "many")
        traces = env["email.engagement.trace"].search([], limit=5000, order="id desc")
        token = env["email.engagement.token"]
        paths.write_text(
            "".join(f"/ee/o/{token._sign('open', id_)}.gif\n" for id_ in traces.ids)
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
