"""Amounts in text: 4000億, 1.13萬億美元, 三成半, $425bn, 7 Trillion, 6年, 130-145億.

`find` gives every amount of a text with its place; `read` takes a text that is one amount and nothing else.
Both scripts and full width are read alike, and offsets are those of the text as given.
"""

import math
import re
from dataclasses import dataclass, replace

from core import numerals
from core.amount_grammar import (
    AMOUNT,
    CURRENCY,
    DIGIT,
    EACH_YEAR,
    ENGLISH,
    FOLD,
    FRACTION,
    GLUED_YEAR,
    NEIGHBOURS,
    PARTS,
    SLASH,
    TENTHS,
    WORD_FRACTION,
    WORDS,
)
from core.errors import QuantityError
from core.quantity import CURRENCY_CODE, EXACT_SUFFIX, Kind, Quantity, Unit
from core.text import narrow

MAX_LENGTH = 20_000
# What `core.quantity.exact` writes: taken as it stands, for the way over text in general keeps 15 digits.
_EXACT = re.compile(
    rf"(?:(?P<currency>{CURRENCY_CODE.pattern}) (?=.*bn$))?(?P<digits>-?\d+(?:\.\d+)?(?:e[+-]\d+)?)"
    rf"(?P<unit>{'|'.join(map(re.escape, EXACT_SUFFIX.values()))})",
    re.ASCII,
)
_EXACT_UNIT = {suffix: unit for unit, suffix in EXACT_SUFFIX.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An amount found in a text.

    start, end: the place, `text[start:end]`; low, high: the ends of a range, else both equal `quantity.value`,
    which is the middle of a range; approx: the text says “about” or “more than”.
    """

    quantity: Quantity
    start: int
    end: int
    text: str
    low: float
    high: float
    approx: bool = False

    @property
    def is_range(self) -> bool:
        """Whether the text gave two ends."""
        return self.low != self.high


def find(text: str) -> list[Reading]:
    """Every amount in `text`, in order, none overlapping.

    Plain numbers without unit or magnitude come as counts, and as years from 1900 to 2100. Money whose
    currency is not said has `currency=None`; money with 每年 before it or “a year” behind it is a flow. Only the
    first 20,000 characters are read.

    >>> [(r.text, r.quantity.value, r.quantity.unit_name) for r in find("花了4000億, 利潤率三成半, 6年回本")]
    [('4000億', 400.0, 'USD_bn'), ('三成半', 0.35, 'ratio'), ('6年', 6.0, 'years')]
    """
    return _scan(text, strict=False)


def _scan(text: str, *, strict: bool) -> list[Reading]:
    """All readings; a number too large for a float is an error if `strict`, else passed over."""
    plain = _flat(text[:MAX_LENGTH])
    readings: list[Reading] = []
    at = 0
    while match := AMOUNT.search(plain, at):
        try:
            reading = _special(text, plain, match) or _reading(text, plain, match)
        except QuantityError:
            if strict:
                raise
            reading = None
        if reading is not None:
            readings.append(_of_each_year(reading, plain, readings))
        at = max(reading.end if reading else match.end(), match.start("n1") + 1)
    return sorted(readings + _word_fractions(text, plain, readings), key=lambda reading: reading.start)


def read(text: str) -> Quantity:
    """The one amount that `text` is.

    Raises `QuantityError` when the text is empty, holds anything but one amount, is a range, or is not finite.

    >>> read("1.13萬億美元").value, read("$425bn").value, read("兩兆").value, read("百分之五").value
    (1130.0, 425.0, 2000.0, 0.05)
    >>> read("每年400億").period, read("$40bn a year").period, read("$40bn").period
    ('a year', 'a year', None)
    """
    stripped = text.strip()
    if not stripped:
        raise QuantityError("an amount is missing", hint="write it like 1000bn, 1萬億, 50% or 6年")
    if (written := _EXACT.fullmatch(stripped)) is not None:
        return Quantity(value=float(written["digits"]), unit=_EXACT_UNIT[written["unit"]], currency=written["currency"])
    readings = _scan(stripped, strict=True)
    if len(readings) != 1 or not _is_all_of(stripped, readings[0]):
        raise QuantityError(f"not an amount: “{_excerpt(stripped)}”", hint="write it like 1000bn, 1萬億, 50% or 6年")
    if readings[0].is_range:
        raise QuantityError(f"one amount is wanted, not a range: “{_excerpt(stripped)}”")
    return readings[0].quantity


def _is_all_of(stripped: str, reading: Reading) -> bool:
    """Whether a text is nothing but this amount, and perhaps the 每年 that is counted in its kind."""
    before = _flat(stripped[: reading.start])
    each_year = reading.quantity.kind is Kind.FLOW and EACH_YEAR.fullmatch(before) is not None
    return reading.end == len(stripped) and (not before or each_year)


def _of_each_year(reading: Reading, plain: str, earlier: list[Reading]) -> Reading:
    """The reading, as a flow where 每年 stands right before it; the 一年 of 一年400億 is then no time, and is taken back."""
    if reading.quantity.unit is not Unit.MONEY or reading.quantity.kind is not None:
        return reading
    is_year = bool(earlier) and earlier[-1].quantity.unit is Unit.YEARS and earlier[-1].quantity.value == 1
    said = earlier[:-1] if is_year else earlier[-1:]
    lead = EACH_YEAR.search(plain, max(said[-1].end if said else 0, reading.start - 12), reading.start)
    if lead is None:
        return reading
    if is_year and lead.start() < earlier[-1].end:
        earlier.pop()
    return replace(reading, quantity=replace(reading.quantity, kind=Kind.FLOW, period="a year"))


def _flat(text: str) -> str:
    """Half width, lower case, number words simplified, every character in its place."""
    return narrow(text).translate(FOLD)


def _excerpt(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _special(text: str, plain: str, match: re.Match[str]) -> Reading | None:
    """Forms with an order of their own: 三成五, 三分之一, and a year whose 年 was lost before the month (19993月)."""
    at, sign = match.start("n1"), -1.0 if match["sign"] in ("-", "−", "负") else 1.0
    if found := GLUED_YEAR.match(plain, at):
        period = f"{found['y']}-{int(found['m']):02d}"
        quantity = Quantity(value=float(found["y"]), unit=Unit.YEAR, period=period)
    elif found := TENTHS.match(plain, at):
        quantity = Quantity(
            value=sign * (numerals.number(found["tens"]) / 10 + numerals.number(found["ones"]) / 100), unit=Unit.RATIO
        )
    elif (
        (found := FRACTION.match(plain, at) or SLASH.match(plain, at))
        and found["den"] != "百"
        and numerals.number(found["den"])
    ):
        quantity = Quantity(value=sign * numerals.number(found["num"]) / numerals.number(found["den"]), unit=Unit.RATIO)
    else:
        return None
    start, end, value = at if sign > 0 else match.start("sign"), found.end(), quantity.value
    return Reading(quantity=quantity, start=start, end=end, text=text[start:end], low=value, high=value)


def _word_fractions(text: str, plain: str, taken: list[Reading]) -> list[Reading]:
    """A third, two thirds, one half: ratios in words."""
    found = []
    for match in WORD_FRACTION.finditer(plain):
        if all(match.end() <= reading.start or match.start() >= reading.end for reading in taken):
            value = WORDS[match["num"]] / PARTS[match["den"]]
            quantity = Quantity(value=value, unit=Unit.RATIO)
            found.append(
                Reading(
                    quantity=quantity,
                    start=match.start(),
                    end=match.end(),
                    text=text[match.start() : match.end()],
                    low=value,
                    high=value,
                )
            )
    return found


def _reading(text: str, plain: str, match: re.Match[str]) -> Reading | None:
    if re.search("[几数上]", match["n1"]):
        return None  # 十幾億, 數千億: no number, and never to be read as 1億 or 千億
    start, end = match.start(), match.end()
    while start < end and plain[start].isspace():
        start += 1
    if _is_part_of_a_word(plain, match):
        return None
    if match["tail"] and not match["mag1"]:
        return None  # 1.2.3億
    first = numerals.value(match["n1"], match["mag1"], match["tail"], match["eng1"], match["half"])
    if match["tenth"]:  # 一兆二 is 1.2 兆
        first += DIGIT[match["tenth"]] * numerals.split_factor(match["mag1"])[1] / 10
    second = numerals.value(match["n2"], match["mag2"], "", match["eng2"], None) if match["n2"] else None
    if second is not None:
        first, second = _share_magnitude(match, first, second)
    elif len(match["n1"]) == 2 and match["n1"] in NEIGHBOURS:
        first, second = (
            numerals.value(digit, match["mag1"], match["tail"], match["eng1"], None) for digit in match["n1"]
        )
    sign = -1.0 if match["sign"] and match["sign"] in "-−负" else 1.0
    if not math.isfinite(first):
        raise QuantityError(f"a number too large to read: “{_excerpt(text[start:end])}”")
    low, high = sorted((sign * first, sign * first if second is None else second))
    made = _quantity(match, low if second is None else (low + high) / 2)
    if made is None:
        return None
    quantity, scale = made
    span = text[start:end].rstrip()
    return Reading(
        quantity=quantity, start=start, end=start + len(span), text=span,
        low=_tidy(low * scale), high=_tidy(high * scale), approx=bool(match["approx"] or match["more"]),
    )  # fmt: skip


def _is_part_of_a_word(plain: str, match: re.Match[str]) -> bool:
    """H100, 5G, Q3, 一些, 十分: digits inside a name, numerals that are words."""
    at, end = match.start("n1"), match.end()
    bare = not any(match[g] for g in ("mag1", "eng1", "unit", "cur1", "cur2", "cur3", "pct0", "pct1", "paren", "tail"))
    before = plain[at - 1] if at else ""
    after = plain[end] if end < len(plain) else ""
    if match["n1"][0].isdigit():
        return (before.isascii() and before.isalpha() and not match["cur1"]) or (
            bare and after.isascii() and after.isalpha()
        )
    if match["n1"] in "十百千" and bare:
        return True
    return bare and len(match["n1"]) == 1


def _share_magnitude(match: re.Match[str], first: float, second: float) -> tuple[float, float]:
    """In 130-145億 and $30 to 50bn the magnitude after the second number holds for both."""
    if match["mag2"] and not match["mag1"]:
        first *= numerals.factor(match["mag2"])
    if match["eng2"] and not match["eng1"]:
        first *= ENGLISH[match["eng2"].strip(" -")]
    if match["mag1"] and not match["mag2"]:
        second *= numerals.factor(match["mag1"])
    return first, second


def _quantity(match: re.Match[str], value: float) -> tuple[Quantity, float] | None:
    """The quantity and the factor between the number as written and the quantity's value."""
    unit = (match["unit"] or "").strip() or (match["pct1"] or "").strip()
    currency = _currency(match)
    big = any(match[g] for g in ("mag1", "mag2", "eng1", "eng2", "paren", "tail"))
    if match["pct0"] or unit in ("%", "percent", "per cent", "pct"):
        return Quantity(value=value / 100, unit=Unit.RATIO), 0.01
    if unit == "‰":
        return Quantity(value=value / 1000, unit=Unit.RATIO), 0.001
    if unit in ("成", "成半"):
        extra = 0.5 if unit == "成半" or match["half"] else 0.0
        base = value - (0.5 if match["half"] else 0.0)
        return Quantity(value=(base + extra) / 10, unit=Unit.RATIO), (base + extra) / 10 / value if value else 0.1
    if unit == "倍半":
        return Quantity(value=value + 0.5, unit=Unit.RATIO), (value + 0.5) / value if value else 1.0
    if unit in ("倍", "x", "times"):
        return Quantity(value=value, unit=Unit.RATIO), 1.0
    if unit in ("个百分点", "百分点", "pp") or unit.startswith("percentage"):
        return Quantity(value=value, unit=Unit.POINTS), 1.0
    if unit == "点" and not big:
        return Quantity(value=value, unit=Unit.COUNT), 1.0
    if not currency and not big and unit:
        return _time(match, unit, value)
    if currency or big:
        scale = 1e-9 * {"百万": 1e6, "million": 1e6, "millions": 1e6, "千万": 1e7, "十亿": 1e9, "billion": 1e9,
                        "billions": 1e9, "亿": 1e8, "万": 1e4, None: 1.0}[match["paren"]]  # fmt: skip
        kind, period = (Kind.FLOW, "a year") if match["yearly"] else (None, None)
        return Quantity(value=_tidy(value * scale), unit=Unit.MONEY, currency=currency, kind=kind, period=period), scale
    if value == int(value) and 1900 <= value <= 2100 and len(match["n1"]) == 4:
        return Quantity(value=value, unit=Unit.YEAR, period=f"{value:.0f}"), 1.0
    return Quantity(value=value, unit=Unit.COUNT), 1.0


def _time(match: re.Match[str], unit: str, value: float) -> tuple[Quantity, float] | None:
    if unit in ("个月", "month", "months"):
        return Quantity(value=value / 12, unit=Unit.YEARS), 1 / 12
    if unit == "年代":
        return None
    if unit == "年" and value == int(value) and 1900 <= value <= 2100 and not match["n2"]:
        return Quantity(value=value, unit=Unit.YEAR, period=f"{value:.0f}"), 1.0
    if unit == "年半":
        return Quantity(value=value + 0.5, unit=Unit.YEARS), (value + 0.5) / value if value else 1.0
    return Quantity(value=value, unit=Unit.YEARS), 1.0


def _currency(match: re.Match[str]) -> str | None:
    for group in ("cur1", "cur3", "cur4", "cur2"):
        if match[group]:
            return CURRENCY[match[group]]
    return None


def _tidy(value: float) -> float:
    """1.13e12 * 1e-9 is 1130.0000000000002 in floating point; 15 digits are what people wrote."""
    return float(f"{value:.15g}") if math.isfinite(value) else value
