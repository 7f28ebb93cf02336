"""Letters on their way, with the line cut: each arrives once, whatever Telegram says."""

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram.error import NetworkError, TimedOut

from bot.subscriptions.plan import plan
from bot.telegram import herald as module
from bot.telegram.herald import Herald, in_doubt
from core.errors import StoreError
from core.storage import outbox, subscribing
from core.storage.subscribing import Wish
from core.store import Store
from tests.bot.telegram_line import Recorder, built, keys, settings

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
WISH = Wish(kind="digest", zone="UTC", at="08:00")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "paomo.db"):
        return tmp_path / "paomo.db"


def subscribed(
    db: Path, *chats: int, wish: Wish = WISH, topic: int | None = None, since: datetime = MORNING - timedelta(days=1)
) -> None:
    """Chats that are subscribed since yesterday, or since then."""
    with Store.open(db) as store:
        for chat in chats:
            subscribing.add(store, wish, chat=chat, topic=topic, user=7, lang="en", now=since)


def rounds(db: Path, *moments: datetime, answers: tuple[tuple[int, dict[str, Any]], ...] = ()) -> Recorder:
    """What is sent at some moments."""
    moment = [MORNING]

    async def play() -> Recorder:
        line = Recorder()
        application = built(settings(7, -70, db=db), line)
        await application.initialize()
        line.answers = list(answers)
        herald = Herald(application.bot, settings(7, -70, db=db), now=lambda: moment[0])
        for one in moments:
            moment[0] = one
            await herald.round()
        await application.shutdown()
        return line

    return asyncio.run(play())


async def until(db: Path, n: int) -> Recorder:
    """What is sent by a bot that is stopped as soon as it has sent so many messages."""
    line = Recorder()
    application = built(settings(7, db=db), line)
    await application.initialize()
    herald = Herald(application.bot, settings(7, db=db), now=lambda: MORNING)
    running = asyncio.create_task(herald.run())
    await line.sent(n)
    herald.stop()
    await running
    await application.shutdown()
    return line


def sent(line: Recorder) -> list[str]:
    """Chats that were sent to, in order."""
    return [form["chat_id"] for (name, _), form in zip(line.calls, line.forms, strict=True) if name == "sendMessage"]


def test_each_subscriber_gets_one_digest_a_day(db: Path) -> None:
    subscribed(db, *range(1, 31))
    line = rounds(db, *(MORNING + timedelta(minutes=n) for n in (0, 1, 20)), MORNING + timedelta(days=1))
    assert sorted(map(int, sent(line))) == sorted([*range(1, 31)] * 2)
    with Store.open(db) as store, store.reading() as sql:
        assert outbox.tally(sql).sent == 60
        assert all(row["message"] for row in sql.rows("SELECT message FROM outbox"))


@pytest.mark.parametrize("night", [datetime(2026, 3, 6, 18, tzinfo=UTC), datetime(2026, 10, 30, 18, tzinfo=UTC)])
def test_a_change_of_the_clock_brings_each_days_digest_once(db: Path, night: datetime) -> None:
    for at in ("01:30", "02:30", "08:00"):
        subscribed(db, 5, wish=Wish(kind="digest", zone="America/New_York", at=at), since=night)
    line = rounds(db, *(night + timedelta(minutes=30 * n) for n in range(1, 4 * 48 + 1)))
    days = [text.split()[2] for text in line.texts]
    assert len(days) == 12
    assert set(Counter(days).values()) == {3}


def test_who_was_taken_off_the_list_gets_not_even_what_was_planned(db: Path) -> None:
    with Store.open(db) as store:
        subscribing.add(store, WISH, chat=5, topic=None, user=999, lang="en", now=MORNING - timedelta(days=1))
        assert plan(store, MORNING, allowed=frozenset({999})) == 1
    assert sent(rounds(db, MORNING)) == []


def test_a_topic_and_buttons_are_kept(db: Path) -> None:
    subscribed(
        db,
        -70,
        wish=Wish(kind="digest", zone="UTC", at="08:00", about=("company:NVDA",), boards=("ptt:Stock",)),
        topic=12,
    )
    form = rounds(db, MORNING).forms[-1]
    assert form["message_thread_id"] == "12"
    assert keys(form) == [
        "rep:+7|ptt:Stock|company:NVDA",
        "rep:+30|ptt:Stock|company:NVDA",
        "rep:+90|ptt:Stock|company:NVDA",
        "sub:list",
    ]


