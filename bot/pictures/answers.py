"""The picture of an answer: payback by margin and revenue, revenue that ramps up, money that goes round, the forum's
mood, the gauges, margin debt.

`Answer.chart` names one of `DRAWN`; `draw` makes PNG bytes of it, 1600 x 1000 pixels, with labels in the answer's language.
"""

from collections.abc import Callable, Sequence
from typing import Any

from bot.answers.base import Answer
from bot.pictures import flows as flows_picture
from bot.pictures.paper import DPI, INK, PAPER, SOFT, chinese_font, need_matplotlib, png

WIDE, HIGH = 10.0, 6.25  # inches
BLUE, RED, AMBER, GREEN, GREY = "#1f6a8a", "#b5452c", "#d99a2b", "#3f8f5f", "#c9d2da"
MARGINS = (0.1, 1.0)
LEVELS = (2, 3, 5, 6, 8, 10, 15, 20, 30)  # years that get a line
WORDS = {
    "en": {"surface": "Years to pay back {k}", "margin": "margin", "revenue": "revenue a year, $bn", "years": "{n:g} y", "asked": "asked", "article": "article",
           "ramps": "Cash earned against {k} spent", "time": "years", "cash": "cash earned, $bn", "level": "level", "linear": "linear ramp", "exponential": "exponential", "logistic": "S-curve", "outlay": "outlay",
           "trend": "Bullishness by day, with 95% band", "bullish": "more bullish", "bearish": "more bearish", "gauges": "Bubble gauges, {day}", "debt": "Margin debt, $bn (FINRA)", "bn": "${n:,.0f}bn"},
    "zh-Hant": {"surface": "回本年數（資本支出 {k}）", "margin": "利潤率", "revenue": "每年收入（億美元）", "years": "{n:g} 年", "asked": "所問", "article": "文章",
                "ramps": "賺回的現金，對比資本支出 {k}", "time": "年", "cash": "累計現金（億美元）", "level": "一開始就到位", "linear": "線性爬坡", "exponential": "指數成長", "logistic": "S 曲線", "outlay": "資本支出",
                "trend": "每日多空指數與 95% 區間", "bullish": "偏多", "bearish": "偏空", "gauges": "泡沫溫度計，{day}", "debt": "融資餘額（億美元，FINRA）", "bn": "{n:,.0f} 億美元"},
    "zh-Hans": {"surface": "回本年数（资本支出 {k}）", "margin": "利润率", "revenue": "每年收入（亿美元）", "years": "{n:g} 年", "asked": "所问", "article": "文章",
                "ramps": "赚回的现金，对比资本支出 {k}", "time": "年", "cash": "累计现金（亿美元）", "level": "一开始就到位", "linear": "线性爬坡", "exponential": "指数增长", "logistic": "S 曲线", "outlay": "资本支出",
                "trend": "每日多空指数与 95% 区间", "bullish": "偏多", "bearish": "偏空", "gauges": "泡沫温度计，{day}", "debt": "融资余额（亿美元，FINRA）", "bn": "{n:,.0f} 亿美元"},
}  # fmt: skip


def draw(answer: Answer) -> bytes | None:
    """The answer's picture as PNG, or `None` where it has none. Raises `UsageError` where matplotlib is not installed."""
    if answer.chart is None:
        return None
    need_matplotlib()
    if answer.chart == "circular":
        from core import flow_cards

        return flows_picture.draw(flow_cards.load(), answer.question.lang)
    return DRAWN[answer.chart](_Sheet(answer))


class _Sheet:
    """An empty picture with one plot, in the answer's language; English where no Chinese font is installed."""

    def __init__(self, answer: Answer) -> None:
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties

        font = chinese_font()
        self.answer = answer
        self.lang = answer.question.lang if font else "en"
        self.words = WORDS[self.lang]
        self.figure = Figure(figsize=(WIDE, HIGH), dpi=DPI, facecolor=PAPER)
        self.axes: Any = self.figure.add_axes((0.1, 0.12, 0.86, 0.76))
        self._font = FontProperties(fname=str(font)) if font else FontProperties()
        for side in ("top", "right"):
            self.axes.spines[side].set_visible(False)

    @property
    def unit(self) -> float:
        """By what billions are multiplied on the axes: Chinese counts in 億."""
        return 1.0 if self.lang == "en" else 10.0

    def money(self, billions: float) -> str:
        return self.words["bn"].format(n=billions * self.unit)

    def style(self, size: float = 11, colour: str = INK) -> dict[str, Any]:
        font = self._font.copy()
        font.set_size(size)
        return {"fontproperties": font, "color": colour}

    def named(self, title: str, across: str = "", up: str = "") -> None:
        self.figure.text(0.03, 0.94, title, **self.style(16), parse_math=False)
        self.axes.set_xlabel(across, **self.style())
        self.axes.set_ylabel(up, **self.style())

    def png(self) -> bytes:
        for label in (*self.axes.get_xticklabels(), *self.axes.get_yticklabels()):
            font = self._font.copy()
            font.set_size(10)
            label.set_fontproperties(font)
        return png(self.figure)


