"""One address for an Odoo of several processes, as a web server in front would give.

Such an Odoo answers ordinary requests at one port and WebSockets, for what changes on
the screen by itself, at another. A connection is passed on by its first request, and
left alone from then on: a WebSocket always comes on a connection of its own.
"""

import asyncio
import contextlib
import threading

from .output import Failure
from .ports import HOST

WEBSOCKET = b"GET /websocket"


class Proxy:
    """Listens at `port` in a thread of its own, for as long as the process lives."""

    def __init__(self, port: int, http_port: int, websocket_port: int):
        self.port = port
        self.targets = {False: http_port, True: websocket_port}
        self._ready = threading.Event()
        self._error: OSError | None = None
        threading.Thread(target=asyncio.run, args=[self._serve()], daemon=True).start()
        self._ready.wait()
        if self._error:
            raise Failure(f"cannot listen at port {port}: {self._error.strerror}")

    async def _serve(self) -> None:
        try:
            server = await asyncio.start_server(self._connected, HOST, self.port)
        except OSError as error:
            self._error = error
            return
        finally:
            self._ready.set()
        async with server:
            await server.serve_forever()

    async def _connected(self, reader, writer) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.read(65536)
            port = self.targets[first.startswith(WEBSOCKET)]
            back_reader, back_writer = await asyncio.open_connection(HOST, port)
            back_writer.write(first)
            await asyncio.gather(_copy(reader, back_writer), _copy(back_reader, writer))
        writer.close()


async def _copy(reader, writer) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()
