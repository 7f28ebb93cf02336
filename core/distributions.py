"""Where an uncertain input may lie: four shapes, drawn with a seeded generator. Which one, is the caller's judgement."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import QuantityError
from core.limits import finite, within

Array = NDArray[np.float64]

LEAST, MOST = 1e-12, 1e12  # medians and ends; beyond them draws leave the range of floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Where an input may lie.

    kind:  `lognormal` (a = median, b = sigma of the logarithm), `normal` (a = mean, b = standard deviation),
           `uniform` (a = low, b = high), `triangular` (a = low, b = mode, c = high)

    Made by `lognormal`, `normal`, `uniform` or `triangular`, which check the arguments.
    """

    kind: str
    a: float
    b: float
    c: float = 0.0

    def draw(self, rng: np.random.Generator, n: int) -> Array:
        """`n` independent draws."""
        match self.kind:
            case "lognormal":
                return rng.lognormal(math.log(self.a), self.b, n)
            case "normal":
                return rng.normal(self.a, self.b, n)
            case "uniform":
                return rng.uniform(self.a, self.b, n)
            case _:
                return rng.triangular(self.a, self.b, self.c, n)


def lognormal(median: float, sigma: float) -> Distribution:
    """Above zero, skewed to the right; two thirds of the draws lie between median / e^sigma and median * e^sigma.

    1e-12 <= median <= 1e12, 0 < sigma <= 5.
    """
    median, sigma = within(median, "the median", least=LEAST, most=MOST), finite(sigma, "sigma")
    if not 0 < sigma <= 5:
        raise QuantityError(f"a lognormal needs a sigma above 0 and at most 5, and {sigma:g} is not")
    return Distribution(kind="lognormal", a=median, b=sigma)


def normal(mean: float, deviation: float) -> Distribution:
    """The bell curve; it reaches below zero, and a margin there never pays back. deviation > 0."""
    mean, deviation = _bounded(mean, "the mean"), _bounded(deviation, "the deviation")
    if deviation <= 0:
        raise QuantityError(f"a normal distribution needs a deviation above 0, not {deviation:g}")
    return Distribution(kind="normal", a=mean, b=deviation)


def uniform(low: float, high: float) -> Distribution:
    """Every value between low and high alike; low < high."""
    low, high = _bounded(low, "the low end"), _bounded(high, "the high end")
    if low >= high:
        raise QuantityError(f"a range must run upwards, and {low:g} to {high:g} does not")
    return Distribution(kind="uniform", a=low, b=high)


def triangular(low: float, mode: float, high: float) -> Distribution:
    """Likeliest at mode, impossible outside low to high; low <= mode <= high, low < high."""
    low, mode, high = _bounded(low, "the low end"), _bounded(mode, "the mode"), _bounded(high, "the high end")
    if not low <= mode <= high or low == high:
        raise QuantityError(f"a triangle must run upwards, and {low:g}, {mode:g}, {high:g} does not")
    return Distribution(kind="triangular", a=low, b=mode, c=high)


def _bounded(value: float, name: str) -> float:
    return within(value, name, least=-MOST, most=MOST)
