"""The arithmetic that published estimates of AI spending use, one function each.

`core.models.named` says whose they are, with sources and worked examples. Money is in billions of US dollars, shares
and margins are ratios, time is in years. Each returns its results by name; arguments are keyword-only, so that a
call reads like the formula.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

from core import cashflow, limits
from core.capex import check_margin, check_money, check_years
from core.errors import QuantityError
from core.limits import finite, several, within
from core.series import Series, load
from core.text import counted


def _share(value: float, name: str) -> float:
    return within(value, name, least=0, most=1)


def _positive_margin(margin: float) -> float:
    margin = check_margin(margin)
    if margin <= 0:
        raise QuantityError(f"no revenue is enough at a margin of {margin:g}: give one above 0 and up to 1")
    return margin


def gpu_chain(*, gpu_run_rate: float, margin: float, ai_revenue: float = 0.0, whole: float = 2.0) -> dict[str, float]:
    """Revenue a year that pays for a year of GPUs: run rate x whole / gross margin, and what is missing of it.

    gpu_run_rate: sales of GPUs, USD bn a year; whole: data centre over its GPUs, at least 1; margin: gross margin
    of whoever sells what runs on them; ai_revenue: known AI revenue, USD bn a year. The hole is negative where
    known revenue is more than enough.

    >>> gpu_chain(gpu_run_rate=150, margin=0.5, ai_revenue=100)
    {'data_centre': 300.0, 'revenue': 600.0, 'hole': 500.0}
    """
    ai_revenue = check_money(ai_revenue, "the AI revenue", zero=True)
    times = within(whole, "the cost of a data centre over its GPUs", least=1, most=100)
    data_centre = check_money(gpu_run_rate, "the GPU run rate") * times
    revenue = data_centre / _positive_margin(margin)
    return {"data_centre": data_centre, "revenue": revenue, "hole": revenue - ai_revenue}


def depreciation_breakeven(*, capex: float, life: float, margin: float, rate: float = 0.0) -> dict[str, float]:
    """Revenue a year that covers depreciation, and a wanted return on the whole outlay: K (1/L + r) / m.

    >>> depreciation_breakeven(capex=400, life=10, margin=0.25)
    {'depreciation': 40.0, 'revenue': 160.0}
    """
    revenue = cashflow.revenue_for_charge(capex, _positive_margin(margin), life, rate)
    assert revenue is not None
    return {"depreciation": cashflow.depreciation(capex, life), "revenue": revenue}


def capital_intensity(*, capex_a_year: float, ratio: float) -> dict[str, float]:
    """Revenue a year that a sector spending `ratio` of its revenue on capital needs for a given spending.

    >>> capital_intensity(capex_a_year=500, ratio=0.25)
    {'revenue': 2000.0}
    """
    capex_a_year, ratio = check_money(capex_a_year, "the capital outlay a year"), finite(ratio, "capex to revenue")
    if not 1e-9 <= ratio <= 10:
        raise QuantityError(f"capex to revenue must be above 0 and at most 10, and {ratio:g} is not")
    return {"revenue": capex_a_year / ratio}


def per_user_equivalent(*, revenue: float, users: float) -> dict[str, float]:
    """What each user would pay a month: revenue a year / 12 / users. US dollars; revenue and users in billions.

    >>> round(per_user_equivalent(revenue=650, users=1.56)["price_a_month"], 2)
    34.72
    """
    people = check_money(users, "the number of users")
    return {"price_a_month": check_money(revenue, "the revenue a year") / 12 / people}


def revenue_from_users(*, price_a_month: float, users: float) -> dict[str, float]:
    """Back again: USD bn a year from `users` billion people who pay `price_a_month` dollars.

    >>> round(revenue_from_users(price_a_month=180, users=0.301)["revenue"])
    650
    """
    return {"revenue": check_money(price_a_month, "the price") * 12 * check_money(users, "the number of users")}


def funding_gap(*, total: float, own: float, **sources: float) -> dict[str, float]:
    """Spending less the spenders' own cash flow is outside finance; by source as far as sources are named.

    total, own: USD bn over the same years; sources: USD bn each. `unplaced` is the part of the gap that no named
    source fills, negative where they bring more than it takes; a gap of zero or less means that none is needed.

    >>> gap = funding_gap(total=2900, own=1400, private_credit=800, bonds=200)
    >>> gap["gap"], round(gap["outside_share"], 3), gap["unplaced"]
    (1500, 0.517, 500)
    """
    total, own = check_money(total, "the total spending"), check_money(own, "the own cash flow", zero=True)
    named = {name: check_money(amount, name.replace("_", " "), zero=True) for name, amount in sources.items()}
    gap = total - own
    found = {"gap": gap, "outside_share": max(0.0, gap) / total}
    if gap > 0:
        found |= {f"{name}_share": amount / gap for name, amount in named.items()}
    return found | ({"unplaced": gap - sum(named.values())} if named else {})


def unit_cost(*, capex: float, gigawatts: float) -> dict[str, float]:
    """Outlay for each gigawatt of power, USD bn.

    >>> unit_cost(capex=5200, gigawatts=125)
    {'cost_per_gigawatt': 41.6}
    """
    return {
        "cost_per_gigawatt": check_money(capex, "the capital outlay") / check_money(gigawatts, "the power in gigawatts")
    }


def capital_charge(*, capex: float, life: float, rate: float, margin: float) -> dict[str, float]:
    """Revenue a year for depreciation and a return on all of the outlay, simple: K (1/L + r) / m.

    >>> round(capital_charge(capex=1000, life=5, rate=0.1, margin=0.5)["revenue"])
    600
    """
    revenue = cashflow.revenue_for_charge(capex, _positive_margin(margin), life, rate)
    assert revenue is not None
    return {"revenue": revenue}


def capital_recovery(*, capex: float, life: float, rate: float, margin: float) -> dict[str, float]:
    """Level revenue a year at which the outlay earns exactly `rate`: K crf(r, L) / m.

    >>> round(capital_recovery(capex=1000, life=5, rate=0.1, margin=0.5)["revenue"], 1)
    527.6
    """
    revenue = cashflow.revenue_for_annuity(capex, _positive_margin(margin), life, rate)
    assert revenue is not None
    return {"factor": cashflow.crf(rate, life), "revenue": revenue}


def forward_roic(
    *, contracts: float, share: float, years: float, margin: float, capex_a_quarter: float, ai_share: float
) -> dict[str, float]:
    """Return that contracts in hand promise on today's pace of spending.

    (contracts x share / years x margin) / (capex a quarter x 4 x AI share). contracts: revenue not delivered yet,
    USD bn; share: of them that is AI; years: to deliver them; margin: at most 1, negative gives a loss.

    >>> found = forward_roic(contracts=300, share=1, years=5, margin=0.5, capex_a_quarter=13.9, ai_share=1)
    >>> round(found["roic"], 2)
    0.54
    """
    due = check_money(contracts, "the contracted revenue") * _share(share, "the share of contracts")
    profit = due / check_years(years, "the term") * check_margin(margin)
    ai_share = _share(ai_share, "the AI share of capex")
    if ai_share < 1e-9:
        raise QuantityError("the AI share of capex must be above 0")
    capex = check_money(capex_a_quarter, "the capital outlay a quarter") * 4 * ai_share
    return {"profit_a_year": profit, "capex_a_year": capex, "roic": profit / capex}


def coverage(*, ai_revenue: float, capex: float) -> dict[str, float]:
    """AI revenue a year over the capital outlay of that year.

    >>> round(coverage(ai_revenue=135, capex=768)["coverage"], 3)
    0.176
    """
    return {"coverage": check_money(ai_revenue, "the AI revenue") / check_money(capex, "the capital outlay a year")}


def capex_to_revenue(*, ai_revenue: float, capex: float) -> dict[str, float]:
    """The inverse of `coverage`: dollars of outlay for each dollar of revenue.

    >>> round(capex_to_revenue(ai_revenue=135, capex=768)["ratio"], 1)
    5.7
    """
    return {"ratio": 1 / coverage(ai_revenue=ai_revenue, capex=capex)["coverage"]}


def composite(
    *, scores: Sequence[float], weights: Sequence[float] | None = None, first_block: float = 1, floor: float = 1.0
) -> dict[str, float]:
    """One number from several 0-100 scores: their weighted mean, and the geometric mean of two geometric blocks.

    weights: as many, none negative; equal if not given. first_block: how many of the scores, from the first, make
    the first block; the rest is the second. floor: least score in a block, above 0, so that one zero does not
    wipe out all. A geometric mean is low unless all scores are high.

    >>> {name: round(value, 1) for name, value in composite(scores=[80, 60, 20], first_block=2).items()}
    {'mean': 53.3, 'block_1': 69.3, 'block_2': 20.0, 'geometric': 37.2}
    """
    scores = several(scores, "the scores", least=2, most=1000)
    weights = several([1.0] * len(scores) if weights is None else weights, "the weights", least=1, most=1000)
    floor = finite(floor, "the floor")
    if len(weights) != len(scores) or not all(0 <= w <= 1e9 for w in weights) or not sum(weights) >= 1e-9:
        raise QuantityError(
            f"there are {counted(len(scores), 'score')} and {counted(len(weights), 'weight')}: there must be as many, none negative, and not all zero",
            hint="give both, such as --input scores=80,60,40 --input weights=2,1,1",
        )
    if not all(0 <= score <= 100 for score in scores) or not 0 < floor <= 100:
        raise QuantityError("scores must be 0 to 100, and the floor above 0 and up to 100")
    cut = limits.whole(first_block, "the number of scores in the first block", least=1, most=len(scores) - 1)
    logs = [math.log(max(score, floor)) for score in scores]
    one, two = math.fsum(logs[:cut]) / cut, math.fsum(logs[cut:]) / (len(scores) - cut)
    mean = math.fsum(w * score for w, score in zip(weights, scores, strict=True)) / math.fsum(weights)
    return {"mean": mean, "block_1": math.exp(one), "block_2": math.exp(two), "geometric": math.exp((one + two) / 2)}


def task_based_gain(*, exposed: float, feasible: float, saving: float) -> dict[str, float]:
    """Gain in productivity: share of tasks exposed x share of those worth doing x cost saving on them.

    >>> round(task_based_gain(exposed=0.199, feasible=0.23, saving=0.144)["gain"], 4)
    0.0066
    """
    tasks = _share(exposed, "the exposed share") * _share(feasible, "the feasible share")
    return {"tasks": tasks, "gain": tasks * _share(saving, "the saving")}


def event_study(
    *, fall: float, months: float, record: Series | None = None, price: Series | None = None
) -> dict[str, float | None]:
    """After each record of one series: how often another fell by `fall` within `months`, against all months.

    record, price: monthly series; without them FINRA's margin debt and the Nasdaq to March 2000 that come with
    paomo. A record is a month above every month before it in the series. A fall counts if any of the next
    `months` month ends stands at (1 - fall) of the month's own or lower. Only months with all those months after
    them count. A rate is `None` where no month counts. Overlapping windows are not independent.

    >>> found = event_study(fall=0.1, months=3)
    >>> found["records"], round(found["rate"], 2), round(found["base_rate"], 2)
    (22, 0.14, 0.11)
    """
    if not 0 < finite(fall, "the fall") < 1:
        raise QuantityError(f"the fall must be above 0 and below 1, and {fall:g} is not")
    ahead = limits.whole(months, "the window in months", least=1, most=600)
    record, price = record or load("finra_margin_debt"), price or load("nasdaq_month_end")
    closes = price.values
    highs = list(accumulate(record.values, max))
    broken = {m for m, value, high in zip(record.months[1:], record.values[1:], highs, strict=False) if value > high}
    both = [i for i, month in enumerate(price.months) if month in record.months and i + ahead < len(closes)]
    fell = {i: min(closes[i + 1 : i + 1 + ahead]) <= closes[i] * (1 - fall) for i in both}
    after = [fell[i] for i in both if price.months[i] in broken]
    return {
        "records": len(after),
        "hits": sum(after),
        "rate": sum(after) / len(after) if after else None,
        "months": len(both),
        "base_rate": sum(fell.values()) / len(both) if both else None,
    }


def minsky_class(*, cash_flow: float, interest: float, principal: float) -> dict[str, str | float]:
    """Hedge, speculative or Ponzi finance: does cash flow cover interest and principal, interest alone, or neither.

    USD bn of one year; cash flow may be negative. `short` is what has to be borrowed or sold.

    >>> minsky_class(cash_flow=5, interest=4, principal=3)
    {'class': 'speculative', 'short': 2}
    """
    interest = check_money(interest, "the interest", zero=True)
    principal = check_money(principal, "the principal due", zero=True)
    cash_flow = finite(cash_flow, "the cash flow")
    name = "hedge" if cash_flow >= interest + principal else "speculative" if cash_flow >= interest else "ponzi"
    return {"class": name, "short": max(0.0, interest + principal - cash_flow)}
