"""Seed a database for `hits`, and write the paths that are asked for.

    python -m benchmarks.inside.seed_hits DATABASE COUNT FOLDER

``FOLDER/<name>`` has one path per line.
"""

import sys
from pathlib import Path

from .bulk import settle
from .multiply import multiply
from .odoo_env import environment
from .seed import followed_emails


def main(database: str, count: int, folder: Path) -> None:
    with environment(database) as env:
        write(folder, "noop", ["/bench/noop"])
        ours(env, count, folder)
        core(env, count, folder)
        oca(env, count, folder)
        env.cr.execute("UPDATE ir_cron SET active = FALSE")
        settle(env)


def ours(env, count: int, folder: Path) -> None:
    # What is beyond the limit is only counted, which is no measure of storing.
    parameters = env["ir.config_parameter"]
    parameters.set_param("email_engagement.hits_per_minute", "1000000000")
    traces, links_of = followed_emails(env, count)
    token = env["email.engagement.token"]
    write(folder, "pixel", [f"/ee/o/{token._sign('open', id_)}.gif" for id_ in traces])
    write(
        folder,
        "link",
        [f"/ee/c/{token._sign('click', id_, links_of[id_][0])}" for id_ in traces],
    )


def core(env, count: int, folder: Path) -> None:
    mailing = env["mailing.mailing"].create(
        {
            "subject": "Our offer",
            "body_html": "<p>Good morning</p>",
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
        }
    )
    contact = env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
    trace = env["mailing.trace"].create(
        {
            "mass_mailing_id": mailing.id,
            "model": "res.partner",
            "res_id": contact.id,
            "email": contact.email,
            "trace_status": "sent",
            "mail_mail_id_int": 1,
        }
    )
    mails = list(range(1_000_001, 1_000_001 + count))
    traces = multiply(trace, count, mail_mail_id_int=mails)
    Mail = env["mail.mail"]
    write(
        folder,
        "core_pixel",
        [
            f"/mail/track/{id_}/{Mail._generate_mail_recipient_token(id_)}/blank.gif"
            for id_ in mails
        ],
    )
    link = env["link.tracker"].create(
        {
            "url": "https://www.example.com/offer",
            "title": "Offer",
            "mass_mailing_id": mailing.id,
        }
    )
    urls = [f"https://www.example.com/offer/{number}" for number in range(count)]
    links = multiply(link, count, url=urls)
    codes = [f"bench{number}" for number in range(count)]
    multiply(link.link_code_ids, count, link_id=links, code=codes)
    write(folder, "core_r", [f"/r/{code}" for code in codes])
    write(
        folder,
        "core_rm",
        [f"/r/{code}/m/{id_}" for code, id_ in zip(codes, traces, strict=True)],
    )


def oca(env, count: int, folder: Path) -> None:
    email = env["mail.tracking.email"].create(
        {
            "name": "Our offer",
            "recipient": "ada@example.com",
            "state": "sent",
        }
    )
    ids = multiply(email, count)
    database, token = env.cr.dbname, email.token
    write(
        folder,
        "oca_pixel",
        [f"/mail/tracking/open/{database}/{id_}/{token}/blank.gif" for id_ in ids],
    )


def write(folder: Path, name: str, paths: list[str]) -> None:
    (folder / name).write_text("".join(f"{path}\n" for path in paths))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
