{
    "name": "Email Engagement: Automation Rules",
    "version": "19.0.1.0.0",
    "category": "Productivity/Discuss",
    "summary": "Start automation rules when an email is opened, clicked or answered",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["email_engagement", "base_automation"],
    "auto_install": True,
}
