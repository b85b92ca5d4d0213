from odoo import api, fields, models

from ..tools.law import advice


class ResCountry(models.Model):
    _inherit = "res.country"

    engagement_advice = fields.Char(
        "Rules About Following Emails", compute="_compute_engagement_advice"
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_engagement_advice(self):
        texts = {
            "cnil": self.env._(
                "CNIL, deliberation 2026-042: following opens person by person needs "
                "consent beforehand, apart from that to advertising, of business "
                "contacts as well. Choose “Only with consent” or “Anonymous”."
            ),
            "garante": self.env._(
                "Garante, decision 284 (2026): following opens person by person needs "
                "consent beforehand. Choose “Only with consent” or “Anonymous”."
            ),
            "ico": self.env._(
                "ICO, guidance on storage and access technologies: following opens "
                "person by person needs consent beforehand. "
                "Choose “Only with consent” or “Anonymous”."
            ),
            "eea": self.env._(
                "Directive 2002/58/EC, article 5(3), as the EDPB reads it (Guidelines "
                "2/2023), covers pixels and followed links in emails: consent "
                "beforehand, unless your country exempts it. Look up what your "
                "authority says, also about “Anonymous”."
            ),
        }
        for country in self:
            known = advice(country.code)
            country.engagement_advice = known and texts[known.code]
