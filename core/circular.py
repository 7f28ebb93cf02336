"""Circular financing: who pays whom, in which cycles, how much only goes round, and who needs cash from outside.

A `Flow` is one dated, typed and graded payment between two parties. All comparisons are made on yearly amounts in
billions of US dollars: a sum over several years is divided by its years first. An amount, or the time of a sum,
that nobody stated is unknown. It is never filled in: such a flow shows up in cycles, and whatever would need its
amount is `None`. `spread` is the way to assume a time, and says by its name that it does.

How much of a vendor's sales its own money paid for is in `core.vendor`.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.capex import check_money, check_years
from core.cards import check_moment
from core.errors import QuantityError
from core.figures import Bilingual, Source, known_by
from core.limits import check_name, finite, one_of, whole

KINDS = ("equity", "loan", "purchase", "lease", "prepayment", "warrant")
CERTAINTIES = ("paid", "contract", "letter_of_intent", "report")  # from firm to loose
FINANCING = frozenset({"equity", "loan", "prepayment", "warrant"})  # what a vendor pays to put a customer in funds
MAX_CYCLE_LENGTH, MAX_CYCLES = 50, 100_000
SALES = frozenset({"purchase", "lease", "prepayment"})  # what a vendor is paid for its goods


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Money that one party pays another, or is said to be going to.

    payer, payee: ids of `core.aliases`, or any name of your own
    amount_usd_bn_per_year: as stated; `total`: a sum in USD bn, over `years` where that is known
    kind, certainty: of `KINDS`, `CERTAINTIES`; status: as in the register
    announced: when it was said; start, end: when the money runs; dropped: when the deal fell through. Dates keep
        the precision at which they are known (`2025`, `2025-10`, `2025-10-21`)
    instead_of: id of the flow that this one took the place of; up_to: the amount is the most it can be
    """

    id: str
    payer: str
    payee: str
    kind: str
    certainty: str
    announced: str
    amount_usd_bn_per_year: float | None = None
    total: float | None = None
    years: float | None = None
    up_to: bool = False
    start: str | None = None
    end: str | None = None
    dropped: str | None = None
    instead_of: str | None = None
    status: str = "unverified"
    sources: tuple[Source, ...] = ()
    note: Bilingual | None = None

    def __post_init__(self) -> None:
        one_of(self.kind, f"the kind of the flow {self.id}", KINDS)
        one_of(self.certainty, f"the certainty of the flow {self.id}", CERTAINTIES)
        for name in ("announced", "start", "end", "dropped"):
            moment = getattr(self, name)
            if moment is not None or name == "announced":
                check_moment(moment, f"“{name}” of the flow {self.id}")
        for party in (self.payer, self.payee):
            check_name(party, f"the payer or payee of the flow {self.id}")
        if self.payer == self.payee:
            raise QuantityError(f"the flow {self.id} pays {self.payer} its own money")
        for key, name in (("amount_usd_bn_per_year", "the yearly amount"), ("total", "the total")):
            if (value := getattr(self, key)) is not None:
                object.__setattr__(self, key, check_money(value, f"{name} of the flow {self.id}", zero=True))
        if self.years is not None:
            object.__setattr__(self, "years", check_years(self.years, f"the time of the flow {self.id}"))

    @property
    def yearly(self) -> float | None:
        """USD bn a year: as stated, else the total over its years, else unknown.

        >>> Flow(id="a", payer="OPENAI", payee="ORCL", kind="purchase", certainty="contract",
        ...      announced="2025-09-10", total=300, years=5).yearly
        60.0
        """
        if self.amount_usd_bn_per_year is not None or self.total is None or self.years is None:
            return self.amount_usd_bn_per_year
        return self.total / self.years


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A simple cycle: the money of `nodes[0]` comes back to it.

    legs:       the flows of each step, `legs[i]` from `nodes[i]` to the next
    bottleneck: USD bn a year that can go all the way round; `None` if a leg's yearly amount is unknown
    whole:      the same over the life of all deals, USD bn: the smallest leg's total; `None` if one is unknown
    """

    nodes: tuple[str, ...]
    legs: tuple[tuple[Flow, ...], ...]
    bottleneck: float | None
    whole: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycles:
    """Cycles found, largest first; `complete` is false when a limit of length or count left some out."""

    found: tuple[Cycle, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """What only goes round, of all that is paid; USD bn a year.

    share:   circulating / paid, in [0, 1]; `None` if no amount is known, or if the only loops run over amounts
             that are not known
    unknown: the flows left out because their yearly amount is not known
    """

    share: float | None
    circulating: float
    paid: float
    unknown: tuple[Flow, ...]


def standing(flows: Iterable[Flow], day: str | date | None = None) -> tuple[Flow, ...]:
    """The flows announced and not yet dropped by a day (`2025-10`, a `date`); without one, those never dropped.

    Raises `QuantityError` for a day that is no date.
    """
    asked = "9999" if day is None else check_moment(day.isoformat()[:10] if isinstance(day, date) else day, "the day")
    return tuple(
        flow
        for flow in flows
        if known_by(flow.announced, asked) and not (flow.dropped and known_by(flow.dropped, asked))
    )


def spread(flows: Iterable[Flow], years: float) -> tuple[Flow, ...]:
    """The same flows, sums whose time nobody stated taken to run over so many years: an assumption, not a fact."""
    years = check_years(years, "the time to spread over")
    return tuple(
        replace(flow, years=years) if flow.yearly is None and flow.total is not None else flow for flow in flows
    )


def cycles(flows: Iterable[Flow], *, max_length: int = 8, max_count: int = 1000) -> Cycles:
    """Simple cycles of at most `max_length` steps (2 to 50), at most `max_count` of them (0 to 100,000), largest
    bottleneck first.

    Flows between the same two parties make one step; its amount is their sum, unknown if one of them is.

    >>> def pay(payer, payee, a): return Flow(id=payer, payer=payer, payee=payee, kind="purchase",
    ...     certainty="paid", announced="2025", amount_usd_bn_per_year=a)
    >>> (loop,) = cycles([pay("A", "B", 6), pay("B", "C", 60), pay("C", "A", 8)]).found
    >>> loop.nodes, loop.bottleneck
    (('A', 'B', 'C'), 6.0)
    """
    import networkx as nx

    max_length = whole(max_length, "the longest cycle", least=2, most=MAX_CYCLE_LENGTH)
    max_count = whole(max_count, "the number of cycles", least=0, most=MAX_CYCLES)
    steps = _steps(flows)
    graph = nx.DiGraph(list(steps))
    bounded = nx.simple_cycles(graph, length_bound=max_length)
    rings = list(itertools.islice(bounded, max_count + 1))
    longest = max(map(len, nx.strongly_connected_components(graph)), default=0)
    complete = len(rings) <= max_count and longest <= max_length
    found = [_cycle(_from_first(ring, steps), steps) for ring in rings[:max_count]]
    found.sort(key=lambda cycle: (-(cycle.bottleneck or 0), -(cycle.whole or 0), len(cycle.nodes), cycle.nodes))
    return Cycles(found=tuple(found), complete=complete)


def round_trip(flows: Sequence[Flow]) -> RoundTrip:
    """The maximum circulation over all that is paid.

    The largest sum of f over the flows such that 0 <= f <= amount and every party pays on what it gets
    (a linear programme). What is left over after taking f away has no cycle.

    >>> def pay(payer, payee, a): return Flow(id=payer, payer=payer, payee=payee, kind="purchase",
    ...     certainty="paid", announced="2025", amount_usd_bn_per_year=a)
    >>> round(round_trip([pay("A", "B", 6), pay("B", "C", 60), pay("C", "A", 8)]).share, 4)  # 3 x 6 / 74
    0.2432
    """
    import networkx as nx

    unknown = tuple(flow for flow in flows if flow.yearly is None)
    amounts = _known(flows)
    paid = sum(amounts.values())
    goes_round = any(len(loop) > 1 for loop in nx.strongly_connected_components(nx.DiGraph(list(amounts))))
    circulating = _circulation(amounts) if goes_round else 0.0  # without a loop there is nothing to solve
    loops = nx.strongly_connected_components(nx.DiGraph([(flow.payer, flow.payee) for flow in flows]))
    open_loop = any(flow.payer in loop and flow.payee in loop for loop in loops for flow in unknown)
    hidden = paid == 0 or (circulating == 0 and open_loop)
    share = None if hidden else min(1.0, circulating / paid)
    return RoundTrip(share=share, circulating=circulating, paid=paid, unknown=unknown)


def external_cash(flows: Iterable[Flow], group: Collection[str], own: float = 0.0) -> float | None:
    """Cash that a party or group must find outside: paid out - taken in - own cash flow, USD bn a year.

    Flows within the group cancel. Below zero is a surplus. `None` if an amount that counts is not known.
    """
    if isinstance(group, str):
        group = (group,)
    own = finite(own, "the own cash flow")
    flows = tuple(flows)
    out = [flow.yearly for flow in flows if flow.payer in group and flow.payee not in group]
    into = [flow.yearly for flow in flows if flow.payee in group and flow.payer not in group]
    needed, had = _sum(out), _sum(into)
    return None if needed is None or had is None else needed - had - own


def consolidated_revenue(flows: Iterable[Flow], group: Collection[str]) -> float | None:
    """Sales of a group to outsiders, USD bn a year: what its members sell one another is no revenue of the group.

    `None` if an amount is not known. Prepayments count when they are paid.
    """
    return _sum(f.yearly for f in flows if f.payee in group and f.payer not in group and f.kind in SALES)


def parties(flows: Iterable[Flow]) -> tuple[str, ...]:
    """Everybody who pays or is paid, in the order of the flows."""
    return tuple(dict.fromkeys(party for flow in flows for party in (flow.payer, flow.payee)))


def _circulation(amounts: Mapping[tuple[str, str], float]) -> float:
    import numpy as np
    from scipy.optimize import linprog

    largest = max(amounts.values(), default=0.0)
    if largest == 0:
        return 0.0
    place = {party: i for i, party in enumerate(dict.fromkeys(itertools.chain.from_iterable(amounts)))}
    balance = np.zeros((len(place), len(amounts)))
    for column, (payer, payee) in enumerate(amounts):
        balance[place[payer], column] -= 1
        balance[place[payee], column] += 1
    bounds = [(0.0, amount / largest) for amount in amounts.values()]
    best = linprog(-np.ones(len(amounts)), A_eq=balance, b_eq=np.zeros(len(place)), bounds=bounds)
    assert best.status == 0, best.message  # nought everywhere is always allowed, and every variable is bounded
    return 0.0 if -best.fun < 1e-9 else float(-best.fun * largest)


def _known(flows: Iterable[Flow]) -> dict[tuple[str, str], float]:
    """Yearly amounts by (payer, payee), those that are known."""
    amounts: dict[tuple[str, str], float] = {}
    for flow in flows:
        if flow.yearly is not None:
            step = (flow.payer, flow.payee)
            amounts[step] = amounts.get(step, 0.0) + flow.yearly
    return amounts


def _steps(flows: Iterable[Flow]) -> dict[tuple[str, str], tuple[Flow, ...]]:
    steps: dict[tuple[str, str], tuple[Flow, ...]] = {}
    for flow in flows:
        step = (flow.payer, flow.payee)
        steps[step] = (*steps.get(step, ()), flow)
    return steps


def _cycle(nodes: tuple[str, ...], steps: Mapping[tuple[str, str], tuple[Flow, ...]]) -> Cycle:
    legs = tuple(steps[step] for step in itertools.pairwise((*nodes, nodes[0])))
    yearly = [_sum(flow.yearly for flow in leg) for leg in legs]
    whole = [_sum(flow.total for flow in leg) for leg in legs]
    return Cycle(nodes=nodes, legs=legs, bottleneck=_smallest(yearly), whole=_smallest(whole))


def _from_first(ring: Sequence[str], steps: Mapping[tuple[str, str], tuple[Flow, ...]]) -> tuple[str, ...]:
    """The ring, begun where money is put in, else at its first party by name: the same cycle always looks the same."""
    puts_in = [
        payer
        for payer, payee in itertools.pairwise((*ring, ring[0]))
        if any(flow.kind in FINANCING for flow in steps[payer, payee])
    ]
    start = ring.index(min(puts_in or ring))
    return (*ring[start:], *ring[:start])


def _sum(amounts: Iterable[float | None]) -> float | None:
    total = 0.0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _smallest(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return min(known) if len(known) == len(amounts) else None
