"""Letters over real HTTP: each subscriber gets each once, through floods, outages, restarts and a pulled plug."""

import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.pipeline import score_new
from core.forum import Post, Thread
from core.storage import outbox, subscribing
from core.storage.subscribing import Wish
from core.store import Store
from tests.e2e.people import OWNER, People, Start, Telegram, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]


@pytest.fixture(autouse=True)
def calm(telegram: Telegram) -> Iterator[None]:
    """The server in its usual mood afterwards."""
    yield
    telegram.mood(flood=False, down=False, deaf=[], blocked=[])


def subscribed(db: Path, chats: range) -> Path:
    """Chats whose digest was due a quarter of an hour ago, by their own clock."""
    now = datetime.now(UTC)
    due = now - timedelta(minutes=14)
    wish = Wish(kind="digest", zone="UTC", at=f"{due:%H:%M}", weekdays=(due.weekday(),))
    with Store.open(db) as store:
        for chat in chats:
            subscribing.add(store, wish, chat=chat, topic=None, user=OWNER, lang="en", now=now - timedelta(days=1))
    return db


def heard(telegram: Telegram, chats: range) -> Counter[int]:
    """How many digests each chat got."""
    return Counter(
        call["chat_id"]
        for call in telegram.sent()
        if call.get("chat_id") in chats and "Digest of" in (call.get("text") or "")
    )


def post_now(db: Path, title: str) -> None:
    """A post that was written, found and judged just now."""
    now = datetime.now(UTC)
    url = "https://bbs.wenxuecity.com/cfzh/9000001.html"
    root = Post(n=0, id="9000001", title=title, author="a", author_key="a", published_local=now.replace(tzinfo=None), published_utc=now, url=url)  # fmt: skip
    with Store.open(db) as store:
        store.save(
            Thread(site="wenxuecity", board="cfzh", url=url, root=root),
            title.encode(),
            url=url,
            headers={},
            fetched_at=now,
            now=now,
        )
        score_new(store, clock=lambda: now)


def test_a_flood_of_letters_reaches_all_ninety_chats_once(start: Start, stored: Path, telegram: Telegram) -> None:
    chats = range(20_000, 20_090)
    telegram.mood(flood=True)
    bot = start(PAOMO_DB=str(subscribed(stored, chats)))
    until(lambda: len(heard(telegram, chats)) == 90, 40)
    assert bot.stop() == 0
    assert set(heard(telegram, chats).values()) == {1}


def test_a_restart_in_the_midst_of_a_digest_repeats_and_loses_nothing(
    start: Start, stored: Path, telegram: Telegram
) -> None:
    chats = range(21_000, 21_040)
    subscribed(stored, chats)
    first = start(PAOMO_DB=str(stored))
    until(lambda: len(heard(telegram, chats)) > 8, 40)
    assert first.stop() == 0
    assert len(heard(telegram, chats)) < 40
    last = start(PAOMO_DB=str(stored))
    until(lambda: len(heard(telegram, chats)) == 40, 40)
    assert last.stop() == 0
    assert set(heard(telegram, chats).values()) == {1}
    with Store.open(stored) as store, store.reading() as sql:
        assert outbox.tally(sql).sent == 40
        assert outbox.tally(sql).doubtful == 0


def test_only_what_was_under_way_when_the_plug_was_pulled_comes_twice_and_says_so(
    start: Start, stored: Path, telegram: Telegram
) -> None:
    chats = range(22_000, 22_010)
    telegram.mood(deaf=[22_003])  # it gets the message, and the bot never hears so
    bot = start(PAOMO_DB=str(subscribed(stored, chats)))
    until(lambda: len(heard(telegram, chats)) == 10, 40)
    time.sleep(0.5)  # for the answers of the others
    bot.process.send_signal(signal.SIGKILL)
    bot.process.wait()
    telegram.mood(deaf=[])
    second = start(PAOMO_DB=str(stored))
    until(lambda: heard(telegram, chats)[22_003] == 2, 40)
    assert second.stop() == 0
    assert {chat for chat, n in heard(telegram, chats).items() if n != 1} == {22_003}
    texts = [call["text"] for call in telegram.sent() if call.get("chat_id") == 22_003]
    assert ["Perhaps a repeat" in text for text in texts] == [False, True]
    assert "when the bot last ended: 1" in second.log


def test_an_outage_at_the_start_and_one_in_the_midst_are_waited_for(
    start: Start, stored: Path, telegram: Telegram, person: People
) -> None:
    chats = range(23_000, 23_030)
    telegram.mood(down=True)
    bot = start(PAOMO_DB=str(subscribed(stored, chats)))
    bot.wait_for("cannot be reached")
    telegram.mood(down=False)
    bot.wait_for("is listening")
    until(lambda: len(heard(telegram, chats)) > 3, 40)
    telegram.mood(down=True)
    time.sleep(1)
    telegram.mood(down=False)
    assert "9.26" in person(to=bot).ask("payback at a margin of 30%?")["text"]
    until(lambda: len(heard(telegram, chats)) == 30, 40)
    assert set(heard(telegram, chats).values()) == {1}
    assert "Traceback" not in bot.log


def test_who_blocked_the_bot_is_left_alone_and_the_others_are_served(
    start: Start, stored: Path, telegram: Telegram
) -> None:
    chats = range(24_000, 24_005)
    telegram.mood(blocked=[24_002])
    bot = start(PAOMO_DB=str(subscribed(stored, chats)))
    until(lambda: len(heard(telegram, chats)) == 4, 40)
    bot.wait_for("are off")
    assert bot.stop() == 0
    assert bot.log.count("are off") == 1
    with Store.open(stored) as store:
        assert [one.off for one in subscribing.of_chat(store, 24_002)] == ["blocked"]


def test_a_person_subscribes_reads_and_ends_it(start: Start, tmp_path: Path, samples: Path, person: People) -> None:
    db = Path(shutil.copy(samples, tmp_path / "own.db"))
    bot = start(PAOMO_DB=str(db))
    bot.wait_for("is listening")
    owner = person(to=bot, lang="zh-hant")
    made = owner.ask("/subscribe 每天8點 輝達")
    assert "每天 <b>08:00</b> 摘要（Asia/Taipei）；關於 <b>輝達</b>" in made["text"]
    owner.tap(made, column=1)
    assert "1. 每天" in owner.hear()["text"]
    owner.tap(made)
    ended = owner.hear()
    assert (ended["method"], "已取消" in ended["text"]) == ("editMessageText", True)
    assert "沒有訂閱" in owner.ask("/subscriptions")["text"]
    owner.ask("/subscribe 提醒「抄底」")
    post_now(db, "該抄底了嗎?")  # another process writes while the bot runs, as a crawl does
    alert = owner.hear(25)
    assert "1 則新帖" in alert["text"]
    assert "該抄底了嗎?" in alert["text"]
