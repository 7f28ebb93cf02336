"""The trend as a picture: mood with its band, an index over it, posts below.

Drawn from the JSON document of `bot.report.to_json`, as the terminal and the page are. A day without posts is a gap.
Bullish is blue and bearish orange: red and green mean the opposite in Shanghai and in New York, and look alike to one man in twelve.
"""

from dataclasses import dataclass
from typing import Any, Final

from bot.pictures.paper import DPI, chinese_font, need_matplotlib, png
from bot.render.report import FEW, runs
from bot.render.report_words import WORDS
from core.text import one_line

WIDTH, HEIGHT = 10.0, 6.25  # inches; 1600 x 1000 pixels
_TICKS, _LONGEST, _MOST_BARS = 8, 60, 150
Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """What a picture is painted with."""

    paper: str
    ink: str
    soft: str
    line: str
    bullish: str
    neutral: str
    bearish: str
    index: str


LIGHT: Final = Colours(paper="#ffffff", ink="#1c2733", soft="#5f6f7f", line="#d5dbe1", bullish="#2372b3", neutral="#c3ccd4", bearish="#d9741a", index="#7a4fa3")  # fmt: skip
DARK: Final = Colours(paper="#12181f", ink="#e6edf3", soft="#93a1af", line="#2c3742", bullish="#5aa9e6", neutral="#47545f", bearish="#f0964a", index="#b692d8")  # fmt: skip


def draw(document: Document, lang: str, *, scope: str = "", dark: bool = False) -> bytes:
    """The report's days, weeks or months, PNG of 1600 x 1000 pixels.

    scope: what the report is about, for the heading; empty where it is about everything
    Raises `UsageError` where matplotlib is not installed.
    """
    need_matplotlib()
    import matplotlib as mpl

    with mpl.rc_context({"text.parse_math": False}):  # a $ in a name is a dollar
        return _Picture(document, lang, scope, DARK if dark else LIGHT).png()


