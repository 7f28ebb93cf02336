"""What an outlay must earn year by year: depreciation, capital charge, annuity, present value, rates of return.

Money is in billions of US dollars, rates and margins are ratios, time is in years. Outlays are entered as positive
numbers and become negative flows only in `level_flows`. Flows stand at year ends; the outlay at t = 0. “Never” is
an answer: `None`, or a `Payback` with its reason.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from core.capex import MAX_BN, Payback, breakeven_revenue, check_life, check_margin, check_money, check_rate
from core.errors import QuantityError
from core.limits import finite, one_of, several, within
from core.text import counted

FIRST_YEARS = ("full", "half")
_MOST_FLOWS = 101
_NO_RATE = 1e-12  # a rate so small counts as none; below it the quotients lose their digits
_STEPS = 2000  # of the scan for rates of return, even in ln(1 + r): 0.35% of 1 + r each

FirstYear = Literal["full", "half"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an outlay with a life of its own: `share` of the whole (0 to 1), `life` in years."""

    share: float
    life: float


def depreciation(capex: float, life: float) -> float:
    """Straight-line depreciation a year: K / L, in USD bn a year.

    capex: 0 < K <= 1e7 USD bn; life: 0 < L <= 100 years.

    >>> depreciation(1000, 5)
    200.0
    """
    capex, life = check_money(capex, "the capital outlay"), check_life(life)
    return _finite(capex / life, f"a life of {counted(f'{life:g}', 'year')}")


def depreciation_schedule(capex: float, life: float, *, first_year: FirstYear = "full") -> tuple[float, ...]:
    """Straight-line depreciation of each year, until nothing is left.

    first_year: `full`, a whole year's charge in the year of purchase; `half`, half of it then and the rest in the
    year after the last. A life that is no whole number ends in a smaller charge. The charges sum to the outlay.

    >>> depreciation_schedule(1000, 4)
    (250.0, 250.0, 250.0, 250.0)
    >>> depreciation_schedule(1000, 4, first_year="half")
    (125.0, 250.0, 250.0, 250.0, 125.0)
    """
    capex, life, a_year = check_money(capex, "the capital outlay"), check_life(life), depreciation(capex, life)
    one_of(first_year, "the first year", FIRST_YEARS)
    end = life + (0.5 if first_year == "half" else 0.0)
    years = max(1, math.ceil(end - 1e-9))
    charges = [a_year] * years
    if first_year == "half":
        charges[0] = min(a_year / 2, capex)
    charges[-1] = capex - math.fsum(charges[:-1])
    return tuple(charges)


def blended_life(parts: Iterable[Part]) -> float:
    """The one life whose straight line gives the first-year charge of all parts: 1 / sum of share / life.

    parts: shares must sum to 1 (to 1e-6). Chips last 3 to 6 years, electrical and cooling systems about 10,
    buildings 20 to 30. The blend holds while every part lasts; `parts_schedule` has the years after.

    >>> round(blended_life([Part(share=0.6, life=5), Part(share=0.25, life=10), Part(share=0.15, life=25)]), 3)
    6.623
    """
    return 1 / _finite(sum(part.share / part.life for part in _checked(parts)), "the life of a part")


def parts_schedule(capex: float, parts: Iterable[Part], *, first_year: FirstYear = "full") -> tuple[float, ...]:
    """Depreciation of each year when every part is written off over its own life; sums to the outlay.

    >>> [round(charge, 1) for charge in parts_schedule(100, [Part(share=0.5, life=2), Part(share=0.5, life=4)])]
    [37.5, 37.5, 12.5, 12.5]
    """
    capex = check_money(capex, "the capital outlay")
    schedules = [
        depreciation_schedule(capex * part.share, part.life, first_year=first_year) for part in _checked(parts)
    ]
    longest = max(len(schedule) for schedule in schedules)
    return tuple(math.fsum(s[year] for s in schedules if year < len(s)) for year in range(longest))


def _checked(parts: object) -> list[Part]:
    found = list(parts) if isinstance(parts, Iterable) else []
    if not found or not all(isinstance(part, Part) for part in found):
        raise QuantityError("the parts of an outlay must be a list of `Part`, one at least")
    found = [Part(share=finite(part.share, "a share"), life=check_life(part.life)) for part in found]
    for part in found:
        if not 0 < part.share <= 1:
            raise QuantityError(f"a share must be above 0 and at most 1, and {part.share:g} is not")
    total = math.fsum(part.share for part in found)
    if abs(total - 1) > 1e-6:
        raise QuantityError(f"the shares of the parts must sum to 1, and sum to {total:g}")
    return found


