"""Updates that Telegram brings to us, instead of our asking for them: a small HTTP server for one address.

It stands behind a proxy that speaks TLS (docs/bot.md), takes `POST` to its one path with the secret that was agreed with
Telegram, and answers 200 as soon as the update is in line. Everything else gets a short refusal, and nothing of a request
is written down.
"""

import asyncio
import contextlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from telegram import Bot, Update

from core.errors import UsageError

HEADER = b"x-telegram-bot-api-secret-token"
LONGEST = 1_000_000  # bytes of an update
HEAD = 16_384  # bytes of a request's head
SECONDS = 15.0  # for a whole request


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where Telegram brings updates (`url`), and where we listen (`host`, `port`)."""

    url: str
    host: str
    port: int

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.url).path or "/"


def read_hook(url: str, listen: str) -> Hook:
    """A hook from what somebody wrote. Raises `UsageError`.

    >>> read_hook("https://bot.example/tg", "127.0.0.1:8080").path
    '/tg'
    """
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageError(
            f"{url!r} is no address for a webhook", hint="give https://HOST/PATH, which Telegram can reach"
        )
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise UsageError("Telegram brings updates over https alone", hint="put a proxy that speaks TLS before the bot")
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) < 65536:
        raise UsageError(f"{listen!r} is no place to listen", hint="write HOST:PORT, such as 127.0.0.1:8080")
    return Hook(url=url, host=host.strip("[]") or "127.0.0.1", port=int(port))


class Listener:
    """The server. `start` it, put its `url` to Telegram, `close` it."""

    def __init__(self, bot: Bot, hook: Hook, secret: str, queue: "asyncio.Queue[object]") -> None:
        self._bot, self._hook, self._queue = bot, hook, queue
        self._secret = secret.encode()
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; the port, which the system chooses where 0 was asked for. Raises `UsageError` where it is taken."""
        try:
            self._server = await asyncio.start_server(self._serve, self._hook.host, self._hook.port, limit=HEAD)
        except OSError as error:
            raise UsageError(
                f"cannot listen at {self._hook.host}:{self._hook.port}: {error.strerror or error}",
                hint="choose another with --listen",
            ) from None
        port = self._server.sockets[0].getsockname()[1]
        assert isinstance(port, int)
        return port

    async def announce(self, updates: Sequence[str]) -> None:
        """Tell Telegram where to bring these kinds of updates, with which secret."""
        await self._bot.set_webhook(self._hook.url, secret_token=self._secret.decode(), allowed_updates=updates)

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._answer(reader)
            writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever it was is gone
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> str:
        """Read a request; the status line for it."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return "431 Request Header Fields Too Large"
        first, *lines = head.split(b"\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        method, _, rest = first.partition(b" ")
        if rest.partition(b" ")[0].decode("latin-1").partition("?")[0] != self._hook.path:
            return "404 Not Found"
        if method != b"POST":
            return "405 Method Not Allowed"
        if not hmac.compare_digest(headers.get(HEADER, b""), self._secret):
            return "403 Forbidden"
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or len(length) > 9:
            return "411 Length Required"
        if int(length) > LONGEST:
            return "413 Content Too Large"
        return await self._take(await reader.readexactly(int(length)))

    async def _take(self, body: bytes) -> str:
        try:
            update = Update.de_json(json.loads(body), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return "400 Bad Request"
        await self._queue.put(update)
        return "200 OK"
