"""What is set beside the mood: an index, and what authors said with what the index did afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.report.parts import Window
from core.models.prices import Prices
from core.storage import trends
from core.storage.tallies import Said, StanceCounts
from nlp import trend
from nlp.mood import record as records
from nlp.mood.leadlag import LeadLag, lead_lag
from nlp.mood.record import Score

MOST_SAID = 200
_DAILY = 4.0  # a file with a price every so many days, on average, is no daily one


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An index beside the report's periods.

    closes:  the last close within each period, `None` where there is none; changes: against the last close before
    lead_lag: `None` where the file is not one of daily prices
    """

    name: str
    closes: Sequence[float | None]
    changes: Sequence[float | None]
    lead_lag: LeadLag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A post that took a side, and by horizon in trading days how the index changed after it."""

    post: Said
    after: dict[int, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What authors said, newest first, and how often the index then went that way. more: there are older posts."""

    said: Sequence[Spoken]
    more: bool
    scores: Sequence[Score]


def beside(window: Window, prices: Prices, by: str) -> Beside:
    """An index beside the window."""
    _, start, end = window.texts
    closes: list[float | None] = []
    changes: list[float | None] = []
    last: float | None = None
    at = 0
    for period in trend.days({}, window.start, window.end, by=by):
        while at < len(prices.days) and prices.days[at] < period.date:
            last = prices.closes[at]
            at += 1
        before, close = last, None
        while at < len(prices.days) and prices.days[at] <= period.to:
            close = last = prices.closes[at]
            at += 1
        closes.append(close)
        changes.append(close / before - 1 if close is not None and before is not None else None)
    daily = trends.sums(window.sql, window.scope, start, end, by="day")
    counts: dict[date, StanceCounts] = {date.fromisoformat(day): sums for day, sums in daily.items()}
    return Beside(
        name=prices.name,
        closes=closes,
        changes=changes,
        lead_lag=lead_lag(counts, prices.days, prices.closes) if prices.step <= _DAILY else None,
    )


def record(window: Window, prices: Prices | None) -> Record:
    """What the authors of the window's scope said in it."""
    _, start, end = window.texts
    found = trends.said(window.sql, window.scope, start, end, limit=MOST_SAID + 1)
    days, closes = (prices.days, prices.closes) if prices else ((), ())
    said = [Spoken(post=post, after=records.after(date.fromisoformat(post.day), days, closes)) for post in found]
    told = [(date.fromisoformat(one.post.day), one.post.label) for one in said[:MOST_SAID]]
    return Record(
        said=said[:MOST_SAID],
        more=len(said) > MOST_SAID,
        scores=records.scores(told, days, closes) if prices else (),
    )