def _surface(sheet: _Sheet) -> bytes:
    """Years to pay back over margin and revenue, with the article's point and the one asked about."""
    import numpy as np

    given = sheet.answer.data["given"]
    outlay = given.get("capex_usd_bn", 1000.0)
    asked = given.get("margin"), given.get("annual_revenue_usd_bn")
    most = max(600.0, 1.5 * (asked[1] or 0.0))
    margins, revenues = np.linspace(*MARGINS, 160), np.linspace(most / 12, most, 160)
    across, up = np.meshgrid(margins * 100, revenues * sheet.unit)
    years = outlay / (across / 100) / (up / sheet.unit)
    axes = sheet.axes
    axes.contourf(across, up, np.log(years), levels=24, cmap="RdYlGn_r", alpha=0.55)
    lines = axes.contour(across, up, years, levels=LEVELS, colors=INK, linewidths=0.8)
    for label in axes.clabel(lines, fmt="%g", inline=True):
        label.set(text=sheet.words["years"].format(n=float(label.get_text())), **sheet.style(10))
    points = [((0.5, 360.0), "article", "o")]
    if None not in asked and asked != (0.5, 360.0):
        points.append((asked, "asked", "D"))
    for (margin, revenue), name, mark in points:
        axes.plot(margin * 100, revenue * sheet.unit, mark, color=INK, markersize=8, markeredgecolor=PAPER)
        said = f"{sheet.words[name]}: {sheet.words['years'].format(n=round(outlay / margin / revenue, 2))}"
        axes.annotate(said, (margin * 100, revenue * sheet.unit), (8, 8), textcoords="offset points", **sheet.style(11))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}%")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    sheet.named(sheet.words["surface"].format(k=sheet.money(outlay)), sheet.words["margin"], sheet.words["revenue"])
    return sheet.png()


def _ramps(sheet: _Sheet) -> bytes:
    """Cash earned by year: revenue that is there from the first day, and three ways of getting there."""
    import numpy as np

    given = sheet.answer.data["given"]
    outlay, margin, revenue = given["capex_usd_bn"], given["margin"], given["annual_revenue_usd_bn"]
    start, growth = given.get("start_usd_bn", 60.0), given.get("growth", 0.5)
    ramp, cap = given.get("ramp_years", 5.0), given.get("cap_usd_bn", revenue)
    longest = min(40.0, 1.35 * max(sheet.answer.figures[0].value, outlay / margin / revenue))
    time = np.linspace(0, longest, 400)
    step = time[1] - time[0]
    curves = {
        "level": np.full_like(time, revenue),
        "linear": revenue * np.minimum(time / ramp, 1),
        "exponential": start * (1 + growth) ** time,
    }
    if cap > start:
        slope = np.log(1 + growth) / (1 - start / cap)
        curves["logistic"] = cap / (1 + np.exp(-slope * (time - np.log(cap / start - 1) / slope)))
    axes = sheet.axes
    for (name, flow), colour in zip(curves.items(), (GREEN, BLUE, AMBER, RED), strict=False):
        cash = margin * np.cumsum(flow) * step
        axes.plot(time, np.minimum(cash, 2.2 * outlay) * sheet.unit, color=colour, linewidth=2.2)
        reached = int(np.searchsorted(cash, outlay))
        if reached < len(time):
            axes.plot(time[reached], outlay * sheet.unit, "o", color=colour, markersize=7)
        said = f" {sheet.words[name]}" + (
            f" {sheet.words['years'].format(n=round(float(time[reached]), 1))}" if reached < len(time) else ""
        )
        axes.plot([], [], color=colour, linewidth=2.2, label=said)
    axes.axhline(outlay * sheet.unit, color=SOFT, linestyle="--", linewidth=1.2)
    axes.set_ylim(0, 2 * outlay * sheet.unit)
    axes.set_xlim(0, longest)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.legend(prop=sheet.style(11)["fontproperties"], frameon=False, loc="upper left")
    sheet.named(sheet.words["ramps"].format(k=sheet.money(outlay)), sheet.words["time"], sheet.words["cash"])
    return sheet.png()


