"""A forum's wall clock and the moment it shows."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_PRINTED = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:\s+|T)([0-9]{1,2}:[0-9]{2}:[0-9]{2})")


def to_utc(local: datetime | None, tz: str) -> datetime | None:
    """The moment that a forum's clock shows; `None` where that clock never showed it (spring gap).

    An hour that comes twice in autumn is taken the first time (fold 0): the page does not say which.

    >>> to_utc(datetime(2025, 10, 21, 16, 0, 33), "America/Los_Angeles")
    datetime.datetime(2025, 10, 21, 23, 0, 33, tzinfo=datetime.timezone.utc)
    >>> to_utc(datetime(2026, 3, 8, 2, 30), "America/Los_Angeles") is None
    True
    """
    if local is None:
        return None
    zone = ZoneInfo(tz)
    try:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        shown = moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # the years 1 and 9999
        return None
    return moment if shown == local else None


def printed_clock(text: str | None) -> datetime | None:
    """The first wall clock in a text that is printed whole, year first; `None` where there is none.

    >>> printed_clock("来源: 某人 于 2025-10-21 16:00:33"), printed_clock("2025-10-21")
    (datetime.datetime(2025, 10, 21, 16, 0, 33), None)
    """
    found = _PRINTED.search(text or "")
    return wall_clock(found[1], found[2], found[3], found[4]) if found else None


def wall_clock(year: str, month: str, day: str, time: str) -> datetime | None:
    """A wall clock from printed parts, time as H:MM:SS; `None` if no calendar has it."""
    hour, minute, second = map(int, time.split(":"))
    try:
        return datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 (naive: a wall clock)
    except ValueError:
        return None
