"""Depreciation, cost of capital, rates of return, the capital cycle and Sequoia's chain, for a question."""

from dataclasses import replace
from functools import lru_cache

from bot.answers import computed, payback
from bot.answers.base import Answer, Shown, World
from bot.answers.inputs import Inputs, never_answer
from bot.questions import Question
from core import capital, cashflow
from core.capex import check_margin, check_money, payback_years
from core.models import methods, named
from core.quantity import money, percent


def depreciation_breakeven(question: Question, world: World) -> Answer:
    """K/L/m; with a wanted return also K(1/L + r)/m and K crf(r, L)/m, each by its name."""
    inputs = Inputs(question, world)
    outlay, margin, life = inputs.take("capex_usd_bn"), inputs.take("margin"), inputs.take("life_years", "years")
    charge = cashflow.depreciation(outlay, life)
    rate = inputs.maybe("discount_rate")
    if rate is None and question.slots.get("method") in ("annuity", "capital_charge"):
        rate = inputs.take("discount_rate")
    revenue = inputs.maybe("annual_revenue_usd_bn")
    if check_margin(margin) <= 0:
        return never_answer(inputs)
    plain = _revenue(
        "revenue_year", cashflow.revenue_for_depreciation(outlay, margin, life), f"{outlay:g} / {life:g} / {margin:g}"
    )
    figures = [plain, computed.a_year("depreciation", charge, f"{outlay:g} / {life:g} = {charge:.6g}")]
    if rate is not None:
        annuity = cashflow.revenue_for_annuity(outlay, margin, life, rate)
        formula = f"{outlay:g} · {rate:g} / (1 − {1 + rate:g}^−{life:g}) / {margin:g}"
        figures.append(_revenue("revenue_year_annuity", annuity, formula))
        if rate >= 0:
            simple = cashflow.revenue_for_charge(outlay, margin, life, rate)
            formula = f"{outlay:g} · (1/{life:g} + {rate:g}) / {margin:g}"
            figures.append(_revenue("revenue_year_simple", simple, formula))
    if revenue is not None:
        formula = f"{revenue:g} / {plain.value:g}"
        figures.append(computed.ratio("covered", revenue / plain.value, formula))
    named = {shown.name: shown for shown in figures}
    return inputs.answer("depreciation_breakeven", tuple(figures), named=named, rate=rate)


def discounted_payback(question: Question, world: World) -> Answer:
    """-ln(1 - K r / c) / ln(1+r), and the rate of return within the asset's life beside it."""
    inputs = Inputs(question, world)
    outlay, margin, revenue = (inputs.take(name) for name in ("capex_usd_bn", "margin", "annual_revenue_usd_bn"))
    rate = inputs.take("discount_rate")
    deadline = inputs.maybe("years") if "life_years" in question.slots else None
    life = (
        inputs.take("life_years", own="horizon_years")
        if deadline is not None
        else inputs.take("life_years", "years", own="horizon_years")
    )
    if check_margin(margin) <= 0:
        return never_answer(inputs)
    check_money(revenue, "revenue")
    found = cashflow.discounted_payback(outlay, margin, revenue, rate)
    cash = revenue * margin
    figures: list[Shown] = []
    if found.years is not None:
        formula = f"−ln(1 − {outlay:g} · {rate:g} / {cash:g}) / ln({1 + rate:g}) = {found.years:.4g}"
        if rate == 0:
            formula = f"{outlay:g} / {cash:g} = {found.years:.4g}"
        figures.append(computed.years("payback", found.years, formula))
    plain = payback_years(outlay, margin, revenue).years
    assert plain is not None
    figures.append(computed.years("payback_undiscounted", plain, f"{outlay:g} / {cash:g} = {plain:.4g}"))
    irr = _rates(outlay, cash, life, name=f"irr_life{life:g}")
    return inputs.answer(
        "discounted_payback", (*figures, *irr), payback=figures[0].quantity if found.years is not None else None,
        formula=figures[0].source, plain=figures[-1].quantity, cash_a_year=money(cash), cost=money(outlay * rate),
        rate=percent(rate), irr=[shown.quantity for shown in irr], late=found.years is None or found.years > life,
        deadline=deadline, too_late=deadline is not None and (found.years is None or found.years > deadline),
    )  # fmt: skip


def npv_irr(question: Question, world: World) -> Answer:
    """Net present value and every rate of return of level yearly cash over the asset's life."""
    inputs = Inputs(question, world)
    outlay, margin, revenue = (inputs.take(name) for name in ("capex_usd_bn", "margin", "annual_revenue_usd_bn"))
    life, rate = inputs.take("life_years", "years", own="horizon_years"), inputs.take("discount_rate")
    cash = revenue * check_margin(margin)
    irr = _rates(outlay, cash, life, name="irr")
    worth = cashflow.npv(rate, cashflow.level_flows(outlay, cash, life))
    formula = f"−{outlay:g} + Σ {cash:g} / {1 + rate:g}^t, t = 1…{life:g}"
    value = computed.stock("npv", worth, formula)
    worth_first = _wants_worth(question.text)
    figures = (value, *irr) if worth_first else (*irr, value)
    return inputs.answer(
        "npv_irr", figures, irr=[shown.quantity for shown in irr], npv=value.quantity, formula=formula,
        rate=percent(rate), cash_a_year=money(cash), worth_first=worth_first,
    )  # fmt: skip


