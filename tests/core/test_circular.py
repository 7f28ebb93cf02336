"""What goes round: cycles, circulation, the vendor's own money, cash from outside."""

import itertools
import time

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.circular import (
    Flow,
    consolidated_revenue,
    cycles,
    external_cash,
    parties,
    round_trip,
    spread,
    standing,
)
from core.errors import QuantityError
from core.vendor import self_funded

count = itertools.count()


def pay(payer: str, payee: str, a: float | None, kind: str = "purchase", **more: object) -> Flow:
    fields: dict[str, object] = {"certainty": "report", "announced": "2025", **more}
    return Flow(id=f"f{next(count)}", payer=payer, payee=payee, kind=kind, amount_usd_bn_per_year=a, **fields)  # type: ignore[arg-type]


def total(payer: str, payee: str, sum_bn: float, years: float | None, kind: str = "purchase") -> Flow:
    return pay(payer, payee, None, kind, total=sum_bn, years=years)


# 25 from the vendor, 15 customers, 20 investors into the lab; 50 to the cloud, which has 70 more; 48 of 200 sales
WORKED = [
    pay("vendor", "lab", 25, "equity"),
    pay("customers", "lab", 15),
    pay("investors", "lab", 20, "equity"),
    pay("lab", "cloud", 50),
    pay("others", "cloud", 70),
    pay("cloud", "vendor", 48),
]

PARTIES = "VABCD"
KINDS = ("equity", "loan", "purchase", "lease", "prepayment")
amounts = st.one_of(st.just(0.0), st.integers(1, 50).map(float), st.floats(0.01, 1000))
edges = st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES), amounts, st.sampled_from(KINDS))
graphs = st.lists(edges.filter(lambda edge: edge[0] != edge[1]), min_size=1, max_size=14).map(
    lambda rows: [pay("V", "A", 1.0, "equity"), *(pay(*row) for row in rows)]
)


def test_the_worked_example() -> None:
    share = self_funded(WORKED, "vendor", sales=200)
    assert (share.upper, share.proportional, share.lower) == pytest.approx((0.125, 0.0416667, 0), abs=1e-6)


def test_a_customer_with_no_other_money_spends_the_vendors() -> None:
    share = self_funded([pay("V", "A", 10, "loan"), pay("A", "V", 10)], "V")
    assert (share.lower, share.proportional, share.upper) == (1, 1, 1)


def test_own_cash_of_the_customer_lowers_the_lower_bound() -> None:
    flows = [pay("V", "A", 10, "loan"), pay("A", "V", 10)]
    share = self_funded(flows, "V", own={"A": 30})
    assert (share.lower, share.proportional, share.upper) == pytest.approx((0, 0.25, 1), abs=1e-9)


def test_what_the_vendor_buys_is_not_financing() -> None:
    assert self_funded([pay("V", "A", 10, "lease"), pay("A", "V", 10)], "V").upper == 0


def test_sums_are_spread_before_they_are_compared() -> None:
    (loop,) = cycles([total("V", "A", 100, 10, "equity"), total("A", "B", 300, 5), pay("B", "V", 12)]).found
    assert loop.bottleneck == 10
    assert loop.whole is None  # one leg is only known a year


def test_an_unknown_amount_is_in_the_cycle_and_has_no_bottleneck() -> None:
    flows = [total("V", "A", 100, None, "equity"), total("A", "B", 300, 5), total("B", "V", 40, None)]
    (loop,) = cycles(flows).found
    assert (loop.nodes, loop.bottleneck, loop.whole) == (("V", "A", "B"), None, 40)
    trip = round_trip(flows)
    assert (trip.share, trip.paid, len(trip.unknown)) == (None, 60, 2)
    share = self_funded(flows, "V")
    assert (share.lower, share.proportional, share.upper) == (None, None, None)
    assert len(share.unknown) == 2


def test_spread_assumes_only_what_is_not_known() -> None:
    flows = spread([total("V", "A", 100, None), total("A", "B", 300, 5), pay("B", "V", None)], 10)
    assert [flow.yearly for flow in flows] == [10, 60, None]


