"""A stance corrected by button: admins alone, and only while the post says what was shown."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.pipeline import score_new
from bot.telegram.access import REPLIES
from core.config import LANGS
from core.forum import Post, Thread
from core.sentiment import Stance
from core.storage import labels
from core.store import Store
from tests.bot.telegram_line import Recorder, hear, keys, message, settings, tap

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADMIN, READER, STRANGER = 7, 8, 9
ROOT = Post(n=0, id="31152", title="泡沫<來了>", author="甲", author_key="a", url="https://example.com/31152")
THREAD = Thread(site="wenxuecity", board="cfzh", url=ROOT.url, root=ROOT, replies=(Post(n=1, id="31153", parent_id="31152", title="滿倉看多"),))  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    with Store.open(path) as store:
        store.save(THREAD, b"page", url=ROOT.url, headers={}, fetched_at=NOW, now=NOW)
        score_new(store, clock=lambda: NOW)
    return path


def play(db: Path, *updates: dict[str, Any], lang: str = "en") -> Recorder:
    """What the bot sends in answer to updates."""
    held = replace(settings(READER, db=db), lang=lang, telegram_admins=frozenset({ADMIN}))
    return hear(held, *updates)


def asks(text: str, user: int = ADMIN) -> dict[str, Any]:
    return {"message": message(text, user=user)}


def given(db: Path) -> list[tuple[int, Stance | None, bool, str]]:
    with Store.open(db) as store:
        return [(one.post, one.label, one.off, one.who) for one in labels.given(store, f"telegram:{ADMIN}")]


def test_an_admin_corrects_and_corrects_again(db: Path) -> None:
    [shown] = play(db, asks("/post 31153")).named("sendMessage")
    assert "滿倉看多" in shown["text"]
    assert "▲ bullish" in shown["text"]
    data = keys(shown)
    assert len(data) == 4
    assert all(len(one.encode()) <= 64 for one in data)
    line = play(db, tap(data[0]), tap(data[3]))
    first, second = line.named("editMessageText")
    assert "corrected: ▼ bearish" in first["text"]
    assert "corrected: off topic" in second["text"]
    assert keys(second) == data
    assert len(line.named("answerCallbackQuery")) == 2
    assert given(db) == [(2, Stance.BEARISH, False, "telegram:7"), (2, Stance.NEUTRAL, True, "telegram:7")]
    assert "corrected: off topic" in play(db, asks("/post 31153")).named("sendMessage")[0]["text"]


@pytest.mark.parametrize("lang", LANGS)
def test_in_every_language(db: Path, lang: str) -> None:
    told, missing = play(db, asks("/post 31152"), asks("/post"), lang=lang).named("sendMessage")
    assert "泡沫&lt;來了&gt;" in told["text"]
    assert 'href="https://example.com/31152"' in told["text"]
    assert "/post 31152" in missing["text"]


def test_others_on_the_list_see_the_verdict_without_keys(db: Path) -> None:
    [shown] = play(db, asks("/post 31153", READER)).named("sendMessage")
    assert "▲ bullish" in shown["text"]
    assert keys(shown) == []


def test_strangers_see_nothing_and_soon_hear_nothing(db: Path) -> None:
    sent = play(db, *[asks("/post 31153", STRANGER)] * 10).named("sendMessage")
    assert len(sent) == REPLIES
    assert not any("滿倉" in one["text"] for one in sent)


@pytest.mark.parametrize("user", [READER, STRANGER])
def test_a_button_in_a_group_is_the_admins_alone(db: Path, user: int) -> None:
    [shown] = play(db, asks("/post 31153")).named("sendMessage")
    line = play(db, tap(keys(shown)[0], user=user))
    [answer] = line.named("answerCallbackQuery")
    assert answer["show_alert"]
    assert line.named("editMessageText") == []
    assert given(db) == []


@pytest.mark.parametrize(
    "data", ["fix:", "fix:2:00000000:9", "fix:2:zz:1", "fix:99999999999999999999:00000000:1", "fix:2:0:1;"]
)
def test_rubbish_in_a_button(db: Path, data: str) -> None:
    [answer] = play(db, tap(data)).named("answerCallbackQuery")
    assert answer["show_alert"]
    assert given(db) == []


def test_a_post_that_was_edited_is_not_labelled_by_an_old_button(db: Path) -> None:
    [shown] = play(db, asks("/post 31153")).named("sendMessage")
    with Store.open(db) as store:
        edited = replace(THREAD, replies=(replace(THREAD.replies[0], title="清倉看空"),))
        store.save(edited, b"later", url=ROOT.url, headers={}, fetched_at=NOW, now=NOW)
    [answer] = play(db, tap(keys(shown)[2])).named("answerCallbackQuery")
    assert "says something else" in answer["text"]
    assert given(db) == []


def test_a_post_that_is_not_there(db: Path) -> None:
    [shown] = play(db, asks("/post 4711")).named("sendMessage")
    assert "4711" in shown["text"]
    assert play(db, asks("/post <b>")).named("sendMessage")
    [answer] = play(db, tap("fix:4711:00000000:1")).named("answerCallbackQuery")
    assert "is gone" in answer["text"]