def _wants_worth(text: str) -> bool:
    folded = text.lower()
    return any(word in folded for word in ("npv", "现值", "現值", "present value")) and "irr" not in folded


def capital_cycle(question: Question, world: World) -> Answer:
    """The same spending every year: where depreciation, gross and net base settle; the wall when it grows."""
    inputs = Inputs(question, world)
    spend = inputs.take("capex_year_usd_bn", "capex_usd_bn")
    life = inputs.take("life_years", "years")
    steady = capital.steady_state(spend, life)
    figures = [
        computed.a_year("depreciation", steady.depreciation, f"{life:g} · {spend:g} / {life:g} = {spend:g}"),
        computed.stock("gross_base", steady.gross, f"{spend:g} · {life:g} = {steady.gross:g}"),
        computed.stock("net_base", steady.net, f"{spend:g} · ({life:g} − 1) / 2 = {steady.net:g}"),
    ]
    growth = inputs.maybe("growth")
    if growth is not None:
        share = capital.depreciation_share(growth, life)
        formula = f"Σ {1 + growth:g}^−t / {life:g}, t = 0…{life - 1:g}"
        figures.append(computed.ratio("depreciation_share", share, formula))
    if steady.net > 0 and (revenue := inputs.maybe("annual_revenue_usd_bn")) is not None:
        margin = inputs.take("margin")
        roic = (check_margin(margin) * revenue - steady.depreciation) / steady.net
        formula = f"({margin:g} · {revenue:g} − {spend:g}) / {steady.net:g}"
        figures.append(computed.ratio("roic", roic, formula))
    return inputs.answer("capital_cycle", tuple(figures), named={shown.name: shown for shown in figures})


def breakeven_revenue(question: Question, world: World) -> Answer:
    """By the method that the question names, else outlay over margin."""
    if question.slots.get("method") == "gpu_chain" or "gpu_run_rate_usd_bn" in question.slots:
        return _gpu_chain(question, world)
    return payback.breakeven_revenue(question, world)


def _gpu_chain(question: Question, world: World) -> Answer:
    """Sequoia's arithmetic on the GPU run rate of the question, or on the one it was published with."""
    inputs = Inputs(question, world)
    example = named.MODELS["gpu_chain"].example
    run_rate = question.slots.get("gpu_run_rate_usd_bn", question.slots.get("value_usd_bn"))
    inputs.used.add("gpu_run_rate_usd_bn")
    inputs.given["gpu_run_rate_usd_bn"] = float(example["gpu_run_rate"] if run_rate is None else run_rate)
    margin = inputs.maybe("margin")
    margin = example["margin"] if margin is None else margin
    inputs.given["margin"] = margin
    if check_margin(margin) <= 0:
        return never_answer(inputs)
    known = inputs.maybe("annual_revenue_usd_bn")
    chain = methods.gpu_chain(gpu_run_rate=inputs.given["gpu_run_rate_usd_bn"], margin=margin, ai_revenue=known or 0.0)
    formula = f"{inputs.given['gpu_run_rate_usd_bn']:g} · 2 / {margin:g} = {chain['revenue']:g}"
    figures = [computed.a_year("breakeven_revenue", chain["revenue"], formula)]
    if known is not None:
        figures.append(computed.a_year("hole", chain["hole"], f"{chain['revenue']:g} − {known:g}"))
    source = world.register.sources["SEQ"]
    answer = inputs.answer("gpu_chain", tuple(figures), named={shown.name: shown for shown in figures}, source=source, as_published=run_rate is None)  # fmt: skip
    return replace(answer, sources=(source,))


def _revenue(name: str, billions: float | None, formula: str) -> Shown:
    assert billions is not None  # a margin of zero or less was answered before
    return computed.a_year(name, billions, f"{formula} = {billions:.6g}")


def _rates(outlay: float, cash: float, life: float, *, name: str) -> list[Shown]:
    formula = f"{outlay:g} = Σ {cash:g} / (1+IRR)^t, t = 1…{life:g}"
    return [computed.ratio(name, rate, formula) for rate in _found(outlay, cash, life)]


@lru_cache(maxsize=256)
def _found(outlay: float, cash: float, life: float) -> tuple[float, ...]:
    """Every rate of return; the scan for them takes ten times as long as the rest of the answer."""
    return cashflow.rates_of_return(cashflow.level_flows(outlay, cash, life))
