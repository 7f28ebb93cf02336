"""A month's, a quarter's or half a year's amount against the register's yearly figures.

Taken to a year it need not be the year's figure, since months differ; but it cannot be several times it, and no part
of a year can be more than the year.
"""

import re
from collections.abc import Sequence

from core.claims import rates
from core.claims.compare import EXACT, NEAR, Check, asked_for, fits
from core.claims.passage import Sentence
from core.claims.terms import Term
from core.figures import Figure

ROOM, ROOM_OF_AVERAGE = 2.0, 1.25
"""How many times the year's figure a month or quarter may come to in a year, and an average one."""

_AVERAGE = re.compile(r"平均|月均|季均|averag|on average")
_PART = re.compile(r"(?P<year>\d{4})(?:[HQ]\d|-\d\d)")


def is_part(term: Term, sentence: Sentence, figures: Sequence[Figure]) -> bool:
    """Whether an amount is of less than a year, and the register has only yearly figures to set it against."""
    if rates.a_year(sentence, term):
        return True
    named = _PART.fullmatch(term.period or "")
    return named is not None and not asked_for(figures, term.period) and bool(_yearly(figures, named["year"]))


def check(
    term: Term, value: float, sentence: Sentence, figures: Sequence[Figure], others: Sequence[Figure]
) -> Check | None:
    """What comes out, or `None` where nothing can be said.

    value: in the figures' unit; others: figures by other definitions of the word, any of which may be meant
    """
    times = rates.a_year(sentence, term)
    if times is None:
        return _against_whole(term, value, figures)
    year = (term.period or "")[-4:] if re.fullmatch(r"(?:FY)?\d{4}", term.period or "") else None
    known = _yearly([*figures, *others], year)
    if not known or value <= 0 or (term.period and year is None):
        return None
    nearest = min(known, key=lambda figure: max(value * times / figure.value, figure.value / (value * times)))
    ratio = value * times / nearest.value
    average = _AVERAGE.search(sentence.words) is not None
    room = ROOM_OF_AVERAGE if average else ROOM
    if ratio > room or (year and ratio < 1 / room):
        whole = next((figure for figure in known if fits(value, figure, EXACT)), None)
        return Check(verdict="contradicted", figure=nearest, other=whole, ratio=ratio, times=times)
    if average and year and fits(value * times, nearest, NEAR):
        return Check(verdict="holds_approximately", figure=nearest, times=times)
    return None


def _against_whole(term: Term, value: float, figures: Sequence[Figure]) -> Check | None:
    """The fourth quarter of 2025 against the year 2025."""
    whole = _yearly(figures, (term.period or "")[:4])
    if not whole or not all(value > (1 + NEAR) * (figure.value_high or figure.value) for figure in whole):
        return None
    return Check(verdict="contradicted", figure=whole[0], ratio=value / whole[0].value)


def _yearly(figures: Sequence[Figure], year: str | None) -> list[Figure]:
    """Flows of whole years, positive ones: of this year, or of any."""
    whole = [
        figure
        for figure in figures
        if figure.stock_or_flow == "flow" and figure.value > 0 and re.fullmatch(r"(?:FY)?\d{4}", figure.period or "")
    ]
    return [figure for figure in whole if year is None or (figure.period or "")[-4:] == year]
