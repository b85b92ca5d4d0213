"""What "Check my set-up" tries, step by step. What it means is for
``tools/setup_check.py`` to say.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from odoo import SUPERUSER_ID, fields
from odoo.tools import SQL, config
from odoo.tools.urls import urljoin

from ..models.countries import is_set_up as is_country_set_up
from ..tools import setup_check
from ..tools.fetch import Answer, Failure, fetch
from ..tools.policy import LEVEL_EXEMPT
from ..tools.setup_check import Finding, Incoming

# As a recipient's client: a firewall that turns programs away must not be mistaken
# for one that turns recipients away.
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/132.0.0.0 Safari/537.36"
)
HEADERS = {"User-Agent": USER_AGENT, "Accept-Language": "en"}
# Seconds that the scheduled action gets to digest the hits. It is woken a second after
# them, and may wait for another one.
PATIENCE = 20.0
# Addresses that are tried; a company may have as many websites as it likes.
ADDRESSES_MAX = 5
# Messages among which one that came in is looked for.
MESSAGES = 10_000


class Trial:
    """One go through all steps.

    :param check: an ``email.engagement.check``
    :param email: where the test mail goes, the user's address by default
    :param with_mail: whether one is sent
    :param patience: see ``PATIENCE``
    """

    def __init__(
        self,
        check,
        email: str | None = None,
        with_mail: bool = True,
        patience: float = PATIENCE,
    ):
        self.check = check
        self.env = check.env
        self.company = check.company_id
        self.email = self.env.user.email if email is None else email
        self.with_mail = with_mail
        self.patience = patience
        urls = self.company._engagement_base_urls()
        self.urls, self.urls_left = urls[:ADDRESSES_MAX], urls[ADDRESSES_MAX:]
        self.is_reached = False
        self.named_urls = []  # that lead here against what the configuration says
        self.facts = None
        self.trace_sudo = self.env["email.engagement.trace"]

    def steps(self) -> Iterator[tuple[str, Callable[[], list[Finding]]]]:
        if self._is_neutralized():
            # Its addresses may still be those of the original: nothing is asked.
            yield "sending", lambda: [setup_check.error("neutralized")]
            return
        yield "address", self._address
        yield "door", self._doors
        if self.facts:
            yield "proxy", lambda: setup_check.judge_proxy(self.facts, self.urls[0])
        self._prepare()
        if self.with_mail:
            yield "sending", self._sending
        yield "pixel", partial(self._if_reached, self._pixel)
        yield "link", partial(self._if_reached, self._link)
        yield "digest", partial(self._if_reached, self._digest)
        yield "crons", self._crons
        yield "incoming", self._incoming
        yield "country", self._country

    def _is_neutralized(self) -> bool:
        # sudo: a technical parameter.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return bool(parameters_sudo.get_param("database.is_neutralized"))

    # ------------------------------------------------------------
    # The address
    # ------------------------------------------------------------

    def _address(self) -> list[Finding]:
        findings = []
        for url in self.urls or [""]:
            host = urlsplit(url).hostname
            findings += setup_check.judge_address(url, host and _resolve(host))
        # sudo: a technical parameter, of which nothing gets out.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        web_base_url = (parameters_sudo.get_param("web.base.url") or "").rstrip("/")
        if (
            not self.company.engagement_base_url
            and web_base_url in self.urls
            and not parameters_sudo.get_param("web.base.url.freeze")
        ):
            findings.append(setup_check.warning("address_changes"))
        return findings

    def _doors(self) -> list[Finding]:
        findings = [self._door(url) for url in self.urls]
        if self.urls_left:
            urls = ", ".join(self.urls_left)
            findings.append(setup_check.skipped("addresses_left", urls=urls))
        return findings

    def _door(self, url: str) -> Finding:
        doors = self.env["email.engagement.door"]
        token = doors._make_question()
        address = f"{url}/ee/s/{token}"
        result = self._ask(address, Accept="application/json")
        if isinstance(result, Failure) and result.kind == "timeout":
            # An Odoo that has just started loads its modules at the first request.
            result = self._ask(address, Accept="application/json")
        facts = _json(result)
        is_ours = doors._is_answer(token, facts.get("answer"))
        if is_ours and url == self.urls[0]:
            self.is_reached, self.facts = True, facts
        databases = self.env["email.engagement.health"]._judge_databases(url)
        if is_ours and databases != setup_check.OK:
            self.named_urls.append(url)
        return setup_check.judge_door(result, url, is_ours=is_ours, databases=databases)

    def _ask(self, url: str, **headers) -> Answer | Failure:
        # What is asked is in the settings, or a website's domain, which its designers
        # write: nothing of the answer gets out but what it means.
        return fetch(url, {**HEADERS, **headers})

    def _if_reached(self, step) -> list[Finding]:
        if not self.is_reached:
            return [setup_check.skipped("not_tried")]
        return step()

    # ------------------------------------------------------------
    # The test mail
    # ------------------------------------------------------------

    def _prepare(self):
        """Make the followed email of the test: it is not made by a message, since its
        recipient is a colleague, who is never followed otherwise. It is OdooBot's, so
        that no list shows it meanwhile.
        """
        if not self.urls:
            return
        # sudo: nobody has the right to make one by hand. It is deleted in the end.
        engagements_sudo = self.env["email.engagement"].with_user(SUPERUSER_ID)
        engagement_sudo = engagements_sudo.create(
            {
                "subject": self.env._("Test email of Email Engagement"),
                "date": fields.Datetime.now(),
                "is_private": True,
                "company_id": self.company.id,
                "link_ids": [
                    fields.Command.create({"label": "1", "url": self._outside_url()})
                ],
                "trace_ids": [
                    fields.Command.create(
                        {
                            "email": self.email,
                            # Whoever starts a check agrees to be followed by it.
                            "opens_level": LEVEL_EXEMPT,
                            "clicks_level": LEVEL_EXEMPT,
                        }
                    )
                ],
            }
        )
        # sudo: nobody else writes what the check deletes.
        self.check.sudo().engagement_id = engagement_sudo
        self.trace_sudo = engagement_sudo.trace_ids
        self.link_sudo = engagement_sudo.link_ids
        base_url, trace_id = self.urls[0], self.trace_sudo.id
        self.pixel_url = engagement_sudo._pixel_url(base_url, trace_id)
        self.link_url = engagement_sudo._link_url(base_url, trace_id, self.link_sudo.id)
        self.check._commit()

    def _outside_url(self) -> str:
        token = self.env["email.engagement.door"]._make_question()
        return urljoin(self.urls[0], f"/ee/s/{token}")

    def _sending(self) -> list[Finding]:
        if not self.email:
            return [setup_check.error("send_no_address")]
        values = {
            "company": self.company,
            "link_url": self.urls and self.link_url,
            "pixel_url": self.urls and self.pixel_url,
            "outside_url": self.urls and self.link_sudo.url,
        }
        sender = self.env.user.email_formatted or self.email
        about = {"server": self._mail_server(sender), "email": self.email}
        body = self.env["ir.qweb"]._render("email_engagement.check_mail", values)
        is_sent, detail = self._send(sender, body)
        if is_sent:
            return [setup_check.ok("sent_ok", **about)]
        return [setup_check.error("send_failed", detail=detail[:300], **about)]

    def _send(self, sender: str, body: str) -> tuple[bool, str]:
        """Send the test mail as any other mail, and leave nothing of it here.

        :return: whether it was accepted, and why not
        """
        # sudo: whoever checks tests the outgoing server as well; the mail goes to
        # themselves.
        mail_sudo = self.env["mail.mail"].sudo()
        mail_sudo = mail_sudo.create(
            {
                "subject": self.env._("Test email of Email Engagement"),
                "email_from": sender,
                "email_to": self.email,
                "body_html": body,
                "auto_delete": False,
            }
        )
        self.check._commit()
        try:
            mail_sudo.send()
            return mail_sudo.state == "sent", mail_sudo.failure_reason or ""
        finally:
            mail_sudo.unlink()

    def _mail_server(self, email_from: str) -> str:
        # sudo: its name only.
        servers_sudo = self.env["ir.mail_server"].sudo()
        server_sudo, _from = servers_sudo._find_mail_server(email_from)
        name = server_sudo.name if server_sudo else config["smtp_server"]
        return name or "localhost"

    def _pixel(self) -> list[Finding]:
        result = self._ask(self.pixel_url)
        return [setup_check.judge_pixel(result, self.urls[0])]

    def _link(self) -> list[Finding]:
        result = self._ask(self.link_url)
        return [setup_check.judge_link(result, self.urls[0], self.link_sudo.url)]

    # ------------------------------------------------------------
    # From the hits to the timeline
    # ------------------------------------------------------------

    def _digest(self) -> list[Finding]:
        self.check._commit()
        expected = {
            kind for kind in ("open", "click") if self.trace_sudo._recording(kind)
        }
        if not expected:
            return [setup_check.warning("policy_off")]
        if not self._waits() and not self._seen():
            return [setup_check.error("not_recorded")]
        deadline = time.monotonic() + self.patience
        while not (by_cron := expected <= self._seen()):
            if time.monotonic() >= deadline:
                break
            time.sleep(0.5)
            self.check._commit()
        by_hand = by_cron
        if not by_cron:
            # sudo: what the scheduled action does.
            self.env["email.engagement.digest"].sudo()._run()
            self.check._commit()
            by_hand = expected <= self._seen()
        health = self.env["email.engagement.health"]
        cron = self.env.ref("email_engagement.ir_cron_digest", raise_if_not_found=False)
        finding = setup_check.judge_digest(
            by_cron=by_cron,
            by_hand=by_hand,
            # sudo: whether it is on.
            is_active=bool(cron and cron.sudo().active),
            last_cron=health._last_cron(),
            now=fields.Datetime.now(),
        )
        return [finding]

    def _waits(self) -> bool:
        """Whether the digest has something of the test yet to do."""
        rows = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM email_engagement_hit WHERE trace_id = %s)",
                self.trace_sudo.id,
            )
        )
        return rows[0][0]

    def _seen(self) -> set[str]:
        """What the timeline of the test has by now."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT type FROM email_engagement_event WHERE trace_id = %s",
                self.trace_sudo.id,
            )
        )
        return {type_ for (type_,) in rows}

    def _crons(self) -> list[Finding]:
        crons_sudo, gone_sudo = self.env["email.engagement.health"]._crons()
        findings = [
            setup_check.error("cron_gone", name=action.name) for action in gone_sudo
        ]
        for cron in crons_sudo:
            if not cron.active:
                findings.append(setup_check.warning("cron_inactive", name=cron.name))
            elif cron.failure_count:
                findings.append(
                    setup_check.error(
                        "cron_failing",
                        name=cron.name,
                        count=cron.failure_count,
                        date=cron.first_failure_date,
                    )
                )
        return findings or [setup_check.ok("crons_ok")]

    # ------------------------------------------------------------
    # What comes in, and from where
    # ------------------------------------------------------------

    def _incoming(self) -> list[Finding]:
        # sudo: of other people's messages only whether and when one came in; of the
        # servers their names, and why one cannot be asked.
        domain_sudo = self.company.sudo().alias_domain_id
        servers_sudo = self.env["fetchmail.server"].sudo()
        servers_sudo = servers_sudo.search([("state", "=", "done")])
        incoming = Incoming(
            domain=domain_sudo.name or "",
            catchall=domain_sudo.catchall_email or "",
            bounce=domain_sudo.bounce_email or "",
            servers=[
                (
                    server.name,
                    server.date or None,
                    (server.error_message or "")[:300] if server.error_date else "",
                )
                for server in servers_sudo
                if server.server_type != "local"
            ],
            last_mail=self._last_mail(),
        )
        return setup_check.judge_incoming(incoming, fields.Datetime.now())

    def _last_mail(self):
        """When an email came in last for this company, among the latest messages."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT max(create_date)
                  FROM (SELECT create_date, message_type, record_company_id
                          FROM mail_message
                         ORDER BY id DESC LIMIT %s) latest
                 WHERE message_type = 'email'
                   AND (record_company_id = %s OR record_company_id IS NULL)
                """,
                MESSAGES,
                self.company.id,
            )
        )
        return rows[0][0]

    def _country(self) -> list[Finding]:
        if is_country_set_up():
            return [setup_check.ok("country_ok")]
        return [setup_check.warning("country_missing")]


def _resolve(host: str) -> list[str] | None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return [address[4][0] for address in found]


def _json(result: Answer | Failure) -> dict:
    """What a door has said; it is believed only with this database's signature."""
    try:
        facts = json.loads(result.body) if isinstance(result, Answer) else None
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
