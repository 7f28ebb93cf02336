"""The bot in one process with its line cut: what goes in are updates, what comes out is kept, and held to Telegram's limits."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.request import BaseRequest

from bot.telegram.app import build_application
from bot.telegram.serve import Bot
from core.config import Settings
from tests.e2e.limits import broken_limits

TOKEN = "123456789:AAnobody-may-read-this"
ME = {"id": 123456789, "is_bot": True, "first_name": "B", "username": "paomo_bot"}


class Recorder(BaseRequest):
    """Answers every call from here and keeps what was sent; `unplugged` fails the test instead.

    answers: status and body of the next answers, where they are not what Telegram says to a call that is right
    """

    def __init__(self, *, unplugged: bool = False) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.forms: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.unplugged = unplugged
        self._wanted, self._enough = 0, asyncio.Event()

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...

    @property
    def read_timeout(self) -> float:
        return 1

    async def do_request(
        self, url: str, method: str, request_data: Any = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        assert not self.unplugged, f"a test that needs no network asked for {url}"
        name = url.rpartition("/")[2]
        self.calls.append((name, request_data.parameters if request_data else {}))
        form: dict[str, Any] = dict(request_data.json_parameters) if request_data else {}
        for field, (_, data, _) in ((request_data.multipart_data or {}) if request_data else {}).items():
            form[field] = data if isinstance(data, bytes) else data.read()
        self.forms.append(form)
        if len(self.texts) >= self._wanted:
            self._enough.set()
        assert broken_limits(name, form) == []
        answer = self.answers.pop(0) if self.answers and name != "getMe" else None
        if answer is not None:
            return answer[0], json.dumps(answer[1]).encode()
        message = {"message_id": len(self.calls), "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        result: Any = ME if name == "getMe" else message if name.startswith(("send", "edit")) else True
        return 200, json.dumps({"ok": True, "result": result}).encode()

    async def sent(self, n: int) -> None:
        """Until so many messages were sent."""
        self._wanted = n
        if len(self.texts) < n:
            self._enough.clear()
            await self._enough.wait()

    @property
    def texts(self) -> list[str]:
        """The messages sent."""
        return [call["text"] for call in self.named("sendMessage")]

    def named(self, name: str) -> list[dict[str, Any]]:
        """What was said in every call of this name."""
        return [said for call, said in self.calls if call == name]


NOON = datetime(2026, 11, 8, 12, tzinfo=UTC)


def settings(*allow: int, db: Path | None = None) -> Settings:
    """Settings of a bot; the database is one of the test's own, in its home folder, if it is made at all."""
    return Settings(db=db or Path.home() / "none.db", lang="en", telegram_token=TOKEN, telegram_allow=frozenset(allow))


def message(text: str, *, user: int = 7, chat: int | None = None, **more: Any) -> dict[str, Any]:
    """A message as Telegram sends it."""
    entities = (
        [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}] if text.startswith("/") else []
    )
    if "@" in text and not entities:
        at = text.index("@")
        length = len(text[at:].split(maxsplit=1)[0])
        entities.append({"type": "mention", "offset": len(text[:at].encode("utf-16-le")) // 2, "length": length})
    return {
        "message_id": 5,
        "date": 1,
        "from": {"id": user, "is_bot": False, "first_name": "T"},
        "chat": {"id": chat or user, "type": "private" if (chat or user) > 0 else "supergroup", "title": "T"},
        "text": text,
        "entities": entities,
    } | more


def built(held: Settings, line: BaseRequest, **more: Any) -> Bot:
    """A bot that speaks into `line`. It has patience without end: a busy machine must not turn an answer into an excuse."""
    return build_application(held, requests=(line, Recorder(unplugged=True)), patience=None, **more)


def feed(*updates: dict[str, Any], allow: tuple[int, ...] = (7, -70), db: Path | None = None) -> Recorder:
    """What the bot sends in answer to updates."""
    return hear(settings(*allow, db=db), *updates)


def hear(held: Settings, *updates: dict[str, Any]) -> Recorder:
    """The same with settings of the test's own."""

    async def play() -> Recorder:
        line = Recorder()
        application = built(held, line, now=lambda: NOON)
        await application.initialize()
        for number, update in enumerate(updates):
            await application.process_update(Update.de_json({"update_id": number, **update}, application.bot))
        await application.shutdown()
        return line

    return asyncio.run(play())


def tap(data: str, *, user: int = 7, chat: int = 7) -> dict[str, Any]:
    """A tapped button."""
    held = message("x", user=7, chat=chat)
    return {"callback_query": {"id": "1", "from": held["from"] | {"id": user}, "chat_instance": "1", "data": data, "message": held}}  # fmt: skip


def buttons(form: dict[str, Any]) -> list[dict[str, str]]:
    """The buttons under a message, row by row."""
    markup = form.get("reply_markup") or {"inline_keyboard": []}
    rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return [button for row in rows for button in row]


def keys(form: dict[str, Any]) -> list[str]:
    """What they hold."""
    return [button["callback_data"] for button in buttons(form)]