def maintenance_capex(gross: float, share: float) -> float:
    """Spending a year that only keeps the gross base as it is: a share of it, in USD bn a year.

    gross: 0 < G <= 1e7 USD bn, at cost; share: 0 <= s <= 1 a year. A share of 1 / L replaces all of it in L years.

    >>> maintenance_capex(1000, 0.2)
    200.0
    """
    return check_money(gross, "the gross base") * within(share, "the share of the base renewed", least=0, most=1)


def revenue_for_depreciation(capex: float, margin: float, life: float) -> float | None:
    """Revenue a year whose margin covers depreciation and no return: K / L / m.

    capex: USD bn; margin: before depreciation, at most 1; life: years. Returns USD bn a year, or `None` where no
    revenue is enough (a margin of zero or less).

    >>> revenue_for_depreciation(1000, 0.5, 5), revenue_for_depreciation(400, 0.25, 10)
    (400.0, 160.0)

    Source: the second is Kupperman's breakeven of August 2025.
    """
    return _over_margin(depreciation(capex, life), margin)


def revenue_for_charge(capex: float, margin: float, life: float, rate: float) -> float | None:
    """Revenue a year that covers depreciation and a return on the whole outlay: K (1/L + r) / m.

    rate: wanted return r, 0 <= r <= 10 a year. It asks too much from the second year on, for part of the outlay is
    then written off; `revenue_for_annuity` is the exact level amount.

    >>> round(revenue_for_charge(1000, 0.5, 5, 0.1), 1)
    600.0
    """
    rate = check_rate(rate, "the wanted return")
    if rate < 0:
        raise QuantityError(f"a wanted return must not be below zero, and {rate:g} is")
    return _over_margin(depreciation(capex, life) + check_money(capex, "the capital outlay") * rate, margin)


def revenue_for_annuity(capex: float, margin: float, life: float, rate: float) -> float | None:
    """Level revenue a year at which the outlay earns exactly `rate` over its life: K crf(r, L) / m.

    >>> round(revenue_for_annuity(1000, 0.5, 5, 0.1), 1)
    527.6
    """
    return _over_margin(check_money(capex, "the capital outlay") * crf(rate, life), margin)


def _over_margin(cash: float, margin: float) -> float | None:
    margin = check_margin(margin)
    if margin <= 0:
        return None
    return _finite(cash / margin, f"a margin of {margin:g}")


def _finite(value: float, cause: str) -> float:
    if not math.isfinite(value):
        raise QuantityError(f"{cause} is too small: the result is beyond all numbers")
    return value


def crf(rate: float, life: float) -> float:
    """Capital recovery factor: the level yearly payment for an outlay of 1, r / (1 - (1+r)^-L); 1/L at r = 0.

    rate: -0.99 < r <= 10; life: 0 < L <= 100 years. Like `-numpy_financial.pmt(rate, life, 1)`.

    >>> round(crf(0.1, 5), 6), crf(0, 5)
    (0.263797, 0.2)
    """
    rate, life = check_rate(rate, "the cost of capital"), check_life(life)
    growth = math.log1p(rate)
    if abs(rate) < _NO_RATE or abs(life * growth) < _NO_RATE:
        factor = (1 if abs(rate) < _NO_RATE else rate / growth) / life
    else:
        factor = rate / -math.expm1(-life * growth)
    return _finite(factor, f"a life of {counted(f'{life:g}', 'year')}")


def level_flows(outlay: float, cash: float, life: float) -> tuple[float, ...]:
    """The outlay at t = 0, negative, then `cash` at the end of each year of the life.

    cash: USD bn a year, may be zero or negative. A part of a year at the end brings its part of the cash, at the
    end of that year.

    >>> level_flows(1000, 180, 2.5)
    (-1000, 180, 180, 90.0)
    """
    outlay, life = check_money(outlay, "the capital outlay"), check_life(life)
    (cash,) = _check_flows((cash,))
    years = int(life)
    rest = life - years
    return (-outlay, *[cash] * years, *([cash * rest] if rest > 1e-9 else []))


def npv(rate: float, flows: Sequence[float]) -> float:
    """Net present value of yearly flows, the first of them today: sum of flow_t / (1+r)^t, t = 0, 1, ….

    rate: -0.99 < r <= 10; flows: 1 to 101 of them, USD bn, outlays negative. Like `numpy_financial.npv`.

    >>> round(npv(0.1, level_flows(1000, 180, 6)), 2)
    -216.05
    """
    rate, flows = check_rate(rate, "the cost of capital"), _check_flows(flows)
    return math.fsum(flow * (1 + rate) ** -t for t, flow in enumerate(flows))


def _check_flows(flows: Sequence[float]) -> tuple[float, ...]:
    found = several(flows, "the yearly flows", least=1, most=_MOST_FLOWS)
    for year, flow in enumerate(found):
        if abs(flow) > MAX_BN:
            raise QuantityError(f"the flow of year {year} is {flow:g}; it must be finite and at most 1e7 billion")
    return found


