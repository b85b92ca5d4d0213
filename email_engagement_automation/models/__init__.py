from . import (
    base_automation,
    base_automation_no_reply,
    email_engagement_alert,
    email_engagement_automation_run,
)
