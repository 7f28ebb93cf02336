"""How often in a year an amount comes: a month's 12 times, a quarter's 4 times, half a year's twice."""

import re

from core.claims.passage import Sentence
from core.claims.terms import Term

_OFTEN = (
    (2, re.compile(r"(?:每(?:隔)?|一|(?<![上下\d一二三四五六七八九十个])(?=半年))(?:个)?半年度?[^,;。\d]{0,10}$|half[- ]yearly[^,;.\d]{0,16}$|every (?:six months|half[- ]year)[^,;.\d]{0,16}$"),
        re.compile(r"\s?(?:every|each|per|a|in) (?:six months|half[- ]year)|\s?half[- ]yearly|[/每]半年")),
    (4, re.compile(r"(?:每|一|单)个?季度?[^,;。\d]{0,10}$|季均[^,;。\d]{0,6}$|(?:quarterly|(?:each|every|a|per) quarter)[^,;.\d]{0,16}$"),
        re.compile(r"\s?(?:every|each|per|a) quarter\b|\s?quarterly|/季|每季")),
    (12, re.compile(r"(?:每|一|单)个?月[^,;。\d]{0,10}$|月均[^,;。\d]{0,6}$|(?:monthly|(?:each|every|a|per) month)[^,;.\d]{0,16}$"),
        re.compile(r"\s?(?:every|each|per|a) month\b|\s?monthly|/月|每月")),
)  # fmt: skip


def a_year(sentence: Sentence, term: Term) -> int | None:
    """12, 4 or 2 where the words beside an amount make it a month's, a quarter's or half a year's; else `None`.

    >>> from core.claims.passage import read
    >>> [a_year(s, s.terms[-1]) for s in read("每月燒5億。It burns $6bn a quarter. 每半年賺2億。一年賺2億。").sentences]
    [12, 4, 2, None]
    """
    before = sentence.amount_before(term.start)
    left = before.end if before else sentence.start
    for _, _, behind in _OFTEN:
        if before and (match := behind.match(sentence.folded, left, term.start)):
            left = match.end()  # “$3m a month and $72m”: the month is the first one's
    lead = sentence.folded[max(left, term.start - 24) : term.start]
    for times, ahead, behind in _OFTEN:
        if ahead.search(lead) or behind.match(sentence.folded, term.end, sentence.end):
            return times
    return None
