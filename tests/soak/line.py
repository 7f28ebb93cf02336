"""Telegram's side of the line: takes messages, refuses them, or takes them and never says so."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import httpx
from telegram.error import NetworkError, TimedOut

from tests.bot.telegram_line import Recorder

Trouble = Literal["", "no line", "bad gateway", "flood", "silence"]
TROUBLES: tuple[Trouble, ...] = ("no line", "bad gateway", "flood", "silence")
REPEAT = "Perhaps a repeat"


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that arrived in a chat; unsaid: the bot never heard that it did."""

    at: str
    chat: int
    text: str
    unsaid: bool


class Line(Recorder):
    """The network between the bot and its readers.

    taken: what arrived; trouble: what is wrong now; log: a file that is written before an answer is given, so that it
    is there when the program is killed
    """

    def __init__(self, now: Callable[[], datetime], *, seed: int, log: Path | None = None) -> None:
        super().__init__()
        self.now, self.chance, self.log = now, random.Random(seed), log
        self.trouble: Trouble = ""
        self.taken: list[Taken] = []

    async def do_request(
        self, url: str, method: str, request_data: Any = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        if not url.endswith("sendMessage"):
            return await super().do_request(url, method, request_data, *args, **kwargs)
        if self.trouble == "no line":
            raise _caused(NetworkError("x"), httpx.ConnectError("refused"))
        if self.trouble == "bad gateway":
            return 502, b'{"ok": false, "error_code": 502, "description": "Bad Gateway"}'
        if self.trouble == "flood":
            said = {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests",
                "parameters": {"retry_after": 900},
            }
            return 429, json.dumps(said).encode()
        silent = self.trouble == "silence"
        answer = 0, b""
        if not silent or self.chance.random() < 0.5:
            answer = await super().do_request(url, method, request_data, *args, **kwargs)
            self._take(self.forms[-1], unsaid=silent)
        self.calls.clear()
        self.forms.clear()
        if silent:
            raise _caused(TimedOut(), httpx.ReadTimeout("slow"))
        return answer

    def _take(self, form: dict[str, Any], *, unsaid: bool) -> None:
        taken = Taken(self.now().isoformat(), int(form["chat_id"]), form["text"], unsaid)
        self.taken.append(taken)
        if self.log:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps([taken.at, taken.chat, taken.text, taken.unsaid]) + "\n")


def read(log: Path) -> list[Taken]:
    """What a program wrote down that is no more."""
    return [Taken(*json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def _caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error
