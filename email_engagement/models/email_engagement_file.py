"""Followed files: kept with the email that was sent, served by a link of its own."""

import re
from datetime import datetime, time, timedelta, tzinfo

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.urls import urljoin

from ..tools import files
from ..tools.file_place import replace_mark
from ..tools.plaintext import placeholders

# What makes the content of an attachment; see ``_keep_files``.
CONTENT = (
    *("type", "url", "mimetype"),
    *("store_fname", "db_datas", "file_size", "checksum"),
)


class EmailEngagementLink(models.Model):
    """Files among the links.

    ``attachment_id`` is a copy that belongs to the link: what was sent is what is
    served, whatever becomes of the attachment in the chatter (``source_id``). It is a
    second row about the same file on the disk.
    """

    _inherit = "email.engagement.link"

    kind = fields.Selection(
        [("url", "Web address"), ("file", "File"), ("image", "Picture in the text")],
        required=True,
        default="url",
    )
    source_id = fields.Many2one(
        "ir.attachment",
        "Attachment of the Message",
        ondelete="set null",
        index="btree_not_null",
    )
    mimetype = fields.Char(related="attachment_id.mimetype")
    file_size = fields.Integer(related="attachment_id.file_size")
    size_text = fields.Char("Size", compute="_compute_size_text")
    file_state = fields.Selection(
        [
            ("available", "Available"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
            ("deleted", "Deleted"),
        ],
        "State of the File",
        compute="_compute_file_state",
    )
    can_manage = fields.Boolean(
        related="engagement_id.can_manage_files", related_sudo=False
    )
    view_count = fields.Integer("Views", compute="_compute_views")
    viewer_count = fields.Integer("People", compute="_compute_views")
    last_view = fields.Datetime("Last Viewed", compute="_compute_views")

    @api.depends("file_size")
    def _compute_size_text(self):
        for link in self:
            link.size_text = files.readable_size(link.file_size)

    @api.depends("attachment_id", "revoked", "expires_on")
    def _compute_file_state(self):
        """Available is what ``email_engagement_link.SERVED`` says in SQL."""
        now = fields.Datetime.now()
        for link in self:
            if link.kind != "file":
                link.file_state = False
            elif not link.attachment_id:
                link.file_state = "deleted"
            elif link.revoked:
                link.file_state = "revoked"
            elif link.expires_on and link.expires_on <= now:
                link.file_state = "expired"
            else:
                link.file_state = "available"

    @api.depends("engagement_id.event_ids.counted")
    def _compute_views(self):
        figures = {
            link.id: (count, people, last)
            for link, count, people, last in self.env[
                "email.engagement.event"
            ]._read_group(
                [
                    ("link_id", "in", self.ids),
                    ("type", "=", "attachment"),
                    ("counted", "=", True),
                ],
                ["link_id"],
                ["__count", "trace_id:count_distinct", "date:max"],
            )
        }
        for link in self:
            link.view_count, link.viewer_count, link.last_view = figures.get(
                link.id, (0, 0, False)
            )

    # ------------------------------------------------------------
    # The files themselves
    # ------------------------------------------------------------

    def _keep_files(self):
        """Give each link a copy of its ``source_id`` that nobody else holds.

        The content is copied in SQL: the ORM would read each file into memory and
        write it again, be it of 2 GB. Odoo's garbage collector keeps a file on the
        disk for as long as a row names it.
        """
        copies = self.env["ir.attachment"].create(
            [
                {
                    "name": link.source_id.name,
                    "type": "binary",  # not a default of the context
                    "res_model": link._name,
                    "res_id": link.id,
                    "company_id": link.source_id.company_id.id,
                }
                for link in self
            ]
        )
        for link, copy in zip(self, copies, strict=True):
            link.attachment_id = copy
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE ir_attachment copy
                   SET (%(columns)s) = (SELECT %(columns)s FROM ir_attachment
                                         WHERE id = link.source_id)
                  FROM email_engagement_link link
                 WHERE link.attachment_id = copy.id AND link.id = ANY(%(ids)s)
             RETURNING copy.id
                """,
                columns=SQL(", ").join(map(SQL.identifier, CONTENT)),
                ids=self.ids,
            )
        )
        copies.invalidate_recordset()

    @api.model
    def _kept_by(self, domain) -> models.Model:
        """The copies that the links of ``domain`` hold, as superuser."""
        # sudo: nobody may touch a copy; it comes and goes with its link.
        links_sudo = self.sudo().search([("attachment_id", "!=", False), *domain])
        return links_sudo.attachment_id.filtered(
            lambda attachment: attachment.res_model == self._name
        )

    def unlink(self):
        copies_sudo = self._kept_by([("id", "in", self.ids)])
        result = super().unlink()
        copies_sudo.unlink()
        return result

    @api.autovacuum
    def _gc_files(self):
        """Delete the copies whose links were deleted by other ways than ``unlink``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT attachment.id
                  FROM ir_attachment attachment
                  LEFT JOIN email_engagement_link link ON link.id = attachment.res_id
                 WHERE attachment.res_model = %s AND link.id IS NULL
                 LIMIT 1000
                """,
                self._name,
            )
        )
        self.env["ir.attachment"].browse([id_ for (id_,) in rows]).exists().unlink()

    # ------------------------------------------------------------
    # Revoking and restoring
    # ------------------------------------------------------------

    def action_revoke(self):
        """Have the links to these files end, now."""
        self.engagement_id._check_may_manage_files()
        # sudo: nobody writes links; who may manage these was checked.
        self.sudo().filtered(lambda link: link.kind == "file").revoked = True

    def action_restore(self):
        """Have the links work again, for as long as those of a new email would."""
        self.engagement_id._check_may_manage_files()
        # sudo: as above.
        for link_sudo in self.sudo().filtered(lambda link: link.kind == "file"):
            values = {"revoked": False}
            if link_sudo.expires_on and link_sudo.expires_on <= fields.Datetime.now():
                company = link_sudo.engagement_id.company_id or self.env.company
                day = company._engagement_expiry_date()
                values["expires_on"] = end_of(day, self.env.tz)
            link_sudo.write(values)

    def action_open_file(self):
        """Open the file as it is served, without being counted."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}",
            "target": "new",
        }


