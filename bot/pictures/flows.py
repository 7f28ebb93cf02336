"""Who pays whom, as a picture: parties on a ring, an arrow for each flow."""

import math
from collections.abc import Sequence
from typing import Any

from bot.pictures.paper import DPI, INK, PAPER, SOFT, chinese_font, need_matplotlib, png
from bot.render.flows import FIRM, WORDS, amount, party_name
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
from core.errors import UsageError

COLOUR_IN, COLOUR_GOODS = "#b5452c", "#1f6a8a"
WORDING = {
    "en": {"title": "Who pays whom", "put_in": "money put in", "goods": "money for goods", "firm": "paid or under contract", "loose": "letter of intent or report",
           "width": "width: the sum over all years, thin where unknown", "width_a_year": "width: the amount a year, thin where unknown"},
    "zh-Hant": {"title": "錢怎麼轉", "put_in": "投入的錢", "goods": "買東西的錢", "firm": "已付或合約", "loose": "意向書或報導",
                "width": "粗細：各年合計金額，未知則細", "width_a_year": "粗細：每年金額，未知則細"},
    "zh-Hans": {"title": "钱怎么转", "put_in": "投入的钱", "goods": "买东西的钱", "firm": "已付或合同", "loose": "意向书或报道",
                "width": "粗细：各年合计金额，未知则细", "width_a_year": "粗细：每年金额，未知则细"},
}  # fmt: skip


MOST_PARTIES = 20


def draw(flows: Sequence[Flow], lang: str, *, assumed: frozenset[str] = frozenset()) -> bytes:
    """The flows as a graph, PNG of 1600 x 1200 pixels: parties on a ring, an arrow for each flow.

    Arrows are as wide as the square root of their amount: all a year where all are known so, else all in sums.
    assumed: ids of flows whose years were assumed, which their labels say. Raises `UsageError` where matplotlib is
    not installed, there is nothing to draw, or there are too many parties to read.
    """
    need_matplotlib()
    if not flows:
        raise UsageError("there are no flows to draw")
    parties = {party for flow in flows for party in (flow.payer, flow.payee)}
    if len(parties) > MOST_PARTIES:
        raise UsageError(
            f"a picture of {len(parties)} parties cannot be read; the most is {MOST_PARTIES}",
            hint="draw a part of them: a folder with fewer cards and --only",
        )
    return _Graph(flows, lang, assumed).png()


