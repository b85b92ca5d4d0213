import base64
import re

from .common import EngagementTransactionCase
from .test_send import BODY

PDF = b"%PDF-1.4 an offer"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
FILE = re.compile(r"/ee/a/([\w-]+)/([^\s\"'<>]+)")


class FileCase(EngagementTransactionCase):
    """A salesperson with two files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer, cls.terms = cls.attach(("Offer.pdf", PDF), ("Terms.txt", b"terms"))

    @classmethod
    def attach(cls, *files, **values):
        return (
            cls.env["ir.attachment"]
            .with_user(cls.sales)
            .create(
                [
                    {"name": name, "raw": raw, "res_model": "mail.compose.message"}
                    | values
                    for name, raw in files
                ]
            )
        )

    def post_files(self, partners=None, followed=None, **kwargs):
        followed = self.offer if followed is None else followed
        return self.post(
            kwargs.pop("body", BODY),
            partners,
            attachment_ids=(self.offer | self.terms).ids,
            engagement_attachment_ids=followed.ids,
            **kwargs,
        )
