{
    "name": "Email Engagement for Privacy Lookup",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "What Odoo's privacy lookup deletes of followed emails leaves totals",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["email_engagement", "privacy_lookup"],
    "auto_install": True,
}
