"""A server that misbehaves on purpose: the replica's board, spoken over raw sockets.

An HTTP library would not let us send half a header or a body without end, so each answer is written byte by byte. A
fault is a function that is given the wire and the page that the board would have sent. Nothing here looks at a real
clock: a slow server moves the clock that the fetcher reads (`FaultServer.seconds`), so that a minute passes at once
and a busy machine changes no outcome.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.loopback import HOST
from tests.scraper.replica import Replica, kind_of

PATIENCE = 60.0
"""Seconds after which the server gives up on a client that neither reads nor leaves; no outcome hangs on it."""


@dataclass
class Wire:
    """One request and the socket it came on."""

    socket: socket.socket
    path: str
    headers: dict[str, str]
    server: "FaultServer"

    def send(self, *pieces: bytes) -> None:
        """Bytes as they are. Raises `OSError` when the client has heard enough."""
        for piece in pieces:
            self.socket.sendall(piece)

    def head(self, *lines: str, status: str = "200 OK", length: int | None = None) -> None:
        """Status line and headers; without a length the body ends when the wire does."""
        sized = [] if length is None else [f"Content-Length: {length}"]
        said = [f"HTTP/1.1 {status}", "Connection: close", *sized, *lines]
        if not any(line.lower().startswith("content-type") for line in lines):
            said.append("Content-Type: text/html; charset=utf-8")
        self.send("\r\n".join([*said, "", ""]).encode())

    def page(self, body: bytes, *lines: str, status: str = "200 OK") -> None:
        """A whole answer."""
        self.head(*lines, status=status, length=len(body))
        self.send(body)

    def reset(self) -> None:
        """End the connection with a reset instead of a goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def until_left(self) -> None:
        """Say nothing until the client leaves."""
        while self.socket.recv(4096):
            pass

    def passes(self, seconds: float) -> None:
        """Time passes on the fetcher's clock."""
        self.server.seconds += seconds


Fault = Callable[[Wire, bytes], None]


@dataclass
class FaultServer:
    """The board, with faults. faults: by path, or by kind of page (`index`, `post`, `robots`); met: how often one struck."""

    replica: Replica
    faults: dict[str, Fault] = field(default_factory=dict)
    seconds: float = 0.0
    met: int = 0

    @contextmanager
    def serve(self) -> Iterator[None]:
        """Listen on a free port of loopback; the replica's address is ours meanwhile."""
        listener = socket.create_server((HOST, 0))
        self.replica.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threads: list[threading.Thread] = []

        def listen() -> None:
            with suppress(OSError):  # the listener was shut
                while True:
                    wire, _ = listener.accept()
                    threads.append(threading.Thread(target=self._serve_one, args=(wire,), daemon=True))
                    threads[-1].start()

        acceptor = threading.Thread(target=listen, daemon=True)
        acceptor.start()
        try:
            yield
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`, which closing alone does not
            listener.close()
            for thread in (acceptor, *threads):
                thread.join(PATIENCE)
                assert not thread.is_alive(), "a fault outlived its client"

    def _serve_one(self, wire: socket.socket) -> None:
        with wire, suppress(OSError):  # the client left, as it should on most of these
            wire.settimeout(PATIENCE)
            asked = b""
            while b"\r\n\r\n" not in asked:
                if not (more := wire.recv(65536)):
                    return
                asked += more
            first, *lines = asked.decode("latin-1").split("\r\n")
            path = first.split(" ")[1]
            pairs = (line.partition(": ") for line in lines if line)
            self._say(Wire(wire, path, {name.lower(): value for name, _, value in pairs}, self))
            wire.shutdown(socket.SHUT_WR)

    def _say(self, wire: Wire) -> None:
        status, headers, body = self.replica.answer(wire.path, wire.headers)
        fault = self.faults.get(wire.path) or self.faults.get(kind_of(wire.path))
        if fault is not None:
            self.met += 1
            fault(wire, body)
        else:
            wire.page(body, *(f"{name}: {value}" for name, value in headers.items()), status=f"{status} x")
