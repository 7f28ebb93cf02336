"""Amounts in text: 4000億, 1.13萬億美元, 三成半, $425bn, 7 Trillion, 6年, 130-145億.

`find` gives every amount of a text with its place; `read` takes a text that is one amount and nothing else.
Both scripts and full width are read alike, and offsets are those of the text as given.
"""

import math
import re
import unicodedata
from dataclasses import dataclass

from core.errors import QuantityError
from core.quantity import Kind, Quantity, Unit
from core.text import to_simplified

MAX_LENGTH = 20_000
_FOLD = str.maketrans("億萬兩點個幣歐鎊圓臺貳參陸幾餘約負財後", "亿万两点个币欧镑圆台二三六几余约负财后")
_DIGIT = dict(zip("零〇一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_NEIGHBOURS = {"一两", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"}  # 兩三年 is a range
_SMALL = {"十": 10.0, "百": 100.0, "千": 1000.0}
_BIG = {"万亿": 1e12, "亿": 1e8, "万": 1e4, "兆": 1e12}
_ENGLISH = {
    "trillion": 1e12, "trn": 1e12, "tn": 1e12, "t": 1e12,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9,
    "million": 1e6, "mln": 1e6, "mn": 1e6, "mm": 1e6, "m": 1e6,
    "thousand": 1e3, "k": 1e3,
}  # fmt: skip
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "half a": 0.5, "a": 1,
}  # fmt: skip
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_CURRENCY = {
    "us$": "USD", "usd": "USD", "$": "USD", "美元": "USD", "美金": "USD", "美刀": "USD", "刀": "USD",
    "dollars": "USD", "dollar": "USD", "bucks": "USD",
    "rmb": "CNY", "cny": "CNY", "人民币": "CNY", "¥": "CNY", "€": "EUR", "eur": "EUR", "欧元": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "英镑": "GBP", "jpy": "JPY", "日元": "JPY", "日圆": "JPY",
    "nt$": "TWD", "twd": "TWD", "台币": "TWD", "新台币": "TWD", "hk$": "HKD", "hkd": "HKD", "港元": "HKD", "港币": "HKD",
}  # fmt: skip

