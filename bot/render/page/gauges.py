"""The thermometer on the page: a bar for each gauge, with its cut-offs, and the colour in a word."""

from typing import Any

from bot.render.page.words import WORDS
from bot.render.wording import filled
from bot.verdicts import status
from core.gauges import Reading, Thermometer
from core.quantity import Quantity, Unit, write


def view(thermometer: Thermometer, lang: str) -> dict[str, Any]:
    """What the template draws: a summary and the readings."""
    words = WORDS[lang]
    return {
        "summary": words["gauges_summary"].format(
            red=thermometer.red, live=len(thermometer.live), all=len(thermometer.readings)
        ),
        "readings": [_reading(one, lang) for one in thermometer.readings],
    }


def _reading(reading: Reading, lang: str) -> dict[str, Any]:
    words, gauge = WORDS[lang], reading.gauge
    state = reading.missing or ("stale" if reading.stale else str(reading.level))
    amber, red = (write(Quantity(value=value, unit=Unit(gauge.unit)), lang) for value in (gauge.amber, gauge.red))
    far = max(gauge.red * 1.5, (reading.value or 0.0) * 1.05)
    return {
        "name": gauge.name.text(lang),
        "state": state,
        "level": words[state],
        "value": "" if reading.value is None else write(Quantity(value=reading.value, unit=Unit(gauge.unit)), lang),
        "place": None if reading.value is None else _percent(reading.value, far),
        "amber_at": _percent(gauge.amber, far),
        "red_at": _percent(gauge.red, far),
        "cut_offs": words["from"].format(amber=amber, red=red),
        "as_of": filled(words["as_of"], as_of=reading.as_of, age=reading.age) if reading.as_of else "",
        "status": status(reading.status, lang) if reading.status else "",
        "sources": ", ".join(dict.fromkeys(source.publisher for source in reading.sources)),
        "origin": gauge.origin.text(lang),
    }


def _percent(value: float, far: float) -> float:
    return round(max(0.0, min(1.0, value / far)) * 100, 2)
