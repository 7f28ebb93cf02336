"""Geometry of the page's charts, as numbers and SVG paths; the template draws them.

The trend's shapes live in a box of 10 units a period by 1000, stretched to whatever width the page has; labels stand
outside the box in percent, so that letters are never stretched and are as large on a phone as on a desk.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from bot.render.page.words import WORDS
from bot.render.report import runs
from bot.render.wording import filled

Document = dict[str, Any]
STEP, TALL = 10, 1000
_LABELS, _DOTTED = 4, 62  # date labels that fit a phone; periods up to which each has a dot
_NICE: Final = (0.1, 0.25, 0.5, 1, 2, 5, 10)


def signed(value: float | None, digits: int = 2) -> str:
    """With its sign, a minus as wide as a plus, and no sign before nothing.

    >>> signed(0.5), signed(-0.5), signed(-0.001), signed(-0.001, 3), signed(None)
    ('+0.50', '−0.50', '0.00', '−0.001', '')
    """
    if value is None:
        return ""
    shown = f"{value:+.{digits}f}"
    return shown.replace("-", "−") if float(shown) else shown[1:]


def trend(document: Document, lang: str) -> dict[str, Any]:
    """The chart of mood, index and posts, and what each period says in words."""
    days = document["days"]
    values = [day["bullishness"] for day in days]
    ends = [day[end] for day in days for end in ("low", "high") if day[end] is not None]
    top, bottom = max([*ends, 0.5]) * 1.08, min([*ends, -0.5]) * 1.08
    most = _above(max((day["n"] for day in days), default=0))
    return {
        "wide": STEP * len(days),
        "tall": TALL,
        "zero": _y(0, top, bottom) / TALL,
        "grid": [
            (_y(tick, top, bottom) / TALL, f"{tick:+g}".replace("-", "−") if tick else "0")
            for tick in _ticks(bottom, top)
        ],
        "bands": [_band(days, run, top, bottom) for run in runs(values)],
        "lines": [_line(values, run, top, bottom) for run in runs(values)],
        "dots": _dots(values, top, bottom),
        "index": _index(days) if document["prices"] else None,
        "bars": _bars(days, most),
        "most": most,
        "dates": _dates([day["date"] for day in days], document["by"]),
        "says": [_say(day, lang) for day in days],
        "start": max((n for n, value in enumerate(values) if value is not None), default=len(days) - 1),
    }


def meter(total: Document) -> dict[str, float]:
    """Where mood and interval stand on a line from bearish to bullish, in percent; zero is in the middle."""
    far = max(1.0, abs(total["low"]), abs(total["high"])) * 1.08
    return {name: round(50 + 50 * total[name] / far, 2) for name in ("low", "bullishness", "high")}


def whisker(row: Document, far: float) -> dict[str, float] | None:
    """The same for a row of a table, from -100 to 100; `None` where there is no interval."""
    if row["bullishness"] is None or row["low"] is None:
        return None
    return {name: round(96 * row[name] / far, 1) for name in ("low", "bullishness", "high")}


def _x(place: int) -> int:
    return STEP * place + STEP // 2


def _y(value: float, top: float, bottom: float) -> float:
    return round((top - value) / (top - bottom) * TALL, 1)


def _band(days: Sequence[Document], run: tuple[int, int], top: float, bottom: float) -> str:
    first, last = run
    if first == last:  # a day between empty ones has no width of its own
        x, high, low = _x(first), _y(days[first]["high"], top, bottom), _y(days[first]["low"], top, bottom)
        return f"M{x - 2} {high}H{x + 2}V{low}H{x - 2}Z"
    upper = [f"{_x(at)} {_y(days[at]['high'], top, bottom)}" for at in range(first, last + 1)]
    lower = [f"{_x(at)} {_y(days[at]['low'], top, bottom)}" for at in range(last, first - 1, -1)]
    return f"M{'L'.join([*upper, *lower])}Z"


def _line(values: Sequence[float], run: tuple[int, int], top: float, bottom: float) -> str:
    points = [f"{_x(at)} {_y(values[at], top, bottom)}" for at in range(run[0], run[1] + 1)]
    return f"M{'L'.join(points)}" + ("h.01" if len(points) == 1 else "")


def _dots(values: Sequence[float | None], top: float, bottom: float) -> list[tuple[str, str]]:
    """Lines without length: round caps make them dots that stretching does not turn into eggs."""
    if len(values) > _DOTTED:
        return []
    return [
        ("bullish" if value > 0 else "bearish" if value < 0 else "even", f"M{_x(at)} {_y(value, top, bottom)}h.01")
        for at, value in enumerate(values)
        if value is not None
    ]


def _index(days: Sequence[Document]) -> dict[str, Any] | None:
    told = [(at, day["close"]) for at, day in enumerate(days) if day["close"] is not None]
    if not told:
        return None
    low, high = min(close for _, close in told), max(close for _, close in told)
    room = (high - low) * 0.1 or max(abs(high), 1.0) * 0.01
    points = [f"{_x(at)} {_y(close, high + room, low - room)}" for at, close in told]
    marks = {_y(close, high + room, low - room) / TALL: close for close in (low, high)}
    return {"line": f"M{'L'.join(points)}" + ("h.01" if len(points) == 1 else ""), "marks": sorted(marks.items())}


def _bars(days: Sequence[Document], most: int) -> list[tuple[str, str]]:
    """One path for each stance, stacked: ten years of days are three paths, not ten thousand boxes."""
    base = [0] * len(days)
    paths = []
    for name in ("bearish", "neutral", "bullish"):
        parts = []
        for at, day in enumerate(days):
            tall = round(day[name] / most * TALL, 1)
            if tall:
                parts.append(f"M{STEP * at + 1} {round(TALL - base[at] / most * TALL, 1)}h8v{-tall}h-8z")
            base[at] += day[name]
        paths.append((name, "".join(parts)))
    return paths


def _above(n: int) -> int:
    """A round number that is not below n.

    >>> [_above(n) for n in (0, 7, 16, 431)]
    [1, 8, 20, 500]
    """
    unit = 10 ** int(math.log10(max(1, n)))
    return next(int(unit * factor) for factor in (1, 2, 3, 4, 5, 6, 8, 10) if n <= unit * factor)


def _ticks(bottom: float, top: float) -> list[float]:
    step = next((step for step in _NICE if (top - bottom) / step <= 6), _NICE[-1])
    return [step * n for n in range(math.ceil(bottom / step), math.floor(top / step) + 1)]


def _dates(dates: Sequence[str], by: str) -> list[tuple[float, str, str]]:
    """Where date labels stand, in percent; years only where there is more than one, or months are shown."""
    years = by == "month" or dates[0][:4] != dates[-1][:4]
    step = max(1, -(-len(dates) // _LABELS))
    places = list(range(step // 2 if len(dates) > 1 else 0, len(dates), step))
    return [
        (round((at + 0.5) / len(dates) * 100, 2), dates[at][:7] if years else dates[at][5:], dates[at]) for at in places
    ]


def _say(day: Document, lang: str) -> str:
    words = WORDS[lang]
    between = " – ".join(dict.fromkeys((day["date"], day.get("to") or day["date"])))
    if not day["n"]:
        said = words["say_none"].format(date=between)
    else:
        moods = {name: signed(day[name]) for name in ("bullishness", "low", "high")}
        counts = {name: day[name] for name in ("n", "bullish", "neutral", "bearish")}
        said = filled(words["say"], date=between, **moods, **counts)
    close = day.get("close")
    return said if close is None else said + words["say_close"].format(close=f"{close:,.10g}")
