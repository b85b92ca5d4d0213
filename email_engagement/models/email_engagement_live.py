import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

QUEUE = "email.engagement.changed"
NOTIFICATION = "email.engagement/changed"
# Everybody costs a few queries, to learn what he may read. Beyond this number the
# longest idle see what changed when they look at it again; senders are always told.
MAX_LISTENERS = 200


class Unsaid:
    """What changed and screens are not told of, as long as it is in the context."""

    def __init__(self):
        self.ids = set()


class EmailEngagement(models.Model):
    """Tells the open screens of those who may read it that something changed.

    Only the ids are told; the screens that show one of them ask for the rest, in the
    language and time zone of their user.
    """

    _inherit = "email.engagement"

    def _engagement_changed(self):
        result = super()._engagement_changed()
        self._tell_screens()
        return result

    def _without_screens(self):
        """``self`` of whose changes no screen is told."""
        return self.with_context(engagement_unsaid=Unsaid())

    def _tell_screens(self):
        """Have open screens told of ``self``, once when this transaction ends."""
        if not self.ids:
            return
        unsaid = self.env.context.get("engagement_unsaid")
        if isinstance(unsaid, Unsaid):
            unsaid.ids.update(self.ids)
            return
        queue = self.env.cr.precommit.data.get(QUEUE)
        if queue is None:
            queue = self.env.cr.precommit.data[QUEUE] = set()
            self.env.cr.precommit.add(self.browse()._tell_listeners)
        queue.update(self.ids)

    def _tell_listeners(self):
        """Tell everybody once what changed in this transaction."""
        changed = self.browse(sorted(self.env.cr.precommit.data.pop(QUEUE, ())))
        if not changed:
            return
        try:
            # Whatever somebody's record rules come to, what was recorded is committed.
            with self.env.cr.savepoint(flush=False):
                for user in changed._listeners():
                    readable = changed._readable_by(user)
                    if readable:
                        payload = {"engagement_ids": readable.ids}
                        user._bus_send(NOTIFICATION, payload)
        except Exception:
            _logger.exception("Open screens were not told of changes")

    def _listeners(self):
        """Internal users with an open screen: who sent one of these emails, and those
        who were active last.
        """
        # sudo: presences are read by nobody else; nothing of them is told.
        presences_sudo = self.env["mail.presence"].sudo()
        online = [("status", "in", ("online", "away")), ("user_id.share", "=", False)]
        listeners = presences_sudo.search(
            online, order="last_presence desc", limit=MAX_LISTENERS
        )
        if len(listeners) == MAX_LISTENERS:
            # sudo: whoever sent an email is told of it, whoever runs the digest.
            senders = self.sudo().user_id
            listeners |= presences_sudo.search(
                [*online, ("user_id", "in", senders.ids)]
            )
        return listeners.user_id

    def _readable_by(self, user):
        # In all of his companies: which he has selected, only his browser knows.
        readable = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return readable.search([("id", "in", self.ids)])


class EmailEngagementDigest(models.AbstractModel):
    _inherit = "email.engagement.digest"

    @api.model
    def _run(self, *args, **kwargs):
        """Tell the screens once in a run, not once in a batch: in a burst of hits there
        are many, and who looks at a screen is no quicker than a run.
        """
        unsaid = Unsaid()
        total = super(
            EmailEngagementDigest, self.with_context(engagement_unsaid=unsaid)
        )._run(*args, **kwargs)
        self.env["email.engagement"].browse(sorted(unsaid.ids))._tell_screens()
        return total
