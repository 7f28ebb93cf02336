"""Is a stated number the true one? Said once, for questions and for whole texts.

A number is right within half a unit of its last stated digit, and at most 5 %; approximately right within 10 %. One
that is ten times or a tenth of the true one is named as the slip between 億 and billion that it mostly is; one
that is right for another period, or by another definition of the same word, is named as that slip.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from core.figures import Figure, covers
from core.period import normal as normal_period

EXACT, NEAR, TEN = 0.05, 0.10, 0.15
ROUGH = 0.25
"""How far from an estimate a number may be without being contradicted by it."""


class Bound(StrEnum):
    """How a number was hedged."""

    NONE = ""
    ABOUT = "about"
    NEARLY = "nearly"  # a little below
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came out of a comparison with the register.

    verdict: one of the contract's eight
    figure:  what the number was compared with; `None` where there is nothing
    other:   a figure of another period, or by another definition, that the number fits
    ratio:   stated over true; times: by which a month's or a quarter's amount was taken to a year
    """

    verdict: str
    figure: Figure | None
    other: Figure | None = None
    ratio: float | None = None
    times: int | None = None


def vouched(check: Check) -> Check:
    """The check with its verdict taken back where the figure cannot bear it.

    A figure that nobody has verified shows nothing, right or wrong; an estimate shows nothing of what is near it.
    """
    if check.figure is None:
        return check
    off = abs((check.ratio or 0) - 1)
    near = check.figure.status == "estimated" and check.verdict == "contradicted" and off <= ROUGH
    if near or check.figure.status in ("unverified", "contradicted"):
        return replace(check, verdict="unverified")
    return check


def compare(
    value: float,
    text: str,
    figures: Sequence[Figure],
    period: str | None,
    *,
    others: Sequence[Figure] = (),
) -> Check:
    """A stated value against the figures of one entity and metric, newest first.

    value: in the figures' unit; text: as written, for its digits; period: as `core.period` finds it
    others: figures of the same entity by other definitions (net for operating loss), as a way to explain a slip

    >>> from core.figures import load
    >>> check = compare(13, "130億", load().find("OPENAI", "revenue"), "2024")
    >>> check.verdict, check.figure.value, check.other.period
    ('contradicted', 3.7, '2025')
    """
    candidates = asked_for(figures, period)
    exact = min(EXACT, half_unit(text))
    for figure in candidates:
        if fits(value, figure, exact):
            return Check(verdict="holds", figure=figure)
    if not candidates:
        return Check(verdict="unverified", figure=next((f for f in figures if fits(value, f, EXACT)), None))
    near = next((figure for figure in candidates if fits(value, figure, NEAR)), None)
    if near and (fits(value, near, EXACT) or not any(fits(value, f, exact) for f in figures if f not in candidates)):
        return Check(verdict="holds_approximately", figure=near)
    first = candidates[0]
    alike = [f for f in others if f.unit == first.unit and period and f in asked_for(others, period)]
    other = next((f for f in (*figures, *alike) if f not in candidates and fits(value, f, EXACT)), None)
    if other is not None:
        return Check(verdict="contradicted", figure=first, other=other, ratio=_ratio(value, first))
    for figure in candidates:
        if figure.value and power_of_ten(value / figure.value, powers=(-1, 1)):
            return Check(verdict="fails_by_power_of_ten", figure=figure, ratio=_ratio(value, figure))
    return Check(verdict="contradicted", figure=first, ratio=_ratio(value, first))


def asked_for(figures: Sequence[Figure], period: str | None) -> list[Figure]:
    """The figures whose period answers the one asked for best; all, where none is asked for."""
    if not period:
        return list(figures)
    asked = normal_period(period)
    ranked = [(rank, figure) for figure in figures if (rank := covers(asked, figure.period)) is not None]
    best = min((rank for rank, _ in ranked), default=0)
    return [figure for rank, figure in ranked if rank == best]


