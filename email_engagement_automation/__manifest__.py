{
    "name": "Email Engagement: Automation Rules",
    "version": "19.0.1.0.0",
    "category": "Productivity/Discuss",
    "summary": "Start automation rules when an email is opened, clicked or answered",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["email_engagement", "base_automation"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "views/base_automation_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "email_engagement_automation/static/src/**/*",
        ],
        "web.assets_tests": [
            "email_engagement_automation/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
}
