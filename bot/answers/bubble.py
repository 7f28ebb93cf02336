"""Is it a bubble? The thermometer of the day, and the payback; neither yes nor no, and no probability."""

from datetime import date
from typing import Any

from bot.answers import computed
from bot.answers.base import Answer, Shown, World
from bot.questions import Question
from core import capex, gauges
from core.figures import Register
from core.gauges import Reading, Thermometer
from core.quantity import Quantity, Unit, money, percent

# A word beside the colour, so that it reads without one.
LEVELS = {
    "zh-Hant": {"green": "🟢綠", "amber": "🟡黃", "red": "🔴紅"},
    "zh-Hans": {"green": "🟢绿", "amber": "🟡黄", "red": "🔴红"},
    "en": {"green": "🟢 green", "amber": "🟡 amber", "red": "🔴 red"},
}


def bubble_verdict(question: Question, world: World) -> Answer:
    """Every gauge with value, date and cut-offs, how many are red, the means, and what dropped out."""
    day = _thermometer(world.register, world.today)
    outlay, margin, revenue = (world.register.claim(id).value or 0.0 for id in ("A04", "A05", "A07"))
    years = capex.payback_years(outlay, margin, revenue).years or 0.0
    payback = computed.years("payback", years, f"{outlay:g} / {margin:g} / {revenue:g}")
    red = computed.count("red", day.red, "gauges", as_of=day.day.isoformat())
    return Answer(
        question=question,
        template="bubble",
        data={
            "day": day.day,
            "live": [_row(reading, question.lang) for reading in day.live],
            "stale": [_row(reading, question.lang) for reading in day.stale],
            "missing": [
                {"name": reading.gauge.name, "why": reading.missing, "origin": reading.gauge.origin}
                for reading in day.missing
            ],
            "red": day.red,
            "mean": _rounded(day.mean),
            "geometric": _rounded(day.geometric),
            "low": _rounded(day.low),
            "high": _rounded(day.high),
            "confidence": day.confidence,
            "years": payback.quantity,
            "capex": money(outlay),
            "margin": percent(margin),
            "revenue_a_year": money(revenue),
        },
        figures=(*(_shown(reading) for reading in day.live), red, payback),
        sources=tuple({source.id: source for reading in day.live for source in reading.sources}.values()),
        chart="gauges" if day.live else None,
    )


_kept: dict[date, tuple[Register, Thermometer]] = {}


def _thermometer(register: Register, today: date) -> Thermometer:
    """The day's reading of a register, kept: it changes with the day and with the cards, and with nothing else."""
    if today not in _kept or _kept[today][0] is not register:
        _kept.clear()
        _kept[today] = register, gauges.read(register, today)
    return _kept[today][1]


def _row(reading: Reading, lang: str) -> dict[str, Any]:
    assert reading.value is not None
    assert reading.level is not None
    value, amber, red = (
        Quantity(value=number, unit=Unit(reading.gauge.unit))
        for number in (reading.value, reading.gauge.amber, reading.gauge.red)
    )
    return {"name": reading.gauge.name, "level": LEVELS[lang][reading.level], "value": value, "as_of": reading.as_of,
            "status": reading.status, "amber": amber, "red": red}  # fmt: skip


def _rounded(score: float | None) -> int | None:
    return None if score is None else round(score)


def _shown(reading: Reading) -> Shown:
    assert reading.value is not None
    return Shown(
        name=reading.gauge.id,
        quantity=Quantity(value=reading.value, unit=Unit(reading.gauge.unit), as_of=reading.as_of),
        status=reading.status or "computed",
        as_of=reading.as_of,
        source=reading.formula,
    )
