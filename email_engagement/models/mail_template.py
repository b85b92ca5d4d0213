from odoo import api, fields, models

# Emails whose content is a secret between Odoo and its reader. Recording who
# opened a password reset helps nobody but an attacker.
SECURITY_TEMPLATES = (
    "auth_signup.mail_template_user_signup_account_created",
    "auth_signup.portal_set_password_email",
    "auth_signup.set_password_email",
    "auth_totp_mail.mail_template_totp_invite",
    "auth_totp_mail.mail_template_totp_mail_code",
    "portal.mail_template_data_portal_welcome",
)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    engagement_follow = fields.Selection(
        [
            ("default", "Default"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        "Follow Emails",
        required=True,
        default="default",
        help="Default: as the company's setting says when somebody writes an email "
        "with this template; not when Odoo sends it by itself.\n"
        "Always: also when Odoo sends it by itself.\n"
        "Never: not followed, unless the writer switches it on.",
    )

    engagement_is_authentication = fields.Boolean(
        "Authentication Email",
        help="It holds a code, a password or a link to sign in with, and is never "
        "followed, whoever asks for it.",
    )

    engagement_follow_attachments = fields.Selection(
        [
            ("default", "Default"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        "Follow Attachments",
        required=True,
        default="default",
        help="Whether attachments and reports of followed emails are sent as links, so "
        "that you see who looks at them.\n"
        "Default: as the company's setting says when somebody writes an email with "
        "this template; not when Odoo sends it by itself.\n"
        "Always: also when Odoo sends it by itself.\n"
        "Never: attached, unless the writer chooses otherwise.",
    )

    def _engagement_is_security(self) -> bool:
        """Whether this is one of Odoo's own password, sign-up or code emails, or
        marked as one.
        """
        self.ensure_one()
        security_ids = self._engagement_security_template_ids()
        return self.engagement_is_authentication or self.id in security_ids

    @api.model
    def _engagement_security_template_ids(self) -> set[int]:
        data = self.env["ir.model.data"]
        return {
            data._xmlid_to_res_id(xmlid, raise_if_not_found=False)
            for xmlid in SECURITY_TEMPLATES
        }

    def send_mail_batch(
        self,
        res_ids,
        force_send=False,
        raise_exception=False,
        email_values=None,
        email_layout_xmlid=False,
    ):
        """Each email with the template whose turn it is, followed as that one says."""
        self.ensure_one()
        mails = {}
        for template, positions in self._engagement_turns(len(res_ids)):
            sent = super(MailTemplate, template._engagement_to_send()).send_mail_batch(
                [res_ids[position] for position in positions],
                force_send=force_send,
                raise_exception=raise_exception,
                email_values=template._engagement_email_values(email_values),
                email_layout_xmlid=email_layout_xmlid,
            )
            mails.update(zip(positions, sent, strict=True))
        # sudo: as core's method returns them
        mails_sudo = self.env["mail.mail"].sudo()
        return mails_sudo.concat(*(mails[position] for position in sorted(mails)))

    def _engagement_turns(self, count: int) -> list:
        """Hook: which templates ``count`` emails are sent with, and their positions."""
        return [(self, range(count))]

    def _engagement_to_send(self):
        if self.engagement_follow_attachments == "always":
            return self.with_context(engagement_follow_files=True)
        return self

    def _engagement_email_values(self, email_values: dict | None) -> dict:
        """Values of the emails, with whether they are followed."""
        values = dict(email_values or {})
        if self._engagement_is_security():
            values["engagement_followed"] = False
        elif self.engagement_follow == "always":
            values.setdefault("engagement_followed", True)
        if values.get("engagement_followed"):
            values["engagement_template_id"] = self.id
        return values
