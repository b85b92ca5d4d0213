import base64
import binascii
import time
from email import message_from_bytes
from email.policy import SMTP

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools.incoming_mail import DEPTH_MAX, clean_mail, is_mail_file
from ..tools.mail_parts import HEADER_MAX, PARTS_MAX
from .test_html_incoming import GIF, LINK, ORIGINAL, OWN

HTML = (
    f'<p>Grüße \t <a href="{LINK}">unser Angebot</a></p>'
    f'<img src="{GIF}" width="1" height="1">\r\n<p>=20 &nbsp;</p>\r\n'
)
CLEAN_HTML = (
    '<p>Grüße \t <a href="https://x.y/?a=1&amp;b=2">unser Angebot</a></p>'
    "\r\n<p>=20 &nbsp;</p>\r\n"
)
TEXT = f"Grüße & mehr &amp; <b>\r\nunser Angebot<{LINK}>\r\n"
CLEAN_TEXT = f"Grüße & mehr &amp; <b>\r\nunser Angebot<{ORIGINAL}>\r\n"
ENCODINGS = {
    "8bit": lambda data: data,
    "quoted-printable": binascii.b2a_qp,
    "base64": lambda data: base64.encodebytes(data).replace(b"\n", b"\r\n"),
}


def resolve(url):
    return {LINK: ORIGINAL, GIF: ""}.get(url)


def clean(source):
    return clean_mail(source, resolve=resolve)


def part(kind, text, encoding="8bit", charset="utf-8", more=b""):
    head = (
        f"Content-Type: {kind}; charset={charset}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n"
    )
    return head.encode() + more + b"\r\n" + ENCODINGS[encoding](text.encode(charset))


def multipart(kind, *parts, boundary="=_b.1+(2)", more=b""):
    head = f'Content-Type: {kind}; boundary="{boundary}"\r\n'.encode() + more
    border = f"\r\n--{boundary}".encode()
    content = b"".join(border + b"\r\n" + piece for piece in parts)
    return head + b"\r\nPreamble" + content + border + b"--\r\nEpilogue\r\n"


def mail(content):
    return (
        b"Subject: =?utf-8?q?Angebot?=  folded\r\n\toddly\r\n"
        b"X-Raw: \xff\xfe\r\nMIME-Version: 1.0\r\n" + content
    )


