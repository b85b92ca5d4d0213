from . import email_engagement_page
