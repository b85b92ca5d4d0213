{
    "name": "Bench: Route That Does Nothing",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "What Odoo itself takes per request. For benchmarks only",
    "author": "Email Engagement contributors",
    "license": "LGPL-3",
    "depends": ["base"],
}
