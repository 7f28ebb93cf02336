"""The capital cycle, year by year: spending becomes capacity, capacity presses the price, returns steer spending.

Spending I of a year is written off in a straight line over L years and leaves the gross base after L. Two
conventions: a full charge in the first year, or half of it. Money in billions of US dollars, time in whole years.

A simulation is a what-if, not a forecast: its demand and prices are inputs.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.capex import MAX_BN, check_margin, check_money, check_rate
from core.cashflow import FIRST_YEARS, FirstYear
from core.errors import QuantityError
from core.limits import one_of, several, whole, within

MAX_LIFE = 100
MAX_YEARS = 1000
MAX_LAG = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Fixed assets at a year's end, USD bn.

    gross: at cost, of what is still in use; net: what is not written off yet; depreciation: the year's charge
    """

    gross: float
    net: float
    depreciation: float


def check_whole_life(life: float) -> int:
    """`life` as a whole number of years, 1 to 100, else `QuantityError`: the cycle counts in years."""
    return whole(life, "a life in years", least=1, most=MAX_LIFE)


def steady_state(spend: float, life: float, *, first_year: FirstYear = "full") -> Base:
    """Where the same spending every year leads after L years: depreciation I, gross base I L.

    spend: I in USD bn a year, 0 < I <= 1e7; life: L, whole years, 1 to 100. The net base is I (L-1)/2 with a full
    charge in the first year and I L/2 with half of it.

    >>> steady_state(200, 5)
    Base(gross=1000, net=400.0, depreciation=200)
    >>> steady_state(200, 5, first_year="half").net
    500.0
    """
    spend, years = check_money(spend, "the spending a year"), check_whole_life(life)
    one_of(first_year, "the first year", FIRST_YEARS)
    return Base(gross=spend * years, net=spend * (years if first_year == "half" else years - 1) / 2, depreciation=spend)


def depreciation_share(growth: float, life: float, *, first_year: FirstYear = "full") -> float:
    """Which part of this year's spending the depreciation of the same year shows, when spending grows steadily.

    growth: -0.99 < g <= 10 a year; life: whole years. With growth the accounts lag: the rest of the spending is a
    wall of depreciation still to come. Above 1 when spending shrinks.

    >>> round(depreciation_share(0.5, 5), 2)
    0.52
    >>> depreciation_share(0, 5)
    1.0
    """
    growth = check_rate(growth, "the growth rate")
    return math.fsum(weight * (1 + growth) ** -age for age, weight in enumerate(_weights(life, first_year)))


def bases(spends: Sequence[float], life: float, *, first_year: FirstYear = "full") -> tuple[Base, ...]:
    """The fixed assets of each year for a path of spending, and on until all of it is written off.

    spends: USD bn a year, 0 <= I <= 1e7, at most 1,000 years; life: whole years. The answer has L years more than
    the spending; its depreciation sums to the spending.

    >>> [round(base.depreciation, 2) for base in bases([100, 150, 225], 3)]
    [33.33, 83.33, 158.33, 125.0, 75.0, 0.0]
    """
    spends = several(spends, "the spending of each year", least=1, most=MAX_YEARS)
    for year, spend in enumerate(spends):
        check_money(spend, f"the spending of year {year}", zero=True)
    path = [*spends, *[0.0] * check_whole_life(life)]
    found: list[Base] = []
    for year in range(len(path)):
        found.append(_base(path[: year + 1], found[-1].net if found else 0.0, life, first_year))
    return tuple(found)


def _base(path: Sequence[float], net_before: float, life: float, first_year: FirstYear) -> Base:
    """The year's end after the spending of `path`, its last being this year's."""
    weights = _weights(life, first_year)
    charge = math.fsum(weight * spend for weight, spend in zip(weights, reversed(path), strict=False))
    gross = math.fsum(path[-int(life) :])
    return Base(gross=gross, net=max(0.0, net_before + path[-1] - charge), depreciation=charge)