_NUM = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+"
_HAN = r"[零〇一二三四五六七八九两十百千廿卅]+(?:点[零〇一二三四五六七八九]+)?"
_WHOLE = "|".join(word.replace(" ", r"\s") for word in _WORDS if word not in ("a", "half a"))
_LONG = "|".join(word for word in _ENGLISH if len(word) > 4)
_WORD = (
    rf"\b(?:{_WHOLE})\b(?=[\s-](?:{_LONG}|percent|per\scent|years?\b|months?\b))|\b(?:half\sa|a)\b(?=\s(?:{_LONG})\b)"
)
_MAG = r"[十百千]?(?:万亿|亿|万|兆)|[十百千](?![分年])"
_ENG = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_CUR = "|".join(re.escape(c) for c in sorted(_CURRENCY, key=len, reverse=True))
_SEP = r"\s*(?:-|–|—|~|～|至|到|to\b)\s*"
_YEARLY = r"\s*(?:/\s*年|每年|一年|/\s*y(?:ea)?r\b|(?:a|per|each|every)\s+year|annually|p\.a\.)"
_AMOUNT = re.compile(
    rf"""
    (?:(?P<approx>约|大约|大概|about|around|roughly|~|≈)\s*)?
    (?:(?P<cur1>{_CUR})\s*)?
    (?:(?P<sign>(?<![\d.])[-+−负])\s?)?
    (?:(?P<pct0>百分之)\s*)?
    (?:(?P<cur3>\$)\s*)?
    (?P<n1>{_WORD}|(?<![\d.])(?:{_NUM})|{_HAN}|(?<![上下])半(?=年|成)|几(?=[十百千万亿兆]))
    (?P<mag1>\s?(?:{_MAG}))?
    (?P<tenth>(?<=[亿兆万])[一二三四五六七八九](?![零一二三四五六七八九十百千万亿兆年月个成点]))?
    (?P<tail>(?:(?:{_NUM}|{_HAN})(?:{_MAG}))*)
    (?:(?P<eng1>[ -]?(?:{_ENG})(?![a-z]))|(?P<pct1>\s?[%‰]))?
    (?P<half>半(?!年))?
    (?:{_SEP}(?P<cur4>\$)?(?P<n2>{_NUM}|{_HAN})(?P<mag2>\s?(?:{_MAG}))?(?P<eng2>\s?(?:{_ENG})(?![a-z]))?)?
    (?P<more>多|余)?
    (?:\s?\((?P<paren>百万|千万|十亿|亿|万|millions?|billions?)\))?
    (?:\s*(?P<unit>%|‰|per\s?cent(?!age)|pct\b|成半|成(?!本|立|为|功|交|长|都|果|了)|倍|x(?![a-z])|times\b|个百分点|百分点|percentage\spoints?|pp\b
        |个月|months?\b|年半|年代|年|years?\b|yrs?\b|y(?![a-z])|点(?!半|钟)))?
    (?:\s*(?P<cur2>{_CUR}))?
    (?P<yearly>{_YEARLY})?
    """,
    re.VERBOSE,
)
_FRACTION = re.compile(rf"(?P<den>{_NUM}|{_HAN})分之(?P<num>{_NUM}|{_HAN})")
_WORD_FRACTION = re.compile(rf"\b(?P<num>a|one|two|three|four)[ -](?P<den>{'|'.join(_PARTS)})s?\b")
_SLASH = re.compile(r"(?<![\d/])(?P<num>[1-9])/(?P<den>[2-9]|10)(?![\d/])")
_TENTHS = re.compile(r"(?P<tens>[一二三四五六七八九\d])成(?P<ones>[一二三四五六七八九])(?![年个月成倍])")
_GLUED_YEAR = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>1[0-2]|[1-9])月")


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
    currency is not said has `currency=None`. Only the first 20,000 characters are read.

    >>> [(r.text, r.quantity.value, r.quantity.unit_name) for r in find("花了4000億, 利潤率三成半, 6年回本")]
    [('4000億', 400.0, 'USD_bn'), ('三成半', 0.35, 'ratio'), ('6年', 6.0, 'years')]
    """
    return _scan(text, strict=False)


def _scan(text: str, *, strict: bool) -> list[Reading]:
    """All readings; a number too large for a float is an error if `strict`, else passed over."""
    plain = _flat(text[:MAX_LENGTH])
    readings, at = [], 0
    while match := _AMOUNT.search(plain, at):
        try:
            reading = _special(text, plain, match) or _reading(text, plain, match)
        except QuantityError:
            if strict:
                raise
            reading = None
        if reading is not None:
            readings.append(reading)
        at = max(reading.end if reading else match.end(), match.start("n1") + 1)
    return sorted(readings + _word_fractions(text, plain, readings), key=lambda reading: reading.start)


def read(text: str) -> Quantity:
    """The one amount that `text` is.

    Raises `QuantityError` when the text is empty, holds anything but one amount, is a range, or is not finite.

    >>> read("1.13萬億美元").value, read("$425bn").value, read("兩兆").value, read("百分之五").value
    (1130.0, 425.0, 2000.0, 0.05)
    """
    stripped = text.strip()
    if not stripped:
        raise QuantityError("an amount is missing", hint="write it like 1000bn, 1萬億, 50% or 6年")
    readings = _scan(stripped, strict=True)
    if len(readings) != 1 or readings[0].text.strip() != stripped:
        raise QuantityError(f"not an amount: “{_excerpt(stripped)}”", hint="write it like 1000bn, 1萬億, 50% or 6年")
    if readings[0].is_range:
        raise QuantityError(f"one amount is wanted, not a range: “{_excerpt(stripped)}”")
    return readings[0].quantity


def _excerpt(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def flatten(text: str) -> str:
    """Simplified, half width, lower case, with every character in its place: cues beside a reading are looked up in it.

    >>> flatten("Ｃapex到６０００億")
    'capex到6000亿'
    """
    flat = _flat(text)
    simplified = to_simplified(flat)
    return simplified if len(simplified) == len(flat) else flat


def _flat(text: str) -> str:
    """Half width, simplified number words, lower case, with every character in its place."""
    out = []
    for char in text:
        flat = unicodedata.normalize("NFKC", char)
        out.append(flat.lower() if len(flat) == 1 and len(flat.lower()) == 1 else char)
    return "".join(out).translate(_FOLD)


def _special(text: str, plain: str, match: re.Match[str]) -> Reading | None:
    """Forms with an order of their own: 三成五, 三分之一, and a year whose 年 was lost before the month (19993月)."""
    at, sign = match.start("n1"), -1.0 if match["sign"] in ("-", "−", "负") else 1.0
    if found := _GLUED_YEAR.match(plain, at):
        period = f"{found['y']}-{int(found['m']):02d}"
        quantity = Quantity(value=float(found["y"]), unit=Unit.YEAR, period=period)
    elif found := _TENTHS.match(plain, at):
        quantity = Quantity(value=sign * (_digits(found["tens"]) / 10 + _digits(found["ones"]) / 100), unit=Unit.RATIO)
    elif (
        (found := _FRACTION.match(plain, at) or _SLASH.match(plain, at))
        and found["den"] != "百"
        and _digits(found["den"])
    ):
        quantity = Quantity(value=sign * _digits(found["num"]) / _digits(found["den"]), unit=Unit.RATIO)
    else:
        return None
    start, end, value = at if sign > 0 else match.start("sign"), found.end(), quantity.value
    return Reading(quantity=quantity, start=start, end=end, text=text[start:end], low=value, high=value)


def _word_fractions(text: str, plain: str, taken: list[Reading]) -> list[Reading]:
    """A third, two thirds, one half: ratios in words."""
    found = []
    for match in _WORD_FRACTION.finditer(plain):
        if all(match.end() <= reading.start or match.start() >= reading.end for reading in taken):
            value = _WORDS[match["num"]] / _PARTS[match["den"]]
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
    start, end = match.start(), match.end()
    while start < end and plain[start].isspace():
        start += 1
    if _is_part_of_a_word(plain, match):
        return None
    first = _value(match["n1"], match["mag1"], match["tail"], match["eng1"], match["half"])
    if match["tenth"]:  # 一兆二 is 1.2 兆
        first += _DIGIT[match["tenth"]] * _split_magnitude(match["mag1"])[1] / 10
    second = _value(match["n2"], match["mag2"], "", match["eng2"], None) if match["n2"] else None
    if second is not None:
        first, second = _share_magnitude(match, first, second)
    elif len(match["n1"]) == 2 and match["n1"] in _NEIGHBOURS:
        first, second = (_value(digit, match["mag1"], match["tail"], match["eng1"], None) for digit in match["n1"])
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


def _value(number: str, magnitude: str | None, tail: str, english: str | None, half: str | None) -> float:
    value = _digits(number)
    unit = _magnitude(magnitude)
    value *= unit
    for part in re.finditer(rf"({_NUM}|{_HAN})({_MAG})", tail):
        small, big = _split_magnitude(part[2])
        if big > _split_magnitude(magnitude)[1]:  # 一萬二千億: the whole of it counts in 億
            value = (value + _digits(part[1]) * small) * big
        else:
            value += _digits(part[1]) * small * big
    if half:
        value += 0.5 * (unit if magnitude else 1.0)
    return value * (_ENGLISH[english.strip(" -")] if english else 1.0)


def _share_magnitude(match: re.Match[str], first: float, second: float) -> tuple[float, float]:
    """In 130-145億 and $30 to 50bn the magnitude after the second number holds for both."""
    if match["mag2"] and not match["mag1"]:
        first *= _magnitude(match["mag2"])
    if match["eng2"] and not match["eng1"]:
        first *= _ENGLISH[match["eng2"].strip(" -")]
    if match["mag1"] and not match["mag2"]:
        second *= _magnitude(match["mag1"])
    return first, second


def _digits(number: str) -> float:
    if number[0].isdigit() or number[0] == ".":
        return float(number.replace(",", ""))
    if number in _WORDS:
        return float(_WORDS[number])
    if number == "半":
        return 0.5
    whole, _, decimals = number.partition("点")
    return _han(whole) + (float("0." + "".join(str(_DIGIT[c]) for c in decimals)) if decimals else 0.0)


def _han(text: str) -> float:
    """Chinese numerals below 万: 三十五, 一千二, 廿五; and digits read out: 二零二五."""
    if text == "几":
        return 3.0  # “a few”; the reading is marked as approximate
    if len(text) > 1 and all(c in _DIGIT for c in text):
        return float("".join(str(_DIGIT[c]) for c in text))
    total, digit, last = 0.0, None, 0.0
    for char in text.replace("廿", "二十").replace("卅", "三十"):
        if char in _SMALL:
            total += (1.0 if digit is None else digit) * _SMALL[char]
            digit, last = None, _SMALL[char]
        else:
            digit = float(_DIGIT[char])
            if digit == 0:
                last = 0.0
    if digit is not None:
        total += digit * (last / 10 if last > 10 else 1.0)
    return total


def _magnitude(text: str | None) -> float:
    small, big = _split_magnitude(text)
    return small * big


def _split_magnitude(text: str | None) -> tuple[float, float]:
    """千億 as (1000, 1e8)."""
    text = (text or "").strip()
    if text[:1] in _SMALL:
        return _SMALL[text[0]], _BIG.get(text[1:], 1.0)
    return 1.0, _BIG.get(text, 1.0)


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
            return _CURRENCY[match[group]]
    return None


def _tidy(value: float) -> float:
    """1.13e12 * 1e-9 is 1130.0000000000002 in floating point; 15 digits are what people wrote."""
    return float(f"{value:.15g}") if math.isfinite(value) else value
