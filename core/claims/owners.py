"""Whose an amount is: who is named beside it, and when nobody else can be meant.

An unregistered firm has no entry by which it could be known. 「OpenAI的供應商星河2025年營收80億」 is told from 「OpenAI
2025年營收80億」 by the words that are left between the name and the measure, so that a stranger's number is not held against
a firm that it is not of.
"""

import re
from collections.abc import Sequence

from core import aliases
from core.aliases import Mention
from core.claims.passage import Sentence
from core.claims.terms import Term
from core.figures import Register
from core.period import MONTHS

NAMES = ("company", "group", "index")
_OF_ALL = frozenset({"US_STOCKS", "US_ECONOMY", *(alias.id for alias in aliases.every("index"))})
_OF_ANYTHING = frozenset({"growth"})  # anything grows: it is no measure of a market
_ELSEWHERE = re.compile(
    r"韩国|台湾|台股|日本|中国|港股|欧洲|欧元区|德国|英国|法国|印度|新加坡|两融|个股|korea|taiwan|japan|chin(?:a|ese)|europe|german|brit|french|france|india|canad"
)
PRONOUN = re.compile(r"(?:其|它|他们|该公司|公司|这家|他家|\bits?\b|\bthey\b|\btheir\b|the (?:company|firm))")


def find(
    term: Term, sentence: Sentence, names: Sequence[Mention], subject: str | None, register: Register
) -> list[str]:
    """Whose the amount may be: who is named in its clause, else who the sentence began with, else the one before.

    A measure of a whole market (margin debt, CAPE) needs no name where the register has it of one market alone.
    """
    start, end = sentence.clause(term.start)
    here = [m.id for m in names if start <= m.start < end]
    before = [m.id for m in names if m.start < term.start]
    owners = here[::-1] or [*before[-1:], *before[:1]]
    if before and PRONOUN.search(sentence.folded[start : term.start]):
        owners = [*owners, before[0]] if is_subject(names[0], sentence) else here
    if not owners and subject:
        owners = [subject]
    if "AI_INDUSTRY" in owners and term.metric == "capex":
        owners = [*owners, "FIVE_HYPERSCALERS"]  # “AI capex” is mostly theirs
    if not owners and term.metric not in _OF_ANYTHING and not _ELSEWHERE.search(sentence.words):
        sole = register.entities_with(term.metric)
        owners = list(sole) if len(sole) == 1 and sole <= _OF_ALL else []
    return list(dict.fromkeys(owners))


def is_subject(name: Mention, sentence: Sentence) -> bool:
    """Whether 其 may mean it: not 「OpenAI的供應商」."""
    return (
        re.match(
            r"\s?(?:的(?!收入|营收)|'s|’s|supplier|rival|customer|partner)", sentence.folded[name.end : name.end + 12]
        )
        is None
    )


_PLAIN = re.compile(
    r"平均|每个?|单[月季]|[\d\s,.()%'’年月季度的在于到全约上下半第一二三四财]|预计|预期|目前|现在|如今|而|但|仅|总|今|去|当|同期|其中|则|也|并|将|另外|此外|该?公司|大约|超过|达到|达|有|为|是|据报|和|与|及"
)
_MONTHS = frozenset(name.capitalize() for name in MONTHS)
_PROPER = re.compile(r"(?<![A-Za-z])(?!FY|Q[1-4]|H[12]|(?:In|The|Its|At|Full)\b)[A-Z][A-Za-z]+")


def is_owned(term: Term, entity: str | None, sentence: Sentence, names: Sequence[Mention]) -> bool:
    """Whether nobody else can be meant: nothing but time and small words between the owner and the measure.

    An unregistered firm has no entry by which it could be known, so that 「OpenAI的供應商星河2025年營收80億」 must be told
    from 「OpenAI 2025年營收80億」 by the words that are left over.
    """
    measures = [m for m in sentence.mentions if m.kind == "metric" and m.end <= term.start]
    anchor = measures[-1].start if measures else term.start
    start, end = sentence.clause(anchor)
    own = [m for m in names if m.id == entity and start <= m.start < end]
    if entity in _OF_ALL or any(m.start >= anchor for m in own):
        return True
    begin = max((m.end for m in own), default=start)
    folded = sentence.folded[begin:anchor]
    lead = "".join(
        char
        for at, char in enumerate(sentence.text[begin:anchor], begin)
        if not any(m.start <= at < m.end for m in names)
    )
    if PRONOUN.search(folded) and not own:
        return True
    left = re.sub(r"[a-z]+", "", _PLAIN.sub("", folded))
    return len(left) <= (3 if own else 0) and not any(month not in _MONTHS for month in _PROPER.findall(lead))
