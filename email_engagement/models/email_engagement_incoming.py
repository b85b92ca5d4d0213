import functools
from email.message import EmailMessage

from odoo import api, models
from odoo.tools.urls import urljoin

from ..tools.incoming import clean_incoming
from ..tools.incoming_mail import clean_mail, is_mail_file
from ..tools.tokens import Purpose

# Those that an email holds, and that name a copy or a copy and a link.
_PATHS = {
    purpose.path: purpose
    for purpose in (
        *(Purpose.OPEN, Purpose.CLICK, Purpose.FILE, Purpose.IMAGE),
        Purpose.PREFERENCE,
    )
}


class EmailEngagementIncoming(models.AbstractModel):
    """Takes our own pixels and links out of mails that come in.

    Whether an address is ours says its token, which nobody else can make: hosts
    change, and a database may have many. Addresses of another database stay.
    """

    _name = "email.engagement.incoming"
    _description = "Own Traces in Incoming Emails"

    @api.model
    def _clean(self, body):
        """The body of an incoming mail as it would be if nothing had been followed;
        of the same type (``Markup`` or ``str``), and all else to the byte.
        """
        if not body:
            return body
        resolve = functools.partial(self._original, {})
        cleaned = clean_incoming(body, resolve=resolve)
        return type(body)(cleaned) if cleaned != body else body

    @api.model
    def _clean_files(self, attachments: list) -> list:
        """Mails among the attachments of an incoming one, cleaned as its body is:
        forwarded ones, and the whole mail where Odoo keeps that.

        :param attachments: of ``mail.thread.message_parse``; those that hold nothing
            of ours come back as they are
        """
        resolve = functools.partial(self._original, {})
        return [
            self._clean_file(attachment, resolve)
            if isinstance(attachment[1], EmailMessage) or is_mail_file(attachment[0])
            else attachment
            for attachment in attachments
        ]

    @api.model
    def _clean_file(self, attachment, resolve):
        _name, content, *_info = attachment
        if isinstance(content, EmailMessage):
            source = content.as_bytes()
        elif isinstance(content, str):
            source = content.encode("utf-8", "surrogateescape")
        else:
            source = content
        if not isinstance(source, bytes):
            return attachment
        cleaned = clean_mail(source, resolve=resolve)
        if cleaned == source:
            return attachment
        if isinstance(content, str):
            cleaned = cleaned.decode("utf-8", "surrogateescape")
        return attachment._replace(content=cleaned)

    @api.model
    def _original(self, known: dict, url: str) -> str | None:
        """What stands for an address that looks like ours: see ``clean_incoming``.

        :param known: {id of a link: its original address}, filled per email
        """
        path, _slash, rest = url.partition("/ee/")[2].partition("/")
        purpose = _PATHS.get(path)
        if purpose is None:
            return None
        token = rest.partition("/")[0].partition("?")[0].partition("#")[0]
        if purpose is Purpose.OPEN:
            token = token.removesuffix(".gif")
        ids = self.env["email.engagement.token"]._verify(purpose, token)
        if ids is None:
            return None
        if len(ids) == 1:
            # A pixel; or what only the recipient decides, which colleagues must not
            # decide by following a quoted link.
            return ""
        link_id = ids[1]
        if link_id not in known:
            # sudo: the gateway puts back what stood there before.
            link_sudo = self.env["email.engagement.link"].sudo().browse(link_id)
            siblings_sudo = link_sudo.search(
                [("engagement_id", "=", link_sudo.exists().engagement_id.id)]
            )
            known.update(
                {link.id: link._original_address() or None for link in siblings_sudo}
            )
        return known.get(link_id)


class EmailEngagementLink(models.Model):
    _inherit = "email.engagement.link"

    def _original_address(self) -> str:
        """Where the link led to before it was followed; '' when not known."""
        self.ensure_one()
        # The attachment in the chatter, which colleagues can open.
        file = self.source_id or self.attachment_id
        if self.url or not file:
            return self.url or ""
        base_url = self.engagement_id._get_engagement_base_url()
        return urljoin(base_url, f"/web/content/{file.id}")
