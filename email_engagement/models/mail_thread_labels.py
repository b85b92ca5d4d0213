from odoo import api, models

TRANSLATED = ("string", "help", "selection")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """In the user's language also on the models of addons that this one does not
        know: Odoo keeps the label of a field for each model, and our catalogues can
        only name models that were there when they were made. What they lack is taken
        from ``mail.thread`` itself.
        """
        result = super().fields_get(allfields, attributes)
        thread = self.env["mail.thread"]
        if self._name == thread._name or self.env.lang in (None, "en_US"):
            return result
        untranslated = [
            name
            for name, description in result.items()
            if name.startswith("engagement_")
            and name in thread._fields
            and description.get("string") == self._fields[name].string
        ]
        if untranslated:
            origin = thread.fields_get(untranslated, TRANSLATED)
            for name, description in origin.items():
                wanted = description.keys() & result[name].keys()
                result[name].update({key: description[key] for key in wanted})
        return result
