{
    "name": "Email Engagement",
    "version": "19.0.0.1.0",
    "category": "Productivity/Discuss",
    "summary": "Know what became of the emails you send: "
    "opened, clicked, answered, by whom and when",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["mail"],
    "external_dependencies": {"python": ["ua-parser"]},
    "data": [
        "security/email_engagement_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rule.xml",
        "data/ir_cron.xml",
        "data/ir_actions_server.xml",
        "views/email_engagement_event_views.xml",
        "views/email_engagement_trace_views.xml",
        "views/email_engagement_link_views.xml",
        "views/email_engagement_views.xml",
        "views/email_engagement_hit_views.xml",
        "views/mail_scheduled_message_views.xml",
        "views/mail_template_views.xml",
        "views/res_config_settings_views.xml",
        "views/email_engagement_templates.xml",
        "wizard/email_engagement_judge_views.xml",
        "wizard/mail_compose_message_views.xml",
        "views/email_engagement_menus.xml",
    ],
    "demo": [
        "demo/followed_emails.xml",
        "demo/interactions.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "email_engagement/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "email_engagement/static/tests/**/*",
            ("remove", "email_engagement/static/tests/tours/**/*"),
        ],
        "web.assets_tests": [
            "email_engagement/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "application": True,
}
