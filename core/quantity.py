"""A number with everything that makes it comparable: unit, currency, period, stock or flow, date.

Money is kept in billions (1e9 = 10 億). A stock stands at a moment (debt, commitments, a sum over years); a
flow runs over a period (revenue a year). Adding or comparing the two is the commonest slip in the debate that
this program is about, so it is an error here; dividing a stock by a yearly flow gives years.

兆 is read as 1e12 (Taiwan), never as 1e6 (mainland technical use).
"""

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from core.errors import QuantityError, UnitMismatch
from core.limits import finite


class Unit(StrEnum):
    """What is counted. `MONEY` is billions of `currency`; the contract writes it `USD_bn`."""

    MONEY = "bn"
    RATIO = "ratio"
    YEARS = "years"
    YEAR = "year"
    COUNT = "count"
    POINTS = "points"


class Kind(StrEnum):
    """Whether a quantity stands at a moment or runs over a period."""

    STOCK = "stock"
    FLOW = "flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A value and what it is a value of.

    value:    finite; billions for money, a plain number for ratios (0.3 is 30%)
    currency: ISO code for money; `None` for money whose currency was not said, and for everything else
    period:   what a flow runs over or when a stock stands: `a year`, `2025`, `2025H1`, `FY2026`, `2025-09`
    kind:     stock, flow, or `None` where it was not said
    as_of:    date with its precision: `2025`, `2025-10`, `2025-10-21`

    >>> capex = Quantity(value=1000, unit=Unit.MONEY, currency="USD", kind=Kind.STOCK)
    >>> revenue = Quantity(value=360, unit=Unit.MONEY, currency="USD", kind=Kind.FLOW, period="a year")
    >>> (capex / Quantity(value=0.5, unit=Unit.RATIO) / revenue).value
    5.555555555555555
    >>> capex + revenue
    Traceback (most recent call last):
    core.errors.UnitMismatch: a stock and a flow cannot be added: 1000 USD_bn and 360 USD_bn
    """

    value: float
    unit: Unit
    currency: str | None = None
    period: str | None = None
    kind: Kind | None = None
    as_of: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", finite(self.value, "the amount"))
        if not isinstance(self.unit, Unit):
            raise QuantityError("the unit of an amount must be one of `Unit`", hint=", ".join(Unit))

    @property
    def unit_name(self) -> str:
        """The unit as the contract writes it: `USD_bn`, `ratio`, `years`, …"""
        return f"{self.currency or 'USD'}_bn" if self.unit is Unit.MONEY else str(self.unit)

    def __add__(self, other: "Quantity") -> "Quantity":
        self._must_match(other, "added")
        return replace(self, value=self.value + other.value)

    def __sub__(self, other: "Quantity") -> "Quantity":
        self._must_match(other, "subtracted")
        return replace(self, value=self.value - other.value)

    def __lt__(self, other: "Quantity") -> bool:
        self._must_match(other, "compared")
        return self.value < other.value

    def __le__(self, other: "Quantity") -> bool:
        self._must_match(other, "compared")
        return self.value <= other.value

    def __ge__(self, other: "Quantity") -> bool:
        self._must_match(other, "compared")
        return self.value >= other.value

    def __gt__(self, other: "Quantity") -> bool:
        self._must_match(other, "compared")
        return self.value > other.value

    def __mul__(self, factor: "Quantity | float") -> "Quantity":
        if isinstance(factor, Quantity):
            if factor.unit is not Unit.RATIO:
                raise UnitMismatch(f"only a ratio multiplies: {_short(self)} and {_short(factor)}")
            factor = factor.value
        return replace(self, value=self.value * finite(factor, "the factor"))

    def __truediv__(self, other: "Quantity | float") -> "Quantity":
        divisor = other.value if isinstance(other, Quantity) else finite(other, "the divisor")
        if divisor == 0:
            raise QuantityError(f"division by zero: {_short(self)} / 0")
        value = self.value / divisor
        if not isinstance(other, Quantity) or other.unit is Unit.RATIO:
            return replace(self, value=value)
        if self.unit is not other.unit:
            raise UnitMismatch(f"{_short(self)} cannot be divided by {_short(other)}")
        self._must_share_currency(other, "divided")
        if (self.kind, other.kind) == (Kind.STOCK, Kind.FLOW):
            return Quantity(value=value, unit=Unit.YEARS)
        return Quantity(value=value, unit=Unit.RATIO)

    def _must_match(self, other: "Quantity", verb: str) -> None:
        if not isinstance(other, Quantity):
            raise QuantityError(f"{_short(self)} and a bare {type(other).__name__} cannot be {verb}: say its unit")
        if self.unit is not other.unit:
            raise UnitMismatch(f"{_short(self)} and {_short(other)} cannot be {verb}: the units differ")
        self._must_share_currency(other, verb)
        if self.kind and other.kind and self.kind is not other.kind:
            raise UnitMismatch(f"a {self.kind} and a {other.kind} cannot be {verb}: {_short(self)} and {_short(other)}")
        if self.kind is Kind.FLOW and _is_part(self.period) != _is_part(other.period):
            raise UnitMismatch(
                f"an amount of {self.period} and one of {other.period} cannot be {verb}: the spans differ"
            )

    def _must_share_currency(self, other: "Quantity", verb: str) -> None:
        if self.currency and other.currency and self.currency != other.currency:
            raise UnitMismatch(f"{_short(self)} and {_short(other)} cannot be {verb}: no exchange rate is assumed")


def _is_part(period: str | None) -> bool:
    """Whether a flow runs over less than a year: 2025H1, 2025Q3, 2025-09."""
    return period is not None and re.search(r"[HQ]\d|^\d{4}-\d\d$|half|quarter|month", period) is not None


def _short(quantity: Quantity) -> str:
    return f"{quantity.value:g} {quantity.unit_name}"


def money(billions: float, *, kind: Kind | None = None, period: str | None = None) -> Quantity:
    """US dollars, in billions."""
    return Quantity(value=billions, unit=Unit.MONEY, currency="USD", kind=kind, period=period)


_SIGN = {"USD": "$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "JPY": "JP¥", "TWD": "NT$", "HKD": "HK$"}
_ZH_CURRENCY = {
    "USD": "美元",
    "CNY": "人民幣",
    "EUR": "歐元",
    "GBP": "英鎊",
    "JPY": "日圓",
    "TWD": "新臺幣",
    "HKD": "港元",
}
_ZH_HANS = str.maketrans("億萬幣歐鎊圓臺個點", "亿万币欧镑圆台个点")


def write(quantity: Quantity, lang: str) -> str:
    """The quantity as a reader of `lang` (`zh-Hant`, `zh-Hans`, `en`) writes it, four significant digits at least.

    Chinese counts in 億 and 萬億, English in bn up to 10,000bn, then tn.

    >>> [write(money(v), "zh-Hant") for v in (2000, 333.3333, 13.07, 0.1, -23.7)]
    ['2萬億美元', '3,333億美元', '130.7億美元', '1億美元', '-237億美元']
    >>> [write(money(v), "en") for v in (2000, 333.3333, 13.07, 0.1, 31856)]
    ['$2,000bn', '$333.3bn', '$13.07bn', '$0.1bn', '$31.86tn']
    >>> write(Quantity(value=5.555556, unit=Unit.YEARS), "zh-Hans"), write(Quantity(value=0.3, unit=Unit.RATIO), "en")
    ('5.56年', '30%')
    """
    value, chinese = quantity.value, lang.startswith("zh")
    match quantity.unit:
        case Unit.MONEY:
            text = _money_zh(value, quantity.currency) if chinese else _money_en(value, quantity.currency)
        case Unit.RATIO:
            text = percent(value) if abs(value) < 1 else f"{number(value)}{'倍' if chinese else 'x'}"
        case Unit.YEARS:
            text = f"{value:,.2f}".rstrip("0").rstrip(".") + (
                "年" if chinese else (" year" if value == 1 else " years")
            )
        case Unit.YEAR:
            text = f"{value:.0f}" + ("年" if chinese else "")
        case Unit.POINTS:
            text = number(value) + ("點" if chinese else " points")
        case _:
            text = number(value)
    return text.translate(_ZH_HANS) if lang == "zh-Hans" else text


def number(value: float) -> str:
    """Digits with thousands separators, four significant digits, no trailing zeros.

    >>> [number(v) for v in (5400, 1126.494, 0.03704, 9.2592, 1234567)]
    ['5,400', '1,126', '0.03704', '9.259', '1,234,567']
    """
    if value == 0:
        return "0"
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(decimals, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: float) -> str:
    """A share or a rate as a percentage.

    >>> [percent(v) for v in (0.3, 0.503874, 1.15, 0.0374)]
    ['30%', '50.39%', '115%', '3.74%']
    """
    return f"{number(round(ratio * 100, 10))}%"


def _money_zh(value: float, currency: str | None) -> str:
    name = _ZH_CURRENCY.get(currency or "USD", currency or "")
    if abs(value) >= 1000:
        return f"{number(value / 1000)}萬億{name}"
    if 0 < abs(value) < 0.1:
        return f"{number(value * 1e5)}萬{name}"
    return f"{number(value * 10)}億{name}"


def _money_en(value: float, currency: str | None) -> str:
    sign = _SIGN.get(currency or "USD", f"{currency} ")
    if 0 < abs(value) < 0.1:
        amount = f"{number(abs(value) * 1000)}m"
    else:
        amount = f"{number(abs(value) / 1000)}tn" if abs(value) >= 10_000 else f"{number(abs(value))}bn"
    return f"{'-' if value < 0 else ''}{sign}{amount}"


# What `exact` writes after the digits, and `core.amounts.read` takes as the same number to the last digit.
EXACT_SUFFIX = {
    Unit.MONEY: "bn",
    Unit.RATIO: "x",
    Unit.YEARS: " years",
    Unit.YEAR: " (year)",
    Unit.POINTS: " percentage points",
    Unit.COUNT: " (count)",
}
CURRENCY_CODE = re.compile(r"[A-Z]{3}")


def exact(quantity: Quantity) -> str:
    """A text that `core.amounts.read` reads back to the same value, unit and currency, digit for digit.

    Any finite value can be written; `QuantityError` for a currency that is no code of three capitals, and for a
    calendar year that is no whole number from 1 to 9999.

    >>> exact(money(333.3333333333333)), exact(money(1e308)), exact(Quantity(value=0.1, unit=Unit.RATIO))
    ('USD 333.3333333333333bn', 'USD 1e+308bn', '0.1x')
    """
    value = float(quantity.value)
    match quantity.unit:
        case Unit.MONEY:
            if quantity.currency is not None and not CURRENCY_CODE.fullmatch(quantity.currency):
                raise QuantityError(f"“{quantity.currency}” is no currency code", hint="write it like USD or CNY")
            return f"{quantity.currency + ' ' if quantity.currency else ''}{value!r}{EXACT_SUFFIX[Unit.MONEY]}"
        case Unit.YEAR:
            if not value.is_integer() or not 1 <= value <= 9999:
                raise QuantityError(f"{value:g} is no calendar year", hint="a year is a whole number, 1 to 9999")
            return f"{value:04.0f}{EXACT_SUFFIX[Unit.YEAR]}"
        case _:
            return f"{value!r}{EXACT_SUFFIX[quantity.unit]}"
