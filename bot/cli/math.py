"""`paomo breakeven` and `paomo payback`: the mathematics without a question."""

from dataclasses import replace

import click

from bot.cli.amounts import Amount, check_share
from bot.cli.calculation import print_calculation, with_parameters
from bot.cli.context import settings, today
from core.errors import UsageError
from core.quantity import Unit


@click.command()
@with_parameters
def breakeven(capex: float | None, margin: float | None, revenue: float | None, as_json: bool) -> None:
    """Compute the revenue that earns an outlay back (outlay / margin), and the years it takes at a level revenue.

    What is not given is taken from a forum article of October 2025 (paomo figures show A08).

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


@click.command()
@with_parameters
@click.option(
    "--years", type=Amount(Unit.YEARS), help="Turn it round: what revenue a year pays it back in so many years."
)
@click.option(
    "--life", type=Amount(Unit.YEARS), help="Years that the asset lasts; a payback beyond it is said to be none."
)
def payback(
    capex: float | None,
    margin: float | None,
    revenue: float | None,
    as_json: bool,
    years: float | None,
    life: float | None,
) -> None:
    """Compute the years until level revenue has repaid an outlay: outlay / margin / revenue a year.

    What is not given is taken from a forum article of October 2025 (paomo figures show A08).

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
    print_calculation(
        answer,
        sorted(to_json(answer)["figures"], key=lambda figure: figure["name"] != first),
        inputs=answer.data["given"],
        formula=answer.data["formula"],
        result={"within_life": not answer.data["outlived"]} if answer.data.get("life") else {},
    )
