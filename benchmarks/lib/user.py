"""A user at the screen: signs in once, then asks for what a list shows."""

import json
import statistics
import threading
import time
from http.client import HTTPConnection

from devtools.output import Failure

from .load import HOST


class User:
    def __init__(self, port: int, database: str):
        self.port = port
        self.cookie = ""
        params = {"db": database, "login": "admin", "password": "admin"}
        if not self._call("/web/session/authenticate", params).get("uid"):
            raise Failure("the user could not sign in")

    def list_view(self, model: str, fields: list[str]) -> float:
        """What the list of a model asks for; seconds that it took."""
        started = time.perf_counter()
        self._call(
            f"/web/dataset/call_kw/{model}/web_search_read",
            {
                "model": model,
                "method": "web_search_read",
                "args": [],
                "kwargs": {
                    "domain": [],
                    "specification": {name: {} for name in fields},
                    "limit": 80,
                    "count_limit": 10001,
                },
            },
        )
        return time.perf_counter() - started

    def _call(self, path: str, params: dict) -> dict:
        connection = HTTPConnection(HOST, self.port, timeout=60)
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.partition(";")[0]
        result = json.loads(answer.read())
        connection.close()
        if "error" in result:
            raise Failure(f"{path}: {result['error']['data']['message']}")
        return result["result"]


class Watcher(threading.Thread):
    """Asks for a list again and again, with a breath in between."""

    def __init__(self, user: User, model: str, fields: list[str], pause=0.1):
        super().__init__(daemon=True)
        self.user, self.what, self.pause = user, (model, fields), pause
        self.times = []
        self._stop_asking = threading.Event()

    def run(self):
        while not self._stop_asking.is_set():
            self.times.append(self.user.list_view(*self.what))
            self._stop_asking.wait(self.pause)

    def result(self) -> tuple[float, float]:
        """Median and 95th percentile, in milliseconds. Stops asking."""
        self._stop_asking.set()
        self.join()
        times = sorted(self.times)
        return 1e3 * statistics.median(times), 1e3 * times[int(len(times) * 0.95)]