class EmailEngagement(models.Model):
    _inherit = "email.engagement"

    link_ids = fields.One2many(domain=[("kind", "!=", "image")])
    address_ids = fields.One2many(
        "email.engagement.link",
        "engagement_id",
        "Web Addresses",
        domain=[("kind", "=", "url")],
    )
    file_ids = fields.One2many(
        "email.engagement.link",
        "engagement_id",
        "Files",
        domain=[("kind", "=", "file")],
    )
    can_manage_files = fields.Boolean(
        compute="_compute_can_manage_files", exportable=False
    )
    has_open_files = fields.Boolean(compute="_compute_has_files", exportable=False)
    has_closed_files = fields.Boolean(compute="_compute_has_files", exportable=False)

    @api.depends("file_ids.file_state")
    def _compute_has_files(self):
        for engagement in self:
            states = set(engagement.file_ids.mapped("file_state"))
            engagement.has_open_files = "available" in states
            engagement.has_closed_files = bool(states & {"revoked", "expired"})

    @api.depends_context("uid")
    @api.depends("user_id", "model", "res_id")
    def _compute_can_manage_files(self):
        for engagement in self:
            engagement.can_manage_files = engagement._may_manage_files()

    def _may_manage_files(self) -> bool:
        """Whether the user may revoke files, or change when they end: the sender,
        those who may change the record that the email is about, and administrators.
        """
        self.ensure_one()
        if self.env.su or self.user_id == self.env.user:
            return True
        if self.env.user.has_group("email_engagement.group_administrator"):
            return True
        if self.is_private:
            return False
        record = self._engagement_record()
        # Without a record, ``has_access`` asks about the model only.
        return bool(record) and record.has_access("write")

    def _check_may_manage_files(self):
        self.check_access("read")
        if not all(engagement._may_manage_files() for engagement in self):
            raise AccessError(
                self.env._(
                    "Only the sender of an email, and those who may change the record "
                    "it is about, can revoke or restore its files."
                )
            )

    def action_revoke_files(self):
        self.file_ids.action_revoke()

    def action_restore_files(self):
        self.file_ids.action_restore()

    def unlink(self):
        copies_sudo = self.env["email.engagement.link"]._kept_by(
            [("engagement_id", "in", self.ids)]
        )
        result = super().unlink()
        copies_sudo.unlink()
        return result

    # ------------------------------------------------------------
    # Following
    # ------------------------------------------------------------

    def _follow_files(self, attachments, expiry=None):
        """Follow exactly these attachments, of an email that was not sent yet.

        :param attachments: of the message, readable by who followed them
        :param expiry: last day of the links, None for no end
        """
        self.ensure_one()
        Link = self.env["email.engagement.link"]
        known = Link.search([("engagement_id", "=", self.id), ("kind", "=", "file")])
        known.filtered(lambda link: link.source_id not in attachments).unlink()
        known = known.exists()
        end = end_of(expiry, self.env.tz)
        known.expires_on = end
        missing = (attachments - known.source_id).sorted("id")
        if not missing:
            return
        Link.create(
            [
                {
                    "engagement_id": self.id,
                    "kind": "file",
                    "sequence": number,
                    "label": attachment.name,
                    "source_id": attachment.id,
                    "expires_on": end,
                }
                for number, attachment in enumerate(missing, start=1)
            ]
        )._keep_files()

    def _file_url(self, base_url, trace_id, link) -> str:
        token = self.env["email.engagement.token"]._sign("file", trace_id, link.id)
        return urljoin(base_url, f"/ee/a/{token}/{files.path_name(link.label)}")

    def _list_files(self, body: str) -> tuple[str, dict]:
        """Replace the mark in a body by the list of its files.

        :return: the body, and the links by the addresses that stand in for theirs
        """
        self.ensure_one()
        links = self.file_ids
        if replace_mark(body, "") == body:
            return body, {}
        keys = placeholders(len(links), avoid=body)
        block = self.env["ir.qweb"]._render(
            "email_engagement.mail_files",
            {
                "files": [
                    {
                        "icon": files.icon(link.mimetype),
                        "name": files.clean_name(link.label),
                        "size": link.size_text,
                        "url": key,
                    }
                    for link, key in zip(links, keys, strict=True)
                ],
                "color": self.company_id.email_secondary_color or "#875A7B",
            },
            minimal_qcontext=True,
        )
        block = re.sub(r">\s+<", "><", str(block)).strip()
        return replace_mark(body, block), dict(zip(keys, links, strict=True))


def end_of(day, zone: tzinfo) -> datetime | None:
    """The end (naive UTC) of a day in a zone of ``pytz``, None for None."""
    if not day:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time())
    return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)


def last_day(link):
    """The last day on which a link works, as the user would enter it."""
    end = link.expires_on
    if not end:
        return False
    return fields.Date.context_today(link, end - timedelta(seconds=1))
