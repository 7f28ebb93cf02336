"""The line to Telegram: says once that it is cut and once that it works again, for start-up retries in silence."""

import asyncio
import logging
from typing import Any

from telegram.request import HTTPXRequest

from core.config import Settings
from core.errors import ConfigError

_log = logging.getLogger(__name__)


class Reach:
    """Whether Telegram can be reached, shared by every connection; `refused` is set when it rejects the token."""

    def __init__(self) -> None:
        self.cut = False
        self.refused = asyncio.Event()

    def failed(self, why: str) -> None:
        """A request did not get through."""
        if not self.cut:
            self.cut = True
            _log.warning("Telegram cannot be reached (%s); trying again until it can", why)

    def worked(self) -> None:
        """A request got through."""
        if self.cut:
            self.cut = False
            _log.info("Telegram can be reached again")


class Line(HTTPXRequest):
    """python-telegram-bot's request that reports to a `Reach`."""

    def __init__(self, reach: Reach, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._reach = reach

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As `HTTPXRequest.do_request`."""
        try:
            code, body = await super().do_request(*args, **kwargs)
        except Exception as error:  # an address that is none raises what is no NetworkError
            self._reach.failed(type(error.__cause__ or error).__name__)
            raise
        if code >= 500:
            self._reach.failed(f"HTTP {code}")
        else:
            self._reach.worked()
        if code == 401:
            self._reach.refused.set()
        return code, body


def lines(settings: Settings, reach: Reach) -> tuple[Line, Line]:
    """Two lines: one for what is said, one that waits for updates.

    Raises `ConfigError` for a proxy that cannot be used.
    """
    try:
        return tuple(  # type: ignore[return-value] # two, by the range
            Line(reach, connection_pool_size=size, proxy=settings.telegram_proxy, pool_timeout=30.0, read_timeout=20.0)
            for size in (64, 1)
        )
    except (RuntimeError, ValueError) as error:
        reason = "socks5 needs the package socksio" if "ocks" in str(error) else str(error)
        raise ConfigError(
            f"the setting telegram_proxy cannot be used: {reason}", hint="give an http:// proxy"
        ) from None
