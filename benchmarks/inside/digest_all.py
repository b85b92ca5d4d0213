"""Digest until nothing waits: python -m benchmarks.inside.digest_all DATABASE

Prints a line when it begins, so that it can be killed while it works.
"""

import sys
import time

from .odoo_env import environment


def main(database: str) -> None:
    with environment(database) as env:
        digest = env["email.engagement.digest"]
        print("begins", flush=True)
        while env["email.engagement.hit"].search_count([], limit=1):
            if not digest._run():
                time.sleep(0.05)  # another one is at it
            env.cr.commit()


if __name__ == "__main__":
    main(sys.argv[1])
