"""A verdict in the terminal: what it is, the words that carried it where they stand, and the sum that they make.

Signs and shapes say what colours say, so nothing is lost where there are none: ▲ and + are bullish, ▼ and - bearish.
Green and red are the terminal's own, which suit its background, dark or light.
"""

import math
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from core.sentiment import Evidence, Sentiment, Stance
from core.text import clean, fold, one_line

MARKS = {Stance.BULLISH: "▲", Stance.BEARISH: "▼", Stance.NEUTRAL: "·"}
STYLES = {Stance.BULLISH: "green", Stance.BEARISH: "red", Stance.NEUTRAL: "default"}
_BAR = 12  # cells of the longest bar
_SHOWN = 400  # characters of the text
_REST = "(rest)"


def verdict(judged: Sentiment, *, text: str | None = None) -> Text:
    """One line: the stance, its probabilities, and the text's beginning where one is given."""
    bearish, neutral, bullish = judged.p
    line = Text.assemble(
        (f"{judged.label:<8}", f"bold {STYLES[judged.label]}"),
        f"  bullish {bullish:.2f}  neutral {neutral:.2f}  bearish {bearish:.2f}  on topic {judged.p_on_topic:.2f}",
    )
    return line if text is None else line.append(f"  {' '.join(text.split())[:60]}")


def explained(judged: Sentiment, text: str) -> Iterator[Text]:
    """The text with its words marked, each word's weight, the rest, and the margin that they sum to.

    Words that can be read come before single characters, the heavier first.
    """
    terms = [item for item in judged.evidence if item.term != _REST]
    rest = [item for item in judged.evidence if item.term == _REST]
    yield marked(text, terms)
    terms.sort(key=lambda item: (not _readable(item.term), -abs(item.weight)))
    heaviest = max((abs(item.weight) for item in judged.evidence), default=0.0)
    width = max((cell_len(clean(item.term)) for item in judged.evidence), default=0)
    for item in terms + rest:
        yield _row(item, width, heaviest)
    if judged.evidence:
        total = math.fsum(item.weight for item in judged.evidence)
        yield Text.assemble(
            f"  {total:+6.2f}  = the log-odds of bullish against bearish, before calibration ",
            (f"({judged.model})", "dim"),
        )


def marked(text: str, terms: Sequence[Evidence]) -> Text:
    """The text with every word of the evidence in its colour and between signs, where it stands as written.

    >>> marked("看好，但是怕跌", [Evidence(term="看好", weight=1.0), Evidence(term="跌", weight=-1.0)]).plain
    '[+看好]，但是怕[-跌]'
    """
    shown = one_line(text, _SHOWN)
    folded = [fold(char) for char in shown]
    if any(len(char) > 1 for char in folded):
        return Text(shown)  # a character that folds to several has no one place
    plain = "".join(char or " " for char in folded)
    taken = [0.0] * len(shown)
    for item in sorted(terms, key=lambda item: -len(item.term)):
        at = plain.find(item.term)
        while at >= 0:
            if not any(taken[at : at + len(item.term)]):
                taken[at : at + len(item.term)] = [item.weight] * len(item.term)
            at = plain.find(item.term, at + len(item.term))
    return _drawn(shown, taken)


def _drawn(shown: str, taken: Sequence[float]) -> Text:
    out, at = Text(), 0
    while at < len(shown):
        end = at + 1
        while end < len(shown) and taken[end] == taken[at]:
            end += 1
        weight = taken[at]
        if weight:
            stance, sign = (Stance.BULLISH, "+") if weight > 0 else (Stance.BEARISH, "-")
            out.append(f"[{sign}{shown[at:end]}]", style=f"bold {STYLES[stance]}")
        else:
            out.append(shown[at:end])
        at = end
    return out


def _row(item: Evidence, width: int, heaviest: float) -> Text:
    term = clean(item.term)
    style = "dim" if item.term == _REST else STYLES[Stance.BULLISH if item.weight > 0 else Stance.BEARISH]
    sign = MARKS[Stance.BULLISH if item.weight > 0 else Stance.BEARISH]
    bar = sign * max(1, round(_BAR * abs(item.weight) / heaviest)) if heaviest and item.weight else ""
    return Text.assemble(
        "  ", (f"{item.weight:+6.2f}", style), f"  {term}{' ' * (width - cell_len(term))}  ", (bar, style)
    )


def _readable(term: str) -> bool:
    return sum(char.isalnum() for char in term) > 1
