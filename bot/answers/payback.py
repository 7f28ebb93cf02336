"""Breakeven revenue, payback, its inverse, ramps, growth: `core.capex` with the amounts of the question.

What the question leaves open comes from the article's claims in the register, or, for the S-curve that the article only
mentions, from round numbers of ours; either is named as an assumption.
"""

import re
from dataclasses import replace
from typing import Any

from bot.answers.base import Answer, Shown, World, claimed, sources_of
from bot.answers.inputs import DEFAULTS
from bot.questions import Question
from core import capex
from core.errors import QuantityError
from core.quantity import Kind, Quantity, Unit, money, percent

LIMIT = money(capex.MAX_BN)
S_CURVE = {"start_usd_bn": 60.0, "growth": 0.5, "cap_usd_bn": 360.0}


def breakeven_revenue(question: Question, world: World) -> Answer:
    """M = K / m."""
    given, assumed = _parameters(question, world, ("capex_usd_bn", "margin"))
    if (refused := _refuse(question, given)) is not None:
        return refused
    total = capex.breakeven_revenue(given["capex_usd_bn"], given["margin"])
    assert total is not None  # a margin of zero or less was refused above
    formula = f"{given['capex_usd_bn']:g} / {given['margin']:g} = {total:.6g}"
    shown = _computed("breakeven_revenue", money(total, kind=Kind.STOCK), formula)
    return _answer(question, world, "breakeven", given, assumed, (shown,), formula=formula, total=shown.quantity)


def payback_years(question: Question, world: World) -> Answer:
    """T = K / (m R); with the years given, R = K / (m T)."""
    inverse = "years" in question.slots and "annual_revenue_usd_bn" not in question.slots
    wanted = ("capex_usd_bn", "margin") if inverse else ("capex_usd_bn", "margin", "annual_revenue_usd_bn")
    given, assumed = _parameters(question, world, wanted)
    if (refused := _refuse(question, given)) is not None:
        return refused
    total = capex.breakeven_revenue(given["capex_usd_bn"], given["margin"])
    assert total is not None
    whole = _computed(
        "breakeven_revenue", money(total, kind=Kind.STOCK), f"{given['capex_usd_bn']:g} / {given['margin']:g}"
    )
    if inverse:
        given["years"] = question.slots["years"]
        revenue = capex.required_revenue(given["capex_usd_bn"], given["margin"], given["years"])
        assert revenue is not None
        formula = f"{given['capex_usd_bn']:g} / {given['margin']:g} / {given['years']:g} = {revenue:.6g}"
        shown = _computed("annual_revenue", money(revenue, kind=Kind.FLOW, period="a year"), formula)
        return _answer(
            question,
            world,
            "required_revenue",
            given,
            assumed,
            (shown, whole),
            formula=formula,
            revenue=shown.quantity,
            total=whole.quantity,
        )
    result = capex.payback_years(
        given["capex_usd_bn"], given["margin"], given["annual_revenue_usd_bn"], life=question.slots.get("life_years")
    )
    if result.years is None:
        return Answer(question=question, template="never", data={"given": given})
    formula = (
        f"{given['capex_usd_bn']:g} / {given['margin']:g} / {given['annual_revenue_usd_bn']:g} = {result.years:.4g}"
    )
    years = _computed("payback", Quantity(value=result.years, unit=Unit.YEARS), formula)
    life = question.slots.get("life_years")
    if life is not None:
        given["life_years"] = life
    deadline = question.slots.get("years")  # beside a revenue it is no parameter but a limit to hold the answer to
    return _answer(
        question, world, "payback", given, assumed, (years, whole), formula=formula, years=years.quantity, total=whole.quantity,
        life=Quantity(value=life, unit=Unit.YEARS) if life else None, deadline=Quantity(value=deadline, unit=Unit.YEARS) if deadline else None, in_time=deadline is None or result.years <= deadline,
        outlived=result.reason is not None,
    )  # fmt: skip


