from odoo import fields, models

from .mail_template_results import SETTINGS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    engagement_template_days = fields.Integer(
        "Days That Count",
        default=SETTINGS["template_days"],
        config_parameter="email_engagement.template_days",
        help="The rates of templates are about the emails of so many last days.",
    )
    engagement_template_min_sample = fields.Integer(
        "Emails before a Judgement",
        default=SETTINGS["template_min_sample"],
        config_parameter="email_engagement.template_min_sample",
        help="A template is neither recommended nor called worse, nor are variants "
        "compared, before so many copies were sent.",
    )
    engagement_template_likeness = fields.Integer(
        "Left of a Template",
        default=SETTINGS["template_likeness"],
        config_parameter="email_engagement.template_likeness",
        help="Percentage of a template's text that must be left in an email for it to "
        "be counted among those of the template. 0: always.",
    )
