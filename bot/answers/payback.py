"""Breakeven revenue, payback, its inverse, ramps, growth: `core.capex` with the amounts of the question.

What the question leaves open comes from the article's claims in the register, or, for the ramps that the article only
mentions, from round numbers of ours; either is named as an assumption (`bot.answers.inputs`).
"""

import re
from dataclasses import replace
from typing import Any

from bot.answers import computed
from bot.answers.base import Answer, Shown, World
from bot.answers.inputs import DEFAULTS, Inputs, never_answer
from bot.questions import Question
from core import capex
from core.quantity import Kind, Quantity, Unit, money, percent

OUTLAY, MARGIN, REVENUE = "capex_usd_bn", "margin", "annual_revenue_usd_bn"
_S_CURVE = re.compile(r"s[ -]?(?:形|型)?曲|s-?(?:curve|shaped)|logistic")
_EXPONENTIAL, _LINEAR = (
    re.compile(r"指数|指數|exponential"),
    re.compile(r"线性|線性|直线|直線|linear|straight line|爬坡"),
)
_AT_MOST = re.compile(r"最多|顶多|頂多|最高|上限|\bmax|largest|at most|how much.{0,10}(?:capex|outlay|spend)")
FORMULAS = {
    "linear": "T = τ/2 + M/R, or √(2Mτ/R) within the ramp",
    "exponential": "T = ln(1 + M·ln(1+g)/R₀) / ln(1+g)",
    "logistic": "T = t₀ + ln[(1+e^(−k·t₀))·e^(k·M/cap) − 1] / k",
}


def breakeven_revenue(question: Question, world: World) -> Answer:
    """M = K / m."""
    if "capex_a_year" in question.slots:
        return yearly_outlay(question, world)
    inputs = Inputs(question, world)
    outlay, margin = inputs.take(OUTLAY), inputs.take(MARGIN)
    if capex.check_margin(margin) <= 0:
        return never_answer(inputs)
    whole = _whole(outlay, margin)
    return _answer(inputs, "breakeven", (whole,), formula=f"{whole.source} = {whole.value:.6g}", total=whole.quantity)


def payback_years(question: Question, world: World) -> Answer:
    """T = K / (m R); with the years given, R = K / (m T)."""
    if "capex_a_year" in question.slots:
        return yearly_outlay(question, world)
    inputs = Inputs(question, world)
    outlay, margin = inputs.take(OUTLAY), inputs.take(MARGIN)
    if "years" in question.slots and REVENUE not in question.slots:
        return _required_revenue(inputs, outlay, margin)
    revenue = inputs.take(REVENUE)
    life, deadline = inputs.maybe("life_years"), inputs.maybe("years")
    if capex.check_margin(margin) <= 0:
        return never_answer(inputs)
    if deadline is not None:  # beside a revenue it is no parameter but a limit to hold the answer to
        capex.check_years(inputs.given.pop("years"), "years")
    result = capex.payback_years(outlay, margin, capex.check_money(revenue, "revenue"), life=life)
    assert result.years is not None  # a margin of zero or less was answered, a revenue of zero refused
    formula = f"{outlay:g} / {margin:g} / {revenue:g} = {result.years:.4g}"
    years, whole = computed.years("payback", result.years, formula), _whole(outlay, margin)
    return _answer(
        inputs, "payback", (years, whole), formula=formula, years=years.quantity, total=whole.quantity,
        life=_years(life), deadline=_years(deadline), in_time=deadline is None or result.years <= deadline,
        outlived=result.reason is not None,
    )  # fmt: skip


