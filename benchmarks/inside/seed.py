"""Followed emails, many of them, as if they had been sent."""

from .multiply import multiply

RECIPIENTS = 4  # per email
LINKS = 3


def followed_emails(env, recipients: int, sent="2026-01-05 08:00:00"):
    """Emails to ``recipients`` contacts in all, four per email, with three links each.

    :return: ids of traces, and per trace the ids of its email's links
    """
    user = env.ref("base.user_admin")
    contact = env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
    message = env["mail.message"].create(
        {
            "model": "res.partner",
            "res_id": contact.id,
            "message_type": "comment",
            "subject": "Our offer",
            "body": "<p>Good morning</p>",
            "author_id": user.partner_id.id,
        }
    )
    engagement = env["email.engagement"].create(
        {
            "message_id": message.id,
            "subject": "Our offer",
            "author_id": user.partner_id.id,
            "user_id": user.id,
            "date": sent,
            "model": "res.partner",
            "res_id": contact.id,
            "record_name": "Ada",
            "company_id": user.company_id.id,
            "status": "sent",
            "sent_count": RECIPIENTS,
        }
    )
    link = env["email.engagement.link"].create(
        {
            "engagement_id": engagement.id,
            "label": "Offer",
            "url": "https://www.example.com/offer?utm_source=mail#details",
        }
    )
    trace = env["email.engagement.trace"].create(
        {
            "engagement_id": engagement.id,
            "email": "ada@example.com",
            "state": "sent",
            "sent_date": sent,
        }
    )
    emails = -(-recipients // RECIPIENTS)
    messages = multiply(message, emails)
    engagements = multiply(engagement, emails, message_id=messages)
    links = multiply(
        link,
        emails * LINKS,
        engagement_id=[id_ for id_ in engagements for _ in range(LINKS)],
    )
    traces = multiply(
        trace,
        emails * RECIPIENTS,
        engagement_id=[id_ for id_ in engagements for _ in range(RECIPIENTS)],
    )
    # The samples are not emails that anyone would open.
    engagement.unlink()
    links_of = {
        trace: links[LINKS * email : LINKS * (email + 1)]
        for email in range(emails)
        for trace in traces[RECIPIENTS * email : RECIPIENTS * (email + 1)]
    }
    return traces, links_of
