from odoo import api, models
from odoo.tools import SQL

from ..models.res_partner import MERGING


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that are merged keep their copies, and a refusal of one is that of all.

    Odoo moves rows from one contact to the other, as long as both do not have one for
    the same thing: it stops there, or deletes those of the contact that goes.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, *args, **kwargs):
        merging = self.with_context(engagement_merging=MERGING)
        return super(BasePartnerMergeAutomaticWizard, merging)._merge(*args, **kwargs)

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._engagement_part_traces(src_partners, dst_partner)
        self._engagement_unite_choices(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # sudo: what was decided holds, whoever merges.
        policy_sudo = self.env["email.engagement.policy"].sudo()
        policy_sudo._apply_to_sent(dst_partner.ids, [])
        return result

    def _engagement_part_traces(self, src_partners, dst_partner):
        """One contact has one copy of an email: others keep their address only."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH copy AS (
                    SELECT id, row_number() OVER (
                               PARTITION BY engagement_id
                               ORDER BY partner_id = %(dst)s DESC, id
                           ) AS place
                      FROM email_engagement_trace
                     WHERE partner_id = ANY(%(all)s)
                )
                UPDATE email_engagement_trace trace
                   SET partner_id = NULL
                  FROM copy
                 WHERE copy.id = trace.id AND copy.place > 1
             RETURNING trace.id
                """,
                dst=dst_partner.id,
                all=(src_partners | dst_partner).ids,
            )
        )
        self.env.invalidate_all()

    def _engagement_unite_choices(self, src_partners, dst_partner):
        """Keep one choice per kind and company: a refusal, where there is one. That of
        all companies is not undone by what another contact has allowed to one.
        """
        self.env.execute_query(
            SQL(
                """
                WITH choice AS (
                    SELECT *, row_number() OVER (
                               PARTITION BY kind, company_id
                               ORDER BY state = 'refused' DESC,
                                        partner_id = %(dst)s DESC, date DESC, id
                           ) AS place
                      FROM email_engagement_preference
                     WHERE partner_id = ANY(%(all)s)
                )
                DELETE FROM email_engagement_preference old
                 USING choice
                 WHERE choice.id = old.id
                   AND (choice.place > 1
                        OR choice.company_id IS NOT NULL
                           AND choice.state != 'refused'
                           AND EXISTS (
                               SELECT 1 FROM choice other
                                WHERE other.kind = choice.kind
                                  AND other.company_id IS NULL
                                  AND other.state = 'refused'
                                  AND other.partner_id != choice.partner_id))
             RETURNING old.id
                """,
                dst=dst_partner.id,
                all=(src_partners | dst_partner).ids,
            )
        )
        self.env.invalidate_all()