def payback_ramp(question: Question, world: World) -> Answer:
    """Payback with revenue that rises in a line, exponentially, or on an S-curve."""
    text = question.text.lower()
    s_curve = re.search(r"s[ -]?(?:形|型)?曲|s-?(?:curve|shaped)|logistic", text)
    exponential = any(word in text for word in ("指数", "指數", "exponential")) or (
        "growth" in question.slots and not s_curve
    )
    linear = not exponential and (
        "ramp_years" in question.slots or any(word in text for word in ("线性", "線性", "linear", "爬坡"))
    )
    given, assumed = _parameters(question, world, ("capex_usd_bn", "margin", "annual_revenue_usd_bn"))
    if (refused := _refuse(question, given)) is not None:
        return refused
    total = capex.breakeven_revenue(given["capex_usd_bn"], given["margin"])
    assert total is not None
    if linear:
        ramp = question.slots.get("ramp_years") or question.slots.get("years") or 5.0
        shape, extra = "linear", {"ramp_years": ramp}
        result = capex.payback_linear(total, given["annual_revenue_usd_bn"], ramp)
    else:
        curve = {name: question.slots.get(name, value) for name, value in S_CURVE.items()}
        if "annual_revenue_usd_bn" in question.slots and "cap_usd_bn" not in question.slots:
            curve["cap_usd_bn"] = given["annual_revenue_usd_bn"]
        if exponential:
            shape, extra = "exponential", {name: curve[name] for name in ("start_usd_bn", "growth")}
            result = capex.payback_exponential(total, curve["start_usd_bn"], curve["growth"])
        else:
            shape, extra = "logistic", curve
            result = capex.payback_logistic(total, curve["start_usd_bn"], curve["growth"], curve["cap_usd_bn"])
    if result.years is None:
        return Answer(question=question, template="never", data={"given": given})
    formula = {
        "linear": "T = τ/2 + M/R, or √(2Mτ/R) within the ramp",
        "exponential": "T = ln(1 + M·ln(1+g)/R₀) / ln(1+g)",
        "logistic": "T = t₀ + ln[(1+e^(−k·t₀))·e^(k·M/cap) − 1] / k",
    }[shape]
    years = _computed("payback", Quantity(value=result.years, unit=Unit.YEARS), formula)
    whole = _computed(
        "breakeven_revenue", money(total, kind=Kind.STOCK), f"{given['capex_usd_bn']:g} / {given['margin']:g}"
    )
    level = capex.payback_years(given["capex_usd_bn"], given["margin"], given["annual_revenue_usd_bn"]).years
    return _answer(question, world, "ramp", {**given, **extra}, assumed, (years, whole), formula=formula, years=years.quantity,
                   total=whole.quantity, shape=shape, extra=extra, level=Quantity(value=level or 0.0, unit=Unit.YEARS))  # fmt: skip


def required_cagr(question: Question, world: World) -> Answer:
    """(b/a)^(1/n) - 1."""
    slots = question.slots
    growth = capex.growth_between(slots["start_usd_bn"], slots["end_usd_bn"], slots["years"])
    formula = f"({slots['end_usd_bn']:g} / {slots['start_usd_bn']:g})^(1/{slots['years']:g}) − 1 = {percent(growth)}"
    shown = _computed("cagr", Quantity(value=growth, unit=Unit.RATIO), formula)
    data = {"formula": formula, "growth": percent(growth), "start": money(slots["start_usd_bn"]), "end": money(slots["end_usd_bn"]),
            "years": Quantity(value=slots["years"], unit=Unit.YEARS)}  # fmt: skip
    return Answer(question=question, template="cagr", data=data, figures=(shown,))


def inverse(question: Question, world: World) -> Answer:
    """The margin, or the outlay, with which level revenue pays back in a given time: m = K/(R T), K = m R T."""
    wanted = (
        "outlay"
        if re.search(r"最多|at most|how much.{0,10}(?:capex|outlay|spend)", question.text.lower())
        and "margin" not in question.slots.get("metric", "")
        else "margin"
    )
    names = ("capex_usd_bn", "annual_revenue_usd_bn") if wanted == "margin" else ("margin", "annual_revenue_usd_bn")
    given, assumed = _parameters(question, world, names)
    if "years" not in question.slots:
        return Answer(question=replace(question, intent="ambiguous"), template="ambiguous")
    if (refused := _refuse(question, {"margin": 1.0, **given})) is not None:
        return refused
    given["years"] = question.slots["years"]
    revenue, years = given["annual_revenue_usd_bn"], given["years"]
    if wanted == "margin":
        value = given["capex_usd_bn"] / (revenue * years)
        formula = f"{given['capex_usd_bn']:g} / ({revenue:g} × {years:g}) = {value:.4g}"
        shown = _computed("margin", Quantity(value=value, unit=Unit.RATIO), formula)
        result: float | Quantity = value
    else:
        value = given["margin"] * revenue * years
        formula = f"{given['margin']:g} × {revenue:g} × {years:g} = {value:.6g}"
        shown = _computed("capex", money(value, kind=Kind.STOCK), formula)
        result = shown.quantity
    return _answer(
        question,
        world,
        "inverse",
        {"margin": 0.0, "capex_usd_bn": 0.0, **given},
        assumed,
        (shown,),
        formula=formula,
        result=result,
        wanted=wanted,
        possible=value <= 1,
    )


