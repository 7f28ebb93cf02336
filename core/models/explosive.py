"""Does a price series grow explosively? ADF, SADF and GSADF tests on log prices. Side notes only.

Phillips, Shi and Yu (2015), “Testing for multiple bubbles”: regress the change of the log price on a constant
and its level before, over growing (SADF) and over all (GSADF) windows, and take the largest t value of the
level's coefficient. Critical values are simulated from random walks with a seed. No lags, as is usual there.

Neither says when a price falls, nor that it will: a test at 95% finds a bubble in one of twenty random walks.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.errors import QuantityError
from core.limits import check_seed, several, whole
from core.models.prices import Prices

Array = NDArray[np.float64]

MAX_LOG = 1000  # more than any float's logarithm
LEVELS = (90, 95, 99)
BLOCK = 10  # paths at a time, so that their arrays stay in the processor's cache
PATHS, SEED = 200, 2026
MOST = 100_000  # prices; memory grows with them


@dataclass(frozen=True, slots=True, kw_only=True)
class Explosive:
    """Three statistics, the critical values beside each at 90, 95 and 99%, and when the last one was crossed.

    episodes: first and last day of each stretch in which the backward SADF is above its own 95% line, for at
              least ln(n) prices
    """

    n: int
    window: int
    adf: float
    sadf: float
    gsadf: float
    critical: dict[str, tuple[float, float, float]]
    episodes: tuple[tuple[date, date], ...]
    paths: int
    seed: int


def adf(log_prices: Array) -> float:
    """t value of the level's coefficient over the whole series; large and positive is explosive.

    >>> y = np.log(1.05) * np.arange(60) ** 1.3 + 0.01 * np.sin(np.arange(60))
    >>> adf(y) > 2
    True
    """
    y = _series(log_prices)
    return _statistic(float(_t_values(_sums(y[None, :]), len(y) - 1, 1)[0, 0]))


def backward_sadf(log_prices: Array, window: int | None = None) -> Array:
    """For each last price from the first full window on, the largest t value over all first prices.

    window: changes in the smallest window, at least 4; by default `smallest_window(n)`.
    GSADF is the largest of these.
    """
    y = _series(log_prices)
    best, _ = _backward(y[None, :], _window(window, len(y)))
    backward: Array = best[0]
    return backward


def sadf(log_prices: Array, window: int | None = None) -> float:
    """The largest t value over windows that begin with the first price."""
    y = _series(log_prices)
    return _statistic(float(_backward(y[None, :], _window(window, len(y)))[1][0].max()))


def gsadf(log_prices: Array, window: int | None = None) -> float:
    """The largest t value over all windows."""
    return _statistic(float(backward_sadf(log_prices, window).max()))


def smallest_window(n: int) -> int:
    """Phillips, Shi and Yu's rule: (0.01 + 1.8 / √n) n.

    n: 1 to 100,000 prices.

    >>> smallest_window(100)
    19
    """
    n = whole(n, "the number of prices", least=1, most=MOST)
    return int((0.01 + 1.8 / n**0.5) * n)


def examine(prices: Prices, *, paths: int = PATHS, seed: int = SEED) -> Explosive:
    """All three statistics of a price series, with simulated critical values.

    paths: random walks to simulate, 100 to 2,000; time grows with paths times the square of the length.
    Raises `QuantityError` for paths outside the limits and for prices that do not vary.
    """
    paths = whole(paths, "the number of random walks", least=100, most=2000)
    seed = check_seed(seed)
    y = _series(np.log(np.array(prices.closes)))
    window = smallest_window(len(y))
    backward, forward = (rows[0] for rows in _backward(y[None, :], window))
    walks = _walks(len(y), paths, seed)
    their_backward, their_forward = _backward(walks, window)
    their_adf = _t_values(_sums(walks), len(y) - 1, 1)[:, 0]
    line = np.percentile(their_backward, 95, axis=0)
    return Explosive(
        n=len(y),
        window=window,
        adf=_statistic(adf(y)),
        sadf=_statistic(float(forward.max())),
        gsadf=_statistic(float(backward.max())),
        critical={
            name: _levels(values)
            for name, values in (
                ("adf", their_adf),
                ("sadf", their_forward.max(axis=1)),
                ("gsadf", their_backward.max(axis=1)),
            )
        },
        episodes=_episodes(backward > line, prices.days[window:]),
        paths=paths,
        seed=seed,
    )


def _levels(values: Array) -> tuple[float, float, float]:
    ten, five, one = (float(value) for value in np.percentile(values, LEVELS))
    return ten, five, one


def _episodes(above: NDArray[np.bool_], days: tuple[date, ...]) -> tuple[tuple[date, date], ...]:
    shortest = max(1, int(np.log(len(days))))
    found, start = [], None
    for place, is_above in enumerate([*above.tolist(), False]):
        if is_above and start is None:
            start = place
        elif not is_above and start is not None:
            if place - start >= shortest:
                found.append((days[start], days[place - 1]))
            start = None
    return tuple(found)


def _walks(n: int, paths: int, seed: int) -> Array:
    """Random walks with the drift 1/n that the asymptotics allow."""
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.standard_normal((paths, n)) + 1 / n, axis=1)


def _backward(paths: Array, window: int) -> tuple[Array, Array]:
    """For each path and last price: the largest t value over all windows, and that of the window from the first."""
    if len(paths) > BLOCK:
        parts = [_backward(paths[at : at + BLOCK], window) for at in range(0, len(paths), BLOCK)]
        return np.concatenate([best for best, _ in parts]), np.concatenate([first for _, first in parts])
    n = paths.shape[1]
    sums = _sums(paths)
    best, first = np.empty((len(paths), n - window)), np.empty((len(paths), n - window))
    for place, end in enumerate(range(window, n)):
        values = _t_values(sums, end, end - window + 1)
        best[:, place], first[:, place] = values.max(axis=1), values[:, 0]
    return best, first


def _sums(paths: Array) -> tuple[Array, Array, Array, Array]:
    """The paths about their means, and running sums of the level, its square, and the squared change, from 0."""
    y = paths - paths.mean(axis=1, keepdims=True)
    changes = np.diff(y, axis=1, prepend=y[:, :1]) ** 2
    level, square = (np.cumsum(part, axis=1) - part for part in (y, y * y))  # up to, not with, each price
    return y, level, square, np.cumsum(changes, axis=1)


def _t_values(sums: tuple[Array, Array, Array, Array], end: int, count: int) -> Array:
    """t values for the windows from each of the first `count` prices to the price `end`; -inf where nothing varies.

    Least squares from running sums; the sum of level times change telescopes to half the difference of squares.
    """
    y, level, square, change = sums
    n = end - np.arange(count, dtype=np.float64)
    sx = level[:, [end]] - level[:, :count]
    sd = y[:, [end]] - y[:, :count]
    changed = change[:, [end]] - change[:, :count]
    sxx = square[:, [end]] - square[:, :count] - sx * sx / n
    sxd = (y[:, [end]] ** 2 - y[:, :count] ** 2 - changed) / 2 - sx * sd / n
    sdd = changed - sd * sd / n
    varies = sxx > 1e-12 * square[:, [-1]]
    rest = sdd - np.divide(sxd * sxd, sxx, out=np.zeros_like(sxx), where=varies)
    varies &= rest > 1e-10 * changed
    t = np.full_like(sxx, -np.inf)
    np.divide(sxd, np.sqrt(np.where(varies, sxx * rest / (n - 2), 1)), out=t, where=varies)
    return t


def _series(log_prices: Array) -> Array:
    y = np.array(several(log_prices, "the log prices", least=10, most=MOST), dtype=np.float64)
    if np.abs(y).max() > MAX_LOG:
        raise QuantityError(f"a log price must be -{MAX_LOG} to {MAX_LOG}", hint="take logarithms of the prices first")
    return y


def _window(window: int | None, n: int) -> int:
    return smallest_window(n) if window is None else whole(window, "the smallest window", least=4, most=n - 1)


def _statistic(value: float) -> float:
    if not np.isfinite(value):
        raise QuantityError("the prices do not vary enough to test")
    return value
