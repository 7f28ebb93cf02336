"""How sure is the answer? One input at a time, two at a time, and all at once by drawing them at random.

A tornado moves one input and keeps the others; a table moves two; Monte Carlo draws all of them from declared
distributions with a seed, so that the same call gives the same figures. `first_order` says how much of the
spread each input explains.

“Never” (a margin of zero or less, no revenue) is an answer and not a number: it has a share of its own and
never enters a percentile. A drawn margin above 1 is impossible: such draws are thrown away and their share is
told. The distributions are the caller's judgement; nothing here measures them.

Money is in USD bn, margins are ratios, time is in years, as in `core.capex`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import capex
from core.distributions import Array, Distribution
from core.errors import QuantityError
from core.limits import check_seed, finite, several, whole

Scalar = Callable[[Mapping[str, float]], float | None]  # one case; `None` is never
Vector = Callable[[Mapping[str, Array]], Array]  # many cases at once; inf is never

PERCENTILES = (5, 25, 50, 75, 95)
DRAWS, SEED = 100_000, 2026
MIN_DRAWS, MAX_DRAWS = 100, 5_000_000
CEILINGS = {"margin": 1.0}  # what an input cannot exceed, by its name


def breakeven(inputs: Mapping[str, float]) -> float | None:
    """`core.capex.breakeven_revenue` as a model of `capex` and `margin`."""
    return capex.breakeven_revenue(*_taken(inputs, "capex", "margin"))


def payback(inputs: Mapping[str, float]) -> float | None:
    """`core.capex.payback_years` as a model of `capex`, `margin` and `revenue`.

    >>> round(payback({"capex": 1000, "margin": 0.5, "revenue": 360}), 2)
    5.56
    """
    return capex.payback_years(*_taken(inputs, "capex", "margin", "revenue")).years


def breakeven_many(inputs: Mapping[str, Array]) -> Array:
    """M = K / m for arrays; inf where the margin earns nothing.

    >>> breakeven_many({"capex": np.array([1000.0, 1000.0]), "margin": np.array([0.5, -0.1])})
    array([2000.,   inf])
    """
    return _over(*_taken(inputs, "capex", "margin"))


def payback_many(inputs: Mapping[str, Array]) -> Array:
    """T = K / (m R) for arrays; inf where margin or revenue is zero or less."""
    return _over(breakeven_many(inputs), *_taken(inputs, "revenue"))


def _taken(inputs: Mapping[str, Any], *names: str) -> list[Any]:
    if missing := [name for name in names if name not in inputs]:
        raise QuantityError(f"the model needs {missing[0]}, and it is not given", hint=f"it takes {', '.join(names)}")
    return [inputs[name] for name in names]


def _over(above: Array, below: Array) -> Array:
    out: Array = np.full(np.broadcast(above, below).shape, np.inf)
    with np.errstate(over="ignore"):  # a quotient beyond all numbers is inf, and so never
        np.divide(above, below, out=out, where=below > 0)
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One input of a tornado.

    low, high:       the values that the input was given
    at_low, at_high: what came out; `None` is never
    cut:             the high end was above what is possible (a margin of 1) and was cut there
    """

    name: str
    low: float
    high: float
    at_low: float | None
    at_high: float | None
    cut: bool = False

    @property
    def width(self) -> float:
        """How far apart the two results are; inf if one of them is never, for ranking alone."""
        if self.at_low is None or self.at_high is None:
            return 0.0 if self.at_low is self.at_high else math.inf
        return abs(self.at_high - self.at_low)


