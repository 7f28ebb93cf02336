"""Where the parties of a drawing of flows stand, and how the arrows between them run; for the picture and the page.

Coordinates are hundredths of an inch from the lower left of a canvas of `WIDTH` x `HEIGHT`.
"""

import itertools
import math
from collections.abc import Iterable, Sequence

from core.circular import Flow, cycles, parties

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top

WIDTH, HEIGHT = 1000, 750
PUT_IN = frozenset({"equity", "loan", "warrant"})  # kinds of flows that are money put in, not money for goods
_BROAD = 0.42  # half the breadth of an arrow's head, of its length
MOST_ORDERED = 7  # parties up to which every order on the ring is tried


def ring(flows: Sequence[Flow]) -> dict[str, Point]:
    """A place for every party on an ellipse, clockwise from the top left, in the order with the fewest crossings.

    >>> from core.flow_cards import load
    >>> sorted(ring(load()))
    ['AMD', 'CRWV', 'NVDA', 'OPENAI', 'ORCL']
    """
    found = cycles(flows).found
    longest = max(found, key=lambda cycle: len(cycle.nodes), default=None)
    order = tuple(dict.fromkeys((*(longest.nodes if longest else ()), *parties(flows))))
    if len(order) <= MOST_ORDERED:
        pairs = {frozenset((flow.payer, flow.payee)) for flow in flows}
        order = min(
            ((order[0], *rest) for rest in itertools.permutations(order[1:])),
            key=lambda order: _tangle(_ellipse(order), pairs),
        )
    return _ellipse(order)


def _ellipse(order: Sequence[str]) -> dict[str, Point]:
    start = math.pi * (0.5 + 1 / len(order))
    angles = {party: start - 2 * math.pi * i / len(order) for i, party in enumerate(order)}
    return {party: (WIDTH / 2 + 370 * math.cos(a), 385 + 265 * math.sin(a)) for party, a in angles.items()}


def _tangle(places: dict[str, Point], pairs: Iterable[frozenset[str]]) -> float:
    lines = [tuple(sorted(pair)) for pair in pairs]
    crossed = sum(
        not set(one) & set(other) and _crosses(*(places[party] for party in (*one, *other)))
        for one, other in itertools.combinations(lines, 2)
    )
    return crossed * 10_000 + sum(math.dist(places[one], places[other]) for one, other in lines)


def _crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def curve(flow: Flow, flows: Sequence[Flow], places: dict[str, Point], boxes: dict[str, Box]) -> list[Point]:
    """A bent line from box to box; flows of one pair and direction bend further out, one by one."""
    (x0, y0), (x1, y1) = places[flow.payer], places[flow.payee]
    alike = [other for other in flows if (other.payer, other.payee) == (flow.payer, flow.payee)]
    back = any((other.payee, other.payer) == (flow.payer, flow.payee) for other in flows)
    bend = (0.36 if back else 0.26) + 0.3 * alike.index(flow)
    middle = (x0 + x1) / 2 - bend * (y1 - y0) / 2, (y0 + y1) / 2 + bend * (x1 - x0) / 2
    points = [_bezier((x0, y0), middle, (x1, y1), step / 120) for step in range(121)]
    free = [p for p in points if not inside(p, boxes[flow.payer], 4) and not inside(p, boxes[flow.payee], 6)]
    return free if len(free) > 3 else points


def _bezier(start: Point, middle: Point, end: Point, t: float) -> Point:
    one, two, three = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return (
        one * start[0] + two * middle[0] + three * end[0],
        one * start[1] + two * middle[1] + three * end[1],
    )


def along(curve: list[Point], t: float) -> Point:
    """The point at the share `t` of a curve."""
    return curve[min(len(curve) - 1, int(t * len(curve)))]


def around(place: Point, size: Point) -> Box:
    """The box of a width and height with its middle at a place."""
    return place[0] - size[0] / 2, place[1] - size[1] / 2, place[0] + size[0] / 2, place[1] + size[1] / 2


def is_by_year(flows: Sequence[Flow]) -> bool:
    """Whether arrows are as wide as amounts a year: all that are known are known so. Else they are as wide as sums."""
    return all(flow.yearly is not None for flow in flows if flow.total is not None or flow.yearly is not None)


def arrow_head(line: list[Point], length: float) -> tuple[list[Point], list[Point]]:
    """A curve as the shaft of an arrow, and the three corners of its head, the tip first."""
    tip = line[-1]
    shaft = [point for point in line if math.dist(point, tip) > length * 0.8] or line[:1]
    dx, dy = tip[0] - shaft[-1][0], tip[1] - shaft[-1][1]
    far = math.hypot(dx, dy) or 1.0
    dx, dy = dx / far * length, dy / far * length
    left = tip[0] - dx - dy * _BROAD, tip[1] - dy + dx * _BROAD
    right = tip[0] - dx + dy * _BROAD, tip[1] - dy - dx * _BROAD
    return shaft, [tip, left, right]


def best_place(line: list[Point], size: Point, taken: Iterable[Box], others: Iterable[Point]) -> float:
    """The share of a curve at which a label of this size covers least of the rest, the middle if it can be."""
    tries = sorted((step / 100 for step in range(22, 80, 3)), key=lambda t: abs(t - 0.5))
    return min(tries, key=lambda t: covered(around(along(line, t), size), taken, others) + abs(t - 0.5) * 40)


def inside(point: Point, box: Box, margin: float) -> bool:
    """Whether a point is in a box, or nearer to it than the margin."""
    return box[0] - margin <= point[0] <= box[2] + margin and box[1] - margin <= point[1] <= box[3] + margin


def covered(box: Box, taken: Iterable[Box], points: Iterable[Point]) -> float:
    """How bad a place is for a label: what it hides of other boxes and curves, and what hangs over the edge."""
    area = 0.0
    for left, bottom, right, top in taken:
        across, up = min(box[2], right) - max(box[0], left), min(box[3], top) - max(box[1], bottom)
        area += max(0.0, across) * max(0.0, up)
    outside = max(0.0, -box[0]) + max(0.0, box[2] - WIDTH)
    return area + 120 * sum(inside(point, box, 0) for point in points) + 1000 * outside
