"""What the bot writes down: times, kinds of trouble, counts. Never what people write, never the token."""

import logging
import sys
from typing import TextIO

from telegram.error import InvalidToken, TelegramError

HIDDEN = "[token]"


def set_up(token: str, *, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Send the log to standard error; `verbose` adds our own debugging lines.

    The libraries stay at WARNING whatever is asked for: httpx writes addresses, which hold the token, at INFO,
    and python-telegram-bot writes whole messages at DEBUG.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Discreet(token))
    handler.addFilter(_is_news)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(logging.DEBUG if verbose else logging.INFO)


class Discreet(logging.Formatter):
    """Blots out the token wherever it stands, and leaves out the traceback of what the network did.

    >>> record = logging.LogRecord("bot", logging.INFO, "", 0, "POST /bot%s/getMe", ("1:AA",), None)
    >>> Discreet("1:AA").format(record).partition("bot: ")[2]
    'POST /bot[token]/getMe'
    """

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        secret = token.partition(":")[2]
        self._secrets = [part for part in (token, token.replace(":", "%3A"), secret) if part]

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and isinstance(record.exc_info[1], TelegramError):
            record = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None})
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _is_news(record: logging.LogRecord) -> bool:
    """A wrong token is told by the command, in one line."""
    return not (record.exc_info and isinstance(record.exc_info[1], InvalidToken))
