"""MailDev: a mailbox on this machine that takes every mail, whoever it is for."""

from .node import script
from .paths import DEV
from .ports import HOST
from .services import Service

MAILS = DEV / "mails"


def start(smtp_port: int, web_port: int) -> Service:
    MAILS.mkdir(parents=True, exist_ok=True)
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
