import functools
import logging
from contextlib import contextmanager

from odoo import api, models, modules
from odoo.tools.mail import email_normalize_all

from .apart import run_apart
from .email_engagement_follow import Bodies

_logger = logging.getLogger(__name__)

# Not a value that a client can put into a context.
MAY_COMMIT = object()
# What is written while sending; likewise.
SENDING = object()


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            if values.get("mailing_id"):
                # Mails of mass_mailing have statistics of their own.
                values.pop("engagement_followed", None)
            if values.get("engagement_followed"):
                # Without this ``auto_delete`` takes the message away with the
                # mail, and what was followed with it.
                values["is_notification"] = True
        return super().create(vals_list)

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def send_after_commit(self):
        # The mails, and the messages they are about, will be committed when this
        # runs: see _send.
        return super(
            MailMail, self.with_context(engagement_may_commit=MAY_COMMIT)
        ).send_after_commit()

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        """Make traces and links of all mails first, and commit them where sending
        in the background allows it: clients follow links within milliseconds of
        the delivery, long before the transaction that sent the mail ends, and
        that transaction may even fail after the mail has gone.
        """
        self = self.with_context(  # noqa: PLW0642
            engagement_bodies=Bodies(), engagement_sending=SENDING
        )
        may_commit = (
            auto_commit or self.env.context.get("engagement_may_commit") is MAY_COMMIT
        )
        if (
            may_commit
            and self._engagement_prepare()
            and not modules.module.current_test
        ):
            # What Odoo does after each mail in these cases, a moment earlier.
            self.env.cr.commit()
        return super()._send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            smtp_session=smtp_session,
            alias_domain_id=alias_domain_id,
            mail_server=mail_server,
            post_send_callback=post_send_callback,
        )

    def _engagement_prepare(self) -> bool:
        """Make the traces and links of mails that will be sent now."""
        followed = self.filtered(
            lambda mail: mail.state == "outgoing" and mail._engagement_get()
        )
        for mail in followed:
            with mail._engagement_never_in_the_way():
                engagement_sudo = mail._engagement_get()
                if engagement_sudo._ensure_traces(mail._engagement_copies()):
                    # The body as recipients outside the company get it.
                    body = mail._prepare_outgoing_body()
                    engagement_sudo._fill_in(str(mail._personalize_outgoing_body(body)))
        return bool(followed)

    def _engagement_get(self):
        """The engagement of one followed mail, as superuser; empty for others."""
        self.ensure_one()
        # sudo: the one who sends (a cron, another user) need not be able to read.
        mail_sudo = self.sudo()
        if "mailing_id" in self._fields and mail_sudo.mailing_id:
            return self.env["email.engagement"]
        return mail_sudo.mail_message_id.engagement_id

    def _engagement_copies(self) -> list[tuple]:
        """The copies that ``_prepare_outgoing_list`` will make of this mail.

        :return: (partner, addresses) each; the partner is empty for the copy that
            ``email_to`` and ``email_cc`` share. Addresses are normalized.
        """
        self.ensure_one()
        no_partner = self.env["res.partner"]
        copies = [
            (partner, email_normalize_all(partner.email) or [partner.email or ""])
            for partner in self.recipient_ids
        ]
        shared = email_normalize_all(
            ", ".join(filter(None, [self.email_to, self.email_cc]))
        )
        if shared:
            copies.insert(0, (no_partner, shared))
        return copies

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        results = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        engagement_sudo = self._engagement_get()
        if not engagement_sudo or self.env.context.get("engagement_ordinary"):
            return results
        # The same with all attachments; asked for only where somebody gets it.
        ordinary = functools.cache(
            lambda: self._engagement_ordinary(results, mail_server, doc_to_followers)
        )
        with self._engagement_never_in_the_way():
            return self._engagement_follow(engagement_sudo, results, ordinary)
        with self._engagement_never_in_the_way():
            engagement_sudo.not_followed_reason = "error"
        return ordinary()

    @contextmanager
    def _engagement_never_in_the_way(self):
        """Whatever is wrong with following, the mail itself must go out."""
        try:
            with self.env.cr.savepoint():
                yield
        except Exception:
            _logger.exception("Mail %s is not followed", self.id)

    def _engagement_follow(
        self, engagement_sudo, results: list[dict], ordinary
    ) -> list[dict]:
        """The copies of this mail with a pixel and links of their own.

        :param ordinary: function that returns the copies as they would be if this
            mail were not followed
        """
        traces = engagement_sudo._ensure_traces(self._engagement_copies())
        if not traces:
            return ordinary()
        filled_in = {}  # scanned once for all recipients of the same body
        followed = []
        for number, email in enumerate(results):
            partner = email["partner_id"] or self.env["res.partner"]
            trace = traces.get(partner.id)
            if not (trace and trace._is_followed("clicks")):
                email = ordinary()[number]  # with files, not with links to them
            if not trace:
                followed.append(email)
                continue
            body = str(email["body"])
            if body not in filled_in:
                filled_in[body] = engagement_sudo._fill_in(body)
            own = filled_in[body](trace)
            followed.append({**email, **own} if own else ordinary()[number])
        return followed

    # ------------------------------------------------------------
    # What became of the sending
    # ------------------------------------------------------------

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # Before super: it deletes the mails that are sent.
        for mail in self:
            # The mail has gone: if this failed, Odoo would send it again.
            with mail._engagement_never_in_the_way():
                engagement_sudo = mail._engagement_get()
                if engagement_sudo:
                    mail._engagement_sent(
                        engagement_sudo,
                        {partner.id for partner in success_pids},
                        set(email_normalize_all(", ".join(success_emails))),
                        failure_reason or mail.failure_reason or "",
                        failure_type,
                    )
        return super(
            MailMail, self.with_context(engagement_sending=SENDING)
        )._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _engagement_sent(
        self, engagement_sudo, partner_ids, emails, failure_reason, failure_type
    ):
        """Have the state of the traces set after one try to send this mail.

        In a transaction of its own, after this one: the copies that went out first
        may have been opened already, and the digest changes the same rows. If this
        transaction failed for that, Odoo would send all of them a second time.
        """
        self.ensure_one()
        copies = [
            (partner.id, addresses) for partner, addresses in self._engagement_copies()
        ]
        outcome = (copies, partner_ids, emails, failure_reason, failure_type)
        run_apart(engagement_sudo, "_set_outcome", *outcome)
