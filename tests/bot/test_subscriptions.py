"""What is planned of what is due: each digest and each post once, within pauses, budgets and quiet hours."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.subscriptions import letters, when
from bot.subscriptions.plan import plan
from core.forum import Post, Thread
from core.sentiment import Sentiment, Stance
from core.storage import outbox, subscribing
from core.storage.outbox import Letter
from core.storage.subscribing import MOST, Subscription, Wish
from core.store import Store

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def ticks(start: datetime, gaps: list[int]) -> list[datetime]:
    """Moments, so many minutes apart."""
    moments = [start]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(minutes=gap))
    return moments


BOARD = "wenxuecity:cfzh"


class Forum:
    """A store that posts come into."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.n = 0

    def post(
        self, now: datetime, *words: str, label: Stance = Stance.BULLISH, entity: str | None = None, board: str = "cfzh"
    ) -> None:
        """Threads of one post each, seen, judged and read now."""
        for text in words:
            self.n += 1
            url = f"https://bbs.wenxuecity.com/{board}/{self.n}.html"
            root = Post(n=0, id=str(self.n), title=text, author=f"a{self.n}", author_key=f"a{self.n}", published_local=now.replace(tzinfo=None), published_utc=now, url=url)  # fmt: skip
            thread = Thread(site="wenxuecity", board=board, url=url, root=root)
            self.store.save(thread, text.encode() + str(self.n).encode(), url=url, headers={}, fetched_at=now, now=now)
        p = {Stance.BULLISH: (0.1, 0.1, 0.8), Stance.BEARISH: (0.8, 0.1, 0.1), Stance.NEUTRAL: (0.1, 0.8, 0.1)}[label]
        judged = Sentiment(label=label, p=p, p_on_topic=1.0, margin=0.0, evidence=(), model="m")
        new = self.store.unscored("m", limit=500)
        self.store.put_sentiments([(one.pk, judged) for one in new], now=now)
        self.store.put_mentions([(one.pk, [entity] if entity else []) for one in new], version="v")


@pytest.fixture
def forum(tmp_path: Path) -> Iterator[Forum]:
    with Store.open(tmp_path / "paomo.db") as store:
        yield Forum(store)


def subscribe(
    store: Store, wish: Wish, *, chat: int = 7, now: datetime = MONDAY, topic: int | None = None
) -> Subscription:
    """A subscription of a chat."""
    made = subscribing.add(store, wish, chat=chat, topic=topic, user=7, lang="en", now=now)
    assert made is not None
    return made


def bring(store: Store, now: datetime, *, allowed: frozenset[int] = frozenset({7})) -> list[Letter]:
    """Plan, and send all that waits."""
    plan(store, now, allowed=allowed)
    found = outbox.waiting(store, now)
    for letter in found:
        assert outbox.begin(store, letter.pk)
        outbox.sent(store, letter.pk, 1, now)
    return found


def test_a_digest_is_planned_once_however_often_one_looks(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="digest", zone="UTC", at="08:00"))
    counts = [len(bring(forum.store, now)) for now in ticks(MONDAY, [7] * 600)]
    assert sum(counts) == 3  # 70 hours: three mornings


def test_a_post_is_told_of_once_and_none_is_lost_over_quiet_hours_and_pauses(forum: Forum) -> None:
    wish = Wish(kind="alert", zone="UTC", words=("抄底",), cooldown=2, budget=3, quiet=("22:00", "07:00"))
    subscribe(forum.store, wish)
    told: Counter[int] = Counter()
    sent: list[datetime] = []
    for hour, now in enumerate(ticks(MONDAY, [60] * 60)):
        if hour < 40:
            forum.post(now, f"有人說抄底 {hour}", f"別的 {hour}")
        for letter in bring(forum.store, now):
            told.update(letter.about["posts"])
            sent.append(now)
    assert len(told) == 40
    assert set(told.values()) == {1}
    assert not any(when.quiet(wish, one) for one in sent)
    assert max(Counter(one.date() for one in sent).values()) <= 3


def test_old_news_and_other_boards_are_no_alert(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="alert", zone="UTC", words=("抄底",), boards=(BOARD,), cooldown=0.01))
    now = MONDAY + timedelta(hours=1)
    forum.post(now, "抄底", board="mycj")
    forum.post(now - timedelta(days=5), "抄底 以前")
    with forum.store.writing() as sql:
        sql.run("UPDATE posts SET first_seen = (SELECT max(first_seen) FROM posts)")
    forum.post(now, "抄底 第一次走到")
    with forum.store.writing() as sql:
        sql.run("UPDATE posts SET backfill = 1 WHERE pk = (SELECT max(pk) FROM posts)")
    assert bring(forum.store, now) == []
    forum.post(now, "抄底 來了")
    assert len(bring(forum.store, now)) == 1


def test_names_alert_as_words_do(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="alert", zone="UTC", about=("company:NVDA",)))
    now = MONDAY + timedelta(hours=1)
    forum.post(now, "老黃", entity="company:NVDA")
    forum.post(now, "別的")
    [letter] = bring(forum.store, now)
    assert len(letter.about["posts"]) == 1


