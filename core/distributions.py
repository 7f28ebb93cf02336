"""Where an uncertain input may lie: four shapes, drawn with a seeded generator. Which one, is the caller's judgement."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import QuantityError

Array = NDArray[np.float64]


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

    0 < median, 0 < sigma <= 5.
    """
    _finite(median, sigma)
    if median <= 0 or not 0 < sigma <= 5:
        raise QuantityError(f"a lognormal needs a median above 0 and a sigma in (0, 5], not {median:g} and {sigma:g}")
    return Distribution(kind="lognormal", a=median, b=sigma)


def normal(mean: float, deviation: float) -> Distribution:
    """The bell curve; it reaches below zero, and a margin there never pays back. deviation > 0."""
    _finite(mean, deviation)
    if deviation <= 0:
        raise QuantityError(f"a normal distribution needs a deviation above 0, not {deviation:g}")
    return Distribution(kind="normal", a=mean, b=deviation)


def uniform(low: float, high: float) -> Distribution:
    """Every value between low and high alike; low < high."""
    _finite(low, high)
    if low >= high:
        raise QuantityError(f"a range must run upwards, and {low:g} to {high:g} does not")
    return Distribution(kind="uniform", a=low, b=high)


def triangular(low: float, mode: float, high: float) -> Distribution:
    """Likeliest at mode, impossible outside low to high; low <= mode <= high, low < high."""
    _finite(low, mode, high)
    if not low <= mode <= high or low == high:
        raise QuantityError(f"a triangle must run upwards, and {low:g}, {mode:g}, {high:g} does not")
    return Distribution(kind="triangular", a=low, b=mode, c=high)


def _finite(*values: float) -> None:
    for value in values:
        if not math.isfinite(value):
            raise QuantityError(f"not a finite number: {value}")
