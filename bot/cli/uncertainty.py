"""`paomo sensitivity` and `paomo montecarlo`: what hangs on the assumptions."""

from collections.abc import Callable
from typing import Any

import click

from bot.answers.base import Answer, World
from bot.cli.amounts import Amount, check_share, read_as
from bot.cli.calculation import print_calculation, with_parameters
from bot.cli.context import settings, today
from bot.questions import Question
from core.capex import check_life, check_money
from core.errors import QuantityError
from core.limits import within
from core.quantity import Unit

LEAST_SIGMA, MOST_SIGMA = 1e-6, 5.0
UNITS = {"capex": Unit.MONEY, "margin": Unit.RATIO, "revenue": Unit.MONEY}
_ranges = click.option(
    "--range",
    "ranges",
    multiple=True,
    nargs=3,
    metavar="NAME LOW HIGH",
    help="Declare a range: --range margin 30% 60%. NAME is capex, margin or revenue; may be given again.",
)


@click.command()
@with_parameters
@_ranges
@click.option("--spread", type=Amount(Unit.RATIO), help="Move every input by this share of itself.  [default: 20%]")
@click.option("--table", is_flag=True, help="Payback for five margins against three revenues as well.")
def sensitivity(as_json: bool, spread: float | None, table: bool, **given: Any) -> None:
    """Show which input of the payback matters most: each moved alone, widest first.

    What is not given is taken from a forum article of October 2025 (paomo figures show A08).

    \b
    paomo sensitivity --spread 30%
    paomo sensitivity --capex 6000億 --range margin 25% 60% --table
    """
    from bot.answers.uncertainty import sensitivity as answer

    _run(answer, "sensitivity", {**_slots(given), "spread": spread, "table": table or None}, as_json)


@click.command()
@with_parameters
@_ranges
@click.option("--draws", type=int, metavar="N", help="How many draws, 100 to 5,000,000.  [default: 100,000]")
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help="The same seed gives the same figures.  [default: 2026]"
)
@click.option(
    "--capex-sigma",
    type=float,
    metavar="SIGMA",
    help="Standard deviation of the logarithm of the outlay.  [default: 0.2]",
)
@click.option(
    "--margin-sigma",
    type=float,
    metavar="SIGMA",
    help="Standard deviation of the logarithm of the margin.  [default: 0.15]",
)
@click.option(
    "--revenue-sigma",
    type=float,
    metavar="SIGMA",
    help="Standard deviation of the logarithm of the revenue.  [default: 0.3]",
)
@click.option(
    "--life",
    "life_years",
    type=Amount(Unit.YEARS),
    help="Years that the asset lasts; the share of draws beyond it is told.",
)
def montecarlo(
    as_json: bool,
    draws: int | None,
    seed: int | None,
    life_years: float | None,
    capex_sigma: float | None,
    margin_sigma: float | None,
    revenue_sigma: float | None,
    **given: Any,
) -> None:
    """Draw outlay, margin and revenue at random and tell how payback and breakeven spread.

    Inputs are lognormal about their medians, or uniform over a declared range. “Never” has a share of its own. What is
    not given is taken from a forum article of October 2025 (paomo figures show A08).

    \b
    paomo montecarlo --draws 1000000 --seed 7
    paomo montecarlo --range margin 20% 60% --life 5
    """
    from bot.answers.uncertainty import monte_carlo as answer

    if life_years is not None:
        check_life(life_years, "--life")
    for name, sigma in (("capex", capex_sigma), ("margin", margin_sigma), ("revenue", revenue_sigma)):
        if sigma is not None:
            within(sigma, f"--{name}-sigma", least=LEAST_SIGMA, most=MOST_SIGMA)
    own = {"draws": draws, "seed": seed, "life_years": life_years, "capex_sigma": capex_sigma, "margin_sigma": margin_sigma, "revenue_sigma": revenue_sigma}  # fmt: skip
    _run(answer, "monte_carlo", {**_slots(given), **own}, as_json)


def _slots(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, checked, by the names of the contract; ranges by the names of the inputs."""
    if given["margin"] is not None:
        check_share(given["margin"])
    for name in ("capex", "revenue"):
        if given[name] is not None:
            check_money(given[name], f"--{name}")
    ranges: dict[str, tuple[float, float]] = {}
    for name, *ends in given["ranges"]:
        if name not in UNITS:
            raise QuantityError(f"--range: there is no input “{name}”", hint=f"there are {', '.join(UNITS)}")
        low, high = (read_as(end, UNITS[name], f"--range {name}") for end in ends)
        for end in (low, high):
            if name == "margin":
                check_share(end, "--range margin", may_be_never=True)
            else:
                check_money(end, f"--range {name}", zero=name == "revenue")
        ranges[name] = (low, high)
    slots = {"capex_usd_bn": given["capex"], "margin": given["margin"], "annual_revenue_usd_bn": given["revenue"]}
    return {**slots, "ranges": ranges or None}


def _run(answer: Callable[[Question, World], Answer], intent: str, slots: dict[str, Any], as_json: bool) -> None:
    from bot.render import to_json
    from bot.render.terminal import show

    held = settings()
    kept = {name: value for name, value in slots.items() if value is not None}
    found = answer(Question(text="", lang=held.lang, intent=intent, slots=kept), World(settings=held, today=today()))
    if not as_json:
        show(found)
        return
    document = to_json(found)
    print_calculation(
        found,
        document["figures"],
        inputs=document["slots"],
        formula=found.data.get("formula", "outlay / margin / revenue a year"),
        assumptions=["inputs independent of each other; spreads and sigmas are a judgement, not measured"],
    )
