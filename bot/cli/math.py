"""`paomo breakeven` and `paomo payback`: the mathematics without a question."""

from dataclasses import replace
from typing import Any

import click

from bot.cli.context import print_json, settings, today
from core.amounts import read
from core.errors import QuantityError, UsageError
from core.quantity import Kind, Unit


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


_EXAMPLES = {Unit.MONEY: "1000bn or 1萬億", Unit.RATIO: "50% or 0.5", Unit.YEARS: "6 or 6年", Unit.YEAR: "1994"}
_OPTIONS = (
    click.option("--capex", type=Amount(Unit.MONEY), help="The outlay, such as 1000bn, 1萬億, $1tn.  [default: the article's 1,000bn]"),
    click.option("--margin", type=Amount(Unit.RATIO), help="Share of revenue left to repay it, before its depreciation: 50%, 三成.  [default: the article's 50%]"),
    click.option("--revenue", type=Amount(Unit.MONEY), help="Revenue a year, such as 360bn.  [default: the article's 360bn]"),
    click.option("--json", "as_json", is_flag=True, help="One JSON document: inputs, result, formula, assumptions, figures."),
)  # fmt: skip


def _with_options(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(short_help="Revenue that pays back a capital outlay, and how long it takes.")
@_with_options
def breakeven(capex: float | None, margin: float | None, revenue: float | None, as_json: bool) -> None:
    """Cumulative revenue that earns an outlay back (outlay / margin), and the years it takes at a level revenue.

    \b
    paomo breakeven --capex 1000bn --margin 50% --revenue 360bn
    paomo breakeven --capex 4千億 --margin 三成 --json
    """
    _compute(
        "payback_years",
        {"capex_usd_bn": capex, "margin": margin, "annual_revenue_usd_bn": revenue},
        as_json,
        first="breakeven_revenue",
    )


@click.command(short_help="Years until an outlay is recovered, or the revenue needed to do it in time.")
@_with_options
@click.option("--years", type=Amount(Unit.YEARS), help="Turn it round: what revenue a year pays it back in this time.")
@click.option(
    "--life", type=Amount(Unit.YEARS), help="How long the asset lasts; a payback beyond it is said to be none."
)
def payback(
    capex: float | None,
    margin: float | None,
    revenue: float | None,
    as_json: bool,
    years: float | None,
    life: float | None,
) -> None:
    """Years until level revenue has repaid an outlay: outlay / margin / revenue a year.

    \b
    paomo payback --margin 30%
    paomo payback --years 6
    paomo payback --life 5
    """
    if years is not None and (revenue is not None or life is not None):
        raise UsageError("--years asks what revenue it takes, so it goes with neither --revenue nor --life")
    slots = {
        "capex_usd_bn": capex,
        "margin": margin,
        "annual_revenue_usd_bn": revenue,
        "years": years,
        "life_years": life,
    }
    _compute("payback_years", slots, as_json)


def _compute(intent: str, slots: dict[str, float | None], as_json: bool, *, first: str | None = None) -> None:
    from bot.answers import ANSWERS
    from bot.answers.base import World
    from bot.questions import Question
    from bot.render import to_json
    from bot.render.terminal import show
    from core.capex import check_life, check_money, check_years

    given = {name: value for name, value in slots.items() if value is not None}
    for name, check in (
        ("capex_usd_bn", check_money),
        ("annual_revenue_usd_bn", check_money),
        ("years", check_years),
        ("life_years", check_life),
    ):
        if name in given:
            check(given[name], f"--{name.removesuffix('_usd_bn').removeprefix('annual_').removesuffix('_years')}")
    if "margin" in given:
        check_share(given["margin"])
    held = settings()
    asked = Question(text="", lang=held.lang, intent=intent, slots=given)
    answer = ANSWERS[intent](asked, World(settings=held, today=today()))
    if first is not None and answer.template == "payback":
        answer = replace(answer, template="breakeven_payback")
    if not as_json:
        show(answer)
        return
    document = to_json(answer)
    figures = sorted(document["figures"], key=lambda figure: figure["name"] != first)
    print_json(
        {
            "inputs": answer.data["given"],
            "result": {
                **{figure["name"]: figure["value"] for figure in figures if figure["status"] == "computed"},
                **({"within_life": not answer.data["outlived"]} if answer.data.get("life") else {}),
            },
            "formula": answer.data["formula"],
            "assumptions": [
                "the same revenue every year, from the first day",
                "undiscounted",
                "the margin is one before depreciation of the outlay",
                *(f"{claim.metric} from {claim.id}: {claim.text.text(held.lang)}" for claim in answer.data["claims"]),
            ],
            "figures": figures,
        }
    )
