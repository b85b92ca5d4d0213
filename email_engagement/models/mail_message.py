import operator

from odoo import api, fields, models
from odoo.fields import Domain

from .mail_message_file import FOLLOWING

KPIS = ("open_count", "click_count", "attachment_view_count", "reply_count")
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _kpi(name: str, string: str) -> fields.Integer:
    """A figure of the engagement, read through the message.

    Not ``related``: searching through a related field takes "more than 0" for a
    condition that messages without an engagement meet.
    """
    return fields.Integer(
        string,
        compute="_compute_engagement_kpis",
        search=lambda self, operator, value: self._search_engagement_kpi(
            name, operator, value
        ),
        groups="base.group_user",
    )


class MailMessage(models.Model):
    _inherit = "mail.message"

    engagement_id = fields.Many2one(
        "email.engagement",
        "Email Engagement",
        compute="_compute_engagement",
        search="_search_engagement_id",
        groups="base.group_user",
    )
    engagement_followed = fields.Boolean(
        "Followed",
        compute="_compute_engagement",
        inverse="_inverse_engagement_followed",
        search="_search_engagement_followed",
        groups="base.group_user",
        help="What becomes of this email is recorded: "
        "opens, clicks and answers of its recipients.",
    )
    engagement_status = fields.Selection(
        related="engagement_id.status",
        string="Engagement Status",
        # Customers read messages, too.
        groups="base.group_user",
    )
    engagement_open_count = _kpi("open_count", "Opens")
    engagement_click_count = _kpi("click_count", "Link Clicks")
    engagement_attachment_view_count = _kpi("attachment_view_count", "Files Viewed")
    engagement_reply_count = _kpi("reply_count", "Replies")

    def _compute_engagement(self):
        # sudo: whoever may read the message may read its engagement.
        engagements_sudo = (
            self.env["email.engagement"]
            .sudo()
            .search_fetch([("message_id", "in", self.ids)], ["message_id"])
        )
        by_message = {
            engagement.message_id.id: engagement.id for engagement in engagements_sudo
        }
        for message in self:
            message.engagement_id = by_message.get(message.id)
            message.engagement_followed = bool(by_message.get(message.id))

    @api.depends("engagement_id")
    def _compute_engagement_kpis(self):
        for message in self:
            # sudo: whoever may read the message may read its engagement.
            engagement_sudo = message.sudo().engagement_id
            for name in KPIS:
                message[f"engagement_{name}"] = engagement_sudo[name]

    def _search_engagement_kpi(self, name, operator, value):
        if operator == "in":
            zero_too = 0 in value
        elif operator in COMPARE:
            zero_too = COMPARE[operator](0, value)
        else:
            return NotImplemented
        domain = Domain("engagement_id", "any", Domain(name, operator, value))
        if zero_too:
            domain |= Domain("engagement_id", "=", False)
        return domain

    def _search_engagement_id(self, operator, value):
        if operator in ("any", "any!"):
            engagements = self.env["email.engagement"]
            if operator == "any!":
                # sudo: the caller asked for it; messages have rules of their own.
                engagements = engagements.sudo()
            if isinstance(value, Domain):
                value = engagements._search(value)
            return self._followed_domain(Domain("id", "in", value))
        if operator != "in":
            return NotImplemented
        ids = [id_ for id_ in value if id_]
        domain = self._followed_domain(Domain("id", "in", ids))
        if len(ids) < len(value):  # False among them: not followed
            domain |= ~self._followed_domain(Domain.TRUE)
        return domain

    def _search_engagement_followed(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._followed_domain(Domain.TRUE)
        if True in value and False in value:
            return Domain.TRUE
        return domain if True in value else ~domain

    def _followed_domain(self, domain) -> Domain:
        """Messages with an engagement that meets ``domain``."""
        # sudo: only narrows the messages, which have their own access rules.
        engagements_sudo = self.env["email.engagement"].sudo()
        query = engagements_sudo._search(domain & Domain("message_id", "!=", False))
        return Domain("id", "in", query.subselect("message_id"))

    def _inverse_engagement_followed(self):
        """Follow the messages, or stop. Only what was not sent yet can be followed;
        what was recorded of a sent message is never thrown away here.
        """
        for message in self:
            if not message._engagement_may_follow():
                continue
            # sudo: users do not create engagements; who may write the message may
            # have it followed.
            engagement_sudo = message.sudo().engagement_id
            if message.engagement_followed and not engagement_sudo:
                engagement_sudo = engagement_sudo._follow(message.sudo())
                message._engagement_follow_files(engagement_sudo)
            elif message.engagement_followed:
                message._engagement_follow_files(engagement_sudo)
            elif engagement_sudo:
                engagement_sudo.filtered(lambda e: not e.trace_ids).unlink()
        self.invalidate_recordset(
            ["engagement_id", "engagement_template_id", *FOLLOWING]
        )

    def _engagement_may_follow(self) -> bool:
        """Who made a message decides whether it is followed, and nobody decides it
        of what came in.
        """
        self.ensure_one()
        is_mine = self.env.su or self.create_uid == self.env.user
        # sudo: the company only, of a message that may not be readable yet.
        company = self.sudo().record_company_id or self.env.company
        return is_mine and self.message_type != "email" and company._engagement_is_on()

    def write(self, vals):
        result = super().write(vals)
        moved = {"model", "res_id", "message_type"} & vals.keys()
        if moved:
            # sudo: the engagement goes where its message goes, and so do its readers.
            # Its company stays: that one has sent it, by its policy.
            followed_sudo = self.sudo().filtered("engagement_id")
            for (model, res_id, kind), messages_sudo in followed_sudo.grouped(
                lambda message: (message.model, message.res_id, message.message_type)
            ).items():
                messages_sudo.engagement_id.write(
                    {
                        "model": model,
                        "res_id": res_id,
                        "record_name": messages_sudo[:1].record_name,
                        "is_private": kind == "user_notification",
                    }
                )
        return result
