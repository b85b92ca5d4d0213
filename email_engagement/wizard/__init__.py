from . import email_engagement_judge, mail_compose_message, mail_compose_message_file
