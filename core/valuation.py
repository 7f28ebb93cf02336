"""Multiples: price to sales, and how many years of growth bring one down.

A multiple is a plain ratio (300 is 300 times), growth and price returns are ratios a year. Nothing here says what
a multiple should be.
"""

import math

from core.capex import MAX_GROWTH, check_money, check_rate, check_years
from core.errors import QuantityError
from core.limits import finite
from core.text import counted

MAX_MULTIPLE = 1e9


def check_multiple(value: float, name: str) -> float:
    """`value` if it is finite and in (0, 1e9], else `QuantityError`."""
    value = finite(value, name)
    if not 0 < value <= MAX_MULTIPLE:
        raise QuantityError(f"{name} must be above 0 and at most {MAX_MULTIPLE:,.0f}, and {value:g} is not")
    return value


def price_to_sales(market_cap: float, revenue: float) -> float:
    """Market value over revenue a year: P/S, a plain ratio.

    market_cap: USD bn, 0 < value <= 1e7; revenue: USD bn a year, above 0.

    >>> round(price_to_sales(540, 0.1))
    5400

    Source: the arithmetic of the forum article's quantum stocks (claim A23), which prints 600.
    """
    price, sales = check_money(market_cap, "the market value"), check_money(revenue, "the revenue")
    return check_multiple(price / sales, "price to sales")


def years_to_multiple(multiple: float, target: float, growth: float, *, price_return: float = 0.0) -> float | None:
    """Years until growth of sales brings a multiple down to a target: ln(ps / target) / ln((1+g) / (1+k)).

    Parameters
    ----------
    multiple, target : float
        Today's multiple and the one to reach, 0 < value <= 1e9. P/E works as P/S does, with growth of earnings.
    growth : float
        Growth g of sales a year, -0.99 < g <= 10.
    price_return : float
        Rise k of the price a year; 0 is a price held still.

    Returns
    -------
    float or None
        0 where the multiple is at or below the target already. `None`: never, because the price rises as fast as
        the sales or faster.

    Examples
    --------
    >>> [round(years_to_multiple(ps, 10, 0.5), 1) for ps in (5400, 530)]
    [15.5, 9.8]
    >>> round(years_to_multiple(300, 15, 0.8), 3)
    5.097
    >>> years_to_multiple(530, 10, 0.1, price_return=0.1) is None
    True
    """
    multiple, target = check_multiple(multiple, "the multiple"), check_multiple(target, "the target")
    growth, price_return = check_rate(growth, "the growth rate"), check_rate(price_return, "the price return")
    if multiple <= target:
        return 0.0
    shrink = math.log1p(growth) - math.log1p(price_return)
    if shrink <= 0:
        return None
    years = (math.log(multiple) - math.log(target)) / shrink
    return years if math.isfinite(years) else None


def growth_to_multiple(multiple: float, target: float, years: float, *, price_return: float = 0.0) -> float:
    """Growth of sales a year that brings a multiple to a target in a given time, the inverse of `years_to_multiple`.

    g = (1+k) (ps / target)^(1/n) - 1; years: 0 < n <= 1000. Negative where the target is above the multiple;
    `QuantityError` where that would take a growth of -99% or less, as everywhere, or above 1e36.

    >>> round(growth_to_multiple(300, 15, 5), 4)
    0.8206
    """
    multiple, target = check_multiple(multiple, "the multiple"), check_multiple(target, "the target")
    years, price_return = check_years(years, "the time"), check_rate(price_return, "the price return")
    exponent = (math.log(multiple) - math.log(target)) / years + math.log1p(price_return)
    if not math.log1p(-0.99) < exponent <= math.log1p(MAX_GROWTH):
        raise QuantityError(
            f"no growth that can be stated leads from {multiple:g} to {target:g} in {counted(f'{years:g}', 'year')}",
            hint="growth must come out above -99% a year: give more years",
        )
    return math.expm1(exponent)
