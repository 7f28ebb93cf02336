"""Published ways to judge AI spending, by name: whose, the formula, the source, the inputs, a worked example.

`MODELS["gpu_chain"].run()` is the example with the inputs it was published with (or with ours, and then it says
so); `run(gpu_run_rate=200)` changes one of them. Each input says what it rests on:

    disclosed    printed by the source itself or by a company
    implied      not printed, but follows from what is
    assumed      a judgement: the source's own, or ours
    made_up      only there so that the example runs
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import NotFound, UsageError
from core.figures import Bilingual, Source, load
from core.models import methods, on_prices
from core.quantity import Unit

BASES = ("disclosed", "implied", "assumed", "made_up")

Value = float | Sequence[float]
Outcome = Mapping[str, float | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One argument of a model: its unit (money in USD bn, people in billions), its value in the example, and what
    that value rests on (`basis`, one of `BASES`; `where` says it in words). `dollars`: a count of US dollars, one by
    one, for prices that one person pays.
    """

    name: str
    unit: Unit
    value: Value
    basis: str
    where: str
    dollars: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model by name. `sources` are ids, of the register or of `PUBLICATIONS`; empty: no source is at hand."""

    name: str
    by: str
    what: Bilingual
    formula: str
    function: Callable[..., Outcome]
    inputs: tuple[Input, ...]
    sources: tuple[str, ...] = ()
    caution: str | None = None

    @property
    def example(self) -> dict[str, Any]:
        """The arguments of the worked example."""
        return {given.name: given.value for given in self.inputs}

    def run(self, **changed: Value) -> Outcome:
        """The results by name, with the example's inputs except those given.

        Raises `UsageError` for an input that the model does not have, `QuantityError` outside its limits.

        >>> MODELS["depreciation_breakeven"].run()["revenue"], MODELS["unit_cost"].run(capex=1000, gigawatts=20)
        (160.0, {'cost_per_gigawatt': 50.0})
        """
        known = self.example
        for name, value in changed.items():
            if name not in known:
                raise UsageError(f"{self.name} has no input “{name}”", hint=f"it has {', '.join(known)}")
            if isinstance(value, Sequence) != isinstance(known[name], Sequence):
                raise UsageError(
                    f"{self.name}: {name} must be {'a list' if isinstance(known[name], Sequence) else 'one number'}"
                )
        return self.function(**(known | changed))

    def published(self) -> tuple[Source, ...]:
        """Its sources, with title, publisher and date."""
        register = load().sources
        return tuple(PUBLICATIONS.get(id) or register[id] for id in self.sources)


def find(name: str) -> Model:
    """The model with this name, or by this author (Sequoia, 紅杉, Kupperman, …).

    >>> find("Sequoia").name, find("GPU-chain").name
    ('gpu_chain', 'gpu_chain')
    """
    wanted = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if wanted in MODELS:
        return MODELS[wanted]
    named = [model for model in MODELS.values() if wanted and wanted in model.by.casefold().replace(" ", "_")]
    if not named:
        raise NotFound(f"there is no model “{name}”", hint=f"there are {', '.join(MODELS)}")
    return named[0]


def _source(id: str, title: str, publisher: str, published: str, says: str) -> Source:
    return Source(
        id=id, title=title, publisher=publisher, published=published, checked_on=date(2026, 11, 23), says=says
    )


# Publications that no figure of the register rests on; read in excerpts and press reports, not whole.
PUBLICATIONS: dict[str, Source] = {
    source.id: source
    for source in (
        _source("JPM650", "$650 billion in annual revenue required to deliver 10% return on AI buildout investment, J.P. Morgan claims", "Tom's Hardware, on a report by J.P. Morgan", "2025", "650bn of revenue a year for a 10% return on the spending to 2030: 34.72 dollars a month from every iPhone user, or 180 from every Netflix subscriber."),
        _source("MS29", "How big is the AI funding gap? Morgan Stanley calculated the three-year bill", "cls.cn via Futu, on a report by Morgan Stanley (Vishwanath Tirupattur)", "2025-07-21", "2.9tn of data centre spending to 2028; later reports give 1.4tn of own cash flow, 800bn private credit, 350bn private equity and others, 200bn corporate debt, 150bn asset-backed."),
        _source("MCK7T", "The cost of compute: A $7 trillion race to scale data centers", "McKinsey & Company", "2025-04-28", "5.2tn for AI data centres by 2030; 125 gigawatts to be added for AI from 2025 to 2030."),
        _source("PSY", "Testing for multiple bubbles: historical episodes of exuberance and collapse in the S&P 500", "International Economic Review 56(4): Phillips, Shi and Yu", "2015-11", "The generalised sup ADF test: the largest ADF statistic over all windows of a flexible length, and the dates of episodes from its backward form."),
        _source("FILSOR", "A stable and robust calibration scheme of the log-periodic power law model (ETH-RC-11-002; Physica A 392, 2013)", "Vladimir Filimonov and Didier Sornette, ETH Zurich", "2011", "The formula rewritten so that only tc, m and omega are not linear, and the rest is least squares."),
        _source("ACEMOGLU", "The Simple Macroeconomics of AI (NBER working paper 32487)", "Daron Acemoglu, MIT", "2024-05-12", "Gain in total factor productivity of at most 0.66% over ten years."),
    )
}  # fmt: skip


def _input(name: str, unit: Unit, value: Value, basis: str, where: str, *, dollars: bool = False) -> Input:
    return Input(name=name, unit=unit, value=value, basis=basis, where=where, dollars=dollars)


_USD, _RATIO, _YEARS, _YEAR, _COUNT = Unit.MONEY, Unit.RATIO, Unit.YEARS, Unit.YEAR, Unit.COUNT
_TABLE = (
    Model(
        name="gpu_chain", by="Sequoia, David Cahn, 紅杉, 红杉", sources=("SEQ",),
        what=Bilingual(zh="GPU 一年的銷售額，要多少 AI 收入才付得起，還缺多少", en="The AI revenue that a year of GPU sales needs, and how much of it is missing"),
        formula="GPU run rate × 2 / gross margin; hole = that − known AI revenue", function=methods.gpu_chain,
        inputs=(
            _input("gpu_run_rate", _USD, 150.0, "assumed", "forecast of Nvidia's run rate for the end of 2024, in the essay"),
            _input("margin", _RATIO, 0.5, "assumed", "gross margin of the buyer of compute, in the essay"),
            _input("ai_revenue", _USD, 100.0, "assumed", "generous guess at AI revenue, in the essay"),
            _input("whole", _RATIO, 2.0, "assumed", "GPUs are half the cost of a data centre, in the essay"),
        ),
        caution="A year's spending is set against a year's revenue; the life of the GPUs does not appear.",
    ),
    Model(
        name="depreciation_breakeven", by="Kupperman, Praetorian Capital", sources=("KUPPY", "FUTUR"),
        what=Bilingual(zh="一年要多少收入，毛利才蓋得過折舊", en="The revenue a year whose margin covers depreciation"),
        formula="K / L / m; with a wanted return r: K (1/L + r) / m", function=methods.depreciation_breakeven,
        inputs=(
            _input("capex", _USD, 400.0, "assumed", "data-centre spending of 2025, as he puts it"),
            _input("life", _YEARS, 10.0, "assumed", "his first figure; later he used a shorter life, hence 320 to 480bn"),
            _input("margin", _RATIO, 0.25, "assumed", "his gross margin"),
            _input("rate", _RATIO, 0.0, "assumed", "no return in his first figure"),
        ),
    ),
    Model(
        name="capital_intensity", by="Bain, 貝恩, 贝恩", sources=("BAIN",),
        what=Bilingual(zh="資本支出占收入某個比例時，需要的年收入", en="The revenue a year needed for capex to stay at a given share of it"),
        formula="capex a year / (capex / revenue)", function=methods.capital_intensity,
        inputs=(
            _input("capex_a_year", _USD, 500.0, "disclosed", "the report, for 2030"),
            _input("ratio", _RATIO, 0.25, "implied", "500 / 2,000, both in the report"),
        ),
    ),
    Model(
        name="per_user_equivalent", by="J.P. Morgan, JPMorgan, 摩根大通", sources=("JPM650",),
        what=Bilingual(zh="一筆年收入，等於每個用戶每月付多少", en="What a yearly revenue means for each user a month"),
        formula="revenue a year / 12 / users; back: price × 12 × users", function=methods.per_user_equivalent,
        inputs=(
            _input("revenue", _USD, 650.0, "disclosed", "the report, for a 10% return"),
            _input("users", _COUNT, 1.56, "implied", "iPhone users in billions, from its 34.72 dollars a month"),
        ),
    ),
    Model(
        name="revenue_from_users", by="the inverse of per_user_equivalent", sources=("JPM650",),
        what=Bilingual(zh="每個用戶每月付這麼多，一年合計多少", en="What a monthly price from each user makes in a year"),
        formula="price a month × 12 × users", function=methods.revenue_from_users,
        inputs=(
            _input("price_a_month", _COUNT, 180.0, "disclosed", "US dollars from each Netflix subscriber, the report", dollars=True),
            _input("users", _COUNT, 0.301, "implied", "subscribers in billions, from its 650bn"),
        ),
    ),
    Model(
        name="funding_gap", by="Morgan Stanley, 摩根士丹利", sources=("MS29",),
        what=Bilingual(zh="支出扣掉自己的現金流，要外面出多少錢", en="Spending less own cash flow: what others must finance, by source"),
        formula="total spending − own cash flow, and each source's share of it", function=methods.funding_gap,
        inputs=(
            _input("total", _USD, 2900.0, "assumed", "forecast to 2028"),
            _input("own", _USD, 1400.0, "assumed", "forecast of the hyperscalers' cash flow"),
            _input("private_credit", _USD, 800.0, "assumed", "forecast"),
            _input("private_equity_and_others", _USD, 350.0, "assumed", "forecast"),
            _input("corporate_debt", _USD, 200.0, "assumed", "forecast"),
            _input("asset_backed", _USD, 150.0, "assumed", "forecast"),
        ),
    ),
    Model(
        name="unit_cost", by="McKinsey, 麥肯錫, 麦肯锡", sources=("MCK7T",),
        what=Bilingual(zh="每吉瓦要多少資本支出", en="Outlay for each gigawatt"),
        formula="capex / gigawatts", function=methods.unit_cost,
        inputs=(
            _input("capex", _USD, 5200.0, "assumed", "forecast for AI to 2030"),
            _input("gigawatts", _COUNT, 125.0, "assumed", "forecast of what is added for AI, 2025 to 2030"),
        ),
        caution="The quotient is ours: whether the outlay is for exactly these gigawatts is not said.",
    ),
    Model(
        name="capital_charge", by="ABSI, ELMAJ22/ai-bubble-stress-engine", sources=("ABSI",),
        what=Bilingual(zh="折舊加資金成本，一年要多少收入（簡單算法）", en="Revenue a year for depreciation and a simple return"),
        formula="K (1/L + r) / m", function=methods.capital_charge,
        inputs=(
            _input("capex", _USD, 1000.0, "assumed", "claim A04"),
            _input("life", _YEARS, 5.0, "assumed", "ours"),
            _input("rate", _RATIO, 0.1, "assumed", "ours"),
            _input("margin", _RATIO, 0.5, "assumed", "claim A05"),
        ),
        caution="Charges the return on the whole outlay in every year; capital_recovery does not.",
    ),
    Model(
        name="capital_recovery", by="the annuity of any textbook",
        what=Bilingual(zh="整段壽命剛好賺到要求報酬的年收入（年金）", en="Level revenue a year that earns exactly the wanted return"),
        formula="K crf(r, L) / m, crf = r / (1 − (1+r)^−L)", function=methods.capital_recovery,
        inputs=(
            _input("capex", _USD, 1000.0, "assumed", "claim A04"),
            _input("life", _YEARS, 5.0, "assumed", "ours"),
            _input("rate", _RATIO, 0.1, "assumed", "ours"),
            _input("margin", _RATIO, 0.5, "assumed", "claim A05"),
        ),
    ),
    Model(
        name="forward_roic", by="daviddbao/ai-capex-roic", sources=("ROIC", "WSJ"),
        what=Bilingual(zh="手上的合約，對目前支出速度的報酬率", en="The return that contracts in hand promise on today's spending"),
        formula="(contracts × share / years × margin) / (capex a quarter × 4 × AI share)", function=methods.forward_roic,
        inputs=(
            _input("contracts", _USD, 300.0, "disclosed", "Oracle's contract with OpenAI, as reported"),
            _input("share", _RATIO, 1.0, "assumed", "ours: all of it is AI"),
            _input("years", _YEARS, 5.0, "disclosed", "roughly five years, as reported"),
            _input("margin", _RATIO, 0.5, "assumed", "claim A05, not Oracle's"),
            _input("capex_a_quarter", _USD, 13.91575, "disclosed", "Oracle's 55.663bn of fiscal 2026, a quarter of it"),
            _input("ai_share", _RATIO, 1.0, "assumed", "ours: all of it is AI"),
        ),
        caution="Power, staff and the depreciation of earlier spending are left out.",
    ),
    Model(
        name="coverage", by="Exponential View, Azeem Azhar", sources=("EXPV", "ROIC", "ABSI"),
        what=Bilingual(zh="AI 收入對資本支出", en="AI revenue over capex"),
        formula="AI revenue a year / capex a year", function=methods.coverage,
        inputs=(
            _input("ai_revenue", _USD, 135.0, "assumed", "run rate of two labs, autumn 2026; others are left out"),
            _input("capex", _USD, 768.0, "disclosed", "plans of five firms for 2026"),
        ),
    ),
    Model(
        name="capex_to_revenue", by="Exponential View, Azeem Azhar", sources=("EXPV", "ROIC", "ABSI"),
        what=Bilingual(zh="資本支出是 AI 收入的幾倍（鐵路 2、電信 4）", en="Capex over AI revenue (railways 2, telecoms 4)"),
        formula="capex a year / AI revenue a year", function=methods.capex_to_revenue,
        inputs=(
            _input("ai_revenue", _USD, 135.0, "assumed", "run rate of two labs, autumn 2026; others are left out"),
            _input("capex", _USD, 768.0, "disclosed", "plans of five firms for 2026"),
        ),
    ),
    Model(
        name="composite", by="bubble indices",
        what=Bilingual(zh="幾個 0–100 分數合成一個：加權平均與幾何平均", en="Several 0-100 scores as one: weighted mean, and geometric blocks"),
        formula="Σ w s / Σ w;  √(block 1 × block 2), each a geometric mean with a floor", function=methods.composite,
        inputs=(
            _input("scores", _COUNT, (80.0, 60.0, 70.0, 30.0), "made_up", "four gauges"),
            _input("weights", _COUNT, (2.0, 1.0, 1.0, 1.0), "made_up", "one for each gauge"),
            _input("first_block", _COUNT, 2.0, "made_up", "the first two gauges are one block"),
            _input("floor", _COUNT, 1.0, "assumed", "ours"),
        ),
        caution="Not a probability.",
    ),
    Model(
        name="task_based_gain", by="Acemoglu", sources=("ACEMOGLU",),
        what=Bilingual(zh="AI 對總生產力的提升", en="Gain in productivity from AI"),
        formula="exposed share × feasible share × saving", function=methods.task_based_gain,
        caution="The product agrees with the 0.66% of the abstract; the factors come from summaries and memory.",
        inputs=(
            _input("exposed", _RATIO, 0.199, "assumed", "share of tasks that AI can reach; recalled, not looked up"),
            _input("feasible", _RATIO, 0.23, "assumed", "share of those worth doing within ten years, as summaries of the paper have it"),
            _input("saving", _RATIO, 0.144, "assumed", "cost saving on a task; recalled, not looked up"),
        ),
    ),
    Model(
        name="event_study", by="the forum's margin-debt rule", sources=("FINRA", "NDX"),
        what=Bilingual(zh="融資餘額創新高之後，那斯達克多常大跌（1997 至 2000 年）", en="How often the Nasdaq fell after a record in margin debt (1997 to 2000)"),
        formula="share of records followed by a fall of x within n months, against the same share of all months", function=methods.event_study,
        inputs=(
            _input("fall", _RATIO, 0.2, "assumed", "claim R03"),
            _input("months", _COUNT, 12.0, "assumed", "ours"),
        ),
        caution="The Nasdaq series ends at the top of March 2000, so the crash after it is not in it; see claims R02 and R03 for SPY to 2026.",
    ),
    Model(
        name="explosive", by="Phillips-Shi-Yu, PSY, GSADF", sources=("PSY", "NDX"),
        what=Bilingual(zh="股價是否爆炸性成長（ADF、SADF、GSADF；那斯達克 1994 至 2000 年）", en="Whether prices grow explosively (ADF, SADF, GSADF; the Nasdaq, 1994 to 2000)"),
        formula="Δy_t = a + b y_(t−1) + e, y = ln price; ADF = t value of b; GSADF = its largest over all windows", function=on_prices.explosive_root,
        inputs=(
            _input("from_year", _YEAR, 1994.0, "disclosed", "first year of the series that comes with paomo"),
            _input("paths", _COUNT, 200.0, "assumed", "ours: random walks behind the critical values"),
            _input("seed", _COUNT, 2026.0, "assumed", "ours: of the random walks"),
        ),
        caution="A side note, no forecast: at 95% one random walk in twenty is called explosive. Your own series: paomo explosive FILE.",
    ),
    Model(
        name="lppls", by="Johansen-Ledoit-Sornette, Johansen-Sornette, Filimonov and Sornette", sources=("FILSOR", "NDX"),
        what=Bilingual(zh="對數週期冪律的有界擬合（那斯達克 1994 至 2000 年）", en="Bounded log-periodic power law (the Nasdaq, 1994 to 2000)"),
        formula="ln p = A + B x^m + C1 x^m cos(ω ln x) + C2 x^m sin(ω ln x), x = tc − t; 0.1 ≤ m ≤ 0.9, 6 ≤ ω ≤ 13", function=on_prices.log_periodic,
        inputs=(
            _input("from_year", _YEAR, 1994.0, "disclosed", "first year of the series that comes with paomo"),
        ),
        caution="A side note, no forecast: a fit finds some tc in whatever it is given, and this series ends at its known top. Your own series: paomo explosive FILE.",
    ),
    Model(
        name="minsky_class", by="Minsky, 明斯基",
        what=Bilingual(zh="對沖、投機還是龐氏融資", en="Hedge, speculative or Ponzi finance"),
        formula="cash flow ≥ interest + principal; ≥ interest; else", function=methods.minsky_class,
        inputs=(
            _input("cash_flow", _USD, 5.0, "made_up", ""),
            _input("interest", _USD, 4.0, "made_up", ""),
            _input("principal", _USD, 3.0, "made_up", ""),
        ),
        caution="After Hyman Minsky's financial instability hypothesis (1992); the paper itself was not looked at.",
    ),
)  # fmt: skip

MODELS: dict[str, Model] = {model.name: model for model in _TABLE}