def tornado(
    model: Scalar,
    inputs: Mapping[str, float],
    *,
    spread: float = 0.2,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> tuple[Bar, ...]:
    """Each input moved alone, widest first (a tie keeps the order of `inputs`).

    Parameters
    ----------
    model : callable
        Inputs by name to one result, or `None` for never.
    inputs : mapping
        The base case.
    spread : float
        Every input is moved down and up by this share of itself, 0 < spread < 1.
    ranges : mapping, optional
        Declared (low, high) for some inputs, in place of the spread.

    Raises
    ------
    QuantityError
        If the spread or a range is outside its limits, a range names no input, or the model refuses.

    Examples
    --------
    Margin and revenue divide, so they weigh alike; the outlay multiplies and weighs a little less.

    >>> bars = tornado(payback, {"capex": 1000, "margin": 0.5, "revenue": 360})
    >>> [(bar.name, round(bar.at_low, 2), round(bar.at_high, 2)) for bar in bars]
    [('margin', 6.94, 4.63), ('revenue', 6.94, 4.63), ('capex', 4.44, 6.67)]
    """
    spread = finite(spread, "the spread")
    if not 0 < spread < 1:
        raise QuantityError(f"the spread must be above 0 and below 100%, and {spread * 100:.4g}% is not")
    declared = dict(ranges or {})
    if unknown := declared.keys() - inputs.keys():
        raise QuantityError(f"there is no input {min(unknown)}", hint=f"there are {', '.join(inputs)}")
    bars = []
    for name, given in inputs.items():
        value = finite(given, name)
        ends = several(declared.get(name, (value * (1 - spread), value * (1 + spread))), f"the range of {name}", least=2, most=2)  # fmt: skip
        low, high = sorted(ends) if name not in declared else ends
        if low > high:
            raise QuantityError(f"the range of {name} must run upwards, and {low:g} to {high:g} does not")
        ceiling = CEILINGS.get(name, math.inf)
        top = min(high, ceiling)
        at_low, at_high = (model({**inputs, name: end}) for end in (low, top))
        bars.append(Bar(name=name, low=low, high=top, at_low=at_low, at_high=at_high, cut=high > ceiling))
    return tuple(sorted(bars, key=lambda bar: -bar.width if bar.width == math.inf else -float(f"{bar.width:.12g}")))


def elasticity(model: Scalar, inputs: Mapping[str, float], name: str) -> float | None:
    """By how many per cent the result moves when `name` moves by one; `None` where the result is never.

    d ln(result) / d ln(input), by a central difference of 0.01%.

    >>> base = {"capex": 1000, "margin": 0.5, "revenue": 360}
    >>> [round(elasticity(payback, base, name), 6) for name in base]
    [1.0, -1.0, -1.0]
    """
    step = 1e-4
    inputs = {known: finite(value, known) for known, value in inputs.items()}
    _taken(inputs, name)
    ends = [model({**inputs, name: inputs[name] * math.exp(sign * step)}) for sign in (-1, 1)]
    if ends[0] is None or ends[1] is None or min(ends[0], ends[1]) <= 0:
        return None
    return math.log(ends[1] / ends[0]) / (2 * step)


def two_way(
    model: Scalar,
    inputs: Mapping[str, float],
    row: tuple[str, Sequence[float]],
    column: tuple[str, Sequence[float]],
) -> tuple[tuple[float | None, ...], ...]:
    """The result for every pair of two inputs: a row for each value of the first; `None` is never.

    At most 50 values each way.

    >>> base = {"capex": 1000, "margin": 0.5, "revenue": 360}
    >>> table = two_way(payback, base, ("margin", (0.0, 0.3, 0.5)), ("revenue", (180, 360)))
    >>> [[None if cell is None else round(cell, 2) for cell in line] for line in table]
    [[None, None], [18.52, 9.26], [11.11, 5.56]]
    """
    for name, _ in (row, column):
        if name not in inputs:
            raise QuantityError(f"there is no input {name}", hint=f"there are {', '.join(inputs)}")
    downs, acrosses = (several(values, f"the values of {name}", least=1, most=50) for name, values in (row, column))
    return tuple(tuple(model({**inputs, row[0]: down, column[0]: across}) for across in acrosses) for down in downs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What many draws gave.

    percentiles: 5, 25, 50, 75, 95 to the result, over the draws that do come to one; empty if none does
    never:       share of the possible draws that never pay back; apart from the percentiles
    impossible:  share of all draws thrown away because a margin came out above 1
    above:       share of the possible draws whose result lies above `limit`, never included; `None` without one
    """

    draws: int
    seed: int
    percentiles: Mapping[int, float]
    never: float
    impossible: float
    above: float | None = None


def monte_carlo(
    model: Vector,
    distributions: Mapping[str, Distribution],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    limit: float | None = None,
) -> Spread:
    """Draw every input `draws` times, independently of the others, and tell how the results spread.

    Parameters
    ----------
    model : callable
        Arrays by name to an array; inf where there is no payback (`breakeven_many`, `payback_many`).
    distributions : mapping
        One `Distribution` for each input of the model.
    draws : int
        100 to 5,000,000.
    seed : int
        Of numpy's default generator, 0 or more; the same seed gives the same figures.
    limit : float, optional
        A result to compare with, such as the life of the asset.

    Examples
    --------
    An outlay of about 1,000bn and a margin of about 50%: K/m is lognormal again, with sigma sqrt(0.20² + 0.15²)
    = 0.25, so the exact percentiles are 2000 e^(∓1.645 · 0.25) = 1,326 and 3,017.

    >>> from core.distributions import lognormal
    >>> spread = monte_carlo(breakeven_many, {"capex": lognormal(1000, 0.20), "margin": lognormal(0.5, 0.15)})
    >>> [abs(spread.percentiles[p] / exact - 1) < 0.01 for p, exact in ((5, 1326), (50, 2000), (95, 3017))]
    [True, True, True]
    """
    draws, seed = _checked(draws, seed)
    limit = None if limit is None else finite(limit, "the limit")
    rng = np.random.default_rng(seed)
    inputs = {name: distribution.draw(rng, draws) for name, distribution in distributions.items()}
    possible = _possible(inputs, draws)
    kept = int(possible.sum())
    if not kept:
        raise QuantityError("not one draw was possible: every margin came out above 1")
    if kept < draws:
        inputs = {name: values[possible] for name, values in inputs.items()}
    results = model(inputs)
    paid = results[np.isfinite(results)]
    percentiles = dict(zip(PERCENTILES, map(float, np.percentile(paid, PERCENTILES)), strict=True)) if len(paid) else {}
    return Spread(
        draws=draws,
        seed=seed,
        percentiles=percentiles,
        never=1 - len(paid) / kept,
        impossible=1 - kept / draws,
        above=None if limit is None else float(np.count_nonzero(results > limit)) / kept,
    )


def first_order(
    model: Vector, distributions: Mapping[str, Distribution], *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, float]:
    """How much of the variance of the result each input explains by itself, largest first (Sobol's first order).

    Two independent sets of draws A and B; with A_i the set A whose input i comes from B, the share is the mean
    of f(B) (f(A_i) - f(A)) over the variance of f (Saltelli et al. 2010, table 2). Sampling noise below zero is
    cut to zero. Rows in which a case never pays back, or a margin is above 1, are left out: variance does not
    know “never”. One to five inputs; what the shares lack to 1 is the inputs acting together.

    Empty where the result does not vary.

    >>> from core.distributions import lognormal
    >>> wide = {"capex": lognormal(1000, 0.4), "margin": lognormal(0.4, 0.1), "revenue": lognormal(360, 0.2)}
    >>> list(first_order(payback_many, wide))
    ['capex', 'revenue', 'margin']
    """
    if not 1 <= len(distributions) <= 5:
        raise QuantityError(f"a ranking takes 1 to 5 inputs, not {len(distributions)}")
    draws, seed = _checked(draws, seed)
    rng = np.random.default_rng(seed)
    a = {name: one.draw(rng, draws) for name, one in distributions.items()}
    b = {name: one.draw(rng, draws) for name, one in distributions.items()}
    possible = _possible(a, draws) & _possible(b, draws)
    from_a, from_b = model(a), model(b)
    mixed = {name: model({**a, name: b[name]}) for name in distributions}
    for results in (from_a, from_b, *mixed.values()):
        possible &= np.isfinite(results)
    if np.count_nonzero(possible) < MIN_DRAWS:
        return {}
    both = np.concatenate([from_a[possible], from_b[possible]])
    mean, variance = float(both.mean()), float(both.var())
    if variance <= 1e-24 * mean * mean:
        return {}
    shares = {
        name: max(0.0, float(np.mean((from_b[possible] - mean) * (results[possible] - from_a[possible]))) / variance)
        for name, results in mixed.items()
    }
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _possible(inputs: Mapping[str, Array], draws: int) -> NDArray[np.bool_]:
    possible = np.ones(draws, dtype=np.bool_)
    for name, ceiling in CEILINGS.items():
        if name in inputs:
            possible &= inputs[name] <= ceiling
    return possible


def _checked(draws: int, seed: int) -> tuple[int, int]:
    draws = whole(draws, "the number of draws", least=MIN_DRAWS, most=MAX_DRAWS)
    return draws, check_seed(seed)
