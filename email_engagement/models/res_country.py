from odoo import api, fields, models

from ..tools.law import KNOWN, advice
from .email_engagement_policy import POLICY

ADMINISTRATOR = "email_engagement.group_administrator"


class ResCountry(models.Model):
    """What is known of the rules of a country, beside what the company does there."""

    _inherit = "res.country"

    engagement_advice = fields.Char(
        "Rules About Following Emails", compute="_compute_engagement_advice"
    )
    engagement_advice_source = fields.Char(
        "Source", compute="_compute_engagement_advice"
    )
    engagement_advice_fits = fields.Char(
        "What Fits", compute="_compute_engagement_advice"
    )
    engagement_policy = fields.Selection(
        POLICY,
        "Your Policy",
        compute="_compute_engagement_policy",
        groups=ADMINISTRATOR,
        help="For recipients in this country: an exception, else the company's policy.",
    )
    engagement_policy_fits = fields.Boolean(
        compute="_compute_engagement_policy", groups=ADMINISTRATOR
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
        sources = {
            "cnil": self.env._("CNIL, deliberation 2026-042"),
            "garante": self.env._("Garante, decision 284 (2026)"),
            "ico": self.env._("ICO, guidance on storage and access technologies"),
            "eea": self.env._("Directive 2002/58/EC, EDPB Guidelines 2/2023"),
        }
        fits = {
            True: self.env._("Only with consent, or anonymous"),
            False: self.env._("Only with consent; ask your authority what it exempts"),
        }
        for country in self:
            known = advice(country.code)
            country.engagement_advice = known and texts[known.code]
            country.engagement_advice_source = known and sources[known.code]
            country.engagement_advice_fits = known and fits[known.anonymous]

    @api.depends("code")
    @api.depends_context("company")
    def _compute_engagement_policy(self):
        company = self.env.company
        exceptions = {
            row.country_id: row.policy for row in company.engagement_country_ids
        }
        for country in self:
            policy = exceptions.get(country, company.engagement_policy)
            known = advice(country.code)
            country.engagement_policy = policy
            country.engagement_policy_fits = not known or known.fits(policy)

    @api.model
    def action_engagement_known(self):
        """All countries of which anything is known, with what the company does."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rules by Country"),
            "res_model": self._name,
            "views": [
                (
                    self.env.ref(f"email_engagement.res_country_view_{kind}_advice").id,
                    kind,
                )
                for kind in ("list", "kanban")
            ],
            "mobile_view_mode": "kanban",
            "domain": [("code", "in", KNOWN)],
        }

    def action_engagement_use_advice(self):
        """Make what is advised the company's policy for recipients in these countries.

        Where it already is, or is stricter, nothing changes. With the rights of who
        calls it.
        """
        exceptions = self.env["email.engagement.policy.country"]
        company = self.env.company
        for country in self:
            known = advice(country.code)
            if not known or country.engagement_policy_fits:
                continue
            own = company.engagement_country_ids.filtered(
                lambda row, country=country: row.country_id == country
            )
            if own:
                own.policy = known.policy
            else:
                exceptions.create(
                    {
                        "company_id": company.id,
                        "country_id": country.id,
                        "policy": known.policy,
                    }
                )
        self.invalidate_recordset(["engagement_policy", "engagement_policy_fits"])
