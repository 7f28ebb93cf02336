"""Amounts as options of a command: read as people write them, refused by the name of their option."""

from typing import Any

import click

from core.amounts import read
from core.errors import QuantityError
from core.quantity import Kind, Unit

_EXAMPLES = {Unit.MONEY: "1000bn or 1萬億", Unit.RATIO: "50% or 0.5", Unit.YEARS: "6 or 6年", Unit.YEAR: "1994"}


class Amount(click.ParamType[float]):
    """An amount as people write it; money comes as USD bn, shares as ratios, time as years."""

    name = "amount"

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        return (
            value
            if isinstance(value, float)
            else read_as(str(value), self.unit, param.opts[0] if param else "the amount")
        )


def read_as(value: str, unit: Unit, label: str) -> float:
    """What a text says in a unit: money as USD bn, shares as ratios, time as years; errors begin with `label`.

    >>> read_as("4千億", Unit.MONEY, "--capex"), read_as("三成", Unit.RATIO, "--margin")
    (400.0, 0.3)
    """
    try:
        quantity = read(value)
    except QuantityError as error:
        raise QuantityError(f"{label}: {error}", hint=error.hint) from None
    if quantity.currency not in (None, "USD"):
        raise QuantityError(
            f"{label} must be in US dollars, and “{value}” is in {quantity.currency}: no exchange rate is assumed"
        )
    if quantity.unit is unit:
        if label == "--capex" and quantity.kind is Kind.FLOW:
            raise QuantityError(f"{label} is a sum, and “{value}” is an amount a year: a flow cannot be paid back")
        return quantity.value
    if quantity.unit is Unit.COUNT and unit in (Unit.RATIO, Unit.YEARS):
        return quantity.value
    if quantity.unit is Unit.COUNT and unit is Unit.MONEY and quantity.value > 0:
        raise QuantityError(
            f"{label} needs a unit: “{value}” could be dollars or billions",
            hint=f"write it like {value}bn, {value}億 or ${value}",
        )
    if quantity.unit is Unit.COUNT and unit is Unit.MONEY:
        return quantity.value  # zero and below are refused for what they are, whatever their unit
    raise QuantityError(f"{label} cannot be “{value}”", hint=f"write it like {_EXAMPLES[unit]}")


def check_share(margin: float, label: str = "--margin", *, may_be_never: bool = False) -> None:
    """Refuse a margin above 100%, or one that never pays back (unless it may), by the name of its option."""
    from core.capex import check_margin

    try:
        earns = check_margin(margin) > 0
    except QuantityError as error:
        raise QuantityError(f"{label}: {error}", hint="give a margin above 0 and up to 100%") from None
    if not earns and not may_be_never:
        raise QuantityError(
            f"{label}: a margin of {margin:.4g} never pays back: no revenue is enough",
            hint="give a margin above 0 and up to 100%",
        )
