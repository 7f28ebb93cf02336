"""What the HTTP client sends through: connections that are watched by a `Deadline`.

The client's own transport makes its pool of connections itself and takes no network backend. The pool, which is
httpcore's, takes one; so this is a transport of our own around such a pool.
"""

import importlib.util
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

from scraper.deadline import Deadline, WatchedBackend

_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)


class Transport(httpx2.BaseTransport):
    """HTTP/1.1 over watched connections, straight or through a proxy; certificates are always verified.

    Raises `ValueError` or `ImportError` for a proxy that cannot be.
    """

    def __init__(self, deadline: Deadline, proxy: str | None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            proxy=None if proxy is None else _proxy(proxy),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=WatchedBackend(deadline),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and return what it is answered with, the body still to be read."""
        assert isinstance(request.stream, httpx2.SyncByteStream)
        asked = httpcore2.Request(
            method=request.method,
            url=_url(request.url),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _named_as_the_client_does():
            answer = self._pool.handle_request(asked)
        assert isinstance(answer.stream, Iterable)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _named_as_the_client_does():
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@contextmanager
def _named_as_the_client_does() -> Iterator[None]:
    """Raise httpcore's errors as those of the same names that the client's callers know."""
    try:
        yield
    except _ERRORS as error:
        raise getattr(httpx2, type(error).__name__)(str(error)) from error


def _proxy(address: str) -> httpcore2.Proxy:
    proxy = httpx2.Proxy(address)  # reads and checks the address, as the client would
    if proxy.url.scheme.startswith("socks5") and importlib.util.find_spec("socksio") is None:
        raise ImportError("a socks5 proxy needs the package socksio, which is not installed")
    return httpcore2.Proxy(url=_url(proxy.url), auth=proxy.raw_auth)


def _url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