def test_an_unknown_amount_off_the_loop_leaves_the_share_of_the_rest() -> None:
    trip = round_trip([pay("A", "B", 5), pay("B", "A", 5), pay("B", "C", None)])
    assert trip.share == pytest.approx(1)
    assert len(trip.unknown) == 1


def test_no_loop_is_a_share_of_nought() -> None:
    assert round_trip([pay("A", "B", 5), pay("B", "C", 5)]).share == 0


def test_circulation_over_loops_that_share_a_leg() -> None:
    # A pays B 10; of that, 6 may come back directly and 7 by way of C: 10 in all, then 10 + 6 + 4 + 4 go round
    flows = [pay("A", "B", 10), pay("B", "A", 6), pay("B", "C", 7), pay("C", "A", 9)]
    assert round_trip(flows).circulating == pytest.approx(10 + 3 + 7 + 7)


def test_parallel_flows_are_one_step() -> None:
    (loop,) = cycles([pay("A", "B", 3), pay("A", "B", 4, "loan"), pay("B", "A", 5)]).found
    assert loop.bottleneck == 5
    assert [len(leg) for leg in loop.legs] == [2, 1]


def test_a_ring_of_fifty_is_said_to_be_too_long_and_found_when_asked() -> None:
    ring = [pay(str(i), str((i + 1) % 50), 1) for i in range(50)]
    assert cycles(ring).found == ()
    assert not cycles(ring).complete
    (loop,) = cycles(ring, max_length=50).found
    assert loop.bottleneck == 1
    assert round_trip(ring).share == pytest.approx(1)


def test_fifty_parties_who_all_pay_one_another_do_not_blow_up() -> None:
    dense = [pay(str(i), str(j), 1 + i % 3) for i in range(50) for j in range(50) if i != j]
    start = time.perf_counter()
    found = cycles(dense)
    share = self_funded([*dense, pay("V", "1", 5, "equity"), pay("7", "V", 5)], "V")
    assert time.perf_counter() - start < 20
    assert (len(found.found), found.complete) == (1000, False)
    assert share.upper == pytest.approx(1)


def test_a_dense_graph_with_only_one_long_way_back_does_not_blow_up() -> None:
    forward = [pay(f"{i:02}", f"{j:02}", 1) for i in range(40) for j in range(i + 1, 40)]
    back = [pay("39", "x0", 1), *(pay(f"x{i}", f"x{i + 1}", 1) for i in range(8)), pay("x8", "00", 1)]
    start = time.perf_counter()
    assert not cycles([*forward, *back]).complete
    assert time.perf_counter() - start < 20


def test_external_cash_of_a_party_and_of_a_group() -> None:
    assert external_cash(WORKED, {"lab"}) == 50 - 60
    assert external_cash(WORKED, {"vendor", "lab", "cloud"}) == -(15 + 20 + 70)
    assert external_cash(WORKED, {"cloud"}, own=10) == 48 - 120 - 10
    assert external_cash([*WORKED, pay("lab", "cloud", None)], {"lab"}) is None
    assert external_cash([*WORKED, pay("lab", "cloud", None)], {"lab", "cloud"}) == 48 - (25 + 15 + 20 + 70)


def test_revenue_of_a_group_is_what_outsiders_pay_for() -> None:
    assert consolidated_revenue(WORKED, {"vendor"}) == 48
    assert consolidated_revenue(WORKED, {"vendor", "cloud"}) == 50 + 70
    assert consolidated_revenue(WORKED, {"vendor", "cloud", "lab"}) == 15 + 70  # investors buy nothing
    assert consolidated_revenue([pay("x", "vendor", None)], {"vendor"}) is None


