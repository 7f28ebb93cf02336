"""What came after records in margin debt, and how today compares with 2000."""

from dataclasses import dataclass

from bot.answers.base import Answer, World, claimed, quantity, shown, sources_of, without
from bot.questions import Question
from core import amounts, series
from core.figures import Claim, Figure
from core.quantity import Unit, percent

FALL = 0.2  # the only fall that was counted
HIT, BASE = "margin_record_hit_rate_12m", "margin_base_rate_12m"
FALLS = ("2000_03", "2007_07", "2015_04", "2018_05", "2021_10")
RISE = ("A27", "nasdaq_last_year_return")
# metric, the figure of then, and whose newest figure stands for now
THEN_AND_NOW = (
    ("cape", "cape_2000", "SPY"),
    ("margin_debt_to_gdp", "margin_debt_to_gdp_2000_03", "US_STOCKS"),
    ("capex_to_gdp", "telecom_capex_to_gdp", "FIVE_HYPERSCALERS"),
)
RISES = frozenset({"index_return", "index_level"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A comparison. kind: `rise` (of an index, with the claim that states it) or `level`."""

    kind: str
    metric: str
    then: Figure
    now: Figure | None
    claim: Claim | None = None


def margin_history(question: Question, world: World) -> Answer:
    """Claims R02 and R03: how often SPY fell by 20% within a year of a record, against all months.

    The records are counted here from FINRA's series; SPY's shares are quoted, its prices not being at hand.
    """
    register = world.register
    hit, base = register.figure(HIT), register.figure(BASE)
    falls = [register.figure(f"spy_fall_after_record_{period}") for period in FALLS]
    claims = [register.claim(id) for id in ("R02", "R03")]
    debt = series.load("finra_margin_debt")
    asked = [r.quantity.value for r in amounts.find(question.text) if r.quantity.unit is Unit.RATIO]
    fall = next((abs(value) for value in asked if 0 < abs(value) < 1), FALL)
    slots = without(question.slots, "entities", "value_text", "margin")
    return Answer(
        question=Question(
            text=question.text, lang=question.lang, intent=question.intent, slots={**slots, "threshold": fall}
        ),
        template="margin_history",
        data={
            "hit": quantity(hit.value, hit.unit),
            "base": quantity(base.value, base.unit),
            "other": percent(fall) if abs(fall - FALL) > 1e-9 else None,
            "falls": falls,
            "claims": claims,
            "records": len(series.records(debt)),
            "months": len(debt.months),
            "first": debt.months[0],
            "last": debt.months[-1],
        },
        figures=(
            shown(hit, name="hit_rate_12m"),
            shown(base, name="base_rate_12m"),
            *map(shown, falls),
            *(row for claim in claims for row in claimed(claim)),
        ),
        sources=sources_of(hit, base, *falls, *claims),
    )


def dotcom_compare(question: Question, world: World) -> Answer:
    """The Nasdaq's last year, CAPE, margin debt and capex over GDP: then and now, or only the one asked about."""
    register, metric = world.register, question.slots.get("metric")
    rows = []
    for name, earlier, entity in THEN_AND_NOW:
        if now := register.find(entity, name, as_of=world.today):
            rows.append(Row(kind="level", metric=name, then=register.figure(earlier), now=now[0]))
    claim, then = register.claim(RISE[0]), register.figure(RISE[1])
    since = [f for f in register.find("SPY", "index_return", as_of=world.today) if f.period]
    rise = Row(kind="rise", metric="index_return", then=then, now=since[0] if since else None, claim=claim)
    asked = [row for row in rows if row.metric == metric]
    chosen = asked or ([rise] if metric in RISES else [rise, *rows])
    figures = [figure for row in chosen for figure in (row.then, row.now) if figure is not None]
    said = claimed(claim) if rise in chosen else []
    names = {row.now.id: f"{row.metric}_now" for row in chosen if row.now is not None and row.kind == "level"}
    return Answer(
        question=question,
        template="dotcom",
        data={"rows": chosen},
        figures=(*said, *(shown(figure, name=names.get(figure.id)) for figure in figures)),
        sources=sources_of(*figures, *([claim] if said else [])),
    )
