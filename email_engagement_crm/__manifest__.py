{
    "name": "Email Engagement for CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Followed emails of leads and opportunities, in CRM's own menu",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["email_engagement", "crm"],
    "data": [
        "views/email_engagement_views.xml",
        "views/crm_lead_views.xml",
        "views/crm_menus.xml",
    ],
    "demo": [
        "demo/contacts.xml",
        "demo/emails_of_last_week.xml",
        "demo/emails_of_this_week.xml",
        "demo/files.xml",
        "demo/interactions.xml",
        "demo/templates.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "email_engagement_crm/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "email_engagement_crm/static/tests/**/*.test.js",
        ],
        "web.assets_tests": [
            "email_engagement_crm/static/tests/tours/**/*",
        ],
    },
    "images": ["static/description/banner.png"],
    "auto_install": True,
}
