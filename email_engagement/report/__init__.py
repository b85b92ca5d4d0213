from . import email_engagement_report
