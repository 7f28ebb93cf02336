"""The report as plain data: days, what is mentioned, threads, signals. Drawn in `bot/render/report.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from bot.report import parts
from bot.report.beside import Beside, Record, beside, record
from bot.report.parts import MOST, Extreme, LeftOut, Mentioned, Moved, Named, Window
from bot.report.voices import voices
from bot.report.words import Words, words_of
from core.errors import UsageError
from core.forum import Board
from core.models.prices import Prices
from core.storage import trends
from core.storage.rows import Sql
from core.storage.tallies import Scope, Voice
from core.store import Store
from nlp import entities, trend
from nlp.mood import divergence
from nlp.mood.divergence import Divergence
from nlp.trend import Day, Difference, Mood

PERIODS = {"day": 14, "week": 12, "month": 12}  # how many are shown where nobody says how many days


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Sentiment from `start` to `end`, both included, on the forum's calendar; a period without posts has n = 0.

    change:   bullishness against as many days before; `None` where a window is empty
    mentions: all that is named in either window, most first
    evidence: by side the posts that speak most clearly for it, in the threads that moved the mood
    unread:   some posts were judged but not yet read for what they mention
    words:    the words that mark the window's posts, where they were asked for
    """

    start: date
    end: date
    by: str
    authors: int
    days: Sequence[Day]
    total: Mood
    before: Mood | None
    change: Difference | None
    mentions: Sequence[Mentioned]
    boards: Sequence[Named]
    writers: Sequence[Named]
    threads: Sequence[Moved]
    evidence: Mapping[str, Sequence[Voice]]
    extremes: Mapping[str, Extreme]
    divergence: Divergence | None
    record: Record | None
    prices: Beside | None
    unread: bool
    words: Words | None = None

    def of(self, *kinds: str) -> list[Mentioned]:
        """What is mentioned of some kinds in this window, most first."""
        return [one for one in self.mentions if one.kind in kinds and one.n][:MOST]


def nobody(_site: str, _key: str) -> bool:
    """Leaves no author out."""
    return False


def build(
    store: Store,
    *,
    days: int | None = None,
    board: Board | None = None,
    until: date | None = None,
    by: str = "day",
    about: Sequence[str] = (),
    writers: Sequence[tuple[str, str]] | None = None,
    prices: Prices | None = None,
    left_out: LeftOut = nobody,
    words: int = 0,
) -> Report | None:
    """The report of the `days` days up to `until` (default: the newest judged day), or `None` where there is none.

    days:     where not given, 14 days, 12 weeks or 12 months by `by`; for authors, all they wrote
    about:    only posts that mention each of these entities (`kind:id`)
    writers:  only posts of these authors (site and key), with their record
    prices:   an index to set beside it
    left_out: authors who are not named and have no record
    words:    how many words that mark the posts to give; above 0, a second and 100 MB for a dictionary
    """
    if by not in PERIODS:
        raise UsageError(f"“{by}” is no period", hint="day, week or month")
    if until is not None and not trends.FIRST <= until.isoformat() <= trends.LAST:
        raise UsageError(f"{until} is no day on which anybody could write to a forum")
    if writers is not None:
        writers = [one for one in writers if not left_out(*one)]
        if not writers:
            return None
    scope = Scope(board=board, entities=tuple(about), writers=None if writers is None else tuple(writers))
    with store.snapshot() as sql:
        dates = _dates(sql, scope, days, until, by)
        if dates is None:
            return None
        earlier, first, last = dates
        panel = parts.panel(store, sql, scope, earlier, last)
        people = panel.writers(earlier, first, last)
        both = people.windows()
        window = Window(
            store=store, sql=sql, scope=scope, earlier=earlier, start=first, end=last, now=both.now, before=both.before
        )
        mentions, extremes = parts.mentions(window)
        threads = parts.threads(window)
        return Report(
            start=window.start,
            end=window.end,
            by=by,
            authors=both.now.authors,
            days=trend.days(panel.periods(first, last, by), first, last, by=by),
            total=trend.mood_of(both.now),
            before=trend.mood_of(both.before) if both.before.n else None,
            change=trend.change(both),
            mentions=mentions,
            boards=parts.boards(people),
            writers=parts.writers(sql, people, left_out),
            threads=threads,
            evidence=voices(window, threads, left_out),
            extremes=extremes,
            divergence=divergence.divergence(*people.heaviest(divergence.TENTH)) if writers is None else None,
            record=record(window, prices) if writers is not None else None,
            prices=beside(window, prices, by) if prices else None,
            unread=bool(store.unread(entities.version(), limit=1)),
            words=words_of(window, words) if words else None,
        )


def _dates(sql: Sql, scope: Scope, days: int | None, until: date | None, by: str) -> tuple[date, date, date] | None:
    """The first day of the window before, the first and the last of the window; whole periods where nobody says how many."""
    if scope.writers is not None and days is None:
        there = trends.span(sql, scope)
        if there is None:
            return None
        start, newest = (date.fromisoformat(day) for day in there)
        end = until or newest
        start = min(start, end)
    else:
        newest_day = trends.newest(sql, scope.board)
        if newest_day is None:
            return None
        end = until or date.fromisoformat(newest_day)
        start = trend.first_of_last(PERIODS[by], end, by) if days is None else _back(end, days - 1)
    return _back(start, (end - start).days + 1), start, end


def _back(day: date, days: int) -> date:
    """Some days earlier, as far as the calendar goes."""
    return date.fromordinal(max(1, day.toordinal() - days))


def to_json(report: Report) -> dict[str, Any]:
    """The shape of the contract (docs/commands.md), and what was added to it."""
    return {
        "from": report.start.isoformat(),
        "to": report.end.isoformat(),
        "by": report.by,
        "n": report.total.n,
        "authors": report.authors,
        "days": [_day(report, at) for at in range(len(report.days))],
        "total": _plain(report.total),
        "before": _plain(report.before),
        "change": report.change and {**_plain(report.change), "chance": report.change.chance},
        "themes": _plain(report.of("theme")),
        "tickers": _plain(report.of("company", "index", "asset")),
        "companies": _plain(report.of("company")),
        "boards": _plain(report.boards),
        "writers": _plain(report.writers),
        "threads": _plain(report.threads),
        "evidence": _plain(report.evidence),
        "extremes": {name: {**_plain(one.share), "rise": _plain(one.rise)} for name, one in report.extremes.items()},
        "buzz": [{"id": one.id, "kind": one.kind, **_plain(one.buzz)} for one in parts.loud(report.mentions)],
        "rotation": [
            {
                "id": one.id,
                "n": one.n,
                "n_before": one.n_before,
                "share": round(one.share.share, 6),
                "rise": _plain(one.rise),
            }
            for one in parts.rotating(report.mentions)[:MOST]
        ],
        "divergence": _plain(report.divergence),
        "record": _plain(report.record),
        "prices": report.prices and {"name": report.prices.name, "lead_lag": _plain(report.prices.lead_lag)},
        "unread": report.unread,
        "words": _plain(report.words),
    }


def _day(report: Report, at: int) -> dict[str, Any]:
    day = _plain(report.days[at])
    shown = {"date": day.pop("date"), **day}
    if report.by == "day":
        del shown["to"]
    if report.prices:
        shown |= {"close": report.prices.closes[at], "close_change": report.prices.changes[at]}
    return shown


def _plain(value: Any) -> Any:
    """Dataclasses as objects, dates as text, numbers rounded to what can be meant."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 6)
    return value.isoformat() if isinstance(value, date) else value