def fits(value: float, figure: Figure, tolerance: float) -> bool:
    """Within the figure's own range, or within `tolerance` (relative) of its value."""
    if (
        figure.value_low is not None
        and figure.value_high is not None
        and figure.value_low <= value <= figure.value_high
    ):
        return True
    return bool(figure.value) and abs(value - figure.value) <= tolerance * abs(figure.value)


def judge(stated: float, true: float, *, text: str, bound: Bound = Bound.NONE, adds_up: bool = False) -> str:
    """A stated number against the one that the arithmetic gives, as a verdict.

    text: the number as written, for its digits; bound: how it was hedged
    adds_up: it is a sum or a difference, which people do not round as they round a ratio

    >>> judge(2, 60 / 55, text="兩倍", bound=Bound.MORE), judge(5.6, 50 / 9, text="5.6"), judge(600, 60, text="600")
    ('fails', 'holds', 'fails_by_power_of_ten')
    >>> judge(6, 50 / 9, text="6", bound=Bound.LESS), judge(3, 2.9, text="three", bound=Bound.NEARLY)
    ('holds', 'holds')
    """
    if stated == 0 or true == 0:
        return "holds" if stated == true else "fails"
    ratio = true / stated
    verdict = _judge(ratio, text, bound, adds_up=adds_up)
    return "fails_by_power_of_ten" if verdict == "fails" and power_of_ten(ratio) else verdict


def _judge(ratio: float, text: str, bound: Bound, *, adds_up: bool) -> str:
    match bound:
        case Bound.MORE:
            good, nearly = ratio >= 1, ratio >= 1 - EXACT / 2
        case Bound.LESS:
            good, nearly = 0 < ratio <= 1, 0 < ratio <= 1 + EXACT / 2
        case Bound.NEARLY:
            good, nearly = 1 - TEN <= ratio <= 1, 1 - TEN <= ratio <= 1 + EXACT / 2
        case Bound.NONE if adds_up:
            off = abs(ratio - 1)
            good, nearly = off <= EXACT / 10, off <= min(EXACT, half_unit(text))
        case _:
            off = abs(ratio - 1)
            good, nearly = off <= min(EXACT, half_unit(text)), off <= max(NEAR, _last_digit(text))
    return "holds" if good else "holds_approximately" if nearly else "fails"


def power_of_ten(ratio: float, *, powers: tuple[int, ...] = (-3, -2, -1, 1, 2, 3)) -> bool:
    """Whether two numbers differ by a power of ten, give or take 15 %: against a figure only ±1 is told, since any
    two numbers of an unlike kind are near some power of ten.
    """
    if not 0 < ratio < math.inf:
        return False
    power = -round(math.log10(ratio))  # the only one that can bring it near 1
    return power in powers and abs(ratio * 10.0**power - 1) <= TEN


@lru_cache(maxsize=1024)
def half_unit(text: str) -> float:
    """Half a unit of the last stated digit, relative to the value: 130億 is right from 125 to 135.

    >>> round(half_unit("130億"), 4), round(half_unit("1.13"), 4)
    (0.0385, 0.0044)
    """
    digits = _digits(text)
    if not digits:
        return EXACT
    whole, _, decimals = digits.partition(".")
    unit = 10.0 ** -len(decimals) if decimals else 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return 0.5 * unit / float(digits) if float(digits) else EXACT


def _last_digit(text: str) -> float:
    """Half of one in the last place of a percentage as written, trailing noughts counted: 3 % is right up to 3.5 %."""
    digits = _digits(text)
    if "%" not in text.replace("％", "%") or not digits or not float(digits):
        return 0.0
    return 0.5 * 10.0 ** -len(digits.partition(".")[2]) / float(digits)


def _digits(text: str) -> str:
    """The first number of a text, in ASCII digits; empty where there is none."""
    match = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    return match[0].replace(",", "") if match else ""


def _ratio(value: float, figure: Figure) -> float | None:
    return value / figure.value if figure.value else None
