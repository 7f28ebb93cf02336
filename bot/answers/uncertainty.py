"""How much hangs on what was assumed: which input matters most, and the spread over many draws.

The base case is that of `bot.answers.payback`: the question's own amounts, and the article's where it gives none.
A range in the question (利潤率30到50%) is a declared range; everything else moves by a share or is drawn from a
distribution that is named as our judgement.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.answers import computed
from bot.answers.base import Answer, Shown, World, claimed, sources_of, without
from bot.answers.inputs import DEFAULTS
from bot.questions import Question, read
from core import amounts
from core.figures import Claim
from core.quantity import Kind, Quantity, Unit, money, percent
from core.text import fold

if TYPE_CHECKING:  # they bring numpy: only when something is drawn
    from core.distributions import Distribution
    from core.uncertainty import Spread

# The slot of an input, and what `core.uncertainty` calls it.
INPUTS = {"capex_usd_bn": "capex", "margin": "margin", "annual_revenue_usd_bn": "revenue"}
SIGMAS = {"capex": 0.20, "margin": 0.15, "revenue": 0.30}  # of the logarithm; our judgement
SPREAD, MOST_DRAWS = 0.2, 1_000_000
OTHERS = ("years", "life_years", "growth", "discount_rate", "start_usd_bn", "cap_usd_bn", "ramp_years")
_SPREAD = re.compile(r"(?:±|\+/?-|\+/?−|正[负負]|plus or minus|上下)\s*(\d+(?:\.\d+)?)\s*%")
_DRAWS = re.compile(r"(\d[\d,]*)\s*(万)?\s*(?:次|draws|runs|simulations|trials|paths)")
_SEED = re.compile(r"(?:seed|种子)\s*(?:=|是|为)?\s*(\d{1,9})")
_BREAKEVEN = re.compile(r"打平|损益|收支|盈亏|保本|break[ -]?even")
_PAYBACK = re.compile(r"回本|回收|pay(?:s|ing)?[ -]?back|recoup|recover")
_TABLE = re.compile(r"表|table|grid|矩阵|matrix")
TABLE_MARGINS, TABLE_FACTORS = (0.2, 0.3, 0.4, 0.5, 0.6), (0.5, 1.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The base case: inputs by their name in `core.uncertainty` (the middle where only a range was declared), the
    claims that gave the assumed ones, declared ranges, and parameters of the question that play no part here."""

    inputs: dict[str, float]
    claims: list[Claim]
    ranges: dict[str, tuple[float, float]]
    unused: tuple[str, ...]

    @property
    def slots(self) -> dict[str, Any]:
        """The inputs as the contract names them."""
        return {slot: self.inputs[name] for slot, name in INPUTS.items() if name in self.inputs}


def sensitivity(question: Question, world: World) -> Answer:
    """A tornado: each input moved alone, widest first; with “table” in the question also margin against revenue."""
    from core import uncertainty

    spread = question.slots.get("spread", SPREAD)
    if found := _SPREAD.search(question.text):  # read the rest again, so that ±10% is not taken for a margin
        spread = float(found[1]) / 100
        rest = read(_SPREAD.sub(" ", question.text), lang=question.lang, today=world.today)
        question = replace(question, slots={**rest.slots, "spread": spread})
    folded = fold(question.text)
    breakeven = bool(_BREAKEVEN.search(folded)) and not _PAYBACK.search(folded)
    case = _case(question, world, revenue=not breakeven)
    if case.inputs["margin"] <= 0:
        return _never(question, case)
    model = uncertainty.breakeven if breakeven else uncertainty.payback
    base = model(case.inputs)
    if base is None:
        return _never(question, case)
    bars = uncertainty.tornado(model, case.inputs, spread=spread, ranges=case.ranges)

    def result(value: float) -> Quantity:
        return money(value, kind=Kind.STOCK) if breakeven else Quantity(value=value, unit=Unit.YEARS)

    rows = [
        {"name": bar.name, "from": _amount(bar.name, bar.low), "to": _amount(bar.name, bar.high), "cut": bar.cut,
         "at_low": None if bar.at_low is None else result(bar.at_low),
         "at_high": None if bar.at_high is None else result(bar.at_high),
         "elasticity": uncertainty.elasticity(model, case.inputs, bar.name)}
        for bar in bars
    ]  # fmt: skip
    first = [bar.name for bar in bars if _same(bar.width, bars[0].width)]
    formula = " / ".join(f"{value:g}" for value in case.inputs.values()) + f" = {base:.6g}"
    shown = [computed.figure("breakeven_revenue" if breakeven else "payback", result(base), formula)]
    shown += [
        computed.figure(f"{bar.name}_{side}", result(years), f"{bar.name} = {value:.6g}")
        for bar in bars
        for side, value, years in (("low", bar.low, bar.at_low), ("high", bar.high, bar.at_high))
        if years is not None
    ]
    data = {
        "base": result(base), "formula": formula, "breakeven": breakeven, "rows": rows, "first": first,
        "tie": len(first) > 1, "spread": percent(spread), "declared": bool(case.ranges),
        "table": _table(case.inputs) if (_TABLE.search(folded) or "table" in question.slots) and not breakeven else None,
    }  # fmt: skip
    return _answer(question, case, "sensitivity", data, shown)


