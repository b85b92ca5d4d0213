import re

from odoo import api, fields, models
from odoo.tools.mail import html2plaintext

from ..tools import html, link_text, pictures

# Odoo's own password and invitation links. Whatever made the email that holds one:
# it is a secret between Odoo and its reader.
# Bounded: without, a body of nothing but beginnings takes quadratic time.
SECURITY_LINK = re.compile(r"/web/(?:reset_password|signup)\?[^\s\"'<>]{0,1024}?token=")


class Bodies:
    """Bodies read in one run of the sending, in its context: those prepared before
    it are not read again when they go out.
    """

    def __init__(self):
        self.ready = {}


class EmailEngagement(models.Model):
    """Following: from a message to traces, links and the body of each copy."""

    _inherit = "email.engagement"

    @api.model
    def _follow(self, message):
        """Make the engagement of a message that is about to be sent."""
        return self.create(self._follow_values(message))

    @api.model
    def _follow_values(self, message) -> dict:
        user = message.author_id.user_ids.filtered(lambda user: not user.share)[:1]
        return {
            "message_id": message.id,
            # Nothing of the text, which is for those who may read the message.
            "subject": message.subject or message.record_name,
            "author_id": message.author_id.id,
            "user_id": user.id or self.env.uid,
            "date": message.date or fields.Datetime.now(),
            "model": message.model,
            "res_id": message.res_id,
            "record_name": message.record_name,
            "is_private": message.message_type == "user_notification",
            "company_id": message.record_company_id.id or self.env.company.id,
        }

    # ------------------------------------------------------------
    # Traces and links: made once, found again by every further try
    # ------------------------------------------------------------

    def _ensure_traces(self, copies) -> dict:
        """The traces of some copies, made where there are none yet.

        :param copies: see ``mail.mail._engagement_copies``
        :return: {partner id (False for the shared copy): trace}, without the
            copies that go to colleagues only, and new ones once somebody was
            taken out of this email
        """
        self.ensure_one()
        external = self._external_copies(copies)
        if not external:
            return {}
        permitted = self._permitted_copies(external)
        Trace = self.env["email.engagement.trace"]
        known = Trace.search(
            [
                ("engagement_id", "=", self.id),
                "|",
                ("partner_id", "in", [partner.id for partner, _ in external]),
                ("partner_id", "=", False),
            ]
        )
        by_key = {
            (
                "anonymous"
                if trace.is_anonymous
                else (trace.partner_id.id, not trace.partner_id and trace.email)
            ): trace
            for trace in known
        }
        # It may be the one who was taken out. To know it would take a mark on what is
        # left of that copy, and nothing that leads to a person is to be there.
        was_left = any(trace._was_left() for trace in known)
        result = {}
        missing = {}
        for partner, addresses, values in permitted:
            if values["is_anonymous"]:
                key = "anonymous"
            else:
                email = ", ".join(addresses)
                key = (partner.id, not partner and email)
                values = {
                    **values,
                    "partner_id": partner.id,
                    "email": email,
                    "recipient_count": len(addresses),
                }
            if key in by_key:
                result[partner.id] = by_key[key]
                by_key[key]._permit_again(values)
            elif key == "anonymous" or not was_left:
                missing.setdefault(key, ({"engagement_id": self.id, **values}, []))
                missing[key][1].append(partner.id)
        traces = Trace.create([values for values, _partner_ids in missing.values()])
        for trace, (_values, partner_ids) in zip(traces, missing.values(), strict=True):
            result.update(dict.fromkeys(partner_ids, trace))
        return result

    @api.model
    def _external_copies(self, copies) -> list[tuple]:
        """Only those that somebody outside the company gets. Colleagues are never
        followed, whether they are addressed as contacts or by their addresses.
        """
        shared = [
            address
            for partner, addresses in copies
            if not partner
            for address in addresses
        ]
        colleagues = set()
        if shared:
            colleagues = set(
                self.env["res.partner"]
                .search(
                    [
                        ("email_normalized", "in", shared),
                        ("partner_share", "=", False),
                    ]
                )
                .mapped("email_normalized")
            )
        return [
            (partner, addresses)
            for partner, addresses in copies
            if (partner.partner_share if partner else set(addresses) - colleagues)
        ]

    def _ensure_links(self, targets) -> dict[str, int]:
        """The links of some targets, made where there are none yet.

        :param targets: ``tools.html.Target`` each
        :return: {address: id of the link}
        """
        self.ensure_one()
        known = {link.url: link.id for link in self.link_ids}
        missing = [target for target in targets if target.url not in known]
        links = self.env["email.engagement.link"].create(
            [
                {
                    "engagement_id": self.id,
                    "sequence": len(known) + number,
                    "label": link_text.label(target.label),
                    "url": target.url,
                }
                for number, target in enumerate(missing, start=1)
            ]
        )
        known.update({link.url: link.id for link in links})
        return known

    def _set_outcome(
        self, copies, partner_ids, emails, failure_reason, failure_type=False
    ):
        """Set the state of some copies after one try to send them.

        :param copies: (partner id or False, normalized addresses) each
        :param partner_ids: partners whose copy was accepted
        :param emails: addresses whose copy was accepted
        :param failure_type: as ``mail.mail`` names it
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        copies = [(partners.browse(id_ or ()), emails_) for id_, emails_ in copies]
        traces = self._ensure_traces(copies)
        self._count_anonymous(copies, traces, partner_ids, emails)
        for partner, addresses in copies:
            trace = traces.get(partner.id)
            if not trace:
                continue
            if partner.id in partner_ids or (not partner and emails & set(addresses)):
                trace._set_sent()
            elif trace.state != "sent":  # sent by an earlier try
                trace._set_failed(failure_reason, failure_type)
        if any(trace.state == "sent" for trace in traces.values()):
            self._log_sent()
        if self.scheduled_date:
            self._refresh_schedule()
        self._refresh()

    def _log_sent(self):
        """Begin the timeline with the moment the first copy went out, which is the
        date of the email from then on.
        """
        self.ensure_one()
        Event = self.env["email.engagement.event"]
        if self.is_closed or Event.search_count(
            [("engagement_id", "=", self.id), ("type", "=", "sent")], limit=1
        ):
            return
        self.date = fields.Datetime.now()
        Event.create({"engagement_id": self.id, "type": "sent", "date": self.date})

    # ------------------------------------------------------------
    # The body: read once, filled in for each copy
    # ------------------------------------------------------------

    def _scan(self, body: str) -> html.Body:
        self.ensure_one()
        own = f"{self._get_engagement_base_url()}/ee/"
        read_address = self.env["email.engagement.token"]._read_address
        bases = self._picture_bases()
        return html.scan(
            body,
            own_prefixes=(own,),
            # Forwarded, or sent before the tracking domain changed: followed already.
            skip=lambda url: bool(read_address(url)),
            picture=lambda url: pictures.parse(url, bases),
        )

    def _fill_in(self, body: str):
        """Make the function that gives a trace its own pixel, links and files.

        :return: function of a trace; it returns ``body`` and ``body_alternative``
            of an outgoing email, or nothing when this body cannot be followed or
            that copy is not
        """
        self.ensure_one()
        bodies = self.env.context.get("engagement_bodies")
        if not isinstance(bodies, Bodies):
            bodies = Bodies()
        if (self.id, body) in bodies.ready:
            return bodies.ready.pop((self.id, body))
        base_url = self._get_engagement_base_url()
        with_files, files = self._list_files(body)
        scanned = self._scan(with_files)
        if SECURITY_LINK.search(body):
            self.not_followed_reason = "security"
        elif scanned.reason or not scanned.line_possible:
            self.not_followed_reason = "unsafe_html"
        if self.not_followed_reason:
            return lambda trace: {}
        addresses = [target.url for target in scanned.targets]
        links = self._ensure_links(
            [target for target in scanned.targets if target.url not in files]
        )
        picture_ids = self._ensure_pictures(scanned.pictures)
        text = scanned.text(html2plaintext)

        def address(trace_id: int, url: str) -> str:
            if url in files:
                return self._file_url(base_url, trace_id, files[url])
            return self._link_url(base_url, trace_id, links[url])

        lines = self._preference_lines(base_url)

        def fill_in(trace) -> dict[str, str]:
            if not trace._is_followed():
                return {}
            urls, shown, pixel = [], [], None
            if trace._is_followed("clicks"):
                urls = [address(trace.id, url) for url in addresses]
            if trace._is_followed("opens"):
                shown = [
                    id_ and self._picture_url(base_url, trace.id, id_)
                    for id_ in picture_ids
                ]
                pixel = self._pixel_url(base_url, trace.id)
            line, text_line = lines.of(trace)
            return {
                "body": scanned.render(urls, pixel, pictures=shown, line=line),
                "body_alternative": text.render(urls) + text_line,
            }

        bodies.ready[self.id, body] = fill_in
        return fill_in
