"""How many years of growth bring a multiple down to a target, for a question."""

from bot.answers import computed
from bot.answers.base import Answer, Shown, World
from bot.answers.inputs import Inputs
from bot.questions import Question
from core import valuation
from core.errors import NotFound
from core.quantity import percent


def valuation_years(question: Question, world: World) -> Answer:
    """ln(ps / target) / ln((1+g)/(1+k)); with the years given, the growth that it takes."""
    inputs = Inputs(question, world)
    multiples = _multiples(inputs)
    target = inputs.take("target")
    price = inputs.maybe("price_return") or 0.0
    years = inputs.maybe("years") if "growth" not in question.slots else None
    wanted = [_growth(name, ps, target, years, price) for name, ps in multiples] if years is not None else []
    growth = inputs.take("growth") if years is None else None
    found = [_time(name, ps, target, growth, price) for name, ps in multiples] if growth is not None else []
    figures = tuple(shown for shown in (*wanted, *found) if shown is not None)
    return inputs.answer(
        "valuation_years", figures, multiples=multiples, found=found, wanted=wanted, target=target,
        growth=None if growth is None else percent(growth), price=percent(price) if price else None,
    )  # fmt: skip


def _multiples(inputs: Inputs) -> list[tuple[str, float]]:
    """Today's multiple: as said, as market value over revenue, or the article's quantum stocks with their recheck."""
    slots = inputs.question.slots
    if (ps := inputs.maybe("ps")) is not None:
        return [("years", ps)]
    if {"market_cap_usd_bn", "annual_revenue_usd_bn"} <= slots.keys():
        cap, revenue = inputs.take("market_cap_usd_bn"), inputs.take("annual_revenue_usd_bn")
        inputs.given["ps"] = valuation.price_to_sales(cap, revenue)
        return [("years", inputs.given["ps"])]
    if slots.get("entity") not in (None, "QUANTUM_STOCKS"):
        raise NotFound(f"no price to sales of {slots['entity']} is in the register")
    claim = inputs.world.register.claim("A25")
    assert claim.value is not None
    assert claim.recheck.value is not None
    inputs.claims.append(claim)
    return [("years", claim.value), ("years_recheck", claim.recheck.value)]


def _time(name: str, ps: float, target: float, growth: float, price: float) -> Shown | None:
    years = valuation.years_to_multiple(ps, target, growth, price_return=price)
    over = f"({1 + growth:g}/{1 + price:g})" if price else f"{1 + growth:g}"
    if years is None:
        return None
    formula = f"ln({ps:g}/{target:g}) / ln({over}) = {years:.4g}"
    return computed.years(name, years, formula.replace("((", "(").replace("))", ")"))


def _growth(name: str, ps: float, target: float, years: float, price: float) -> Shown:
    growth = valuation.growth_to_multiple(ps, target, years, price_return=price)
    factor = f"{1 + price:g} · " if price else ""
    formula = f"{factor}({ps:g}/{target:g})^(1/{years:g}) − 1 = {percent(growth)}"
    return computed.ratio(name.replace("years", "growth"), growth, formula)
