from odoo import models
from odoo.tools import consteq
from odoo.tools.misc import verify_limited_field_access_token
from odoo.tools.urls import urljoin

from ..tools import files, pictures


class EmailEngagement(models.Model):
    """Pictures in the text that this Odoo serves: loading one is an open."""

    _inherit = "email.engagement"

    def _picture_bases(self) -> set[str]:
        """Addresses of this Odoo, as they may stand before its pictures."""
        self.ensure_one()
        # sudo: not secret, but readable by administrators only.
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return {self._get_engagement_base_url(), base_url or ""} - {""}

    def _ensure_pictures(self, urls: list[str]) -> list[int | None]:
        """The link of each picture, made where there is none yet; None for pictures
        that a stranger cannot load by this address, which stay as they are.
        """
        self.ensure_one()
        if not urls:
            return []
        Link = self.env["email.engagement.link"]
        known = {
            link.url: link.id
            for link in Link.search(
                [("engagement_id", "=", self.id), ("kind", "=", "image")]
            )
        }
        bases = self._picture_bases()
        wanted = {
            url: picture
            for url in urls
            if url not in known and (picture := pictures.parse(url, bases))
        }
        attachments = self.env["ir.attachment"].browse(
            {picture.attachment_id for picture in wanted.values()}
        )
        loadable = {
            attachment.id: attachment
            for attachment in attachments.exists()
            if (attachment.mimetype or "") in files.INLINE - {"application/pdf"}
        }
        missing = [
            (url, loadable[picture.attachment_id])
            for url, picture in wanted.items()
            if picture.attachment_id in loadable
            and may_load(loadable[picture.attachment_id], picture.access_token)
        ]
        links = Link.create(
            [
                {
                    "engagement_id": self.id,
                    "kind": "image",
                    "label": attachment.name,
                    "url": url,
                    "attachment_id": attachment.id,
                }
                for url, attachment in missing
            ]
        )
        known.update({link.url: link.id for link in links})
        return [known.get(url) for url in urls]

    def _picture_url(self, base_url, trace_id, link_id) -> str:
        token = self.env["email.engagement.token"]._sign("image", trace_id, link_id)
        return urljoin(base_url, f"/ee/i/{token}")


def may_load(attachment, access_token: str) -> bool:
    """Whether the address of a picture is enough to load it, as for core's routes."""
    if attachment.public:
        return True
    if not access_token or not access_token.isascii():
        return False
    if consteq(attachment.access_token or "", access_token):
        return True
    return verify_limited_field_access_token(
        attachment, "raw", access_token, scope="binary"
    )
