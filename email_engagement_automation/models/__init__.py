from . import base_automation, email_engagement_alert