def monte_carlo(question: Question, world: World) -> Answer:
    """Percentiles of breakeven revenue and payback over many draws, the share of “never”, and what drives them."""
    from core import distributions, uncertainty

    folded = fold(question.text)
    case = _case(question, world)
    if case.inputs["margin"] <= 0 or case.inputs["revenue"] <= 0:
        return _never(question, case)
    uncertainty.payback(case.inputs)  # refuses what is outside the limits
    draws, seed = _draws(folded, question), _seed(folded, question)
    life = question.slots.get("life_years")
    inputs = {
        name: distributions.uniform(*case.ranges[name])
        if name in case.ranges
        else distributions.lognormal(value, question.slots.get(f"{name}_sigma", SIGMAS[name]))
        for name, value in case.inputs.items()
    }
    revenue, years, shares = _simulated(tuple(inputs.items()), draws, seed, life)
    in_years = {p: Quantity(value=value, unit=Unit.YEARS) for p, value in years.percentiles.items()}
    in_money = {p: money(value, kind=Kind.STOCK) for p, value in revenue.percentiles.items()}
    told = f"{draws:,} draws, seed {seed}"
    shown = [computed.figure(f"p{p}_payback", value, told) for p, value in in_years.items()]
    shown += [computed.figure(f"p{p}_breakeven", value, told) for p, value in in_money.items()]
    shown.append(computed.ratio("never", years.never, told))
    if years.above is not None:
        shown.append(computed.ratio("beyond_life", years.above, told))
    laws = [
        {"name": name, "kind": one.kind, "sigma": one.b, "median": _amount(name, one.a), "low": _amount(name, one.a),
         "high": _amount(name, one.b), "share": percent(round(shares[name], 3)) if name in shares else None}
        for name, one in inputs.items()
    ]  # fmt: skip
    data = {
        "years": in_years, "money": in_money, "laws": laws, "draws": f"{draws:,}", "seed": seed,
        "never": percent(round(years.never, 4)), "impossible": years.impossible,
        "thrown": percent(float(f"{years.impossible:.2g}")),
        "life": Quantity(value=life, unit=Unit.YEARS) if life else None,
        "beyond": None if years.above is None else percent(round(years.above, 3)),
    }  # fmt: skip
    case = replace(case, unused=tuple(name for name in case.unused if name != "life_years"))
    answer = _answer(question, case, "monte_carlo", data, shown)
    slots = {**answer.question.slots, "draws": draws, "seed": seed}
    return replace(answer, question=replace(answer.question, slots=slots))


@lru_cache(maxsize=64)
def _simulated(
    inputs: "tuple[tuple[str, Distribution], ...]", draws: int, seed: int, life: float | None
) -> "tuple[Spread, Spread, Mapping[str, float]]":
    """The draws, which take a tenth of a second; the same ones are asked for again and again."""
    from core import uncertainty

    laws = dict(inputs)
    return (
        uncertainty.monte_carlo(uncertainty.breakeven_many, laws, draws=draws, seed=seed),
        uncertainty.monte_carlo(uncertainty.payback_many, laws, draws=draws, seed=seed, limit=life),
        uncertainty.first_order(uncertainty.payback_many, laws, draws=draws, seed=seed),
    )


