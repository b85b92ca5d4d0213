"""What `run_growth` measures: who asks for what, of which records."""

from .seed_growth import SAME

COUNT_LIMIT = 10_001  # the web client's
OUR_COUNT_LIMIT = 1_001  # that of our views


def read(env, model, domain, names, order=None, limit=80, count_limit=None):
    """What a list or a page asks the server for."""
    ours = model.startswith("email.engagement")
    return env[model].web_search_read(
        domain,
        {name: {} for name in names},
        limit=limit,
        order=order,
        count_limit=count_limit or (OUR_COUNT_LIMIT if ours else COUNT_LIMIT),
    )


class Prepared:
    """What is made ready first is not measured."""

    def __init__(self, prepare, action):
        self.prepare, self.action = prepare, action


class Cases:
    """Each yields a name and what is measured."""

    def __init__(self, env):
        self.env = env
        self.emails = env["email.engagement"].search_count([]) - 1
        self.first = env["email.engagement"].search([], order="id", limit=1).id
        middle = self.first + self.emails // 2
        self.one, self.busy, self.crowded = (
            env["email.engagement"].browse(middle + offset)
            for offset in (0, SAME.busy, SAME.crowded)
        )
        self.contact = self.one.trace_ids[1].partner_id
        seller = self.one.user_id

        def acting(user):
            return env(
                user=user,
                su=False,
                context={
                    "lang": "en_US",
                    "tz": "Europe/Brussels",
                    "allowed_company_ids": user.company_ids.ids,
                },
            )

        others = env["res.users"].search([("login", "in", ("leader", "newcomer"))])
        by_login = {user.login: user for user in others}
        self.seller = acting(seller)
        self.leader = acting(by_login["leader"])
        self.newcomer = acting(by_login["newcomer"])
        self.admin = acting(env.ref("base.user_admin"))

    def _touch(self):
        newest = self.env["email.engagement"].search([], order="id desc", limit=200)
        newest._touch_records()