def test_a_chat_that_blocked_the_bot_is_left_alone_and_told_of_once(db: Path, caplog: pytest.LogCaptureFixture) -> None:
    subscribed(db, 5)
    subscribed(db, 5, wish=Wish(kind="digest", zone="UTC", at="07:59"))
    blocked = (403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"})
    with caplog.at_level(logging.INFO):
        line = rounds(db, MORNING, MORNING + timedelta(days=1), answers=(blocked, blocked))
    assert len(sent(line)) <= 2  # those under way at once
    assert sum("takes no messages" in record.message for record in caplog.records) == 1
    with Store.open(db) as store:
        assert {one.off for one in subscribing.of_chat(store, 5)} == {"blocked"}


def test_a_group_that_became_a_supergroup_gets_it_there(db: Path) -> None:
    subscribed(db, -70)
    moved = (400, {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded", "parameters": {"migrate_to_chat_id": -10070}})  # fmt: skip
    assert sent(rounds(db, MORNING, answers=(moved,))) == ["-70", "-10070"]


@pytest.mark.parametrize("code", [500, 502])
def test_an_outage_is_waited_for_and_everybody_gets_it_once(db: Path, code: int) -> None:
    subscribed(db, *range(1, 9))
    down = (code, {"ok": False, "error_code": code, "description": "Bad Gateway"})
    line = rounds(
        db, MORNING, MORNING + timedelta(minutes=1), MORNING + timedelta(minutes=2), answers=(down, down, down)
    )
    with Store.open(db) as store, store.reading() as sql:
        assert (outbox.tally(sql).sent, outbox.tally(sql).doubtful) == (8, 0)
    assert len(sent(line)) == 8 + 3
    assert not any("Perhaps a repeat" in text for text in line.texts)


@pytest.mark.parametrize(("tries", "arrives"), [(40, True), (60, False)])
def test_a_night_without_telegram_loses_no_letter_and_no_letter_is_tried_for_ever(
    db: Path, tries: int, arrives: bool
) -> None:
    subscribed(db, 5)
    down = (502, {"ok": False, "error_code": 502, "description": "Bad Gateway"})
    line = rounds(db, *(MORNING + timedelta(minutes=15 * n) for n in range(70)), answers=(down,) * tries)
    with Store.open(db) as store, store.reading() as sql:
        assert (outbox.tally(sql).sent, outbox.tally(sql).given_up) == (int(arrives), int(not arrives))
    assert len(sent(line)) == 41 if arrives else 12 < len(sent(line)) < 60


def test_a_letter_that_could_not_be_noted_is_sent_again_in_the_next_round_and_the_others_are_not(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(db, 1, 2, 3)
    noted: list[int] = []

    def full_disk(store: Store, letter: int, *rest: Any) -> None:
        noted.append(letter)
        if len(noted) == 1:
            raise StoreError("database or disk is full")
        sent_for_good(store, letter, *rest)

    sent_for_good = outbox.sent
    monkeypatch.setattr(outbox, "sent", full_disk)

    async def play() -> Recorder:
        line = Recorder()
        application = built(settings(7, db=db), line)
        await application.initialize()
        herald = Herald(application.bot, settings(7, db=db), now=lambda: MORNING)
        with pytest.raises(StoreError):
            await herald.round()
        with Store.open(db) as store, store.reading() as sql:
            assert (outbox.tally(sql).sent, outbox.tally(sql).waiting) == (2, 1)
        await herald.round()
        await application.shutdown()
        return line

    line = asyncio.run(play())
    assert len(sent(line)) == 4
    assert ["Perhaps a repeat" in text for text in line.texts] == [False, False, False, True]
    with Store.open(db) as store, store.reading() as sql:
        assert outbox.tally(sql).sent == 3


def test_what_telegram_refuses_for_good_is_given_up(db: Path) -> None:
    subscribed(db, 5)
    refused = (400, {"ok": False, "error_code": 400, "description": "Bad Request: message thread not found"})
    line = rounds(db, MORNING, MORNING + timedelta(hours=1), answers=(refused,))
    assert len(sent(line)) == 1
    with Store.open(db) as store, store.reading() as sql:
        assert outbox.tally(sql).given_up == 1


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "doubt"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.PoolTimeout("full"), False),
        (httpx.ReadTimeout("slow"), True),
        (httpx.ReadError("reset"), True),
        (httpx.RemoteProtocolError("closed"), True),
    ],
)
def test_only_a_line_that_breaks_behind_the_words_leaves_a_doubt(db: Path, cause: Exception, doubt: bool) -> None:
    assert in_doubt(caused(NetworkError("x"), cause)) is doubt
    subscribed(db, 5)

    class Breaking(Recorder):
        """Breaks once."""

        async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
            if url.endswith("sendMessage") and not self.answers:
                self.answers = [(0, {})]
                raise caused(TimedOut(), cause)
            self.answers = []
            return await super().do_request(url, *args, **kwargs)

    async def play() -> Recorder:
        line = Breaking()
        application = built(settings(7, db=db), line)
        await application.initialize()
        moment = [MORNING]
        herald = Herald(application.bot, settings(7, db=db), now=lambda: moment[0])
        await herald.round()
        moment[0] += timedelta(minutes=1)
        line.answers = [(0, {})]
        line.calls.clear()
        await herald.round()
        await application.shutdown()
        return line

    [text] = asyncio.run(play()).texts
    assert ("Perhaps a repeat" in text) is doubt


def test_a_stop_in_the_midst_leaves_the_rest_for_the_next_start(db: Path) -> None:
    subscribed(db, *range(1, 21))

    first = sent(asyncio.run(until(db, 5)))
    assert 5 <= len(first) < 20
    second = sent(asyncio.run(until(db, 20 - len(first))))
    assert sorted(map(int, [*first, *second])) == list(range(1, 21))
    with Store.open(db) as store, store.reading() as sql:
        assert outbox.tally(sql).doubtful == 0


def test_a_crash_in_the_midst_repeats_only_what_was_under_way_and_says_so(
    db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    subscribed(db, 1, 2)
    with Store.open(db) as store:
        plan(store, MORNING, allowed=frozenset({7}))
        one, _ = outbox.waiting(store, MORNING)
        outbox.begin(store, one.pk)  # and then the plug is pulled

    line = asyncio.run(until(db, 2))
    assert sorted(sent(line)) == ["1", "2"]
    assert {form["chat_id"]: "Perhaps a repeat" in form["text"] for form in line.forms if "text" in form} == {
        "1": True,
        "2": False,
    }
    assert "when the bot last ended: 1" in caplog.text


def test_trouble_with_one_round_is_no_end(
    db: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    subscribed(db, 1)
    failed: list[int] = []

    def broken(*args: Any, **kwargs: Any) -> int:
        if len(failed) < 3:
            failed.append(1)
            raise ValueError("my secret plan")
        return plan(*args, **kwargs)

    monkeypatch.setattr(module, "plan", broken)
    monkeypatch.setattr(module, "TICK", 0.01)

    assert sent(asyncio.run(until(db, 1))) == ["1"]
    assert caplog.text.count("ValueError") == 1  # three rounds failed alike
    assert "secret plan" not in caplog.text


def test_a_digest_of_everything_is_one_message_within_the_limits(sample_db: Path, tmp_path: Path) -> None:
    with Store.open(sample_db) as store, store.writing() as sql:
        target = tmp_path / "copy.db"
        sql.run("SELECT 1")
    target.write_bytes(sample_db.read_bytes())
    about = ("company:NVDA", "company:OPENAI", "company:ORCL", "company:MSFT", "theme:margin_debt")
    subscribed(
        target, 7, wish=Wish(kind="digest", zone="UTC", at="08:00", about=about, words=("泡沫", "capex", "回本"))
    )
    subscribed(target, 7, wish=Wish(kind="digest", zone="UTC", at="08:00", weekdays=(0,)))
    texts = rounds(target, MORNING).texts
    assert len(texts) == 2
    assert any("days old" in text for text in texts)
