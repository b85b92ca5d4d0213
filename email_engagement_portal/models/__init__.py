from . import email_engagement_bound, email_engagement_page
