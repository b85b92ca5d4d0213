"""What happens once: when the addon is installed, and when it is uninstalled."""

import logging
import shutil

from odoo.tools import SQL

from .models.email_engagement_reception import spool_folder

_logger = logging.getLogger(__name__)

ADDON = "email_engagement"


def post_init_hook(env):
    """Make the secrets now. The first to send would make them otherwise: two of them
    at once would each have one, or wait for each other; and whoever first opens a
    composer cannot, since that only reads.
    """
    env["email.engagement.token"]._get_keys(create=True)
    env["email.engagement.policy"]._address_key()
    _warn_of_databases(env)


def _warn_of_databases(env):
    """Whoever installs from a command line sees neither settings nor notice."""
    health = env["email.engagement.health"]
    companies = env["res.company"].search([])
    for warning in {health._databases_warning(company) for company in companies}:
        if warning:
            _logger.warning("%s", warning)


def uninstall_hook(env):
    """Take away what Odoo does not know to be ours. It drops models, columns and what
    has an external id itself, afterwards.
    """
    _own_fields_again(env)
    _keep_reminders(env)
    _delete_files(env)
    _delete_rows(env)
    _delete_docstrings(env)
    env["email.engagement.reception"]._forget_targets()
    shutil.rmtree(spool_folder(env.cr.dbname), ignore_errors=True)


def _own_fields_again(env):
    """An update of this addon takes the external ids away from the fields that models
    loaded after it inherit from ``mail.thread``; Odoo would not know whose they are.
    """
    fields = env["ir.model.fields"].search([("name", "in", _own_fields(env))])
    known = fields.get_external_id()
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": f"{ADDON}.field_{model}__{field.name}", "record": field}
            for field in fields
            if not known[field.id] and (model := field.model.replace(".", "_"))
        ]
    )


def _keep_reminders(env):
    """A reminder that has become an activity is work to be done: it stays, as an
    ordinary one. Odoo could not delete the type while there are any.
    """
    ours = env.ref(f"{ADDON}.mail_activity_type_reminder", raise_if_not_found=False)
    if not ours:
        return
    todo = env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
    todo = todo or env["mail.activity.type"].search([("id", "!=", ours.id)], limit=1)
    columns = env.execute_query(
        SQL(
            """
            SELECT field.model, field.name
              FROM ir_model_fields field
             WHERE field.relation = 'mail.activity.type'
               AND field.ttype = 'many2one' AND field.store
            """
        )
    )
    env.flush_all()
    for model, name in columns:
        if model not in env or not env[model]._auto or env[model]._abstract:
            continue
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s = %s",
                SQL.identifier(env[model]._table),
                SQL.identifier(name),
                todo.id or None,
                SQL.identifier(name),
                ours.id,
            )
        )
    env.invalidate_all()


def _delete_files(env):
    """The copies of followed files: rows, and on the disk what nothing else names."""
    attachments = env["ir.attachment"].with_context(active_test=False)
    attachments.search([("res_model", "=like", "email.engagement%")]).unlink()


def _delete_rows(env):
    """What names our models and fields by their text."""
    ours = rf"\m({'|'.join(_own_fields(env))})\M"
    env.flush_all()
    for statement in (
        # settings, made when they are first needed
        SQL("DELETE FROM ir_config_parameter WHERE key LIKE %s", f"{ADDON}.%"),
        # favourites that would fail
        SQL(
            """
            DELETE FROM ir_filters
             WHERE model_id LIKE 'email.engagement%%'
                OR concat_ws(' ', domain, context, sort) ~ %s
            """,
            ours,
        ),
        SQL("DELETE FROM ir_exports WHERE resource LIKE 'email.engagement%%'"),
        SQL("DELETE FROM ir_exports_line WHERE name ~ %s", ours),
        # what senders were told, with links to pages that are gone
        SQL(
            """
            DELETE FROM mail_message
             WHERE message_type = 'user_notification'
               AND body LIKE '%%/odoo/followed-emails/%%'
            """
        ),
        # what waits to be sent goes out as an ordinary email
        SQL(
            """
            UPDATE mail_scheduled_message
               SET notification_parameters = (
                   SELECT COALESCE(jsonb_object_agg(key, value), '{}')::text
                     FROM jsonb_each(notification_parameters::jsonb)
                    WHERE key !~ %s)
             WHERE notification_parameters ~ %s
            """,
            ours,
            ours,
        ),
    ):
        env.cr.execute(statement)
    env.invalidate_all()
    env.registry.clear_cache("stable")


def _own_fields(env) -> list[str]:
    """Names of the fields that this addon and its dependents have added to others."""
    return sorted(
        {
            field.name
            for model in env.registry.values()
            for field in model._fields.values()
            if field.name.startswith("engagement_")
            and all(module.startswith(ADDON) for module in field._modules)
        }
    )


def _delete_docstrings(env):
    """Odoo notes what a class says about itself, also of models that are its own."""
    docstrings = {
        base.__doc__
        for model in env.registry.values()
        for base in model.mro()
        if base.__module__.startswith(f"odoo.addons.{ADDON}") and base.__doc__
    }
    env.cr.execute(
        "UPDATE ir_model SET info = NULL WHERE info = ANY(%s)", [list(docstrings)]
    )
