"""Does the outlay pay back? Breakeven revenue, payback and its inverse, ramps, required growth.

Money is in billions of US dollars, rates and margins are ratios (0.5 = 50%), time is in years. Outlays are
entered as positive numbers. Arguments outside their limits raise `QuantityError`; “never” and “not within its
life” are answers, `None` with a reason in a `Payback`, so that neither nan nor inf ever leaves this module.

The margin is always one *before* depreciation of the outlay: with depreciation inside the margin the outlay
would be counted twice.
"""

import math
from dataclasses import dataclass

from core.errors import QuantityError
from core.limits import finite, whole
from core.text import counted

MIN_BN, MAX_BN = 1e-9, 1e7  # one dollar to ten million billions
MAX_YEARS = 1000.0  # of a payback, of growth
MAX_LIFE = 100.0  # of an asset
MAX_GROWTH = 1e36  # a year, of a result; beyond it a number says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """How long an outlay takes to come back.

    years:  `None` where it never does
    reason: `never` (the margin earns nothing, or the revenue that will ever come is too small),
            `not within its life` (the asset is gone before), or `None`
    """

    years: float | None
    reason: str | None = None


def check_money(value: float, name: str, *, zero: bool = False) -> float:
    """`value` if it is a finite amount from a dollar to 1e7 billions (or zero, with `zero`), else `QuantityError`."""
    value = finite(value, name)
    if value < 0 or (value == 0 and not zero):
        raise QuantityError(f"{name} must be above zero, and {value:g} is not")
    if 0 < value < MIN_BN:
        raise QuantityError(f"{name} is less than a dollar: {value:g} billion")
    if value > MAX_BN:
        raise QuantityError(f"{name} is {value:g} billion; the limit is {MAX_BN:,.0f} billion")
    return value


def check_margin(margin: float) -> float:
    """`margin` if it is finite and at most 1; zero and below pass, for their answer is “never”."""
    margin = finite(margin, "the margin")
    if margin > 1:
        raise QuantityError(f"a margin above 100% is not possible: {margin:.4g} is {margin * 100:.4g}%")
    return margin


def breakeven_revenue(capex: float, margin: float) -> float | None:
    """Cumulative revenue that earns the outlay back, undiscounted: M = K / m.

    Parameters
    ----------
    capex : float
        Outlay K in USD bn, 0 < K <= 1e7.
    margin : float
        Share m of revenue that is left to repay the outlay, before its depreciation; at most 1.

    Returns
    -------
    float or None
        Revenue in USD bn (a sum over all years, not a yearly figure). `None`: no revenue is enough, because
        a margin of zero or less earns nothing.

    Raises
    ------
    QuantityError
        If an argument is not finite or outside its limits.

    Examples
    --------
    The forum article: an outlay of 1,000bn at a margin of 50%.

    >>> breakeven_revenue(1000, 0.5)
    2000.0
    >>> breakeven_revenue(1000, 0) is None
    True

    Source: the arithmetic of the article of 2025-10-21 (claim A06); the same as Sequoia's “hole” without
    known revenue.
    """
    capex, margin = check_money(capex, "the capital outlay"), check_margin(margin)
    return _finite(capex / margin) if margin > 0 else None


def payback_years(capex: float, margin: float, revenue: float, *, life: float | None = None) -> Payback:
    """Years until level revenue has repaid the outlay: T = K / (m R).

    Parameters
    ----------
    capex, margin : float
        As in `breakeven_revenue`.
    revenue : float
        Revenue R in USD bn *a year*, the same every year from the first day, 0 <= R <= 1e7.
    life : float, optional
        Years that the asset lasts, above 0 and at most 100.

    Returns
    -------
    Payback
        Undiscounted; without running costs or replacement beyond what the margin holds.

    Examples
    --------
    >>> round(payback_years(1000, 0.5, 360).years, 2)
    5.56
    >>> round(payback_years(1000, 0.3, 360).years, 2)
    9.26
    >>> payback_years(1000, 0.5, 360, life=5).reason
    'not within its life'
    >>> payback_years(1000, -0.5, 360)
    Payback(years=None, reason='never')
    """
    total = breakeven_revenue(capex, margin)
    revenue, life = check_money(revenue, "the revenue", zero=True), _checked(life)
    if total is None or revenue == 0:
        return Payback(years=None, reason="never")
    return _within(_finite(total / revenue), life)


def required_revenue(capex: float, margin: float, years: float) -> float | None:
    """Level revenue a year that repays the outlay in a given time: R = K / (m T), the inverse of `payback_years`.

    years: 0 < T <= 1000. Returns USD bn a year, or `None` where no revenue is enough.

    >>> round(required_revenue(1000, 0.5, 6), 1)
    333.3
    """
    total = breakeven_revenue(capex, margin)
    years = check_years(years, "the payback time")
    return None if total is None else _finite(total / years)


def check_years(years: float, name: str) -> float:
    """`years` if it is finite, above 0 and at most 1000, else `QuantityError`."""
    years = finite(years, name)
    if not 0 < years <= MAX_YEARS:
        raise QuantityError(f"{name} must be above 0 and at most {MAX_YEARS:.0f} years, and {years:g} is not")
    return years


def check_life(life: float, name: str = "a life") -> float:
    """`life` if it is finite, above 0 and at most 100 years, else `QuantityError`."""
    life = finite(life, name)
    if not 0 < life <= MAX_LIFE:
        raise QuantityError(f"{name} must be above 0 and at most {MAX_LIFE:.0f} years, and {life:g} is not")
    return life


def payback_linear(total: float, revenue: float, ramp: float, *, life: float | None = None) -> Payback:
    """Payback when revenue rises in a straight line from zero to `revenue` a year over `ramp` years, then stays.

    total: cumulative revenue M to reach, USD bn (see `breakeven_revenue`); revenue: R in USD bn a year;
    ramp: tau in years, 0 <= tau <= 1000. T = sqrt(2 M tau / R) if M <= R tau / 2, else tau/2 + M/R.

    >>> round(payback_linear(2000, 360, 5).years, 2)
    8.06
    """
    total, revenue = check_money(total, "the revenue to reach"), check_money(revenue, "the revenue")
    ramp, life = finite(ramp, "the ramp"), _checked(life)
    if ramp:
        check_years(ramp, "the ramp")
    if total <= revenue * ramp / 2:
        return _within(math.sqrt(2 * total * ramp / revenue), life)
    return _within(ramp / 2 + total / revenue, life)


def payback_exponential(total: float, start: float, growth: float, *, life: float | None = None) -> Payback:
    """Payback when revenue starts at `start` a year and grows by `growth` a year without end.

    T = ln(1 + M ln(1+g) / R0) / ln(1+g); level revenue at g = 0. growth: -0.99 < g <= 10. A shrinking revenue
    whose whole future is too small gives “never”.

    >>> round(payback_exponential(2000, 60, 0.5).years, 2)
    6.6
    >>> payback_exponential(2000, 60, -0.2).reason
    'never'
    """
    total, start = check_money(total, "the revenue to reach"), check_money(start, "the starting revenue")
    growth, life = check_rate(growth, "the growth rate"), _checked(life)
    rate = math.log1p(growth)
    if rate == 0:
        return _within(total / start, life)
    grown = total * rate / start
    return Payback(years=None, reason="never") if grown <= -1 else _within(_finite(math.log1p(grown) / rate), life)


def check_rate(rate: float, name: str) -> float:
    """`rate` if it is finite and in (-0.99, 10], else `QuantityError`."""
    rate = finite(rate, name)
    if not -0.99 < rate <= 10:
        raise QuantityError(f"{name} must be above -99% and at most 1000%, and {rate * 100:.4g}% is not")
    return rate


def payback_logistic(total: float, start: float, growth: float, cap: float, *, life: float | None = None) -> Payback:
    """Payback on an S-curve that starts at `start` a year, first grows by `growth`, and levels off at `cap`.

    R(t) = cap / (1 + exp(-k (t - t0))) with k = ln(1+g) / (1 - start/cap) and t0 = ln(cap/start - 1) / k, which
    gives the same start and the same first slope as `payback_exponential`. start < cap; 0 < growth <= 10.
    Stable for any total: the logarithm is taken without forming the exponential where that would overflow.

    >>> [round(payback_logistic(2000, 60, 0.5, cap).years, 2) for cap in (720, 360, 180)]
    [7.69, 9.12, 12.92]
    """
    total, start = check_money(total, "the revenue to reach"), check_money(start, "the starting revenue")
    cap, growth, life = check_money(cap, "the cap"), check_rate(growth, "the growth rate"), _checked(life)
    if growth <= 0:
        raise QuantityError("an S-curve needs a growth rate above zero")
    if start >= cap:
        raise QuantityError(f"an S-curve must start below its cap: {start:g} is not below {cap:g}")
    k = math.log1p(growth) / (1 - start / cap)
    t0 = math.log(cap / start - 1) / k
    x = k * total / cap
    base = math.log1p(math.exp(-k * t0))  # k t0 = ln(cap/start - 1) lies between -37 and 37
    # ln[(1 + e^(-k t0)) e^x - 1]: for x > 30 the -1 is below the last digit
    log_term = base + x if x > 30 else math.log(math.expm1(base + x))
    return _within(t0 + log_term / k, life)


def growth_between(start: float, end: float, years: float) -> float:
    """Growth a year that leads from `start` to `end`: (b/a)^(1/n) - 1.

    start, end: above 0, any one unit; years: 0 < n <= 1000. Returns a ratio a year, at most 1e36.

    >>> round(growth_between(13, 100, 5), 4)
    0.5039
    """
    start, end = check_money(start, "the start"), check_money(end, "the end")
    years = check_years(years, "the time")
    exponent = (math.log(end) - math.log(start)) / years
    if exponent > math.log1p(MAX_GROWTH):
        raise QuantityError("the growth is too large to state", hint="give more years")
    return math.expm1(exponent)


def growth_to_sum(start: float, total: float, years: int) -> float:
    """Growth a year that makes the next `years` years sum to `total`: sum of R0 (1+g)^t over t = 1..n equals M.

    start: R0 of the year before, USD bn; total: M, USD bn; years: whole, 1 to 100. Returns g by bisection on
    (-0.99, 10]; `QuantityError` where no rate in that range does it.

    >>> [round(growth_to_sum(60, 2000, n), 2) for n in (6, 10)]
    [0.52, 0.21]
    """
    start, total = check_money(start, "the start"), check_money(total, "the sum")
    years = whole(years, "the number of years", least=1, most=100)

    def excess(growth: float) -> float:
        return start * sum((1 + growth) ** t for t in range(1, years + 1)) - total

    low, high = -0.99, 10.0
    if excess(low) > 0 or excess(high) < 0:
        raise QuantityError(f"no growth between -99% and 1000% a year makes {counted(years, 'year')} sum to {total:g}")
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return (low + high) / 2


def _finite(value: float) -> float:
    """`value`, or `QuantityError` where floating point has no finite number for it."""
    if not math.isfinite(value):
        raise QuantityError("the result is too large to state; margin, revenue or time is too small")
    return value


def _checked(life: float | None) -> float | None:
    return None if life is None else check_life(life, "the life")


def _within(years: float, life: float | None) -> Payback:
    if life is not None and years > life:
        return Payback(years=years, reason="not within its life")
    return Payback(years=years)
