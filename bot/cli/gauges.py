"""`paomo gauges`: the thermometer as a table that reads without colour."""

import calendar
from datetime import date
from typing import Any

import click

from bot.cli.context import print_json, settings, today
from bot.cli.options import Moment
from bot.verdicts import status
from core import figures
from core.gauges import FLOOR, Reading, Thermometer, read
from core.quantity import Quantity, Unit, write

WORDS = {
    "zh-Hant": {"gauge": "量表", "value": "數值", "level": "燈", "amber": "黃自", "red": "紅自", "as_of": "日期", "age": "天數", "status": "狀態", "source": "來源",
                "green": "綠", "amber_level": "黃", "red_level": "紅", "stale": "太舊不計", "no_figure": "沒有數字", "amounts_unknown": "沒有數字：金額未知", "days": "天"},
    "zh-Hans": {"gauge": "量表", "value": "数值", "level": "灯", "amber": "黄自", "red": "红自", "as_of": "日期", "age": "天数", "status": "状态", "source": "来源",
                "green": "绿", "amber_level": "黄", "red_level": "红", "stale": "太旧不算", "no_figure": "没有数字", "amounts_unknown": "没有数字：金额未知", "days": "天"},
    "en": {"gauge": "gauge", "value": "value", "level": "level", "amber": "amber from", "red": "red from", "as_of": "as of", "age": "age", "status": "status", "source": "source",
           "green": "green", "amber_level": "AMBER", "red_level": "RED", "stale": "too old to count", "no_figure": "no figure", "amounts_unknown": "no figure: amounts unknown", "days": "days"},
}  # fmt: skip
SUMMARY = {
    "zh-Hant": ("{day}：{live} 個可用量表中，紅燈 {red} 個（共宣告 {all} 個，可用 {confidence:.0%}）。",
                "平均 {mean:.0f}，幾何平均 {geometric:.0f}（單項低於 {floor:.0f} 以 {floor:.0f} 計）；權重隨機時中位數 {middle:.0f}，九成在 {low:.0f} 到 {high:.0f}。0 最綠，100 最紅。",
                "可用的不到三個，不算平均。",
                "這不是機率：可比的狂熱只有四次左右，任何界線都無從校準。界線各有出處："),
    "zh-Hans": ("{day}：{live} 个可用量表中，红灯 {red} 个（共声明 {all} 个，可用 {confidence:.0%}）。",
                "平均 {mean:.0f}，几何平均 {geometric:.0f}（单项低于 {floor:.0f} 按 {floor:.0f} 算）；权重随机时中位数 {middle:.0f}，九成在 {low:.0f} 到 {high:.0f}。0 最绿，100 最红。",
                "可用的不到三个，不算平均。",
                "这不是概率：可比的狂热只有四次左右，任何界线都没法校准。界线各有出处："),
    "en": ("{day}: {red} of {live} live gauges are red ({all} are declared, {confidence:.0%} can be read).",
           "Mean {mean:.0f}, geometric mean {geometric:.0f} (a score below {floor:.0f} counts as {floor:.0f}); over random weights the median is {middle:.0f}, and nine in ten lie between {low:.0f} and {high:.0f}. 0 is greenest, 100 reddest.",
           "Fewer than three can be read: no mean.",
           "This is not a probability: about four manias compare, and no cut-off can be calibrated on four. Where the cut-offs come from:"),
}  # fmt: skip
STYLES = {"green": "green", "amber": "yellow", "red": "red"}


