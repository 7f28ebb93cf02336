"""What is wished for, when it is due, what is planned: by hand-written cases and by simulated weeks with an injected clock."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.subscriptions import letters, when
from bot.subscriptions.parse import Misread, read_wish
from bot.subscriptions.plan import FRESH, plan
from core import outbox, subscribing
from core.forum import Post, Thread
from core.outbox import Letter
from core.sentiment import Sentiment, Stance
from core.store import Store
from core.subscribing import EVERY_DAY, MOST, Subscription, Wish

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ZONES = (
    "UTC",
    "Asia/Taipei",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每天8點 nvda", {"kind": "digest", "at": "08:00", "about": ("company:NVDA",)}),
        ("每天早上八點半 輝達和台積電", {"at": "08:30", "about": ("company:NVDA", "company:TSM")}),
        ("工作日 8am ET margin debt", {"zone": "America/New_York", "at": "08:00", "weekdays": (0, 1, 2, 3, 4), "about": ("theme:margin_debt",)}),
        ("晚上十點 摘要", {"kind": "digest", "at": "22:00", "about": ()}),
        ("daily 20:30 ptt:Stock tsmc", {"at": "20:30", "boards": ("ptt:Stock",), "about": ("company:TSM",)}),
        ("mon,wed,fri 7:30 nvda", {"weekdays": (0, 2, 4), "at": "07:30"}),
        ("每週一 9點 cfzh", {"weekdays": (0,), "boards": ("wenxuecity:cfzh",)}),
        ("周一到周五 7点 英伟达", {"weekdays": (0, 1, 2, 3, 4), "at": "07:00"}),
        ("subscribe me to a daily digest about openai at 7am PT", {"at": "07:00", "zone": "America/Los_Angeles", "about": ("company:OPENAI",), "words": ()}),
        ("提醒我每天8點 nvda", {"kind": "digest", "at": "08:00"}),
        ("nvda", {"kind": "digest", "at": "08:00"}),
        ("digest", {"kind": "digest", "boards": (), "about": (), "words": ()}),
        ("alert cfzh below -0.5", {"kind": "alert", "below": -0.5, "above": None, "boards": ("wenxuecity:cfzh",), "words": ()}),
        ("alert above 1 below −1", {"below": -1.0, "above": 1.0}),
        ("當輝達多空指數跌破-0.5時通知我", {"kind": "alert", "below": -0.5, "about": ("company:NVDA",), "words": ()}),
        ("alert when nvda mood falls below -0.3 over 7 days", {"below": -0.3, "days": 7, "about": ("company:NVDA",), "words": ()}),
        ("提醒 抄底", {"kind": "alert", "words": ("抄底",)}),
        ('alert "margin call" quiet 22-7 cooldown 2h max 5 a day', {"words": ("margin call",), "quiet": ("22:00", "07:00"), "cooldown": 2.0, "budget": 5}),
        ("警報 輝達 低於-1 台北時間 勿擾晚上11點到早上7點 冷卻30分鐘 每天最多2次", {"below": -1.0, "quiet": ("23:00", "07:00"), "cooldown": 0.5, "budget": 2, "zone": "Asia/Taipei"}),
        ("alert oracle or openai", {"about": ("company:ORCL", "company:OPENAI")}),
    ],
)  # fmt: skip
def test_free_words_are_understood(text: str, expected: dict[str, object]) -> None:
    wish = read_wish(text, zone="Asia/Shanghai")
    assert {name: getattr(wish, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "nothing"),
        ("foo bar", "nothing"),
        ("🚀", "nothing"),
        ("alert", "alert_of_what"),
        ("alert cfzh", "alert_of_what"),
        ("每天25點", "time"),
        ("8:61 nvda", "time"),
        ("alert nvda quiet 22-22", "time"),
        ("每天8點和20點 nvda", "times"),
        ("alert nvda below -50", "mark"),
        ("alert above -1 below 1", "marks"),
        ("alert qwertz below -1", "mood_words"),
        ("alert nvda max 0 a day", "budget"),
        ("alert nvda cooldown 100 days", "cooldown"),
        ("alert " + " ".join(f"word{n}" for n in range(9)), "many"),
        ("8點 " + "長" * 500, "long"),
    ],
)
def test_what_is_not_understood_says_why(text: str, kind: str) -> None:
    with pytest.raises(Misread) as error:
        read_wish(text, zone="UTC")
    assert error.value.kind == kind


@given(st.text(max_size=80) | st.lists(st.sampled_from(["每天", "8點", "alert", "nvda", "below", "-0.5", "quiet", "22-7", "週一", "at", "max", "3", "「", "」", "cfzh", "am", "PT"]), max_size=12).map(" ".join))  # fmt: skip
def test_any_words_at_all_are_a_wish_or_a_reason(text: str) -> None:
    try:
        wish = read_wish(text, zone="UTC")
    except Misread:
        return
    time.fromisoformat(wish.at)
    ZoneInfo(wish.zone)
    assert wish.weekdays
    assert when.following(wish, MONDAY) > MONDAY


wishes = st.builds(
    Wish,
    kind=st.just("digest"),
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda moment: f"{moment:%H:%M}"),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    quiet=st.none() | st.tuples(st.just("22:00"), st.just("07:00")),
)
starts = st.integers(0, 300 * 24 * 60).map(
    lambda minutes: datetime(2026, 2, 20, tzinfo=UTC) + timedelta(minutes=minutes)
)


def ticks(start: datetime, gaps: list[int]) -> list[datetime]:
    """Moments, so many minutes apart."""
    moments = [start]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(minutes=gap))
    return moments


@settings(max_examples=60)
@given(wishes, starts, st.lists(st.integers(1, 2000), min_size=5, max_size=40))
def test_a_digest_is_due_on_its_days_after_its_time_and_not_long_after(
    wish: Wish, start: datetime, gaps: list[int]
) -> None:
    for now in ticks(start, gaps):
        day = when.slot(wish, created=start, now=now)
        if day is None:
            continue
        due = when.moment(wish, day)
        assert day.weekday() in wish.weekdays
        assert start <= due <= now <= due + when.LATE
        assert not (now - due > when.ON_TIME and when.quiet(wish, now))


@settings(max_examples=40)
@given(wishes, starts)
def test_who_looks_often_misses_no_digest_and_repeats_none(wish: Wish, start: datetime) -> None:
    """Every ten minutes for sixteen days: exactly the days of the wish, once each, within the minutes that were waited."""
    wish = replace(wish, quiet=None)
    sent: dict[date, datetime] = {}
    for now in ticks(start, [10] * (16 * 24 * 6)):
        day = when.slot(wish, created=start, now=now)
        if day is not None:
            sent.setdefault(day, now)
    first, last = (moment.astimezone(ZoneInfo(wish.zone)).date() for moment in (start, now))
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    due = {day for day in days if day.weekday() in wish.weekdays and start <= when.moment(wish, day) <= now}
    assert set(sent) == due
    for day, moment in sent.items():
        assert timedelta(0) <= moment - when.moment(wish, day) < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        ("America/New_York", "02:30", date(2026, 3, 8), "03:30"),  # the hour that is skipped
        ("America/New_York", "01:30", date(2026, 11, 1), "01:30"),  # the hour that comes twice
        ("America/New_York", "08:00", date(2026, 3, 8), "08:00"),
        ("Europe/London", "01:15", date(2026, 3, 29), "02:15"),
        ("Australia/Lord_Howe", "02:10", date(2026, 10, 4), "02:40"),  # half an hour is skipped
    ],
)
def test_a_change_of_the_clock_moves_a_digest_no_further_than_it_must(
    zone: str, at: str, day: date, expected: str
) -> None:
    wish = Wish(kind="digest", zone=zone, at=at)
    moment = when.moment(wish, day)
    assert f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" == expected
    around = ticks(moment - timedelta(hours=20), [5] * (40 * 12))
    slots = Counter(when.slot(wish, created=moment - timedelta(days=9), now=now) for now in around)
    assert slots[day]
    gaps = [
        when.moment(wish, day + timedelta(days=n + 1)) - when.moment(wish, day + timedelta(days=n))
        for n in (-2, -1, 0, 1)
    ]
    assert all(timedelta(hours=22, minutes=59) <= gap <= timedelta(hours=25) for gap in gaps)


def test_after_a_week_off_one_digest_comes_and_not_seven() -> None:
    wish = Wish(kind="digest", zone="UTC", at="08:00")
    created = MONDAY - timedelta(days=30)
    assert when.slot(wish, created=created, now=MONDAY + timedelta(hours=10)) == MONDAY.date()
    assert when.slot(wish, created=created, now=MONDAY + timedelta(hours=7)) is None  # yesterday's is too late
    quiet = replace(wish, quiet=("09:00", "11:00"))
    assert when.slot(quiet, created=created, now=MONDAY + timedelta(hours=10)) is None
    assert when.slot(quiet, created=created, now=MONDAY + timedelta(hours=11)) == MONDAY.date()


@settings(max_examples=80)
@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=120),
    st.floats(0.1, 30),
    st.integers(1, 6),
    st.none() | st.tuples(st.times().map(lambda t: f"{t:%H:%M}"), st.times().map(lambda t: f"{t:%H:%M}")),
    st.sampled_from(ZONES),
)
def test_alerts_keep_the_pause_the_budget_and_the_quiet_hours(
    gaps: list[int], cooldown: float, budget: int, quiet: tuple[str, str] | None, zone: str
) -> None:
    wish = Wish(kind="alert", zone=zone, words=("x",), cooldown=cooldown, budget=budget, quiet=quiet)
    sent: list[datetime] = []
    for now in ticks(MONDAY, gaps):
        if when.may_alert(wish, [one for one in sent if one >= now - FRESH], now):
            sent.append(now)
    assert all(after - before >= timedelta(hours=min(cooldown, 48)) for before, after in pairwise(sent))
    assert not any(when.quiet(wish, one) for one in sent)
    days = Counter(one.astimezone(ZoneInfo(zone)).date() for one in sent)
    assert max(days.values(), default=0) <= budget


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
def forum(tmp_path: Path) -> Forum:
    return Forum(Store.open(tmp_path / "paomo.db"))


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


def test_every_day_means_every_day() -> None:
    assert read_wish("每天8點 nvda", zone="UTC").weekdays == EVERY_DAY