def yearly_outlay(question: Question, world: World) -> Answer:
    """R = K / m, both a year: what is spent every year is never paid back once, so that there is no number of years."""
    inputs = Inputs(question, world)
    outlay, margin, revenue = inputs.take(OUTLAY), inputs.take(MARGIN), inputs.maybe(REVENUE)
    if capex.check_margin(margin) <= 0:
        return never_answer(inputs)
    wanted = capex.breakeven_revenue(outlay, margin)
    assert wanted is not None  # a margin of zero or less was answered
    formula = f"{outlay:g} / {margin:g} = {wanted:.6g}"
    shown = computed.a_year("annual_revenue", wanted, formula)
    covers = None if revenue is None else capex.check_money(revenue, "revenue") / wanted
    figures = (shown,) if covers is None else (shown, computed.ratio("covered", covers, f"{revenue:g} / {wanted:.6g}"))
    answer = inputs.answer(
        "yearly_outlay", figures, formula=formula, revenue=shown.quantity,
        capex=money(outlay, kind=Kind.FLOW, period="a year"), margin=percent(margin),
        covers=None if covers is None else percent(covers),
    )  # fmt: skip
    return replace(answer, followups=_followups(inputs.question.lang, margin))


def _required_revenue(inputs: Inputs, outlay: float, margin: float) -> Answer:
    years = inputs.take("years")
    if capex.check_margin(margin) <= 0:
        return never_answer(inputs)
    revenue = capex.required_revenue(outlay, margin, years)
    assert revenue is not None
    formula = f"{outlay:g} / {margin:g} / {years:g} = {revenue:.6g}"
    shown, whole = computed.a_year("annual_revenue", revenue, formula), _whole(outlay, margin)
    return _answer(
        inputs, "required_revenue", (shown, whole), formula=formula, revenue=shown.quantity, total=whole.quantity
    )


def payback_ramp(question: Question, world: World) -> Answer:
    """Payback with revenue that rises in a line, exponentially, or on an S-curve."""
    inputs = Inputs(question, world)
    outlay, margin, revenue = inputs.take(OUTLAY), inputs.take(MARGIN), inputs.take(REVENUE)
    if capex.check_margin(margin) <= 0:
        return never_answer(inputs)
    total = capex.breakeven_revenue(outlay, margin)
    assert total is not None
    shape = _shape(question)
    if shape == "linear":
        names = ("ramp_years",) if "ramp_years" in question.slots else ("ramp_years", "years")
        extra = {"ramp_years": inputs.take(*names)}
        result = capex.payback_linear(total, revenue, extra["ramp_years"])
    else:
        extra = {name: inputs.take(name) for name in ("start_usd_bn", "growth")}
        if shape == "exponential":
            result = capex.payback_exponential(total, extra["start_usd_bn"], extra["growth"])
        else:
            extra["cap_usd_bn"] = _cap(inputs, revenue)
            result = capex.payback_logistic(total, extra["start_usd_bn"], extra["growth"], extra["cap_usd_bn"])
    if result.years is None:
        return replace(never_answer(inputs), question=question)
    years, whole = computed.years("payback", result.years, FORMULAS[shape]), _whole(outlay, margin)
    level = capex.payback_years(outlay, margin, revenue).years
    answer = _answer(
        inputs, "ramp", (years, whole), formula=FORMULAS[shape], years=years.quantity, total=whole.quantity, shape=shape,
        extra=extra, level=_years(level),
    )  # fmt: skip
    return replace(answer, question=replace(answer.question, slots={**answer.question.slots, **extra}))


def _shape(question: Question) -> str:
    text = question.text.lower()
    s_curve = _S_CURVE.search(text)
    if _EXPONENTIAL.search(text) or ("growth" in question.slots and not s_curve):
        return "exponential"
    return "linear" if "ramp_years" in question.slots or _LINEAR.search(text) else "logistic"


def _cap(inputs: Inputs, revenue: float) -> float:
    """The cap as said; a revenue that was said is where the curve levels off; else ours."""
    slots = inputs.question.slots
    if REVENUE in slots and "cap_usd_bn" not in slots:
        inputs.given["cap_usd_bn"] = revenue
        return revenue
    return inputs.take("cap_usd_bn")


