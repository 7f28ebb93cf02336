"""The report as plain data: days, themes, tickers, threads, extremes of a window. Drawn in `bot/cli/report.py`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from core import aliases
from core.forum import Board
from core.rows import Daily, ThreadLine
from core.sentiment import Stance
from core.store import Store
from nlp import trend
from nlp.trend import Day, Mood

MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """A company or theme, and how those who speak of it stand."""

    id: str
    n: int
    bullish: int
    neutral: int
    bearish: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Sentiment from `start` to `end`, both included, on the forum's calendar; a day without posts has n = 0."""

    start: date
    end: date
    authors: int
    days: Sequence[Day]
    total: Mood
    before: Mood | None
    themes: Sequence[Mentioned]
    tickers: Sequence[Mentioned]
    threads: Sequence[tuple[ThreadLine, Mood]]
    extremes: dict[str, dict[str, float | int]]


def build(store: Store, *, days: int, board: Board | None = None, until: date | None = None) -> Report | None:
    """The report of the `days` days up to `until` (default: the day of the newest judged post), or `None` if empty."""
    rows = store.daily_rows(board=board, until=until)
    if not rows:
        return None
    end = until or max(row.date for row in rows)
    start = end - timedelta(days=days - 1)
    inside = [row for row in rows if start <= row.date <= end]
    earlier = [row for row in rows if start - timedelta(days=days) <= row.date < start]
    lines = {line.pk: line for line in store.threads(board=board)}
    return Report(
        start=start,
        end=end,
        authors=len({row.author_key for row in inside if row.author_key}),
        days=trend.daily(((row.date, row.label, row.author_key) for row in inside), start, end),
        total=_mood(inside),
        before=_mood(earlier) if earlier else None,
        themes=_mentioned(inside, ("theme",)),
        tickers=_mentioned(inside, ("company", "index")),
        threads=_threads(inside, lines),
        extremes=trend.extremes(row.text for row in inside),
    )


def to_json(report: Report) -> dict[str, Any]:
    """The shape of the contract (docs/commands.md); `total`, `before` and `authors` are added to it."""
    return {
        "from": report.start.isoformat(),
        "to": report.end.isoformat(),
        "n": report.total.n,
        "authors": report.authors,
        "days": [{"date": day.date.isoformat(), **_numbers(day)} for day in report.days],
        "total": _numbers(report.total),
        "before": _numbers(report.before) if report.before else None,
        "themes": [asdict(row) for row in report.themes],
        "tickers": [asdict(row) for row in report.tickers],
        "threads": [
            {"thread": line.pk, "title": line.title, "url": line.url, **_numbers(mood)} for line, mood in report.threads
        ],
        "extremes": report.extremes,
    }


def _numbers(mood: Mood) -> dict[str, Any]:
    names = ("n", "bullish", "neutral", "bearish", "bullishness", "agreement", "low", "high")
    return {name: round(value, 6) if isinstance(value := getattr(mood, name), float) else value for name in names}


def _mood(rows: Iterable[Daily]) -> Mood:
    return trend.mood((row.label, row.author_key) for row in rows)


def _mentioned(rows: Sequence[Daily], kinds: tuple[str, ...]) -> list[Mentioned]:
    """Each post counts once for everything it mentions."""
    counts: dict[str, Counter[Stance]] = defaultdict(Counter)
    for row in rows:
        for id in {mention.id for mention in aliases.find(row.text, kinds)}:
            counts[id][row.label] += 1
    found = [
        Mentioned(
            id=id,
            n=count.total(),
            bullish=count[Stance.BULLISH],
            neutral=count[Stance.NEUTRAL],
            bearish=count[Stance.BEARISH],
        )
        for id, count in counts.items()
    ]
    return sorted(found, key=lambda row: (-row.n, row.id))[:MOST]


def _threads(rows: Sequence[Daily], lines: dict[int, ThreadLine]) -> list[tuple[ThreadLine, Mood]]:
    """The threads with the most judged posts in the window."""
    by_thread: dict[int, list[Daily]] = defaultdict(list)
    for row in rows:
        by_thread[row.thread].append(row)
    busiest = sorted(by_thread.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST]
    return [(lines[pk], _mood(posts)) for pk, posts in busiest if pk in lines]
