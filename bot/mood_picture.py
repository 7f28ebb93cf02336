"""The mood of a report as a picture: the bullishness with its interval above, the posts behind it below."""

import importlib.util
import math
from datetime import date
from io import BytesIO
from typing import Any

from bot.charts import GOODS, INK, PAPER, PUT_IN, SOFT, chinese_font
from core.errors import UsageError

WORDS = {
    "en": {"mood": "mood, with 95% interval", "n": "posts", "bullish": "bullish", "bearish": "bearish", "up": "above 0: bullish"},
    "zh-Hant": {"mood": "多空指數與 95% 區間", "n": "帖數", "bullish": "看多", "bearish": "看空", "up": "0 以上偏多"},
    "zh-Hans": {"mood": "多空指数与 95% 区间", "n": "帖数", "bullish": "看多", "bearish": "看空", "up": "0 以上偏多"},
}  # fmt: skip


def available() -> bool:
    """Whether pictures can be drawn here."""
    return importlib.util.find_spec("matplotlib") is not None


def mood(document: dict[str, Any], title: str, lang: str) -> bytes:
    """A PNG of 1280 x 800 pixels from the JSON document of `bot.report.to_json`.

    Periods without posts are gaps. Bullish posts stand above the line, bearish ones below it, by place rather than by
    colour: red is up in Shanghai and down in New York. Raises `UsageError` where matplotlib is not installed.
    """
    if not available():
        raise UsageError("pictures need matplotlib, which is not installed", hint="pip install 'paomo[charts]'")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    font = chinese_font()
    words = WORDS[lang if font else "en"]
    styled: dict[str, Any] = {"font": font} if font else {}
    figure = Figure(figsize=(8, 5), dpi=160, facecolor=PAPER)
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2), sharex=True)
    figure.subplots_adjust(left=0.08, right=0.98, top=0.9, bottom=0.09, hspace=0.12)
    days = document["days"]
    at = range(len(days))
    _line(upper, [day if day["n"] else None for day in days])
    lower.bar(at, [day["bullish"] for day in days], color=GOODS, width=0.8)
    lower.bar(at, [-day["bearish"] for day in days], color=PUT_IN, width=0.8)
    _scale(lower, max((max(day["bullish"], day["bearish"]) for day in days), default=0) or 1)
    for axes in (upper, lower):
        axes.axhline(0, color=SOFT, linewidth=0.8)
        axes.tick_params(colors=SOFT, labelsize=9)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    _dates(lower, [day["date"] for day in days])
    figure.text(0.08, 0.94, title if font else _ascii(title), fontsize=14, color=INK, parse_math=False, **styled)
    notes = ((upper, words["mood"], 0.93), (upper, words["up"], 0.82), (lower, f"{words['n']}: {words['bullish']} ↑  {words['bearish']} ↓", 0.9))  # fmt: skip
    for axes, note, height in notes:
        axes.text(0.01, height, note, transform=axes.transAxes, fontsize=9, color=SOFT, parse_math=False, **styled)
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _line(axes: Any, days: list[dict[str, Any] | None]) -> None:
    """The mood as a line with its interval, broken where there is none; zero stays in view."""
    nan = float("nan")
    values = [nan if day is None else day["bullishness"] for day in days]
    low = [nan if day is None or day["low"] is None else day["low"] for day in days]
    high = [nan if day is None or day["high"] is None else day["high"] for day in days]
    axes.fill_between(range(len(days)), low, high, color=GOODS, alpha=0.18, linewidth=0)
    axes.plot(range(len(days)), values, color=INK, linewidth=1.8, marker="o", markersize=3.5)
    most = max((abs(value) for value in (*values, *low, *high) if not math.isnan(value)), default=1.0) or 1.0
    axes.set_ylim(-1.15 * most, 1.35 * most)


def _scale(axes: Any, most: int) -> None:
    axes.set_ylim(-1.15 * most, 1.35 * most)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")


def _dates(axes: Any, days: list[str]) -> None:
    """At most eight dates, the last among them."""
    step = max(1, -(-len(days) // 8))
    places = list(range(len(days) - 1, -1, -step))[::-1]
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.set_xticks(places, [f"{date.fromisoformat(days[place]):%m-%d}" for place in places])


def _ascii(title: str) -> str:
    return title.encode("ascii", "ignore").decode()
