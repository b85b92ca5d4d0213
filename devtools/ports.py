"""Free ports on this machine."""

import socket

from .output import Failure, say

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    # A server that listens on all addresses may share the port with one that listens
    # on this one only; whoever answers here has it.
    with socket.socket() as client:
        client.settimeout(1)
        if client.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(wanted: int | None, default: int, what: str, taken=()) -> int:
    """The port that was asked for, or the next free one from the default on."""
    if wanted is not None:
        if wanted in taken or not is_free(wanted):
            raise Failure(f"port {wanted} for {what} is in use: choose another.")
        return wanted
    for port in range(default, default + 100):
        if port not in taken and is_free(port):
            if port != default:
                say(f"Port {default} is in use; {what} takes {port}.")
            return port
    raise Failure(f"no free port for {what} from {default} on.")
