"""Which stance a post takes on whom: clause by clause, where it speaks of two.

A clause belongs to the companies, indices and assets that it names, one that names none to those of the clause before
it. What a post says of one of them is what its clauses say together. In a clause that compares two (A 比 B 强, A 不如 B,
"A over B") what is said is said of the first, and the opposite of the second.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core import aliases
from core.sentiment import Sentiment, Stance
from nlp.entities import TRADED
from nlp.model import Model

MOST = 8  # targets of a post; who names more writes a list
_CLAUSE = re.compile(r"[,，;；。!！?？\n]|\. |但是?|不过|而(?!且)|\bbut\b|\bwhile\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"比(?!特)|胜过|勝過|强过|強過|好过|好過|贏過|赢过|不如|输给|輸給|逊于|遜於|碾压|碾壓|\bvs\b|\bover\b|\bthan\b|\bbeats?\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a post says of one thing. id: of `core.aliases`; score: p(bullish) - p(bearish), in [-1, 1]."""

    id: str
    label: Stance
    score: float


def targets(model: Model, text: str, judged: Sentiment) -> list[Target]:
    """What a post, `judged` as a whole, says of each company, index and asset that it names, in reading order.

    >>> model, post = Model.load(), "英伟达看好，继续加仓；特斯拉要完蛋，清仓快跑"
    >>> [(one.id, str(one.label)) for one in targets(model, post, *model.predict([post]))]
    [('NVDA', 'bullish'), ('TSLA', 'bearish')]
    """
    mentions = aliases.find(text, TRADED)
    named = list(dict.fromkeys(mention.id for mention in mentions))[:MOST]
    if len(named) < 2:
        return [Target(id=id, label=judged.label, score=judged.score) for id in named]
    clauses = list(_clauses(text, mentions))
    said = {id: " ".join(words for words, ids in clauses if id in ids) for id in named}
    seconds = {ids[1] for words, ids in clauses if len(ids) == 2 and _compares(words)}
    own = [id for id in named if said[id].strip() != text.strip()]
    found = dict(zip(own, model.predict([said[id] for id in own]), strict=True))
    return [_target(id, found.get(id, judged), second=id in seconds) for id in named]


def _clauses(text: str, mentions: Sequence[aliases.Mention]) -> Iterator[tuple[str, list[str]]]:
    """The clauses of a text, each with whom it speaks of."""
    cuts = [0, *(cut for match in _CLAUSE.finditer(text) for cut in match.span()), len(text)]
    before: list[str] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        ids = list(dict.fromkeys(mention.id for mention in mentions if start <= mention.start < end))
        before = ids or before
        if text[start:end].strip():
            yield text[start:end], before


def _compares(clause: str) -> bool:
    """Whether a comparing word stands between two names."""
    names = aliases.find(clause, TRADED)
    if len(names) < 2:
        return False
    first, second, *_ = names
    return _COMPARED.search(clause, first.end, max(second.start, first.end)) is not None


def _target(id: str, judged: Sentiment, *, second: bool) -> Target:
    if not second:
        return Target(id=id, label=judged.label, score=judged.score)
    opposite = {Stance.BULLISH: Stance.BEARISH, Stance.BEARISH: Stance.BULLISH}
    return Target(id=id, label=opposite.get(judged.label, judged.label), score=-judged.score)
