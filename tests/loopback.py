"""HTTP servers of the tests' own, on a free port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from typing import Any

HOST = "127.0.0.1"


class Quiet:
    """Put before `BaseHTTPRequestHandler`, it lets a handler log nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def answering(server: HTTPServer) -> Iterator[str]:
    """Let a server answer in a thread; its address, while it does."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
