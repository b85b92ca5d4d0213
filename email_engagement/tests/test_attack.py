import base64
import random
from unittest.mock import patch
from urllib.parse import quote

from odoo.sql_db import Cursor
from odoo.tests import HttpCase, tagged

from .common import EngagementCase, RecipientMixin
from .test_send import BODY

FORGED = 100_000


@tagged("post_install", "-at_install")
class TestAttack(RecipientMixin, EngagementCase, HttpCase):
    """Whoever guesses gets one answer, costs no statement, and leaves no trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)
        cls.random = random.Random(19)

    def forged(self, number):
        """Random, cut, bit-flipped, of another purpose, of another database, with
        path tricks, over-long, not ASCII.
        """
        genuine = self.link.rpartition("/")[2]
        other = self.pixel.rpartition("/")[2].removesuffix(".gif")
        self.env["ir.config_parameter"].set_param("database.uuid", "another one")
        foreign = self.env["email.engagement.token"]._sign("click", 1, 1)
        self.env["ir.config_parameter"].set_param("database.uuid", self.uuid)
        alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
        rand = self.random
        makers = (
            lambda: "".join(rand.choices(alphabet, k=rand.randrange(1, 60))),
            lambda: genuine[: rand.randrange(1, len(genuine))],
            lambda: self.flip(genuine),
            lambda: other,
            lambda: foreign,
            lambda: genuine + rand.choice(("/..", "%2e", "=", "==", "A", " ", "\n")),
            lambda: genuine * rand.randrange(2, 200),
            lambda: genuine.replace(genuine[3], "é") + "€😀",
        )
        for n in range(number):
            token = makers[n % len(makers)]()
            if token != genuine:
                yield token

    def flip(self, token):
        raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        raw[self.random.randrange(len(raw))] ^= 1 << self.random.randrange(8)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def setUp(self):
        super().setUp()
        self.uuid = self.env["ir.config_parameter"].get_param("database.uuid")

    def test_verified_before_the_database_is_asked(self):
        tokens = list(self.forged(FORGED))
        self.assertGreater(len(set(tokens)), FORGED / 10)
        verify = self.env["email.engagement.token"]._verify
        genuine = self.link.rpartition("/")[2]
        self.assertTrue(verify("click", genuine))  # fills the parameters' cache
        with self.assertQueryCount(0):
            accepted = [token for token in tokens if verify("click", token)]
        self.assertEqual(accepted, [])

    def test_over_http(self):
        answers = set()
        with self.assertNoLogs("odoo.addons.email_engagement", "WARNING"):
            for token in self.forged(200):
                response = self.client(f"/ee/c/{quote(token)}")
                self.assertEqual(response.status_code, 404, token)
                if "/" not in token:  # else it is no address of ours, but Odoo's 404
                    answers.add(response.text)
        self.assertEqual(len(answers), 1)
        self.assertFalse(self.Hit.search_count([]))

    def statements(self, path):
        """Number of statements that the server executes to answer."""
        executed = []
        execute = Cursor.execute

        def count(cursor, *args, **kwargs):
            executed.append(args)
            return execute(cursor, *args, **kwargs)

        with patch.object(Cursor, "execute", count):
            self.client(path)
        return len(executed)

    def test_no_kind_of_forged_token_costs_more(self):
        """Nor less: the number of statements does not tell one from the other."""
        pixel = self.pixel.rpartition("/")[2].removesuffix(".gif")
        tokens = [
            token for token in self.forged(24) if "/" not in token and token != pixel
        ]
        for path in ("/ee/c/%s", "/ee/o/%s.gif"):
            self.statements(path % "x")  # the page and its language are cached
            counts = {self.statements(path % quote(token)) for token in tokens}
            with self.subTest(path):
                self.assertEqual(len(counts), 1, counts)

    def test_own_addresses_under_any_base(self):
        """A mail that quotes one of ours, from before the tracking domain changed, is
        followed by nobody twice; a forged address is one like any other.
        """
        read_address = self.env["email.engagement.token"]._read_address
        old = f"https://old.example.com{self.link}"
        self.assertEqual(read_address(f"{old}?a=1")[0], "click")
        self.assertEqual(read_address(f"https://b.test{self.pixel}")[0], "open")
        forged = f"{old[:-1]}{'A' if old[-1] != 'A' else 'B'}"
        for url in (forged, "https://x.test/ee/c/", "mailto:a@b.c", f"{old}/more"):
            self.assertIsNone(read_address(url), url)
        body = f'<a href="{old}">ours</a> <a href="{forged}">not ours</a>'
        targets = self.engagement._scan(body).targets
        self.assertEqual([target.url for target in targets], [forged])

    def test_nothing_of_the_caller_is_reflected(self):
        probe = "<script>alert(1)</script>"
        for path in (f"/ee/c/{probe}", f"/ee/c/x?{probe}", f"{self.link}?x={probe}"):
            response = self.client(path, headers={"Referer": probe, "X-Test": probe})
            self.assertNotIn("alert(1)", response.text)
            self.assertNotIn("alert(1)", str(response.headers))