def required_cagr(question: Question, world: World) -> Answer:
    """(b/a)^(1/n) - 1."""
    inputs = Inputs(question, world)
    start, end, years = (inputs.take(name) for name in ("start_usd_bn", "end_usd_bn", "years"))
    growth = capex.growth_between(start, end, years)
    formula = f"({end:g} / {start:g})^(1/{years:g}) − 1 = {percent(growth)}"
    shown = computed.ratio("cagr", growth, formula)
    return replace(
        inputs.answer(
            "cagr", (shown,), formula=formula, growth=percent(growth), start=money(start), end=money(end),
            years=_years(years),
        ),
        followups=(),
    )  # fmt: skip


def inverse(question: Question, world: World) -> Answer:
    """The margin, or the outlay, with which level revenue pays back in a given time: m = K/(R T), K = m R T."""
    if "years" not in question.slots:
        return Answer(question=replace(question, intent="ambiguous"), template="ambiguous")
    inputs = Inputs(question, world)
    asks_outlay = (MARGIN in question.slots and OUTLAY not in question.slots) or (
        _AT_MOST.search(question.text.lower()) and MARGIN not in question.slots.get("metric", "")
    )
    given = inputs.take(MARGIN if asks_outlay else OUTLAY)
    revenue, years = (
        capex.check_money(inputs.take(REVENUE), "revenue"),
        capex.check_years(inputs.take("years"), "years"),
    )
    if asks_outlay:
        if capex.check_margin(given) <= 0:
            return never_answer(inputs)
        value = given * revenue * years
        formula = f"{given:g} × {revenue:g} × {years:g} = {value:.6g}"
        shown = computed.stock("capex", value, formula)
    else:
        value = capex.check_money(given, "the outlay") / (revenue * years)
        formula = f"{given:g} / ({revenue:g} × {years:g}) = {value:.4g}"
        shown = computed.ratio("margin", value, formula)
    return _answer(
        inputs, "inverse", (shown,), formula=formula, result=shown.quantity if asks_outlay else value,
        wanted="outlay" if asks_outlay else "margin", possible=value <= 1,
    )  # fmt: skip


def _whole(outlay: float, margin: float) -> Shown:
    """Cumulative revenue that breaks even, with its formula."""
    total = capex.breakeven_revenue(outlay, margin)
    assert total is not None  # a margin of zero or less was answered before
    return computed.stock("breakeven_revenue", total, f"{outlay:g} / {margin:g}")


def _years(value: float | None) -> Quantity | None:
    return None if value is None else Quantity(value=value, unit=Unit.YEARS)


def _answer(inputs: Inputs, template: str, figures: tuple[Shown, ...], **data: Any) -> Answer:
    """The answer beside what the article says of the same: its own claim, and the claims of its parameters."""
    register, given = inputs.world.register, inputs.given
    article = register.claim({"breakeven": "A06", "required_revenue": "A32"}.get(template, "A08"))
    said = inputs.said & {OUTLAY, MARGIN, REVENUE, "years"}
    data |= {
        "capex": money(given[OUTLAY]) if OUTLAY in given else None,
        "margin": percent(given[MARGIN]) if MARGIN in given else None,
        "revenue_a_year": money(given[REVENUE]) if REVENUE in given else None,
        "article": article,
        "outlay_claim": register.claim(DEFAULTS[OUTLAY]),
        "margin_claim": register.claim(DEFAULTS[MARGIN]),
        "revenue_claim": register.claim(DEFAULTS[REVENUE]),
        "as_article": not said,
    }
    answer = inputs.answer(template, figures, **data)
    chart = "ramps" if template == "ramp" else "surface" if given.get(MARGIN, 0.0) > 0 else None
    return replace(answer, followups=_followups(inputs.question.lang, given.get(MARGIN)), chart=chart)


def _followups(lang: str, margin: float | None) -> tuple[str, ...]:
    other = percent(0.3) if margin != 0.3 else percent(0.5)
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