def test_standing_on_a_day() -> None:
    intent = pay("V", "A", None, "equity", announced="2025-09-22", dropped="2026-02")
    equity = pay("V", "A", None, "equity", announced="2026-02")
    assert standing([intent, equity], "2025-10") == (intent,)
    assert standing([intent, equity], "2026-02-20") == (equity,)
    assert standing([intent, equity]) == (equity,)
    assert standing([intent, equity], "2025-09-21") == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"a": -1.0},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": 1e400},
        {"a": 2e7},
        {"a": None, "total": -3.0},
        {"a": None, "total": 3.0, "years": 0.0},
        {"a": 1.0, "kind": "gift"},
        {"a": 1.0, "certainty": "sure"},
        {"a": 1.0, "payee": "A"},
    ],
)
def test_a_flow_outside_its_limits_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(QuantityError):
        pay("A", **{"payee": "B", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(("vendor", "sales"), [("nobody", 200.0), ("vendor", 40.0), ("vendor", float("nan"))])
def test_self_funded_refuses_what_cannot_be(vendor: str, sales: float) -> None:
    with pytest.raises(QuantityError):
        self_funded(WORKED, vendor, sales=sales)


def test_no_flows_at_all() -> None:
    assert cycles([]).found == ()
    assert round_trip([]).share is None
    assert external_cash([], {"A"}) == 0
    assert parties([]) == ()


@given(graphs)
def test_the_three_bounds_are_in_order_and_shares(flows: list[Flow]) -> None:
    share = self_funded(flows, "V")
    if share.sales == 0:
        assert share.upper is None
        return
    assert share.lower is not None
    assert share.proportional is not None
    assert share.upper is not None
    assert 0 <= share.lower <= share.proportional <= share.upper <= 1


@given(graphs)
def test_upper_is_the_maximum_flow(flows: list[Flow]) -> None:
    share = self_funded(flows, "V")
    network = nx.DiGraph()
    network.add_nodes_from(("out", "home"))
    for flow in flows:
        payer = "out" if flow.payer == "V" else flow.payer
        payee = "home" if flow.payee == "V" else flow.payee
        if (payer == "out" and flow.kind in ("purchase", "lease")) or (
            payee == "home" and flow.kind in ("equity", "loan")
        ):
            continue
        # networkx is exact on whole numbers only
        so_far = network.get_edge_data(payer, payee, {"capacity": 0})["capacity"]
        network.add_edge(payer, payee, capacity=so_far + round((flow.yearly or 0) * 10**9))
    if share.upper is not None and share.sales:
        most = nx.maximum_flow_value(network, "out", "home") / 10**9
        assert share.upper * share.sales == pytest.approx(most, rel=1e-5, abs=1e-5)


@given(graphs)
def test_round_trip_is_a_share_and_none_without_cycles(flows: list[Flow]) -> None:
    trip = round_trip(flows)
    assert trip.share is not None
    assert 0 <= trip.share <= 1
    paid = [flow for flow in flows if flow.yearly]
    loops = cycles(paid, max_length=5).found
    assert (trip.circulating > 1e-6) == bool(loops)
    for loop in loops:  # what goes round any one cycle is part of the whole
        assert trip.circulating >= (loop.bottleneck or 0) * len(loop.nodes) * (1 - 1e-6)


@given(graphs, st.sampled_from([1e-3, 0.1, 7.0, 1000.0]))
def test_shares_do_not_depend_on_the_scale(flows: list[Flow], factor: float) -> None:
    scaled = [pay(f.payer, f.payee, (f.yearly or 0) * factor, f.kind) for f in flows]
    assert round_trip(scaled).share == pytest.approx(round_trip(flows).share, abs=1e-6)
    one, other = self_funded(flows, "V"), self_funded(scaled, "V")
    for bound in ("lower", "proportional", "upper"):
        assert getattr(one, bound) == pytest.approx(getattr(other, bound), abs=1e-6)


@given(graphs)
def test_all_cash_from_outside_sums_to_nought(flows: list[Flow]) -> None:
    needs = [external_cash(flows, {party}) or 0.0 for party in parties(flows)]
    assert sum(needs) == pytest.approx(0, abs=1e-6)
