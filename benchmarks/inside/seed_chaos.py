"""Links that nobody has followed yet, each to a target of its own.

    python -m benchmarks.inside.seed_chaos DATABASE COUNT FILE [--waiting]

Lines of ``FILE``: trace, link, path, target. With ``--waiting`` each has been followed
already and waits for the digest.
"""

import sys
from pathlib import Path

from odoo.tools import SQL

from .odoo_env import environment
from .seed import followed_emails

DIGEST = "email_engagement.ir_cron_digest"


def main(database: str, count: int, file: Path, waiting: bool) -> None:
    with environment(database) as env:
        env["ir.cron"].search([]).active = False
        env.ref(DIGEST).active = True
        _traces, links_of = followed_emails(env, -(-count // 3))
        env.execute_query(
            SQL(
                """
                UPDATE email_engagement_link
                   SET url = 'https://www.example.com/offer?id=' || id RETURNING id
                """
            )
        )
        token = env["email.engagement.token"]
        pairs = [(trace, link) for trace, links in links_of.items() for link in links]
        file.write_text(
            "".join(
                f"{trace} {link} /ee/c/{token._sign('click', trace, link)} "
                f"https://www.example.com/offer?id={link}\n"
                for trace, link in pairs[:count]
            )
        )
        if waiting:
            let_follow(env, pairs[:count])


def let_follow(env, pairs) -> None:
    traces, links = zip(*pairs, strict=True)
    env.execute_query(
        SQL(
            """
            INSERT INTO email_engagement_hit
                   (kind, trace_id, link_id, date, head, user_agent, purpose,
                    language, address, repeats)
            SELECT 'click', *, now() AT TIME ZONE 'UTC', FALSE, 'Mozilla/5.0 Firefox',
                   '', TRUE, '192.0.2.7', 0
              FROM unnest(%s::int[], %s::int[])
         RETURNING id
            """,
            list(traces),
            list(links),
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), "--waiting" in sys.argv)
