"""Is it a bubble? Figures of today beside those of earlier manias; neither yes nor no, and no probability."""

from typing import NamedTuple

from bot.answers.base import Answer, Shown, World, shown, sources_of
from bot.questions import Question
from core import capex
from core.figures import Figure
from core.quantity import Quantity, Unit, money, percent

# What is compared: (metric, entity whose newest figure leads); every other entity with the metric stands beside it.
COMPARISONS = (
    ("capex_to_gdp", "FIVE_HYPERSCALERS"),
    ("capex_to_revenue", "AI_INDUSTRY"),
    ("cape", "US_STOCKS"),
    ("margin_debt", "US_STOCKS"),
    ("market_cap_to_gdp", "US_STOCKS"),
)


class Row(NamedTuple):
    """A figure and those to hold it against."""

    figure: Figure
    beside: list[Figure]


def bubble_verdict(question: Question, world: World) -> Answer:
    """The comparisons that the register has figures for, and the payback on the article's inputs."""
    rows = [row for metric, entity in COMPARISONS if (row := _row(world, metric, entity))]
    outlay, margin, revenue = (world.register.claim(id).value or 0.0 for id in ("A04", "A05", "A07"))
    years = Quantity(value=capex.payback_years(outlay, margin, revenue).years or 0.0, unit=Unit.YEARS)
    computed = Shown(name="payback", quantity=years, status="computed", source=f"{outlay:g} / {margin:g} / {revenue:g}")
    figures = [figure for row in rows for figure in (row.figure, *row.beside)]
    return Answer(
        question=question,
        template="bubble",
        data={
            "rows": rows,
            "years": years,
            "capex": money(outlay),
            "margin": percent(margin),
            "revenue_a_year": money(revenue),
        },
        figures=(*map(shown, figures), computed),
        sources=sources_of(*figures),
    )


def _row(world: World, metric: str, entity: str) -> Row | None:
    found = world.register.find(metric=metric)
    leading = [figure for figure in found if figure.entity == entity] or found
    if not leading:
        return None
    others = {figure.entity: figure for figure in reversed(found) if figure.entity != leading[0].entity}
    earlier = [figure for figure in leading[1:] if figure.period != leading[0].period]
    return Row(leading[0], list(others.values()) or earlier[-1:])
