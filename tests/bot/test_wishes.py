"""What is wished for in free words, and when it is due: by hand-written cases and by simulated weeks with an injected clock."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.subscriptions import when
from bot.subscriptions.parse import Misread, read_wish
from bot.subscriptions.plan import FRESH
from core.storage.subscribing import EVERY_DAY, Wish

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


def test_every_day_means_every_day() -> None:
    assert read_wish("每天8點 nvda", zone="UTC").weekdays == EVERY_DAY