def test_a_mood_alerts_when_it_crosses_and_again_only_after_it_came_back(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="alert", zone="UTC", below=-0.5, cooldown=1, days=1, budget=10))
    counts = []
    for day, label in enumerate((Stance.BULLISH, Stance.BEARISH, Stance.BEARISH, Stance.BULLISH, Stance.BEARISH)):
        now = MONDAY + timedelta(days=day, hours=9)
        forum.post(now, *(f"{label} {day} {n}" for n in range(12)), label=label)
        counts.append([len(bring(forum.store, moment)) for moment in ticks(now, [30, 30])])
    assert counts == [[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_a_crossing_in_quiet_hours_is_told_of_after_them_if_it_still_holds(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="alert", zone="UTC", below=-0.5, days=1, quiet=("00:00", "07:00")))
    forum.post(MONDAY + timedelta(hours=3), *(f"跌 {n}" for n in range(12)), label=Stance.BEARISH)
    assert bring(forum.store, MONDAY + timedelta(hours=4)) == []
    [letter] = bring(forum.store, MONDAY + timedelta(hours=7))
    assert letter.about["crossed"][0]["mood"] < -0.5


def test_a_few_posts_or_old_ones_are_no_mood(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="alert", zone="UTC", below=-0.5, days=1))
    forum.post(MONDAY + timedelta(hours=1), *(f"跌 {n}" for n in range(9)), label=Stance.BEARISH)
    assert bring(forum.store, MONDAY + timedelta(hours=2)) == []
    forum.post(MONDAY + timedelta(hours=3), *(f"再跌 {n}" for n in range(9)), label=Stance.BEARISH)
    assert bring(forum.store, MONDAY + timedelta(days=6)) == []


def test_who_is_not_on_the_list_any_more_gets_nothing(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="digest", zone="UTC", at="08:00"), chat=-70)
    now = MONDAY + timedelta(hours=8)
    assert bring(forum.store, now, allowed=frozenset({8})) == []
    assert len(bring(forum.store, now, allowed=frozenset({-70}))) == 1


def test_the_same_wish_twice_is_one_and_a_chat_has_no_more_than_its_share(forum: Forum) -> None:
    wish = Wish(kind="digest", zone="UTC", weekdays=(1, 3), quiet=("22:00", "07:00"), words=("x",))
    first = subscribe(forum.store, wish)
    assert subscribe(forum.store, wish).pk == first.pk
    assert first.wish == wish
    for n in range(MOST - 1):
        subscribe(forum.store, replace(wish, at=f"{n:02d}:30"))
    assert (
        subscribing.add(forum.store, replace(wish, at="23:00"), chat=7, topic=None, user=7, lang="en", now=MONDAY)
        is None
    )
    assert subscribe(forum.store, wish, chat=8).chat == 8


def test_a_chat_that_is_gone_gets_nothing_until_it_subscribes_anew(forum: Forum) -> None:
    wish = Wish(kind="digest", zone="UTC", at="08:00")
    subscribe(forum.store, wish)
    now = MONDAY + timedelta(hours=8)
    assert plan(forum.store, now, allowed=frozenset({7})) == 1
    assert subscribing.switch_off(forum.store, 7, "blocked") == 1
    assert subscribing.switch_off(forum.store, 7, "blocked") == 0
    assert outbox.waiting(forum.store, now) == []
    assert bring(forum.store, now + timedelta(days=1)) == []
    subscribe(forum.store, wish, now=now)
    assert [one.off for one in subscribing.of_chat(forum.store, 7)] == [None]
    assert len(bring(forum.store, now + timedelta(days=1))) == 1


def test_a_letter_under_way_when_the_program_died_is_sent_again_and_says_so(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="digest", zone="UTC", at="08:00"))
    now = MONDAY + timedelta(hours=8)
    plan(forum.store, now, allowed=frozenset({7}))
    [letter] = outbox.waiting(forum.store, now)
    assert outbox.begin(forum.store, letter.pk)
    assert not outbox.begin(forum.store, letter.pk)
    assert outbox.waiting(forum.store, now) == []
    assert outbox.recover(forum.store) == 1
    [again] = outbox.waiting(forum.store, now)
    assert again.doubt
    told = letters.data(forum.store, again, now.date())
    assert told is not None
    assert told[1]["repeat"]
    with forum.store.reading() as sql:
        assert outbox.tally(sql).doubtful == 1


def test_what_is_forgotten_or_taken_down_meanwhile_is_not_told(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="alert", zone="UTC", words=("抄底",)))
    now = MONDAY + timedelta(hours=1)
    forum.post(now, "抄底")
    plan(forum.store, now, allowed=frozenset({7}))
    [letter] = outbox.waiting(forum.store, now)
    with forum.store.writing() as sql:
        sql.run("UPDATE posts SET deleted = 1")
    assert letters.data(forum.store, letter, now.date()) is None


def test_unsubscribing_takes_what_waits_along_and_only_from_this_chat(forum: Forum) -> None:
    mine = subscribe(forum.store, Wish(kind="digest", zone="UTC", at="08:00"))
    now = MONDAY + timedelta(hours=8)
    plan(forum.store, now, allowed=frozenset({7}))
    assert subscribing.remove(forum.store, 8, {mine.pk}) == 0
    assert subscribing.remove(forum.store, 7, {mine.pk}) == 1
    assert outbox.waiting(forum.store, now) == []


def test_a_group_that_moves_keeps_its_subscriptions(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="digest", zone="UTC"), chat=-7, topic=3)
    subscribing.move(forum.store, -7, -1007)
    [one] = subscribing.of_chat(forum.store, -1007)
    assert one.topic is None


def test_letters_long_done_are_forgotten(forum: Forum) -> None:
    subscribe(forum.store, Wish(kind="digest", zone="UTC", at="08:00"))
    bring(forum.store, MONDAY + timedelta(hours=8))
    outbox.tidy(forum.store, MONDAY + timedelta(days=20))
    with forum.store.reading() as sql:
        assert outbox.tally(sql).sent == 1
    outbox.tidy(forum.store, MONDAY + timedelta(days=60))
    with forum.store.reading() as sql:
        assert outbox.tally(sql).sent == 0
