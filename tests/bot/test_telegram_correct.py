"""A stance corrected by button: admins alone, and only while the post says what was shown."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.request import BaseRequest

from bot.pipeline import score_new
from bot.telegram.access import REPLIES
from bot.telegram.app import build_application
from core.config import LANGS, Settings
from core.forum import Post, Thread
from core.sentiment import Stance
from core.storage import labels
from core.store import Store
from tests.e2e.limits import broken_limits

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = {"id": 123456789, "is_bot": True, "first_name": "B", "username": "paomo_bot"}
ADMIN, READER, STRANGER = 7, 8, 9
ROOT = Post(n=0, id="31152", title="泡沫<來了>", author="甲", author_key="a", url="https://example.com/31152")
THREAD = Thread(site="wenxuecity", board="cfzh", url=ROOT.url, root=ROOT, replies=(Post(n=1, id="31153", parent_id="31152", title="滿倉看多"),))  # fmt: skip


class Line(BaseRequest):
    """Answers every call from here and keeps what was sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...

    @property
    def read_timeout(self) -> float:
        return 1

    async def do_request(
        self, url: str, method: str, request_data: Any = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        self.calls.append((name, request_data.parameters if request_data else {}))
        assert broken_limits(name, request_data.json_parameters if request_data else {}) == []
        message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        result: Any = ME if name == "getMe" else True if name.startswith("answer") else message
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def sent(self, name: str) -> list[dict[str, Any]]:
        return [words for call, words in self.calls if call == name]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    with Store.open(path) as store:
        store.save(THREAD, b"page", url=ROOT.url, headers={}, fetched_at=NOW, now=NOW)
        score_new(store, clock=lambda: NOW)
    return path


def play(db: Path, *updates: dict[str, Any], lang: str = "en") -> Line:
    """What the bot sends in answer to updates."""

    async def run() -> Line:
        line = Line()
        held = Settings(
            db=db,
            lang=lang,
            telegram_token="123456789:AAnobody",
            telegram_allow=frozenset({READER}),
            telegram_admins=frozenset({ADMIN}),
        )
        application = build_application(held, requests=(line, Line()))
        await application.initialize()
        for number, update in enumerate(updates):
            await application.process_update(Update.de_json({"update_id": number, **update}, application.bot))
        await application.shutdown()
        return line

    return asyncio.run(run())


def person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "T"}


def asks(text: str, user: int = ADMIN) -> dict[str, Any]:
    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    chat = {"id": user, "type": "private"}
    return {
        "message": {"message_id": 5, "date": 1, "from": person(user), "chat": chat, "text": text, "entities": entities}
    }


def taps(data: str, user: int = ADMIN) -> dict[str, Any]:
    message = {"message_id": 6, "date": 1, "chat": {"id": user, "type": "private"}, "text": "x"}
    query = {"id": "1", "from": person(user), "chat_instance": "1", "data": data, "message": message}
    return {"callback_query": query}


def buttons(words: dict[str, Any]) -> list[str]:
    markup = words.get("reply_markup")
    keyboard = json.loads(markup) if isinstance(markup, str) else markup
    return [button["callback_data"] for row in keyboard["inline_keyboard"] for button in row] if keyboard else []


def given(db: Path) -> list[tuple[int, Stance | None, bool, str]]:
    with Store.open(db) as store:
        return [(one.post, one.label, one.off, one.who) for one in labels.given(store, f"telegram:{ADMIN}")]


def test_an_admin_corrects_and_corrects_again(db: Path) -> None:
    [message] = play(db, asks("/post 31153")).sent("sendMessage")
    assert "滿倉看多" in message["text"]
    assert "▲ bullish" in message["text"]
    data = buttons(message)
    assert len(data) == 4
    assert all(len(one.encode()) <= 64 for one in data)
    line = play(db, taps(data[0]), taps(data[3]))
    first, second = line.sent("editMessageText")
    assert "corrected: ▼ bearish" in first["text"]
    assert "corrected: off topic" in second["text"]
    assert buttons(second) == data
    assert len(line.sent("answerCallbackQuery")) == 2
    assert given(db) == [(2, Stance.BEARISH, False, "telegram:7"), (2, Stance.NEUTRAL, True, "telegram:7")]
    assert "corrected: off topic" in play(db, asks("/post 31153")).sent("sendMessage")[0]["text"]


@pytest.mark.parametrize("lang", LANGS)
def test_in_every_language(db: Path, lang: str) -> None:
    told, missing = play(db, asks("/post 31152"), asks("/post"), lang=lang).sent("sendMessage")
    assert "泡沫&lt;來了&gt;" in told["text"]
    assert 'href="https://example.com/31152"' in told["text"]
    assert "/post 31152" in missing["text"]


def test_others_on_the_list_see_the_verdict_without_buttons(db: Path) -> None:
    [message] = play(db, asks("/post 31153", READER)).sent("sendMessage")
    assert "▲ bullish" in message["text"]
    assert buttons(message) == []


def test_strangers_see_nothing_and_soon_hear_nothing(db: Path) -> None:
    sent = play(db, *[asks("/post 31153", STRANGER)] * 10).sent("sendMessage")
    assert len(sent) == REPLIES
    assert not any("滿倉" in message["text"] for message in sent)


@pytest.mark.parametrize("user", [READER, STRANGER])
def test_a_button_in_a_group_is_the_admins_alone(db: Path, user: int) -> None:
    [message] = play(db, asks("/post 31153")).sent("sendMessage")
    line = play(db, taps(buttons(message)[0], user))
    [answer] = line.sent("answerCallbackQuery")
    assert answer["show_alert"]
    assert line.sent("editMessageText") == []
    assert given(db) == []


@pytest.mark.parametrize(
    "data", ["fix:", "fix:2:00000000:9", "fix:2:zz:1", "fix:99999999999999999999:00000000:1", "fix:2:0:1;"]
)
def test_rubbish_in_a_button(db: Path, data: str) -> None:
    [answer] = play(db, taps(data)).sent("answerCallbackQuery")
    assert answer["show_alert"]
    assert given(db) == []


def test_a_post_that_was_edited_is_not_labelled_by_an_old_button(db: Path) -> None:
    [message] = play(db, asks("/post 31153")).sent("sendMessage")
    with Store.open(db) as store:
        edited = replace(THREAD, replies=(replace(THREAD.replies[0], title="清倉看空"),))
        store.save(edited, b"later", url=ROOT.url, headers={}, fetched_at=NOW, now=NOW)
    [answer] = play(db, taps(buttons(message)[2])).sent("answerCallbackQuery")
    assert "says something else" in answer["text"]
    assert given(db) == []


def test_a_post_that_is_not_there(db: Path) -> None:
    [message] = play(db, asks("/post 4711")).sent("sendMessage")
    assert "4711" in message["text"]
    assert play(db, asks("/post <b>")).sent("sendMessage")
    [answer] = play(db, taps("fix:4711:00000000:1")).sent("answerCallbackQuery")
    assert "is gone" in answer["text"]
