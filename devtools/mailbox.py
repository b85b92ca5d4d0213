"""MailDev: a mailbox on this machine that takes every mail, whoever it is for."""

from pathlib import Path

from .node import script
from .paths import DEV, NODE
from .ports import HOST
from .services import Service
from .steps import write_atomically

MAILS = DEV / "mails"

#: What the page of MailDev 3.0.0 shows a mail in: a frame whose links to a new tab, as
#: all of Odoo's are, do nothing on a click.
FRAME = 'sandbox:"allow-same-origin"'
OPEN_FRAME = 'sandbox:"allow-same-origin allow-popups allow-popups-to-escape-sandbox"'


def start(smtp_port: int, web_port: int) -> Service:
    MAILS.mkdir(parents=True, exist_ok=True)
    _let_links_open()
    options = {
        "--ip": HOST,
        "--smtp": smtp_port,
        "--web-ip": HOST,
        "--web": web_port,
        "--mail-directory": MAILS,
    }
    command = script("maildev", "dist/bin/maildev.js")
    for name, value in options.items():
        command += [name, str(value)]
    return Service("MailDev", command)


def opens_links() -> bool:
    """Whether a click on a link of a mail opens it; another version may differ."""
    return any(OPEN_FRAME in path.read_text("utf-8") for path in _scripts())


def _let_links_open() -> None:
    for path in _scripts():
        text = path.read_text("utf-8")
        if FRAME in text:
            write_atomically(path, text.replace(FRAME, OPEN_FRAME))


def _scripts() -> list[Path]:
    return list(NODE.glob("node_modules/@maildev/ui/dist/assets/*.js"))
