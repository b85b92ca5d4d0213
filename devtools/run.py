"""`./dev run`: Odoo with CRM, the addons, demo data and a mailbox, until Ctrl-C."""

from . import demo, mailbox, ports
from .databases import Databases
from .expected_logs import LINE, is_complaint
from .odoo import prepare
from .output import Step, say
from .paths import DEV, ODOO_BIN, PYTHON
from .proxy import Proxy
from .services import Service, stopping_in_order, watch
from .steps import exclusive, remove


def add_arguments(parser) -> None:
    add = parser.add_argument
    add("--port", type=int, help="port of Odoo (8069, or the next free one)")
    add("--mail-port", type=int, help="port of the mailbox (1080, or the next free)")
    add("--workers", type=int, default=0, metavar="N", help="N processes, not threads")
    add("--fresh", action="store_true", help="start with a new database and no mails")
    add("--verbose", action="store_true", help="show all that Odoo logs")


def main(args) -> int:
    with exclusive(DEV / "run.lock", "it runs here already, in another terminal."):
        source, server = prepare()
        with server:
            port = ports.choose(args.port, 8069, "Odoo")
            web_port = ports.choose(args.mail_port, 1080, "the mailbox", {port})
            smtp_port = _internal_port(1025, {port, web_port})
            databases = Databases(source, server)
            if args.fresh:
                remove(mailbox.MAILS)
            demo.ensure(databases, args.fresh)
            url = f"http://localhost:{port}"
            demo.point_at(server, url, smtp_port)
            services = []
            with stopping_in_order(services):
                with Step("Starting"):
                    services.append(mailbox.start(smtp_port, web_port))
                    services.append(_start_odoo(databases, port, args.workers))
                    services[0].wait_for(f"http://127.0.0.1:{web_port}/")
                    services[1].wait_for(f"http://127.0.0.1:{port}/web/health")
                _greet(url, web_port, args.verbose)
                watch(services, say if args.verbose else Complaints())
    say("Stopped.")
    return 0


def _start_odoo(databases: Databases, port: int, workers: int) -> Service:
    taken = {port}
    http_port = port
    if workers:
        http_port = _internal_port(port + 1, taken)
    websocket_port = _internal_port(http_port + 1, taken | {http_port})
    options = {
        "--database": demo.NAME,
        "--db-filter": f"^{demo.NAME}$",
        "--http-port": http_port,
        "--gevent-port": websocket_port,
        "--workers": workers,
        "--max-cron-threads": 1,
    }
    command = [PYTHON, ODOO_BIN, "--no-database-list"]
    command += [f"{name}={value}" for name, value in options.items()]
    if workers:
        Proxy(port, http_port, websocket_port)
    return Service("Odoo", command, databases.env)


def _internal_port(default: int, taken: set[int]) -> int:
    """A port that nobody has to know about."""
    return next(
        port
        for port in range(default, 65536)
        if port not in taken and ports.is_free(port)
    )


def _greet(url: str, web_port: int, verbose: bool) -> None:
    say()
    say(f"  Odoo      {url}")
    say("            administrator: login admin, password admin")
    say("            salesperson:   login demo, password demo")
    say(f"  Mailbox   http://localhost:{web_port}   (every mail that Odoo sends)")
    if not mailbox.opens_links():
        say("            Open the links of a mail with the middle mouse button.")
    say()
    say("Ctrl-C stops both." + ("" if verbose else " Warnings of Odoo are shown here."))


class Complaints:
    """Shows warnings and errors of Odoo's log, with all lines that belong to them."""

    def __init__(self):
        self.inside = False

    def __call__(self, line: str) -> None:
        entry = LINE.match(line)
        if entry:
            self.inside = is_complaint(entry)
        if self.inside:
            say(line)
