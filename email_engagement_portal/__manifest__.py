{
    "name": "Email Engagement for the Portal",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Contacts with a login see and decide in their portal "
    "what is recorded about their emails",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["email_engagement", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "views/portal_templates.xml",
    ],
    "auto_install": True,
}