def _trend(sheet: _Sheet) -> bytes:
    """The mood of each day that had posts, with its 95 % band."""
    import math

    from matplotlib.dates import AutoDateLocator, DateFormatter

    days = [day for day in sheet.answer.data["days"] if day.n]
    gaps = [(day.date, math.nan if day.bullishness is None else day.bullishness) for day in sheet.answer.data["days"]]
    dates = [day.date for day in days]
    values, low, high = ([getattr(day, name) for day in days] for name in ("bullishness", "low", "high"))
    axes = sheet.axes
    axes.vlines(dates, low, high, color=GREY, linewidth=5)
    axes.plot(*zip(*gaps, strict=True), color=BLUE, linewidth=1.8)  # a day without posts is a gap
    axes.plot(dates, values, "o", color=BLUE, markersize=6)
    axes.axhline(0, color=SOFT, linewidth=1)
    top = max(abs(value) for value in (*low, *high, 1.0)) * 1.1
    axes.set_ylim(-top, top)
    axes.text(0.005, 0.96, f"↑ {sheet.words['bullish']}", transform=axes.transAxes, **sheet.style(10, SOFT))
    axes.text(0.005, 0.02, f"↓ {sheet.words['bearish']}", transform=axes.transAxes, **sheet.style(10, SOFT))
    sheet.figure.autofmt_xdate(rotation=0, ha="center")
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=10))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%m-%d"))  # type: ignore[no-untyped-call]
    sheet.named(sheet.words["trend"])
    return sheet.png()


def _gauges(sheet: _Sheet) -> bytes:
    """Every live gauge as a bar from nothing to twice its red cut-off, with the cut-offs and the value."""
    from core.quantity import write

    rows: Sequence[dict[str, Any]] = sheet.answer.data["live"][::-1]
    axes = sheet.axes
    axes.set_position((0.36, 0.05, 0.58, 0.82))
    for at, row in enumerate(rows):
        amber, red, value = (row[name].value for name in ("amber", "red", "value"))
        whole = 2 * red if red > 0 else 1.0
        shown = max(0.0, min(value / whole, 1.0))
        for left, right, colour in ((0, amber / whole, GREEN), (amber / whole, 0.5, AMBER), (0.5, 1.0, RED)):
            axes.barh(at, right - left, left=left, height=0.42, color=colour, alpha=0.35)
        axes.plot([shown, shown], [at - 0.3, at + 0.3], color=INK, linewidth=4)
        axes.text(shown, at + 0.33, write(row["value"], sheet.lang), ha="center", va="bottom", **sheet.style(11))
        axes.text(-0.02, at, row["name"].text(sheet.lang), ha="right", va="center", **sheet.style(11), parse_math=False)
        axes.text(-0.02, at - 0.28, row["as_of"], ha="right", va="center", **sheet.style(8.5, SOFT))
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.axis("off")
    sheet.named(sheet.words["gauges"].format(day=sheet.answer.data["day"]))
    return sheet.png()


def _margin_debt(sheet: _Sheet) -> bytes:
    """FINRA's monthly series."""
    from datetime import date

    from core import series

    debt = series.load("finra_margin_debt")
    days = [date.fromisoformat(f"{month}-01") for month in debt.months]
    values = [value * sheet.unit for value in debt.values]
    axes = sheet.axes
    axes.plot(days, values, color=BLUE, linewidth=1.8)
    axes.fill_between(days, values, color=BLUE, alpha=0.12)
    axes.set_ylim(0, None)
    axes.annotate(
        f"{debt.months[-1]}: {values[-1]:,.0f}",
        (days[-1], values[-1]),
        (-8, -26),
        textcoords="offset points",
        ha="right",
        **sheet.style(11),
    )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    sheet.named(sheet.words["debt"])
    return sheet.png()


DRAWN: dict[str, Callable[[_Sheet], bytes]] = {
    "surface": _surface, "ramps": _ramps, "trend": _trend, "gauges": _gauges, "margin_debt": _margin_debt,
}  # fmt: skip