def _case(question: Question, world: World, *, revenue: bool = True) -> Case:
    slots = question.slots
    names = [name for name in INPUTS if revenue or name != "annual_revenue_usd_bn"]
    ranges = {name: span for name, span in slots.get("ranges", {}).items() if revenue or name != "revenue"} | {
        INPUTS[name]: (reading.low, reading.high)
        for name in names
        for reading in amounts.find(question.text)
        if reading.is_range and name in slots and _same(slots[name], reading.quantity.value)
    }
    inputs, claims = {}, []
    for name in names:
        if name in slots:
            inputs[INPUTS[name]] = slots[name]
        elif INPUTS[name] in ranges:
            inputs[INPUTS[name]] = sum(ranges[INPUTS[name]]) / 2
        else:
            claims.append(world.register.claim(DEFAULTS[name]))
            inputs[INPUTS[name]] = claims[-1].value or 0.0
    left_out = [name for name in OTHERS if name in slots]
    if not revenue and "annual_revenue_usd_bn" in slots:
        left_out.append("annual_revenue_usd_bn")
    return Case(inputs=inputs, claims=claims, ranges=ranges, unused=tuple(left_out))


def _answer(question: Question, case: Case, template: str, data: dict[str, Any], shown: list[Shown]) -> Answer:
    kept = without(question.slots, "entities", "value_text", "value_usd_bn")
    data = {**data, "claims": case.claims, "unused": case.unused}
    return Answer(
        question=replace(question, slots={**kept, **case.slots}),
        template=template,
        data=data,
        figures=(*shown, *(row for claim in case.claims for row in claimed(claim)[:1])),
        sources=sources_of(*case.claims),
        followups=FOLLOWUPS[question.lang],
    )


FOLLOWUPS = {
    "zh-Hant": ("用蒙地卡羅算回本年數", "哪個參數影響最大?", "利潤率30%要多少年回本?"),
    "zh-Hans": ("用蒙特卡洛算回本年数", "哪个参数影响最大?", "利润率30%要多少年回本?"),
    "en": ("run a monte carlo on payback", "which input matters most?", "payback at a margin of 30%?"),
}


def _never(question: Question, case: Case) -> Answer:
    asked = replace(question, intent="invalid_input", slots={**question.slots, **case.slots})
    margin = case.inputs["margin"]
    return Answer(question=asked, template="never", data={"given": {"margin": margin}, "margin": percent(margin)})


def _table(inputs: dict[str, float]) -> dict[str, Any]:
    """Payback for five margins against half, one and one and a half times the revenue."""
    from core import uncertainty

    revenues = [inputs["revenue"] * factor for factor in TABLE_FACTORS]
    cells = uncertainty.two_way(uncertainty.payback, inputs, ("margin", TABLE_MARGINS), ("revenue", revenues))
    lines = [
        {"margin": percent(margin), "years": [f"{cell:.2f}" if cell is not None else "–" for cell in line]}
        for margin, line in zip(TABLE_MARGINS, cells, strict=True)
    ]
    return {"revenues": [money(revenue) for revenue in revenues], "lines": lines}


def _draws(folded: str, question: Question) -> int:
    from core.uncertainty import DRAWS, MIN_DRAWS

    found = _DRAWS.search(folded)
    if not found:
        return int(question.slots.get("draws", DRAWS))
    asked = int(found[1].replace(",", "")[:9]) * (10_000 if found[2] else 1)
    return max(MIN_DRAWS, min(asked, MOST_DRAWS))


def _seed(folded: str, question: Question) -> int:
    from core.uncertainty import SEED

    found = _SEED.search(folded)
    return int(found[1]) if found else int(question.slots.get("seed", SEED))


def _amount(name: str, value: float) -> Quantity:
    return Quantity(value=value, unit=Unit.RATIO) if name == "margin" else money(value)


def _same(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= 1e-9 * max(abs(one), abs(other))
