"""What an argument may be at all, before its own limits: a number, a whole number, a word of a list.

Annotations are not checked when a program runs, and figures come from tables, cards and other people's arrays. A
text, `True`, `None`, nan, inf or an integer beyond all floats is refused here by name, so that no caller sees a bare
`TypeError` or `OverflowError` and no result is computed from `True` as 1. Scalars of numpy are taken as the numbers
that they are.
"""

import math
import operator
from collections.abc import Collection, Iterable, Sequence
from numbers import Integral, Real

from core.errors import QuantityError

_EXACT_INT = 2**53  # integers up to it are floats without loss, and may stay integers


def finite(value: object, name: str) -> float:
    """`value` as a finite number, else `QuantityError` that names it.

    >>> finite(0.5, "the margin"), finite(3, "the count")
    (0.5, 3)
    >>> finite(True, "the margin")
    Traceback (most recent call last):
    core.errors.QuantityError: the margin is not a number: bool
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _EXACT_INT:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise QuantityError(f"{name} is not a number: {told(value)}", hint="give one finite number")
    try:
        number = float(value)
    except (OverflowError, ValueError):
        raise QuantityError(f"{name} is beyond all numbers", hint="give one finite number") from None
    if not math.isfinite(number):
        raise QuantityError(f"{name} is not a finite number: {number}", hint="give one finite number")
    return number


def whole(value: object, name: str, *, least: int, most: int) -> int:
    """`value` as a whole number within limits, both included, else `QuantityError`; 5.0 counts as 5.

    >>> whole(5.0, "the draws", least=1, most=10)
    5
    >>> whole(2.5, "the draws", least=1, most=10)
    Traceback (most recent call last):
    core.errors.QuantityError: the draws must be a whole number, 1 to 10, and 2.5 is not
    """
    number = finite(value, name)
    if number != int(number) or not least <= number <= most:
        raise QuantityError(f"{name} must be a whole number, {least} to {_spaced(most)}, and {number:.10g} is not")
    return operator.index(value) if isinstance(value, Integral) else int(number)


def check_seed(value: object) -> int:
    """`value` as the seed of a random generator, 0 to 2**53, else `QuantityError`."""
    return whole(value, "the seed", least=0, most=_EXACT_INT)


def within(value: object, name: str, *, least: float, most: float) -> float:
    """`value` as a number within limits, both included, else `QuantityError`.

    >>> within(0.2, "the tax", least=0, most=1)
    0.2
    """
    number = finite(value, name)
    if not least <= number <= most:
        raise QuantityError(f"{name} must be {least:g} to {most:g}, and {number:g} is not")
    return number


def one_of(value: object, name: str, words: Collection[str]) -> str:
    """`value` if it is one of the words, else `QuantityError` that lists them.

    >>> one_of("half", "the first year", ("full", "half"))
    'half'
    """
    if not isinstance(value, str) or value not in words:
        raise QuantityError(f"{name} cannot be {told(value)}", hint=f"it is one of {', '.join(words)}")
    return value


def check_name(value: object, name: str) -> str:
    """`value` if it is a text that is not empty, else `QuantityError`."""
    if not isinstance(value, str) or not value.strip():
        raise QuantityError(f"{name} must be a name, and is {told(value)}")
    return value


def several(values: object, name: str, *, least: int, most: int) -> tuple[float, ...]:
    """Finite numbers, so many of them, else `QuantityError`; a text is no list of numbers.

    >>> several([1, 2.5], "the flows", least=1, most=3)
    (1, 2.5)
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise QuantityError(f"{name} must be a list of numbers, and are {told(values)}")
    listed: Sequence[object] = list(values)
    if not least <= len(listed) <= most:
        raise QuantityError(f"{name} must be {least} to {most:,} numbers, and there are {len(listed):,}")
    return tuple(finite(value, f"{name}, at place {place},") for place, value in enumerate(listed))


def _spaced(number: int) -> str:
    return f"{number:,}" if number >= 10_000 else str(number)  # 1997 may be a year


def told(value: object) -> str:
    """What was given, in short: texts as they are, anything else by its type."""
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 40 else f"“{value[:37]}…”"
    return type(value).__name__
