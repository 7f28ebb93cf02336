"""Figures that an answer computed, each with its formula: the other half of `bot.answers.base.shown`."""

from bot.answers.base import Shown
from core.quantity import Kind, Quantity, Unit, money


def figure(name: str, quantity: Quantity, source: str | None, *, as_of: str | None = None) -> Shown:
    """A result. source: the formula with its numbers, or what was counted."""
    return Shown(name=name, quantity=quantity, status="computed", as_of=as_of, source=source)


def ratio(name: str, value: float, formula: str, *, as_of: str | None = None) -> Shown:
    """A share, or how many times."""
    return figure(name, Quantity(value=value, unit=Unit.RATIO), formula, as_of=as_of)


def count(name: str, n: int, source: str, *, as_of: str | None = None) -> Shown:
    """How many there are."""
    return figure(name, Quantity(value=n, unit=Unit.COUNT), source, as_of=as_of)


def years(name: str, value: float, formula: str) -> Shown:
    """A length of time."""
    return figure(name, Quantity(value=value, unit=Unit.YEARS), formula)


def a_year(name: str, billions: float, formula: str) -> Shown:
    """Money a year."""
    return figure(name, money(billions, kind=Kind.FLOW, period="a year"), formula)


def stock(name: str, billions: float, formula: str) -> Shown:
    """Money in all."""
    return figure(name, money(billions, kind=Kind.STOCK), formula)
