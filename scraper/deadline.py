"""A connection on which a whole answer must have come by some moment.

The client's own time limit is for one read. A server that says `100 Continue` for ever, or drips a header a byte at a
time, keeps each read short and the answer from ever beginning; so the time is looked at before each read.
"""

import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from core.text import counted
from scraper.outcome import Retry


class Deadline:
    """The moment by which the request under way must be answered; each thread has its own.

    clock: seconds, rising
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._mine = threading.local()

    def begin(self, what: str, seconds: float) -> None:
        """From now on so many seconds; what: names the request in the error."""
        self._mine.what, self._mine.seconds = what, seconds
        self._mine.until = self._clock() + seconds

    def check(self) -> None:
        """Raises `Retry` when the time is over."""
        if self._clock() > getattr(self._mine, "until", float("inf")):
            raise Retry(f"{self._mine.what}: not finished after {counted(f'{self._mine.seconds:g}', 'second')}")


class WatchedBackend(httpcore2.NetworkBackend):
    """Connections that look at the deadline at each read."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline, self._plain = deadline, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._plain.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout)
        self._deadline.check()
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