class _Picture:
    """One picture; x is the number of the day, week or month."""

    def __init__(self, document: Document, lang: str, scope: str, colours: Colours) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        file = chinese_font()
        self.words = WORDS[lang if file else "en"]
        self.letters = _letters(file) if file else frozenset(range(0x20, 0x250))
        self.font: dict[str, Any] = {"font": file} if file else {}
        self.document, self.days, self.scope, self.colours = document, document["days"], scope, colours
        self.figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=colours.paper)
        FigureCanvasAgg(self.figure)
        self.mood: Any = self.figure.add_axes((0.07, 0.39, 0.86, 0.42))
        self.posts: Any = self.figure.add_axes((0.07, 0.12, 0.86, 0.21), sharex=self.mood)

    def png(self) -> bytes:
        self._heading()
        self._mood()
        if self.document["prices"]:
            self._index()
        self._posts()
        return png(self.figure)

    def _heading(self) -> None:
        document, words = self.document, self.words
        title = words["title" if document["n"] else "title_empty"].format(**document)
        self._text(0.07, 0.945, title, 15, self.colours.ink)
        self._text(0.07, 0.895, self._shown(self.scope) or words["legend"], 9.5, self.colours.soft)
        few = f"{words['few'].format(few=FEW)} " if document["n"] < FEW else ""
        self._text(0.07, 0.025, few + words["advice"], 8, self.colours.soft)

    def _mood(self) -> None:
        colours, values = self.colours, [day["bullishness"] for day in self.days]
        self._dress(self.mood)
        self.mood.axhline(0, color=colours.soft, linewidth=1, zorder=1)
        for first, last in runs(values):
            at = list(range(first, last + 1))
            low, high = ([self.days[n][end] for n in at] for end in ("low", "high"))
            if len(at) == 1:  # a day between empty ones has no width of its own
                self.mood.vlines(first, low[0], high[0], color=colours.bullish, alpha=0.35, linewidth=3, zorder=2)
            else:
                self.mood.fill_between(at, low, high, color=colours.bullish, alpha=0.18, linewidth=0, zorder=2)
            self.mood.plot(at, values[first : last + 1], color=colours.ink, linewidth=1.8, zorder=4)
        if len(values) <= 62:
            told = [(n, value) for n, value in enumerate(values) if value is not None]
            paint = [
                colours.bullish if value > 0 else colours.bearish if value < 0 else colours.soft for _, value in told
            ]
            self.mood.scatter(
                *zip(*told, strict=True), c=paint, s=22, zorder=5, edgecolors=colours.paper, linewidths=0.8
            )
        self._name(self.mood, f"{self.words['bullishness']}  95%", colours.ink, 0.0, "left")
        self.mood.tick_params(labelbottom=False)

    def _index(self) -> None:
        told = [(n, day["close"]) for n, day in enumerate(self.days) if day["close"] is not None]
        if not told:
            return
        axes: Any = self.mood.twinx()
        self._dress(axes, grid=False)
        axes.plot(*zip(*told, strict=True), color=self.colours.index, linewidth=1.4, linestyle=(0, (5, 1.5)), zorder=3)
        axes.tick_params(axis="y", labelcolor=self.colours.index)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        self._name(axes, self._shown(self.document["prices"]["name"]), self.colours.index, 1.0, "right")

    def _posts(self) -> None:
        self._dress(self.posts)
        base = [0] * len(self.days)
        for name in ("bearish", "neutral", "bullish"):
            counts = [day[name] for day in self.days]
            top = [below + more for below, more in zip(base, counts, strict=True)]
            paint = getattr(self.colours, name)
            if len(counts) <= _MOST_BARS:
                self.posts.bar(range(len(counts)), counts, 0.8, base, color=paint, zorder=3)
            else:  # too thin to be told apart, and slow
                self.posts.fill_between(range(len(counts)), base, top, step="mid", color=paint, linewidth=0, zorder=3)
            base = top
        self.posts.set_xlim(-0.6, max(0, len(self.days) - 1) + 0.6)
        self.posts.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        step = max(1, -(-len(self.days) // _TICKS))
        ticks = range((len(self.days) - 1) % step, len(self.days), step)
        month = 7 if self.document["by"] == "month" else 10
        self.posts.set_xticks(list(ticks), [self.days[n]["date"][:month] for n in ticks], color=self.colours.soft)
        self._name(self.posts, self.words["n"], self.colours.ink, 0.0, "left")
        at = 1.0
        for name in ("bullish", "neutral", "bearish"):
            style: dict[str, Any] = {"ha": "right", "fontsize": 9, "transform": self.posts.transAxes, **self.font}
            paint = self.colours.soft if name == "neutral" else getattr(self.colours, name)
            drawn = self.posts.text(at, 1.05, f"■ {self.words[name]}", color=paint, **style)
            box = drawn.get_window_extent(self.figure.canvas.get_renderer())  # type: ignore[attr-defined] # Agg has it
            at -= box.width / self.posts.get_window_extent().width + 0.015

    def _dress(self, axes: Any, *, grid: bool = True) -> None:
        axes.set_facecolor("none")
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(colors=self.colours.soft, labelsize=8.5, length=0)
        if grid:
            axes.grid(axis="y", color=self.colours.line, linewidth=0.7, zorder=0)

    def _name(self, axes: Any, text: str, colour: str, at: float, side: str) -> None:
        axes.text(at, 1.05, text, ha=side, fontsize=9.5, color=colour, transform=axes.transAxes, **self.font)

    def _text(self, x: float, y: float, text: str, size: float, colour: str) -> None:
        self.figure.text(x, y, text, fontsize=size, color=colour, **self.font)

    def _shown(self, text: str) -> str:
        """Foreign text on one line, without what the font cannot draw."""
        line = one_line(text)[:_LONGEST]
        return "".join(char for char in line if ord(char) in self.letters)


def _letters(font: Any) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font)).get_charmap())
