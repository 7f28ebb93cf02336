"""Vendor financing: the share of a vendor's sales that its own money may have paid for.

Money is not earmarked. Once a vendor's money lies in a customer's account beside money from elsewhere, nobody can
say which of it bought the vendor's goods. So there is no one share but a range, by three rules for how each party
spends: its vendor money first (upper), all its money alike (proportional), its vendor money last (lower).

With x the vendor's money on each flow (amount a), T what a party gets of it, and S = max(in + own cash, out) what
the party has to spend, every rule obeys 0 <= x <= a, sum of x paid on <= T, and sum of x paid on >= out - (S - T):
what other money cannot pay, the vendor's must. Upper and lower are the largest and smallest sum of x over the
vendor's sales within these limits; upper is the maximum flow from the vendor's financing back to its sales.
Proportional is x = a T / S, which obeys the limits, and so lies between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.capex import check_money
from core.circular import FINANCING, SALES, Flow, parties
from core.errors import QuantityError
from core.limits import check_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfFunded:
    """The share of a vendor's sales that its own money may have paid: lower <= proportional <= upper, in [0, 1].

    sales:   USD bn a year that the shares are of; `None` if unknown
    unknown: the flows whose missing yearly amounts keep the bounds from being computed (all are `None` then)
    """

    sales: float | None
    lower: float | None = None
    proportional: float | None = None
    upper: float | None = None
    unknown: tuple[Flow, ...] = ()


def self_funded(
    flows: Sequence[Flow], vendor: str, *, sales: float | None = None, own: Mapping[str, float] | None = None
) -> SelfFunded:
    """The range of a vendor's self-funded share of sales.

    Parameters
    ----------
    flows : sequence of Flow
        Amounts a year. The vendor's money sets out on its equity, loans, prepayments and warrants, is handed on by
        anybody's payment of any kind, and comes home on purchases, leases and prepayments to the vendor.
    vendor : str
        A payer or payee of the flows.
    sales : float, optional
        All its sales, USD bn a year; by default those in the flows. Not less than those.
    own : mapping, optional
        Party: cash flow of its own, 0 or more USD bn a year, besides what the flows bring. A party that pays out more than
        it takes in is held to have found the rest elsewhere.

    Returns
    -------
    SelfFunded
        Bounds are `None` where there are no sales, or where the amount of a flow of any party between the
        vendor's financing and its sales is not known.

    Raises
    ------
    QuantityError
        If the vendor is not in the flows, or its sales are less than those in the flows.

    Examples
    --------
    A lab takes 25 from the vendor, 15 from customers, 20 from investors, and pays a cloud 50. The cloud has 70
    more, and buys for 48 of the vendor's sales of 200.

    >>> def pay(payer, payee, a, kind="purchase"): return Flow(id=payer, payer=payer, payee=payee, kind=kind,
    ...     certainty="paid", announced="2025", amount_usd_bn_per_year=a)
    >>> flows = [pay("vendor", "lab", 25, "equity"), pay("customers", "lab", 15), pay("investors", "lab", 20, "equity"),
    ...          pay("lab", "cloud", 50), pay("others", "cloud", 70), pay("cloud", "vendor", 48)]
    >>> share = self_funded(flows, "vendor", sales=200)
    >>> [round(bound, 4) for bound in (share.upper, share.proportional, share.lower)]
    [0.125, 0.0417, 0.0]

    Source: the three rules are ours; the maximum flow is Ford and Fulkerson's (1956), the proportional rule that of
    input-output analysis (Leontief).
    """
    if check_name(vendor, "the vendor") not in parties(flows):
        raise QuantityError(f"no flow is paid by or to “{vendor}”", hint=f"parties: {', '.join(parties(flows))}")
    own = {party: check_money(cash, f"the own cash flow of {party}", zero=True) for party, cash in (own or {}).items()}
    sales = None if sales is None else check_money(sales, "the vendor's sales", zero=True)
    flows = _without_dust(flows)
    between = _between(flows, vendor)
    unknown = tuple(
        flow
        for flow in flows
        if flow.yearly is None and ({flow.payer, flow.payee} & between or (flow.payee == vendor and flow.kind in SALES))
    )
    in_flows = sum(flow.yearly or 0.0 for flow in flows if flow.payee == vendor and flow.kind in SALES)
    if sales is not None and sales < in_flows * (1 - 1e-9):
        raise QuantityError(f"sales of {sales:g} are less than the {in_flows:g} in the flows to {vendor}")
    if unknown and (between or sales is None):
        return SelfFunded(sales=sales, unknown=unknown)
    of = in_flows if sales is None else sales
    if of == 0:
        return SelfFunded(sales=of)
    if not between:
        return SelfFunded(sales=of, lower=0.0, proportional=0.0, upper=0.0)
    problem = _Problem(flows, vendor, sorted(between), own)
    amounts = (problem.bound(1), problem.proportional(), problem.bound(-1))
    low, middle, high = (min(max(amount, 0.0) / of, 1.0) for amount in amounts)
    # The bounds come from a solver with a tolerance, the middle from exact arithmetic.
    return SelfFunded(sales=of, lower=min(low, middle), proportional=middle, upper=max(middle, high))


def _without_dust(flows: Sequence[Flow]) -> list[Flow]:
    """Without amounts that are nothing beside the largest: they would make a share of nearly nothing by nothing."""
    largest = max((flow.yearly or 0.0 for flow in flows), default=0.0)
    return [flow for flow in flows if flow.yearly is None or flow.yearly > largest * 1e-9]


def _between(flows: Sequence[Flow], vendor: str) -> set[str]:
    """Parties that the vendor's money can reach and from which it can come home."""
    import networkx as nx

    inner = nx.DiGraph([(f.payer, f.payee) for f in flows if vendor not in (f.payer, f.payee)])
    starts = [f.payee for f in flows if f.payer == vendor and f.kind in FINANCING]
    ends = [f.payer for f in flows if f.payee == vendor and f.kind in SALES]
    inner.add_nodes_from((*starts, *ends))
    reached = {party for start in starts for party in (start, *nx.descendants(inner, start))}
    home = {party for end in ends for party in (end, *nx.ancestors(inner, end))}
    return reached & home


