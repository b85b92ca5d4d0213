"""An IMAP server of the test's own: Dovecot, in a folder that goes with it."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

USER, PASSWORD = "inbox", "secret"
FOLDERS = ["/usr/sbin", "/usr/local/sbin"]
CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def find() -> str | None:
    """The program, None if there is none."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS])
    return shutil.which("dovecot", path=path)


def missing() -> str:
    """Why the server cannot run here, '' if it can."""
    if not find():
        return "Dovecot is missing: on Debian, `sudo apt-get install dovecot-imapd`"
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return "Dovecot runs under users with a name only, and this one has none"
    return ""


class Dovecot:
    """Runs as an ordinary user: as this one, or as "nobody" where this is root."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder.chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process = None

    def start(self):
        is_root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                port=self.port,
                password=PASSWORD,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                user=owner.pw_name,
                group=grp.getgrgid(owner.pw_gid).gr_name,
            )
        )
        become = {}
        if is_root:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            become = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [find(), "-F", "-c", configuration],
                stdout=output,
                stderr=subprocess.STDOUT,
                **become,
            )
        for _try in range(100):
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"Dovecot does not start: {self._said()}")

    def _answers(self) -> bool:
        try:
            self.connect().logout()
        except (OSError, imaplib.IMAP4.error):
            return False
        return True

    def _said(self) -> str:
        files = (self.folder / name for name in ("output", "log"))
        return "\n".join(file.read_text() for file in files if file.exists())

    def connect(self) -> imaplib.IMAP4:
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.login(USER, PASSWORD)
        return connection

    def put(self, mail: bytes):
        """Deliver a mail, by IMAP as well."""
        connection = self.connect()
        data = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        result, said = connection.append("INBOX", None, None, data)
        connection.logout()
        if result != "OK":
            raise RuntimeError(f"Dovecot takes no mail: {said}")

    def unseen(self) -> int:
        connection = self.connect()
        connection.select("INBOX")
        found = connection.search(None, "UNSEEN")[1][0].split()
        connection.logout()
        return len(found)

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
