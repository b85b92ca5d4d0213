import random
from string import ascii_uppercase

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools import kpi
from .numbers import number


class MailTemplate(models.Model):
    """Trying two or more texts for the same purpose, and which of them works better.

    Variants are templates that point to their original. Where the original says so,
    whoever sends it sends it and its variants in turn.
    """

    _inherit = "mail.template"

    engagement_variant_of_id = fields.Many2one(
        "mail.template",
        "Variant Of",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        domain="[('model_id', '=', model_id), ('id', '!=', id),"
        " ('engagement_variant_of_id', '=', False)]",
        help="The template whose purpose this one serves with another text.",
    )
    engagement_variant_ids = fields.One2many(
        "mail.template", "engagement_variant_of_id", "Variants"
    )
    engagement_alternate = fields.Boolean(
        "Send in Turn",
        copy=False,
        help="Whoever picks this template, and whatever Odoo sends with it, gets it "
        "and its variants in turn.",
    )
    engagement_comparison = fields.Json(compute="_compute_engagement_comparison")

    @api.constrains("engagement_variant_of_id", "model_id")
    def _check_engagement_variant(self):
        for template in self | self.engagement_variant_ids:
            original = template.engagement_variant_of_id
            if not original:
                continue
            if original.engagement_variant_of_id or template.engagement_variant_ids:
                raise ValidationError(
                    self.env._("The original of a variant cannot itself be a variant.")
                )
            if original.model_id != template.model_id:
                raise ValidationError(
                    self.env._(
                        "A variant is for the same kind of record as its original."
                    )
                )

    # ------------------------------------------------------------
    # Sending in turn
    # ------------------------------------------------------------

    def _engagement_in_turn(self):
        """The templates that are sent in turn for this one, the next one first."""
        self.ensure_one()
        if not self.engagement_alternate or self.engagement_variant_of_id:
            return self
        turn = self | self.engagement_variant_ids.sorted("id")
        if len(turn) == 1:
            return turn
        rows = self.env.execute_query(
            SQL(
                """
                SELECT template.id
                  FROM unnest(%s) template (id)
                 CROSS JOIN LATERAL (
                       SELECT email.date, email.id FROM email_engagement email
                        WHERE email.template_id = template.id
                        ORDER BY email.date DESC, email.id DESC LIMIT 1) last
                 ORDER BY last.date DESC, last.id DESC LIMIT 1
                """,
                turn.ids,
            )
        )
        # Whose emails are not followed has no last one: then chance decides.
        start = turn.ids.index(rows[0][0]) + 1 if rows else random.randrange(len(turn))
        return turn[start:] + turn[:start]

    @api.readonly
    def engagement_pick(self):
        """The variant to be written with now, for the composer's picker."""
        self.ensure_one()
        self.check_access("read")
        return self._engagement_in_turn()[:1].id

    def _engagement_turns(self, count):
        turn = self._engagement_in_turn()
        # The template of the last record comes last: with it, the next time begins.
        last = (count - 1) % len(turn)
        order = [*range(last + 1, len(turn)), *range(last + 1)]
        turns = [(turn[number], range(number, count, len(turn))) for number in order]
        return [(template, positions) for template, positions in turns if positions]

    def action_engagement_add_variant(self):
        """Open a copy of this template, to be changed into a variant of it."""
        self.ensure_one()
        original = self.engagement_variant_of_id or self
        # The original is A.
        number = len(original.engagement_variant_ids) + 1
        letter = ascii_uppercase[number] if number < 26 else str(number + 1)
        variant = self.copy(
            {
                "name": self.env._(
                    "%(template)s (variant %(letter)s)",
                    template=original.name,
                    letter=letter,
                ),
                "engagement_variant_of_id": original.id,
                "engagement_follow": original.engagement_follow,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": variant.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------

    @api.depends("engagement_variant_of_id", "engagement_variant_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_comparison(self):
        for template in self:
            template.engagement_comparison = template._engagement_compare()

    def _engagement_compare(self) -> dict | bool:
        """The original and its variants with their results, and each variant against
        the original: what ``kpi.compare`` says of both rates.

        With several variants, each is compared at a confidence that makes one false
        "really better" among all of them no more likely than with one (Bonferroni).
        """
        self.ensure_one()
        original = self.engagement_variant_of_id._origin or self._origin
        variants = original.engagement_variant_ids
        if not original or not variants:
            return False
        results = self._engagement_results_of((original | variants).ids)
        count = len(variants)
        compare = {
            "min_sample": number(self.env, "template_min_sample"),
            "confidence": 1 - (1 - kpi.CONFIDENCE) / count,
        }
        rows = []
        for template in original | variants.sorted("id"):
            row = {
                "id": template.id,
                "name": template.name,
                "is_self": template == self._origin,
                "is_original": template == original,
                "results": results.get(template.id),
            }
            if template != original:
                row |= {
                    rate: kpi.compare(
                        *_counts(results.get(template.id), column),
                        *_counts(results.get(original.id), column),
                        **compare,
                    )._asdict()
                    for rate, column in (("open", "opened"), ("reply", "replied"))
                }
            rows.append(row)
        return {"rows": rows, "confidence": round(100 * compare["confidence"], 1)}


def _counts(row: dict | None, column: str) -> tuple[int, int]:
    return (row[column], row["sent"]) if row else (0, 0)