class _Problem:
    """The vendor's money on every flow that a party in between pays; amounts are scaled by the largest."""

    def __init__(self, flows: Sequence[Flow], vendor: str, between: Sequence[str], own: Mapping[str, float]) -> None:
        amounts = [flow.yearly or 0.0 for flow in flows]
        self.largest = max(amounts)
        self.place = {party: i for i, party in enumerate(between)}
        self.vendor = vendor
        self.paid: list[tuple[Flow, float]] = []
        self.given = [0.0] * len(between)
        out, into = [0.0] * len(between), [own.get(party, 0.0) / self.largest for party in between]
        for flow, amount in zip(flows, amounts, strict=True):
            scaled = amount / self.largest
            if flow.payer in self.place:
                self.paid.append((flow, scaled))
                out[self.place[flow.payer]] += scaled
            if flow.payee in self.place:
                into[self.place[flow.payee]] += scaled
                if flow.payer == vendor and flow.kind in FINANCING:
                    self.given[self.place[flow.payee]] += scaled
        self.spare = [max(0.0, had - spent) for had, spent in zip(into, out, strict=True)]  # S - out
        self.means = [max(had, spent) for had, spent in zip(into, out, strict=True)]  # S

    def bound(self, sign: int) -> float:
        """The smallest (sign 1) or largest (-1) amount of the vendor's money that pays for its sales."""
        from scipy.optimize import linprog

        # net = paid on - taken in of the vendor's money, per party; T = given + taken in
        net = self._matrix()
        limits = [*net, *(-net)]
        right = [*self.given, *(spare - given for spare, given in zip(self.spare, self.given, strict=True))]
        cost = [sign * self._is_sale(flow) for flow, _ in self.paid]
        best = linprog(cost, A_ub=limits, b_ub=right, bounds=[(0.0, amount) for _, amount in self.paid])
        assert best.status == 0, best.message  # the proportional rule is always within the limits
        return float(sign * best.fun * self.largest)

    def proportional(self) -> float:
        """T = given + sum over flows in of a T / S, solved for T; then x = a T / S over the sales."""
        import numpy as np

        size = len(self.place)
        shares = np.zeros((size, size))
        for flow, amount in self.paid:
            if flow.payee in self.place:
                payer = self.place[flow.payer]
                shares[self.place[flow.payee], payer] += amount / self.means[payer]
        held = np.linalg.solve(np.eye(size) - shares, np.array(self.given))
        spent = [
            amount * held[self.place[flow.payer]] / self.means[self.place[flow.payer]]
            for flow, amount in self.paid
            if self._is_sale(flow)
        ]
        return float(sum(spent) * self.largest)

    def _matrix(self) -> Any:
        import numpy as np

        net = np.zeros((len(self.place), len(self.paid)))
        for column, (flow, _) in enumerate(self.paid):
            net[self.place[flow.payer], column] += 1
            if flow.payee in self.place:
                net[self.place[flow.payee], column] -= 1
        return net

    def _is_sale(self, flow: Flow) -> bool:
        return flow.payee == self.vendor and flow.kind in SALES