def _weights(life: float, first_year: FirstYear) -> list[float]:
    """The share of a spend that is written off in the year of purchase, the year after, and so on; sums to 1."""
    years = check_whole_life(life)
    if one_of(first_year, "the first year", FIRST_YEARS) == "half":
        return [0.5 / years, *[1 / years] * (years - 1), 0.5 / years]
    return [1 / years] * years


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What the capacity meets. Demand and capacity are in the same unit of work; nothing here is measured.

    spend:       I of the first year, USD bn; life: L, whole years
    yield_:      capacity per USD bn of gross base, kappa; efficiency: its growth a year
    demand:      D of the first year; demand_growth: a year
    price:       p0, USD bn per unit of work, at the use `target_use` (0 to 1]; elasticity: eta, how strongly the
                 price follows use: p = p0 (u / u*)^eta
    margin:      cash margin of revenue, before depreciation, at most 1; tax: on profit, and back on a loss
    wacc:        cost of capital that returns are held against
    gamma:       how strongly spending follows the return: I' = I (1 + gamma (ROIC - WACC)); 0 keeps it level
    lag:         years until a return is noticed
    """

    spend: float
    life: float
    demand: float
    yield_: float = 1.0
    efficiency: float = 0.0
    demand_growth: float = 0.0
    price: float = 1.0
    target_use: float = 0.8
    elasticity: float = 1.0
    margin: float = 0.5
    tax: float = 0.21
    wacc: float = 0.1
    gamma: float = 0.0
    lag: int = 1
    first_year: FirstYear = "full"

    def __post_init__(self) -> None:
        checked: dict[str, float] = {"life": check_whole_life(self.life), "margin": check_margin(self.margin)}
        for name in ("spend", "demand", "yield_", "price"):
            checked[name] = check_money(getattr(self, name), name.strip("_"))
        for name in ("efficiency", "demand_growth", "wacc"):
            checked[name] = check_rate(getattr(self, name), name.replace("_", " "))
        for name, least, most in (("target_use", 0.01, 1), ("tax", 0, 1), ("elasticity", 0, 10), ("gamma", 0, 100)):
            checked[name] = within(getattr(self, name), name.replace("_", " "), least=least, most=most)
        checked["lag"] = whole(self.lag, "the lag in years", least=0, most=MAX_LAG)
        one_of(self.first_year, "the first year", FIRST_YEARS)
        for name, value in checked.items():
            object.__setattr__(self, name, value)  # as plain numbers: those of numpy warn where ours raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of the cycle; money in USD bn, `use` and `roic` are ratios, `roic` is `None` with no net base."""

    year: int
    spend: float
    base: Base
    capacity: float
    demand: float
    use: float
    price: float
    revenue: float
    profit: float
    roic: float | None


def simulate(market: Market, years: int) -> tuple[Year, ...]:
    """Run the cycle for 1 to 1,000 years from an empty base.

    Each year: capacity Q = kappa G; use u = min(1, D/Q); price p = p0 (u/u*)^eta; revenue = p min(D, Q); profit
    after tax = (m revenue - depreciation)(1 - tax); ROIC = profit over the mean net base of the year; then the
    next spending, never negative.

    Returns one `Year` each. Raises `QuantityError` where spending or revenue would pass 1e7 bn.

    With gamma = 0 spending stays level and the base never overshoots; a reaction to a late signal does:

    >>> calm = simulate(Market(spend=100, life=5, demand=400), 40)
    >>> keen = simulate(Market(spend=100, life=5, demand=400, gamma=0.5, lag=3), 40)
    >>> overshoot(calm), round(overshoot(keen), 2)
    (0.0, 0.81)
    """
    return tuple(_run(market, whole(years, "the number of years", least=1, most=MAX_YEARS)))


def _run(market: Market, years: int) -> Iterator[Year]:
    path: list[float] = [market.spend]
    returns: list[float | None] = []
    before = Base(gross=0.0, net=0.0, depreciation=0.0)
    for year in range(years):
        base = _base(path, before.net, market.life, market.first_year)
        now = _year(market, year, path[-1], base, before.net)
        yield now
        returns.append(now.roic)
        noticed = returns[year - market.lag] if year >= market.lag else None
        change = 0.0 if noticed is None else market.gamma * (noticed - market.wacc)
        path.append(_bounded(max(0.0, path[-1] * (1 + change)), "spending", year + 1))
        before = base


def _year(market: Market, year: int, spend: float, base: Base, net_before: float) -> Year:
    demand = _bounded(market.demand * _grown(market.demand_growth, year), "demand", year)
    capacity = _bounded(market.yield_ * _grown(market.efficiency, year) * base.gross, "capacity", year)
    use = min(1.0, demand / capacity) if capacity else 1.0
    price = market.price * (use / market.target_use) ** market.elasticity
    revenue = _bounded(price * min(demand, capacity), "revenue", year)
    profit = (market.margin * revenue - base.depreciation) * (1 - market.tax)
    mean_net = (net_before + base.net) / 2
    return Year(
        year=year, spend=spend, base=base, capacity=capacity, demand=demand, use=use, price=price,
        revenue=revenue, profit=profit, roic=profit / mean_net if mean_net > 1e-9 else None,
    )  # fmt: skip


def _grown(rate: float, years: int) -> float:
    """(1 + rate)^years; at most 1e300, which is as good as any larger number to a base of zero."""
    return math.exp(min(690.0, years * math.log1p(rate)))


def _bounded(value: float, name: str, year: int) -> float:
    if not math.isfinite(value) or value > MAX_BN:
        raise QuantityError(
            f"{name} passes {MAX_BN:,.0f} in year {year}", hint="lower gamma or growth, or run fewer years"
        )
    return value


def overshoot(years: Sequence[Year]) -> float:
    """The largest fall of the gross base from a peak, as a share of that peak: 0 where it never falls, at most 1."""
    peak = worst = 0.0
    for year in years:
        peak = max(peak, year.base.gross)
        if peak:
            worst = max(worst, 1 - year.base.gross / peak)
    return worst
