from .common import EngagementTransactionCase


class ConsentCase(EngagementTransactionCase):
    """Decisions of recipients, and what goes out to them."""

    def refuse(
        self, partner=None, kinds=("opens", "clicks"), state="refused", **kwargs
    ):
        self.env["email.engagement.consent"]._decide(
            dict.fromkeys(kinds, state), "page", partners=partner or self.anna, **kwargs
        )

    def bodies(self, mails):
        return {
            mail["email_to"][0].split("@")[0].split("<")[-1].strip('"'): mail
            for mail in mails
        }

    def waiting(self):
        return self.env["email.engagement.hit"].search_count([])
