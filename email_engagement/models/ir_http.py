from contextlib import closing, contextmanager

import psycopg2
import werkzeug.exceptions

from odoo import models
from odoo.http import request

from .email_engagement_reception import is_refusing

HITS = ("/ee/o/", "/ee/c/", "/ee/a/", "/ee/i/")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """Answer the hits of strangers here, before a route is looked for.

        A hit needs none of what comes next: the routing map, a second transaction,
        authentication, languages, the retries. It is a quarter of what it costs (see
        ``benchmarks``). Whoever is logged in, asks otherwise or gets a page goes the
        ordinary way, with the same result. So does whoever only wants to know what
        an address leads to, such as a menu's: that is no hit.
        """
        if (
            path_info.startswith(HITS)
            and request.httprequest.method in ("GET", "HEAD")
            and path_info == request.httprequest.path
            and request.session.uid is None
        ):
            # Here and not above: the controllers need the models.
            from ..controllers import file, hit

            with _on_primary():
                # What ``_auth_method_none`` does for an environment without a user.
                request.env.transaction.default_env = request.env
                answer = hit.answer_at_once(path_info)
                if answer is not None:
                    request.session.can_save = False  # no cookie for a stranger
                    raise answer
                response = file.answer_at_once(path_info)
                if response is not None:
                    request.session.can_save = False
                    werkzeug.exceptions.abort(response)
        return super()._match(path_info)

    def session_info(self):
        """Tell the composers what each company's setting says, so that they can show
        it before anything is sent.
        """
        info = super().session_info()
        companies = info.get("user_companies", {}).get("allowed_companies", {})
        is_system = bool(info.get("is_system"))
        # sudo: these are the user's own companies, whatever a rule says about them.
        for company_sudo in self.env["res.company"].browse(companies).sudo():
            is_on = company_sudo._engagement_is_on()
            # Only who can choose is asked to, see ``engagement_policy_service``.
            is_undecided = (
                is_system and is_on and not company_sudo.engagement_policy_chosen
            )
            companies[company_sudo.id].update(
                engagement_is_undecided=is_undecided,
                engagement_databases_warning=(
                    is_undecided
                    and self.env["email.engagement.health"]._databases_warning(
                        company_sudo
                    )
                ),
                engagement_is_on=is_on,
                engagement_follow_default=company_sudo._engagement_is_default(),
                engagement_follow_attachments=company_sudo.engagement_follow_attachments,
                engagement_follow_attachments_above=(
                    company_sudo.engagement_follow_attachments_above
                ),
            )
        return info


@contextmanager
def _on_primary():
    """Where Odoo begins a request on a read replica, give it a transaction that writes.

    A primary that does not answer is a database that refuses, like any other: the hit
    is put aside, and what the replica knows is good enough to send the reader on.
    Odoo's dispatcher would answer with an error.
    """
    env = request.env
    if not env.cr.readonly or is_refusing(env.cr.dbname):
        yield
        return
    env.cr.rollback()
    try:
        cr = env.registry.cursor()
    except psycopg2.Error:
        yield
        return
    with closing(cr):
        request.env = env(cr=cr)
        try:
            yield
        finally:
            request.env = env
