from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import email_normalize
from odoo.tools.i18n import format_list

from odoo.addons.mail.tools.parser import parse_res_ids

from ..tools import likeness

#: What a variant brings along where the writer left what the original says.
OF_TEMPLATE = (
    *("auto_delete", "email_from", "email_layout_xmlid", "lang", "mail_server_id"),
    "reply_to",
)


class MailComposeMessage(models.TransientModel):
    """Variants that are sent in turn.

    A composer for one record has the variant whose turn it is. One for several records
    has the original, and each record gets the next variant: Odoo renders the records of
    a composer with its one template, subject and text, so each variant has a composer
    of its own that prepares the emails of its records. Sending all of them in their
    order, batch by batch, remains with the composer that was opened.

    A text that the writer has changed is his own: all records get it.
    """

    _inherit = "mail.compose.message"

    engagement_turn_text = fields.Char(compute="_compute_engagement_turn_text")

    @api.model
    def default_get(self, fields):
        """Whoever opens the composer with a template, and whatever posts with one (an
        activity, an automated action), gives it as the default. One that is picked in
        the composer is not a default.
        """
        defaults = super().default_get(fields)
        template_id = defaults.get("template_id")
        if template_id and self._engagement_is_for_one(defaults):
            template = self.env["mail.template"].browse(template_id)
            defaults["template_id"] = template._engagement_in_turn()[:1].id
        return defaults

    @api.model
    def _engagement_is_for_one(self, defaults) -> bool:
        given = {
            name: defaults.get(name) or self.env.context.get(f"default_{name}")
            for name in ("composition_mode", "res_domain", "res_ids")
        }
        if given["composition_mode"] == "mass_mail" or given["res_domain"]:
            return False
        return len(parse_res_ids(given["res_ids"], self.env) or ()) <= 1

    @api.depends(
        *("template_id", "subject", "body", "composition_mode"),
        *("model", "res_domain", "res_ids"),
    )
    def _compute_engagement_turn_text(self):
        for composer in self:
            turn = composer._engagement_turn()
            if len(turn) < 2:
                composer.engagement_turn_text = False
            elif composer._engagement_is_as_loaded():
                composer.engagement_turn_text = self.env._(
                    "The records get these variants in turn: %(variants)s.",
                    variants=format_list(self.env, turn.sorted("id").mapped("name")),
                )
            else:
                composer.engagement_turn_text = self.env._(
                    "You changed the text of “%(template)s”: all records get it, and "
                    "none of its variants.",
                    template=composer.template_id.name,
                )

    def _engagement_turn(self):
        """The variants among which the records of this composer are shared out, the
        next one first; of one record, and in a mailing, the template itself.
        """
        self.ensure_one()
        template = self.template_id
        is_one = self.composition_mode == "comment" and not self.composition_batch
        if is_one or not template or self._engagement_is_mailing():
            return template
        return template._engagement_in_turn()

    def _engagement_is_as_loaded(self) -> bool:
        self.ensure_one()
        template = self.template_id
        return self.body_has_template_value and self.subject == template.subject

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def _action_send_mail_comment(self, res_ids):
        composer = self._engagement_taking_turns(res_ids)
        return super(MailComposeMessage, composer)._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        composer = self._engagement_taking_turns(res_ids)
        return super(MailComposeMessage, composer)._action_send_mail_mass_mail(
            res_ids, auto_commit=auto_commit
        )

    def _engagement_taking_turns(self, res_ids):
        """``self``, knowing which composer prepares the email of each record."""
        turn = self._engagement_turn()
        if len(turn) < 2 or not self._engagement_is_as_loaded():
            return self
        composers = [self._engagement_with_variant(variant) for variant in turn]
        composer_of = {
            res_id: composers[number % len(composers)].id
            for res_id, number in self._engagement_numbered(res_ids).items()
        }
        return self.with_context(engagement_composer_of=composer_of)

    def _engagement_numbered(self, res_ids) -> dict[int, int]:
        """Number the people behind some records, in their order. Who is on several of
        them gets the same variant: Odoo sends nobody the same text twice, and two
        wordings are not the same.
        """
        records = self.env[self.model].browse(res_ids)
        partners = records._mail_get_partners()
        emails = records._mail_get_primary_email()
        numbers = {}
        result = {}
        for res_id in res_ids:
            email = partners[res_id][:1].email or emails[res_id] or ""
            person = email_normalize(email) or res_id
            result[res_id] = numbers.setdefault(person, len(numbers))
        return result

    def _engagement_with_variant(self, variant):
        """A composer that says what ``self`` would, had it been opened with a variant;
        what the writer has changed stays.
        """
        template = self.template_id
        if variant == template:
            return self
        values = {
            "template_id": variant.id,
            "subject": variant.subject,
            "body": variant.body_html,
            "engagement_template_print": likeness.fingerprint(variant.body_html),
            "attachment_ids": [
                Command.set(
                    (
                        self.attachment_ids
                        - template.attachment_ids
                        + variant.attachment_ids
                    ).ids
                )
            ],
            "use_exclusion_list": self.use_exclusion_list,  # not copied by core
        }
        for name in OF_TEMPLATE:
            source = variant if self[name] == template[name] else self
            values[name] = self._fields[name].convert_to_write(source[name], source)
        closed = self._engagement_closed_fields()
        [copied] = self.copy_data({**dict.fromkeys(closed), **values})
        composer = self.create(
            {name: value for name, value in copied.items() if name not in closed}
        )
        # Files that the variant brings along are proposed as links like any other.
        composer._compute_engagement_attachment_ids()
        return composer

    @api.model
    def _engagement_closed_fields(self) -> set[str]:
        """Fields that the user can neither read nor leave empty: the lists of
        ``mass_mailing``, for who sends no mailings.
        """
        return {
            name
            for name, field in self._fields.items()
            if field.relational and not self.env[field.comodel_name].has_access("read")
        }

    def _prepare_mail_values(self, res_ids):
        composer_of = self.env.context.get("engagement_composer_of")
        if not composer_of:
            return super()._prepare_mail_values(res_ids)
        shares = {}
        for res_id in res_ids:
            shares.setdefault(composer_of[res_id], []).append(res_id)
        composers = self.with_context(engagement_composer_of=False)
        values_of = {}
        for composer_id, share in shares.items():
            composer = composers.browse(composer_id)
            values_of.update(composer._prepare_mail_values(share))
        return {res_id: values_of[res_id] for res_id in res_ids}
