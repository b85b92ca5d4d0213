from . import (
    base_partner_merge,
    email_engagement_check,
    email_engagement_decision,
    email_engagement_file_expiry,
    email_engagement_judge,
    mail_compose_message,
    mail_compose_message_file,
    mail_compose_message_hints,
    mail_compose_message_recipients,
    mail_compose_message_reminder,
    mail_compose_message_template,
    mail_compose_message_turns,
)