def _parameters(question: Question, world: World, names: tuple[str, ...]) -> tuple[dict[str, float], dict[str, str]]:
    """The parameters, from the question or else the article; and which claim gave each assumed one."""
    given: dict[str, float] = {}
    assumed: dict[str, str] = {}
    for name in names:
        if name in question.slots:
            given[name] = question.slots[name]
        else:
            claim = world.register.claim(DEFAULTS[name])
            assert claim.value is not None
            given[name], assumed[name] = claim.value, claim.id
    return given, assumed


def _refuse(question: Question, given: dict[str, float]) -> Answer | None:
    """The answer to parameters with which there is nothing to compute, or `None`."""
    margin = given["margin"]
    if margin <= 0:
        refused = replace(question, intent="invalid_input", slots={**question.slots, **given})
        return Answer(question=refused, template="never", data={"given": given, "margin": percent(margin)})
    try:
        capex.check_margin(margin)
        for name in ("capex_usd_bn", "annual_revenue_usd_bn", "start_usd_bn", "cap_usd_bn"):
            if name in given or name in question.slots:
                capex.check_money(given.get(name, question.slots.get(name, 0.0)), name)
        if "years" in question.slots:
            capex.check_years(question.slots["years"], "years")
    except QuantityError:
        refused = replace(question, intent="invalid_input", slots={**question.slots, **given})
        return Answer(question=refused, template="invalid", data={"given": given, "limit": LIMIT})
    return None


def _computed(name: str, quantity: Quantity, formula: str) -> Shown:
    return Shown(name=name, quantity=quantity, status="computed", source=formula)


def _answer(question: Question, world: World, template: str, given: dict[str, float], assumed: dict[str, str],
            computed: tuple[Shown, ...], **data: Any) -> Answer:  # fmt: skip
    """Put the parameters beside the result: the assumed ones with the claim they come from and its recheck."""
    claims = [world.register.claim(id) for id in assumed.values()]
    inputs = tuple(row for claim in claims for row in claimed(claim)[:1])
    article = world.register.claim(
        {"breakeven": "A06", "payback": "A08", "required_revenue": "A32"}.get(template, "A08")
    )
    data |= {
        "given": given,
        "capex": money(given["capex_usd_bn"]),
        "margin": percent(given["margin"]),
        "revenue_a_year": money(given["annual_revenue_usd_bn"]) if "annual_revenue_usd_bn" in given else None,
        "assumed": assumed,
        "claims": claims,
        "article": article,
        "outlay_claim": world.register.claim(DEFAULTS["capex_usd_bn"]),
        "margin_claim": world.register.claim(DEFAULTS["margin"]),
        "revenue_claim": world.register.claim(DEFAULTS["annual_revenue_usd_bn"]),
        "as_article": len(assumed) == len([n for n in DEFAULTS if n in given]) and "years" not in given,
    }
    slots = {
        **{k: v for k, v in question.slots.items() if k not in ("value_usd_bn", "value_text", "entities")},
        **given,
    }
    return Answer(question=replace(question, slots=slots), template=template, data=data, figures=(*computed, *inputs), sources=sources_of(*claims), followups=_followups(question.lang, given))  # fmt: skip


def _followups(lang: str, given: dict[str, float]) -> tuple[str, ...]:
    other = percent(0.3) if given["margin"] != 0.3 else percent(0.5)
    return {
        "zh-Hant": (f"利潤率{other}要多少年回本?", "6年內回本每年要多少收入?", "收入照S曲線走呢?", "1萬億是誰說的?"),
        "zh-Hans": (f"利润率{other}要多少年回本?", "6年内回本每年要多少收入?", "收入照S曲线走呢?", "1万亿是谁说的?"),
    }.get(
        lang,
        (
            f"payback at a margin of {other}?",
            "revenue to pay back in 6 years?",
            "payback on an S-curve?",
            "who says 1 trillion?",
        ),
    )
