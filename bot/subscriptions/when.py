"""When a subscription is due, by the clock of its own place. Pure: moments in, moments out; all moments are aware.

A digest has one slot for each day of its clock, so it comes once a day however the clock is changed: a time that the
clock skips in spring comes when it would have been (02:30 at 03:30), one that it shows twice in autumn comes the first
time. After a pause the newest slot alone is made up for, and only for half a day: one digest, not ten.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.storage.subscribing import Wish

LATE = timedelta(hours=12)
"""How late a digest may still come; after that its time is over."""

ON_TIME = timedelta(minutes=15)
"""Up to so late a digest is at its own time, and no quiet hours hold it."""


def slot(wish: Wish, *, created: datetime, now: datetime) -> date | None:
    """The day whose digest is due now, if any: it may have been sent already.

    >>> wish = Wish(kind="digest", zone="Asia/Taipei", at="08:00")
    >>> made = datetime(2026, 11, 1, tzinfo=UTC)
    >>> slot(wish, created=made, now=datetime(2026, 11, 23, 0, 5, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    >>> slot(wish, created=made, now=datetime(2026, 11, 23, 23, 55, tzinfo=UTC)) is None
    True
    """
    today = _local(wish, now).date()
    for day in (today, today - timedelta(days=1)):
        due = moment(wish, day)
        if day.weekday() in wish.weekdays and created <= due <= now:
            return day if now - due <= LATE and not held(wish, due, now) else None
    return None


def held(wish: Wish, due: datetime, now: datetime) -> bool:
    """Whether a digest that is late has to wait for the end of the quiet hours."""
    return now - due > ON_TIME and quiet(wish, now)


def moment(wish: Wish, day: date) -> datetime:
    """When the digest of a day is due, in UTC.

    >>> wish = Wish(kind="digest", zone="America/New_York", at="02:30")
    >>> [f"{moment(wish, date(2026, *day)):%H:%M}" for day in ((3, 7), (3, 8), (3, 9), (11, 1))]
    ['07:30', '07:30', '06:30', '07:30']
    """
    return datetime.combine(day, time.fromisoformat(wish.at), ZoneInfo(wish.zone)).astimezone(UTC)


def following(wish: Wish, now: datetime) -> datetime:
    """The next time that a digest is due, on its own clock."""
    today = _local(wish, now).date()
    days = (today + timedelta(days=ahead) for ahead in range(15))
    due = next(day for day in days if day.weekday() in wish.weekdays and moment(wish, day) > now)
    return moment(wish, due).astimezone(ZoneInfo(wish.zone))


def span(wish: Wish, day: date) -> int:
    """How many days the digest of a day tells of: those since the one before.

    >>> span(Wish(kind="digest", zone="UTC", weekdays=(0, 4)), date(2026, 11, 23))
    3
    """
    return next(back for back in range(1, 8) if (day - timedelta(days=back)).weekday() in wish.weekdays)


def quiet(wish: Wish, now: datetime) -> bool:
    """Whether it is within the quiet hours, the first moment included, the last not; they may go over midnight.

    >>> wish = Wish(kind="alert", zone="UTC", quiet=("22:00", "07:00"))
    >>> [quiet(wish, datetime(2026, 11, 23, hour, tzinfo=UTC)) for hour in (21, 22, 3, 7)]
    [False, True, True, False]
    """
    if wish.quiet is None:
        return False
    start, end = map(time.fromisoformat, wish.quiet)
    clock = _local(wish, now).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def may_alert(wish: Wish, earlier: Sequence[datetime], now: datetime) -> bool:
    """Whether an alert may go out now: not in quiet hours, after the cool-down, within the day's budget.

    earlier: when alerts were planned before, in rising order, at least those of the last two days
    """
    if quiet(wish, now) or (earlier and now - earlier[-1] < timedelta(hours=wish.cooldown)):
        return False
    today = _local(wish, now).date()
    return sum(_local(wish, one).date() == today for one in earlier) < wish.budget


def _local(wish: Wish, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(wish.zone))
