"""Who pays whom, on the page: the parties on a ring, an arrow for each flow, and the same as a table."""

import math
from collections.abc import Sequence
from typing import Any

from bot.render.flows import FIRM, party_name
from bot.render.flows import WORDS as TERMS
from bot.render.flows import amount as amount_of
from bot.render.page.words import WORDS
from bot.render.ring import (
    HEIGHT,
    PUT_IN,
    WIDTH,
    Box,
    Point,
    along,
    around,
    arrow_head,
    best_place,
    curve,
    is_by_year,
    ring,
)
from core.circular import Flow
from core.quantity import money, write

_NAME, _SUM = 44, 34  # the largest letters, on a canvas of 1000 x 750: a phone's, where they are small all the same


def view(flows: Sequence[Flow], lang: str) -> dict[str, Any]:
    """What the template draws: boxes, arrows and rows."""
    places = {party: (x, HEIGHT - y) for party, (x, y) in ring(flows).items()}  # SVG counts from the top
    names = {party: party_name(party, lang) for party in places}
    boxes = {party: around(places[party], (_width(names[party], _NAME) + 52, _NAME * 1.7)) for party in places}
    a_year = is_by_year(flows)
    sizes = {flow.id: (flow.yearly if a_year else flow.total) or 0.0 for flow in flows}
    largest = max(sizes.values(), default=0.0) or 1.0
    lines = [curve(flow, flows, places, boxes) for flow in flows]
    taken = list(boxes.values())
    arrows = []
    for at, (flow, line) in enumerate(zip(flows, lines, strict=True)):
        label = _sum(flow, lang)
        others = [point for n, other in enumerate(lines) if n != at for point in other]
        place, box = _place(line, (_width(label, _SUM) + 10, _SUM * 1.2), taken, others)
        taken.append(box)
        wide = 3 + 13 * math.sqrt(sizes[flow.id] / largest)
        arrows.append(
            _arrow(flow, line, wide) | {"label": label, "x": place[0], "y": place[1], "say": _say(flow, names, lang)}
        )
    return {
        "wide": WIDTH,
        "tall": HEIGHT,
        "nodes": [
            {"name": names[party], "x": box[0], "y": box[1], "w": box[2] - box[0], "h": box[3] - box[1]}
            for party, box in boxes.items()
        ],
        "arrows": arrows,
        "rows": [_row(flow, names, lang) for flow in flows],
    }


def _width(text: str, size: float) -> float:
    """About how wide a line is: Chinese letters are squares, others about half."""
    return sum(size if ord(char) > 0x2E7F else size * 0.56 for char in text)


def _arrow(flow: Flow, line: list[Point], wide: float) -> dict[str, Any]:
    shaft, corners = arrow_head(line, 16 + 1.7 * wide)
    return {
        "kind": "put-in" if flow.kind in PUT_IN else "goods",
        "loose": flow.certainty not in FIRM,
        "path": f"M{'L'.join(f'{x:.0f} {y:.0f}' for x, y in shaft[::3] + shaft[-1:])}",
        "head": " ".join(f"{x:.0f},{y:.0f}" for x, y in corners),
        "width": round(wide, 1),
    }


def _place(line: list[Point], size: Point, taken: list[Box], others: list[Point]) -> tuple[Point, Box]:
    """Where on its curve a label covers least of the rest."""
    x, y = along(line, best_place(line, size, taken, others))
    return (round(x), round(y)), around((x, y), size)


def _sum(flow: Flow, lang: str) -> str:
    if flow.total is not None:
        return write(money(flow.total), lang)
    return "?" if flow.yearly is None else WORDS[lang]["a_year"].format(write(money(flow.yearly), lang))


def _row(flow: Flow, names: dict[str, str], lang: str) -> dict[str, str | float]:
    terms = TERMS[lang]
    return {
        "payer": names[flow.payer],
        "payee": names[flow.payee],
        "amount": amount_of(flow, lang),
        "size": flow.total or flow.yearly or 0.0,
        "kind": f"{terms[flow.kind]} · {terms[flow.certainty]}",
        "announced": flow.announced,
        "sources": ", ".join(dict.fromkeys(source.publisher for source in flow.sources)),
    }


def _say(flow: Flow, names: dict[str, str], lang: str) -> str:
    row = _row(flow, names, lang)
    return f"{row['payer']} → {row['payee']}: {row['amount']}, {row['kind']}, {row['announced']}"