class _Graph:
    """One picture; coordinates are hundredths of an inch from the lower left."""

    def __init__(self, flows: Sequence[Flow], lang: str, assumed: frozenset[str]) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        font = chinese_font()
        self.assumed = assumed
        self.flows, self.lang = flows, lang if font or lang == "en" else "en"
        self.figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=DPI, facecolor=PAPER)
        self.renderer: Any = FigureCanvasAgg(self.figure).get_renderer()  # type: ignore[no-untyped-call]
        self.axes: Any = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(0, HEIGHT)
        self.axes.axis("off")
        self.font: dict[str, Any] = {"font": font} if font else {}
        self.a_year = is_by_year(flows)
        self.largest = max(map(self._size, flows), default=0.0)

    def png(self) -> bytes:
        places = ring(self.flows)
        small = 9.5 if len(self.flows) <= 10 else 7.5
        nodes = {party: self._node(party, place) for party, place in places.items()}
        curves = [curve(flow, self.flows, places, nodes) for flow in self.flows]
        for flow, line in zip(self.flows, curves, strict=True):
            self._arrow(flow, line)
        taken = list(nodes.values())
        for place, (flow, line) in enumerate(zip(self.flows, curves, strict=True)):
            others = [point for i, other in enumerate(curves) if i != place for point in other]
            taken.append(self._label(flow, line, taken, others, small))
        self._key()
        return png(self.figure)

    def _size(self, flow: Flow) -> float:
        return (flow.yearly if self.a_year else flow.total) or 0.0

    def _node(self, party: str, place: Point) -> Box:
        style = {"boxstyle": "round,pad=0.55", "facecolor": INK, "edgecolor": PAPER, "linewidth": 2}
        return self._text(place, party_name(party, self.lang), 15, PAPER, bbox=style, zorder=6)

    def _arrow(self, flow: Flow, curve: list[Point]) -> None:
        size = self._size(flow)
        width = 1.4 + 6.0 * math.sqrt(size / self.largest) if size else 1.2
        shaft, corners = arrow_head(curve, 12 + 2.2 * width)
        colour = COLOUR_IN if flow.kind in PUT_IN else COLOUR_GOODS
        dashes = "-" if flow.certainty in FIRM else (0, (4 - width / 4, 1.6))
        xs, ys = zip(*shaft, strict=True)
        self.axes.plot(xs, ys, color=colour, linewidth=width, linestyle=dashes, dash_capstyle="butt", zorder=2)
        self.axes.fill(*zip(*corners, strict=True), color=colour, zorder=3, linewidth=0)

    def _label(self, flow: Flow, curve: list[Point], taken: list[Box], others: list[Point], size: float) -> Box:
        """Amount, kind, certainty and date at the place on the curve where they cover least of the rest."""
        words = WORDS[self.lang]
        terms = f"{words[flow.kind]}{_dot(self.lang)}{words[flow.certainty]}"
        sum_said = amount(flow, self.lang, assumed=flow.id in self.assumed)
        if flow.id in self.assumed:  # longer by the assumption: the sum gets lines of its own
            for at in (" (", "（", ", "):
                sum_said = sum_said.replace(at, f"{at.rstrip(' (（')}\n{at.strip(' ,')}", 1)
        label = f"{sum_said}\n{terms}\n{flow.announced}"
        colour = COLOUR_IN if flow.kind in PUT_IN else COLOUR_GOODS
        box = self._measure(label, size)
        place = along(curve, best_place(curve, box, taken, others))
        style = {"boxstyle": "round,pad=0.2", "facecolor": PAPER, "edgecolor": "none", "alpha": 1.0}
        self._text(place, label, size, colour, bbox=style, zorder=5)
        return around(place, box)

    def _measure(self, text: str, size: float) -> Point:
        probe = self.axes.text(0, 0, text, fontsize=size, linespacing=1.35, parse_math=False, **self.font)
        box = probe.get_window_extent(self.renderer)
        probe.remove()
        return box.width * 100 / DPI + 10, box.height * 100 / DPI + 8

    def _text(self, place: Point, text: str, size: float, colour: str, **style: Any) -> Box:
        centred = {"ha": "center", "va": "center", "linespacing": 1.35} | style
        drawn = self.axes.text(*place, text, fontsize=size, color=colour, parse_math=False, **self.font, **centred)
        box = drawn.get_window_extent(self.renderer)
        pad = size * 0.55 * 100 / 72 if style.get("zorder") == 6 else 0.0
        left, bottom, right, top = (edge * 100 / DPI for edge in (box.x0, box.y0, box.x1, box.y1))
        return left - pad, bottom - pad, right + pad, top + pad

    def _key(self) -> None:
        words = WORDING[self.lang]
        self._text((28, HEIGHT - 38), words["title"], 19, INK, ha="left")
        at = 28.0
        for text, colour, dashes in (
            (words["put_in"], COLOUR_IN, "-"),
            (words["goods"], COLOUR_GOODS, "-"),
            (words["firm"], SOFT, "-"),
            (words["loose"], SOFT, (0, (4, 1.6))),
        ):
            self.axes.plot([at, at + 34], [28, 28], color=colour, linewidth=3, linestyle=dashes)
            at = self._text((at + 42, 28), text, 10, SOFT, ha="left")[2] + 24
        self._text((28, HEIGHT - 66), words["width_a_year" if self.a_year else "width"], 10, SOFT, ha="left")


def _dot(lang: str) -> str:
    return "，" if lang.startswith("zh") else ", "