class TestCleanMail(BaseCase):
    def test_each_encoding(self):
        for encoding in ENCODINGS:
            for charset in ("utf-8", "iso-8859-1"):
                with self.subTest(encoding=encoding, charset=charset):
                    for kind, text, expected in (
                        ("text/html", HTML, CLEAN_HTML),
                        ("text/plain", TEXT, CLEAN_TEXT),
                    ):
                        self.assertEqual(
                            clean(mail(part(kind, text, encoding, charset))),
                            mail(part(kind, expected, encoding, charset)),
                        )

    def test_all_else_to_the_byte(self):
        picture = part("image/png", f"\0{LINK}", "base64")
        source = part("text/x-python", f"# {LINK}")
        for inner, expected in ((TEXT, CLEAN_TEXT), ("nothing", "nothing")):
            self.assertEqual(
                clean(
                    mail(multipart("multipart/mixed", part("text/plain", inner),
                                   picture, source))
                ),
                mail(multipart("multipart/mixed", part("text/plain", expected),
                               picture, source)),
            )  # fmt: skip

    def test_mails_in_mails(self):
        def wrapped(text, encoding):
            forwarded = mail(
                multipart(
                    "multipart/alternative",
                    part("text/plain", "x"),
                    part("text/html", text, "quoted-printable"),
                    boundary="inner",
                )
            )
            head = f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
            return mail(
                multipart(
                    "multipart/mixed",
                    part("text/html", "<p>See below</p>"),
                    b"Content-Type: message/rfc822\r\n" + head + forwarded,
                    b'Content-Type: application/octet-stream; name="Fwd.EML"\r\n'
                    + head.replace(encoding.encode(), b"base64")
                    + ENCODINGS["base64"](forwarded),
                )
            )

        source = wrapped(HTML, "8bit")
        cleaned = clean(source)
        self.assertEqual(cleaned, wrapped(CLEAN_HTML, "8bit"))
        for text in _texts(message_from_bytes(cleaned, policy=SMTP)):
            self.assertNotIn(OWN, text)

    def test_signed_and_encrypted_stay(self):
        for sealed in (
            multipart("multipart/signed", part("text/html", HTML)),
            multipart("multipart/encrypted", part("text/html", HTML)),
            part("application/pkcs7-mime", HTML, "base64"),
            part("text/plain", f"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n{TEXT}"),
        ):
            whole = mail(multipart("multipart/mixed", sealed, boundary="outer"))
            self.assertEqual(clean(mail(sealed)), mail(sealed))
            self.assertEqual(clean(whole), whole)
            both = multipart(
                *("multipart/mixed", sealed, part("text/plain", TEXT)), boundary="outer"
            )
            self.assertIn(CLEAN_TEXT.encode(), clean(both))
            self.assertIn(sealed, clean(both))

    def test_an_address_that_is_not_ascii(self):
        cleaned = clean_mail(
            mail(part("text/plain", LINK, charset="iso-8859-1")),
            resolve={LINK: "https://x.y/ü?ä=%20"}.get,
        )
        self.assertIn(b"https://x.y/%C3%BC?%C3%A4=%20", cleaned)

    def test_malformed(self):
        for source in (
            b"",
            b"\r\n",
            b"no header, no end",
            b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\n" + LINK.encode(),
            b"Content-Type: text/html\r\nContent-Transfer-Encoding: x-uue\r\n\r\n"
            + HTML.encode(),
            b"Content-Type: text/plain; name*=nope'x'%41\r\n\r\nx",
        ):
            with self.subTest(source=source):
                self.assertEqual(clean(source), source)
        broken = mail(part("text/html", HTML, "base64"))[:-60] + b"!"
        self.assertNotEqual(clean(broken), broken)
        # without its end, and with the line ends of Unix
        unclosed = multipart("multipart/mixed", part("text/plain", TEXT))
        unclosed = unclosed.partition(b"\r\n--=_b.1+(2)--")[0].replace(b"\r\n", b"\n")
        self.assertIn(ORIGINAL.encode(), clean(unclosed))
        self.assertNotIn(OWN.encode(), clean(unclosed))

    def test_bounded(self):
        source = part("text/plain", TEXT)
        for _level in range(3 * DEPTH_MAX):
            source = b"Content-Type: message/rfc822\r\n\r\n" + source
        self.assertEqual(clean(source), source)

    def test_long_headers_are_not_parsed(self):
        for name, value in (
            ("Content-Type", f"text/plain; x={'x' * HEADER_MAX}"),
            ("Content-Disposition", f"inline; x={'x' * HEADER_MAX}"),
        ):
            source = f"{name}: {value}\r\n\r\n{TEXT}".encode()
            self.assertEqual(clean(source), source)
        for kind in ('multipart/mixed;"', 'application/pdf;"', "text/plain;a*="):
            source = f"Content-Type: {kind}{';' * 200_000}\r\n\r\n{TEXT}".encode()
            start = time.process_time()
            self.assertEqual(clean(source), source)
            self.assertLess(time.process_time() - start, 5)

    def test_parts_are_bounded(self):
        # The mail itself is one of those that are looked at.
        texts = [part("text/plain", TEXT)] * (PARTS_MAX + 50)
        cleaned = clean(multipart("multipart/mixed", *texts))
        self.assertEqual(cleaned.count(CLEAN_TEXT.encode()), PARTS_MAX - 1)
        self.assertEqual(cleaned.count(TEXT.encode()), 51)

    @given(st.binary(max_size=300), st.sampled_from(sorted(ENCODINGS)))
    @settings(max_examples=200, deadline=None)
    def test_any_content(self, content, encoding):
        head = (
            f"Content-Type: text/html\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        )
        head = head.encode()
        source = head + ENCODINGS[encoding](content)
        self.assertEqual(clean(source), source)
        link = f' <a href="{LINK}">'.encode()
        cleaned = clean(head + ENCODINGS[encoding](content + b"\n--></style>" + link))
        self.assertTrue(cleaned.startswith(head))

    def test_names(self):
        self.assertTrue(is_mail_file("A.Eml"))
        self.assertFalse(is_mail_file("a.eml.pdf") or is_mail_file(None))


def _texts(message):
    for piece in message.walk():
        if piece.get_content_maintype() == "text":
            yield piece.get_content()
        elif piece.get_content_type() == "application/octet-stream":
            yield from _texts(message_from_bytes(piece.get_content(), policy=SMTP))
