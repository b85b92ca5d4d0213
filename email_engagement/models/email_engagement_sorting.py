from odoo import models


class EmailEngagement(models.Model):
    """Lists sorted by a figure.

    The first page of a million emails is read from an index of what it is sorted by.
    The digest pays for each of them with every email that it changes: so there is one
    for each figure that the list shows, and none for what sorts few (one's own emails,
    those of a record), which has an index anyway.
    """

    _inherit = "email.engagement"

    _open_count_idx = models.Index("(open_count)")
    _click_count_idx = models.Index("(click_count)")
    _attachment_view_count_idx = models.Index("(attachment_view_count)")
    _reply_count_idx = models.Index("(reply_count)")
    _last_open_idx = models.Index("(last_open)")
    # Records with something new, where they are not added up (mail_thread_records).
    _news_idx = models.Index("(model, last_event)")