@click.command()
@click.option("--as-of", type=Moment(), help="As it was then: 2025, 2025-10 or 2025-10-21.  [default: today]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def gauges(as_of: str | None, as_json: bool) -> None:
    """Read the bubble thermometer: of each gauge value, colour in a word, cut-offs, date, age and source.

    Then how many are red, their means, and the spread that other weights would give. Not a probability. Gauges whose
    figures are too old drop out; `paomo figures update` brings newer ones.

    \b
    Example:  paomo gauges --as-of 2025-10
    """
    held = settings()
    thermometer = read(figures.load(held.figures), _last_day(as_of) if as_of else today())
    if as_json:
        print_json(_document(thermometer, held.lang))
        return
    _print(thermometer, held.lang)


def _last_day(moment: str) -> date:
    """A day as it is; of a month or year the last."""
    year, month, day = [*map(int, moment.split("-")), 0, 0][:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _print(thermometer: Thermometer, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.console import console

    words, out = WORDS[lang], console(unwatched=200)
    table = Table(box=None, pad_edge=False)
    for name in ("level", "gauge", "value", "amber", "red", "as_of", "age", "status", "source"):
        table.add_column(words[name], overflow="fold", no_wrap=name not in ("gauge", "source"))
    for reading in thermometer.readings:
        gauge = reading.gauge
        level = Text(_level(reading, words), style=STYLES[reading.level] if reading.live and reading.level else "dim")
        sources = "; ".join(dict.fromkeys(source.publisher for source in reading.sources))
        table.add_row(
            level, gauge.name.text(lang), _written(reading, reading.value, lang), _written(reading, gauge.amber, lang),
            _written(reading, gauge.red, lang), reading.as_of or "", f"{reading.age} {words['days']}" if reading.age is not None else "",
            status(reading.status, lang) if reading.status else "", sources,
        )  # fmt: skip
    out.print(table)
    count, means, too_few, caution = SUMMARY[lang]
    out.print()
    out.print(
        count.format(
            day=thermometer.day, live=len(thermometer.live), red=thermometer.red, all=len(thermometer.readings),
            confidence=thermometer.confidence,
        )
    )  # fmt: skip
    if thermometer.mean is None:
        out.print(too_few)
    else:
        out.print(
            means.format(
                mean=thermometer.mean, geometric=thermometer.geometric, floor=FLOOR, low=thermometer.low,
                middle=thermometer.middle, high=thermometer.high,
            )
        )  # fmt: skip
    out.print(caution)
    for reading in thermometer.readings:
        out.print(f"  {reading.gauge.name.text(lang)}: {reading.gauge.origin.text(lang)}")


def _level(reading: Reading, words: dict[str, str]) -> str:
    if reading.missing is not None:
        return words[reading.missing]
    if reading.stale:
        return words["stale"]
    return words["green" if reading.level == "green" else f"{reading.level}_level"]


def _written(reading: Reading, value: float | None, lang: str) -> str:
    return "" if value is None else write(Quantity(value=value, unit=Unit(reading.gauge.unit)), lang)


def _document(thermometer: Thermometer, lang: str) -> dict[str, Any]:
    return {
        "as_of": thermometer.day.isoformat(),
        "is_probability": False,
        "red": thermometer.red,
        "live": len(thermometer.live),
        "declared": len(thermometer.readings),
        "confidence": thermometer.confidence,
        "mean": thermometer.mean,
        "geometric_mean": thermometer.geometric,
        "spread": {"p5": thermometer.low, "p50": thermometer.middle, "p95": thermometer.high},
        "gauges": [
            {
                "id": reading.gauge.id,
                "name": reading.gauge.name.text(lang),
                "value": reading.value,
                "unit": reading.gauge.unit,
                "level": None if reading.level is None else str(reading.level),
                "score": reading.score,
                "amber": reading.gauge.amber,
                "red": reading.gauge.red,
                "as_of": reading.as_of,
                "age_days": reading.age,
                "stale": reading.stale,
                "missing": reading.missing,
                "stale_after_days": reading.gauge.stale_after,
                "status": reading.status,
                "formula": reading.formula or None,
                "figures": [figure.id for figure in reading.figures],
                "sources": [source.id for source in reading.sources],
                "cut_offs_from": reading.gauge.origin.text(lang),
                "references": list(reading.gauge.references),
            }
            for reading in thermometer.readings
        ],
    }
