"""Johansen, Ledoit and Sornette's log-periodic power law, fitted within bounds. Side notes only.

In the linearised form of Filimonov and Sornette (2013), with x = tc - t:
ln p(t) = A + B x^m + C1 x^m cos(w ln x) + C2 x^m sin(w ln x). Only tc, m and w are searched, within bounds, on a
grid that is then narrowed; the rest is least squares. Nothing is random, and unbounded fits, which run away to a
negative m or a tc in the past, cannot happen.

A fit always finds some tc: it is no forecast.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.errors import QuantityError
from core.models.prices import Prices

Array = NDArray[np.float64]

# Exponent, angular frequency, and how far after the last price tc may lie, in lengths of the series.
M_BOUNDS, OMEGA_BOUNDS, TC_BOUNDS = (0.1, 0.9), (6.0, 13.0), (0.002, 0.25)
_GRID, _ZOOM, _ROUNDS, _STARTS = (16, 9, 15), 5, 10, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lppls:
    """The best bounded fit.

    tc:       the critical day; b < 0 is a price that accelerates upwards, b > 0 one that slows
    m, omega: exponent and angular frequency; r2: share of the variance of log prices explained
    at_bound: parameters that ended on a bound, which means that the series does not determine them
    """

    tc: date
    m: float
    omega: float
    a: float
    b: float
    c1: float
    c2: float
    r2: float
    at_bound: tuple[str, ...]


def fit(prices: Prices) -> Lppls:
    """The bounded fit that leaves the least squares, of the whole series as it stands.

    Bounds: 0.1 <= m <= 0.9, 6 <= omega <= 13, tc from just after the last price to a quarter of the series'
    length beyond it. Time is measured in prices, so weekends and holidays do not count.
    """
    y = np.log(np.array(prices.closes))
    n = len(y)
    if float(np.ptp(y)) == 0:
        raise QuantityError("the prices do not vary enough to fit")
    time = np.arange(n) / (n - 1)
    bounds = np.array([TC_BOUNDS, M_BOUNDS, OMEGA_BOUNDS])
    nodes = _nodes([np.linspace(low, high, count) for (low, high), count in zip(bounds, _GRID, strict=True)])
    errors = _errors(nodes, time, y)
    found = [_narrow(nodes[place], bounds, time, y) for place in np.argsort(errors)[:_STARTS]]
    error, best = min(found, key=lambda one: one[0])
    a, b, c1, c2 = (float(value) for value in _coefficients(best[None, :], time, y)[0][0])
    span = (prices.days[-1] - prices.days[0]).days
    names = ("tc", "m", "omega")
    return Lppls(
        tc=prices.days[-1] + timedelta(days=round(float(best[0]) * span)),
        m=float(best[1]),
        omega=float(best[2]),
        a=a,
        b=b,
        c1=c1,
        c2=c2,
        r2=1 - error / float(((y - y.mean()) ** 2).sum()),
        at_bound=tuple(
            name
            for name, value, (low, high) in zip(names, best, bounds, strict=True)
            if min(value - low, high - value) < 1e-3 * (high - low)
        ),
    )


def _narrow(start: Array, bounds: Array, time: Array, y: Array) -> tuple[float, Array]:
    """Close in on the best node: each round a small grid around it, half as wide as the last."""
    best = start
    error = float(_errors(best[None, :], time, y)[0])
    reach = (bounds[:, 1] - bounds[:, 0]) / np.array(_GRID)
    for _ in range(_ROUNDS):
        axes = [
            np.clip(np.linspace(value - far, value + far, _ZOOM), low, high)
            for value, far, (low, high) in zip(best, reach, bounds, strict=True)
        ]
        nodes = _nodes(axes)
        errors = _errors(nodes, time, y)
        place = int(np.argmin(errors))
        if errors[place] < error:
            best, error = nodes[place], float(errors[place])
        reach = reach / 2
    return error, best


def _nodes(axes: list[Array]) -> Array:
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def _errors(nodes: Array, time: Array, y: Array) -> Array:
    size = max(1, 400_000 // len(time))  # so that a block of nodes stays within some tens of megabytes
    blocks = [nodes[at : at + size] for at in range(0, len(nodes), size)]
    return np.concatenate([_coefficients(block, time, y)[1] for block in blocks])


def _coefficients(nodes: Array, time: Array, y: Array) -> tuple[Array, Array]:
    """Least squares of A, B, C1, C2 for each node (tc beyond the end, m, omega), and the squared error it leaves."""
    ahead, m, omega = nodes.T[:, :, None]
    x = 1 + ahead - time
    power = x**m
    angle = omega * np.log(x)
    columns = np.stack([np.ones_like(power), power, power * np.cos(angle), power * np.sin(angle)], axis=-1)
    gram = np.einsum("gti,gtj->gij", columns, columns)
    found = np.einsum("gij,gj->gi", np.linalg.pinv(gram, hermitian=True), np.einsum("gti,t->gi", columns, y))
    rest = y - np.einsum("gti,gi->gt", columns, found)
    return found, np.einsum("gt,gt->g", rest, rest)
