from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

# A recipient who asks again within this time is told that the sender knows.
PAUSE = SQL("interval '1 day'")


class EmailEngagementFileRequest(models.Model):
    """When a recipient last asked for a file that is not served any more."""

    _name = "email.engagement.file.request"
    _description = "Request for a File"
    _log_access = False

    trace_id = fields.Many2one(
        "email.engagement.trace", required=True, ondelete="cascade"
    )
    link_id = fields.Many2one(
        "email.engagement.link", required=True, ondelete="cascade", index=True
    )
    date = fields.Datetime(required=True)

    _once = models.UniqueIndex("(trace_id, link_id)")

    @api.model
    def _ask(self, trace, link) -> bool:
        """Tell the sender that a recipient asks for a file.

        :return: whether the sender was told now, and not before
        """
        # One statement, so that who presses the button twice asks once.
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_file_request AS request
                       (trace_id, link_id, date)
                VALUES (%s, %s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (trace_id, link_id) DO UPDATE SET date = EXCLUDED.date
                 WHERE request.date < EXCLUDED.date - %s
             RETURNING id
                """,
                trace.id,
                link.id,
                PAUSE,
            )
        )
        if rows:
            self._notify_sender(trace, link)
        return bool(rows)

    @api.model
    def _notify_sender(self, trace, link):
        """In Odoo's own way: in the inbox or by email, as the sender prefers."""
        engagement = trace.engagement_id
        sender = engagement.user_id.partner_id or engagement.author_id
        if not sender:
            return
        translated = self.with_context(lang=sender.lang or self.env.lang)
        states = translated.env["email.engagement.link"]._fields["file_state"]
        labels = dict(states._description_selection(translated.env))
        bold = Markup("<b>%s</b>")
        who = trace.with_env(translated.env).recipient_name
        body = translated.env["ir.qweb"]._render(
            "email_engagement.file_request",
            {
                "request": translated.env._(
                    "%(who)s asks for the file %(file)s of your email “%(email)s”.",
                    who=bold % who,
                    file=bold % link.label,
                    email=engagement.subject or "",
                ),
                "why": translated.env._(
                    "It was not shown, because of its state: %(state)s.",
                    state=labels.get(link.file_state, ""),
                ),
                "url": f"/odoo/followed-emails/{engagement.id}",
            },
            minimal_qcontext=True,
        )
        message = translated._thread_of(engagement).message_notify(
            partner_ids=sender.ids,
            author_id=self.env.ref("base.partner_root").id,
            subject=translated.env._(
                "%(who)s asks for a file again: %(file)s",
                who=who,
                file=link.label,
            ),
            body=body,
            force_send=False,
        )
        message.sudo().mail_ids._engagement_send_soon()  # sudo: our own words

    @api.model
    def _thread_of(self, engagement):
        """The record of the email if the sender can still open it, else none."""
        record = engagement.with_env(self.env)._engagement_record()
        can_open = (
            record
            and hasattr(record, "message_notify")
            and record.with_user(engagement.user_id).has_access("read")
        )
        return record if can_open else self.env["mail.thread"]
