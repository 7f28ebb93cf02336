"""Subscribing by message and by button: what is kept, shown and ended, for a chat and a topic."""

from pathlib import Path

import pytest

from core.storage import subscribing
from core.store import Store
from tests.bot.telegram_line import ME, feed, keys, message, tap


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "paomo.db"):
        return tmp_path / "paomo.db"


def test_subscribing_listing_and_ending_by_message_and_by_button(db: Path) -> None:
    line = feed(
        {"message": message("/subscribe 每天8點 nvda")},
        {"message": message("/subscribe alert openai below -0.5")},
        db=db,
    )
    assert "✓ Digest at <b>08:00</b> (UTC), every day; about <b>Nvidia</b>. Next: 2026-11-09 08:00." in line.texts
    assert keys(line.forms[-1]) == ["sub:del:2", "sub:list"]
    line = feed({"message": message("/subscriptions")}, tap("sub:list"), tap("sub:del:1"), tap("sub:del:1"), db=db)
    names = [name for name, _ in line.calls if name != "getMe"]
    assert names == ["sendMessage", "answerCallbackQuery", "sendMessage", "answerCallbackQuery", "editMessageText", "answerCallbackQuery", "editMessageText"]  # fmt: skip
    assert "Ended." in line.forms[-3]["text"]
    assert "ended already" in line.forms[-1]["text"]
    assert "1 subscription ended" in feed({"message": message("/unsubscribe")}, db=db).texts[0]
    assert "Nothing is subscribed" in feed({"message": message("/unsubscribe")}, db=db).texts[0]


def test_a_bare_subscribe_has_examples_that_work(db: Path) -> None:
    line = feed({"message": message("/subscribe")}, db=db)
    for data in keys(line.forms[-1]):
        told = feed(tap(data), db=db)
        assert told.texts[-1].startswith("✓")


def test_a_clock_is_kept_for_later(db: Path) -> None:
    line = feed(
        {"message": message("/subscribe America/New_York")}, {"message": message("/subscribe daily 9am nvda")}, db=db
    )
    assert "where it is 07:00" in line.texts[0]
    assert "America/New_York" in line.texts[1]
    assert "America/New_York" in feed({"message": message("/subscribe daily 7am openai")}, db=db).texts[0]


def test_a_group_and_a_topic_have_their_own(db: Path) -> None:
    topic = {"message_thread_id": 12, "is_topic_message": True}
    feed({"message": message("/subscribe daily 9am nvda", user=99, chat=-70) | topic}, db=db)
    with Store.open(db) as store:
        [one] = subscribing.of_chat(store, -70)
    assert (one.chat, one.topic, one.user) == (-70, 12, 99)
    assert "Nothing is subscribed" in feed({"message": message("/subscriptions")}, db=db).texts[0]


@pytest.mark.parametrize(
    "text", ["每天25點", "alert", "<b>", "alert nvda below -99", "\u202e", "8點和9點 nvda", "x" * 1000]
)
def test_what_cannot_be_read_is_answered_in_plain_words(db: Path, text: str) -> None:
    line = feed({"message": message(f"/subscribe {text}")}, db=db)
    assert not line.texts[0].startswith(("✓", "Sorry"))
    with Store.open(db) as store:
        assert subscribing.of_chat(store, 7) == []


def test_blocking_the_bot_ends_what_it_sends_at_once(db: Path) -> None:
    feed({"message": message("/subscribe daily 9am nvda")}, db=db)
    user = {"id": 7, "is_bot": False, "first_name": "T"}
    change = {"chat": {"id": 7, "type": "private"}, "from": user, "date": 1, "old_chat_member": {"status": "member", "user": ME}, "new_chat_member": {"status": "kicked", "user": ME, "until_date": 0}}  # fmt: skip
    feed({"my_chat_member": change}, db=db)
    with Store.open(db) as store:
        assert [one.off for one in subscribing.of_chat(store, 7)] == ["blocked"]
    assert "<b>off</b>" in feed({"message": message("/subscriptions")}, db=db).texts[0]
