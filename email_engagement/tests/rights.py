"""One user of each kind, and one email that few of them may read."""

from odoo import Command
from odoo.tests import new_test_user

from .test_send import BODY

#: What there is of one email: models, and the field that leads to the engagement.
PARTS = {
    "email.engagement": "id",
    "email.engagement.trace": "engagement_id",
    "email.engagement.link": "engagement_id",
    "email.engagement.event": "engagement_id",
    "email.engagement.report": "engagement_id",
}


class RightsMixin:
    """For classes with ``EngagementCase``: ``users`` by kind, and an email of a
    salesperson on a record that none of them may read.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        export = cls.env.ref("base.group_allow_export")
        groups = {
            "portal": "base.group_portal",
            "user": "base.group_user",
            "stranger": "base.group_user",
            "manager": "email_engagement.group_manager",
            "administrator": "email_engagement.group_administrator",
        }
        cls.users = {
            kind: new_test_user(cls.env, f"rights_{kind}", group)
            for kind, group in groups.items()
        }
        cls.users["public"] = cls.env.ref("base.public_user")
        for kind in ("user", "stranger", "manager", "administrator"):
            cls.users[kind].group_ids += export
        cls.users["stranger"].write(
            {
                "company_ids": [Command.set(cls.other_company.ids)],
                "company_id": cls.other_company.id,
            }
        )
        case = cls("setUp")
        cls.message, _mails = case.post(BODY, subject="Zebra")
        cls.engagement = cls.message.engagement_id
        case.hit(cls.engagement.trace_ids, cls.engagement.link_ids[0])
        case.digest()
        case.close_record()

    def of_user(self, kind, model):
        return self.env[model].with_user(self.users[kind])

    def parts(self, model):
        """The rows of ``model`` of the email, as superuser."""
        return self.env[model].search([(PARTS[model], "=", self.engagement.id)])