def rates_of_return(flows: Sequence[float]) -> tuple[float, ...]:
    """Every internal rate of return in (-0.99, 10], ascending: the rates at which `npv` is zero.

    flows: as for `npv`. Flows that change their sign more than once can have several such rates, and then none of
    them says whether the investment is good; flows of one sign have none, and the answer is empty.

    Found by a scan for changes of sign over 2,000 steps, even in ln(1+r), with bisection; a pair of rates that
    falls between two steps, or a rate at which the value only touches zero, is found at the turning point there.

    >>> [round(rate, 4) for rate in rates_of_return(level_flows(1000, 180, 6))]
    [0.0224]
    >>> [round(rate, 6) for rate in rates_of_return([-100, 230, -132])]
    [0.1, 0.2]
    >>> rates_of_return([100, 10])
    ()

    Source: for the second, numpy-financial gives 10% and pyxirr 20%; both are right.
    """
    flows = _check_flows(flows)
    if not any(flow > 0 for flow in flows) or not any(flow < 0 for flow in flows):
        return ()
    last = len(flows) - 1
    scale = max(abs(flow) for flow in flows)

    def value(growth: float) -> float:
        """Zero where the present value is, at growth = ln(1+r), and never beyond the range of floats."""
        start = last if growth < 0 else 0  # below zero, worth at the end instead of today
        return math.fsum(flow / scale * math.exp(growth * (start - t)) for t, flow in enumerate(flows))

    low, high = math.log1p(-0.99), math.log1p(10.0)
    grid = [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]
    values = [value(growth) for growth in grid]
    roots = [grid[i] for i in range(1, _STEPS + 1) if values[i] == 0]
    roots += [
        _bisect(value, a, b) for (a, at_a), (b, at_b) in pairwise(zip(grid, values, strict=True)) if at_a * at_b < 0
    ]
    for i in range(1, _STEPS):
        if abs(values[i]) < min(abs(values[i - 1]), abs(values[i + 1])) and values[i - 1] * values[i + 1] > 0:
            roots += _between(value, grid[i - 1], grid[i + 1])
    rates = sorted(0.0 if abs(root) < 1e-12 else math.expm1(root) for root in roots)
    return tuple(rate for i, rate in enumerate(rates) if i == 0 or rate - rates[i - 1] > 1e-7 * (1 + rate))


def _bisect(value: Callable[[float], float], low: float, high: float) -> float:
    rising = value(high) > 0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if (value(middle) > 0) == rising else (middle, high)
    return (low + high) / 2


def _between(value: Callable[[float], float], left: float, right: float) -> list[float]:
    """The zeros around a turning point that comes near zero: two, one (it touches), or none."""
    sign = math.copysign(1.0, value(left))
    low, high = left, right
    for _ in range(100):
        third = (high - low) / 3
        a, b = low + third, high - third
        low, high = (low, b) if sign * value(a) < sign * value(b) else (a, high)
    turn = (low + high) / 2
    nearest = sign * value(turn)
    if abs(nearest) < 1e-13:
        return [turn]
    return [_bisect(value, left, turn), _bisect(value, turn, right)] if nearest < 0 else []


def discounted_payback(
    capex: float, margin: float, revenue: float, rate: float, *, life: float | None = None
) -> Payback:
    """Years until level cash has repaid the outlay with its cost of capital: -ln(1 - K r / c) / ln(1+r), c = m R.

    capex, margin, revenue: as in `core.capex.payback_years`; rate: -0.99 < r <= 10 a year; life: years, or `None`
    for no limit. `never` where the cost of capital alone, K r, takes all the cash. At r = 0 it is K / c. Between
    two year ends the number is interpolated along the same curve, so 8.5 means: during the ninth year.

    >>> [round(discounted_payback(1000, 0.5, 360, rate).years, 2) for rate in (0.08, 0.1)]
    [7.64, 8.51]
    >>> discounted_payback(1000, 0.5, 360, 0.2).reason
    'never'
    >>> discounted_payback(1000, 0.5, 360, 0.1, life=6).reason
    'not within its life'
    """
    rate = check_rate(rate, "the cost of capital")
    life = None if life is None else check_life(life, "the life")
    total = breakeven_revenue(capex, margin)
    revenue = check_money(revenue, "the revenue", zero=True)
    if total is None or revenue == 0:
        return Payback(years=None, reason="never")
    undiscounted = total / revenue  # K / c
    if not math.isfinite(undiscounted) or undiscounted * rate >= 1 - 1e-12:
        return Payback(years=None, reason="never")
    years = undiscounted if abs(rate) < _NO_RATE else -math.log1p(-undiscounted * rate) / math.log1p(rate)
    late = life is not None and years > life
    return Payback(years=years, reason="not within its life" if late else None)
