"""The list of words that the stance model reads for what they do in a sentence: `nlp/data/lexicon.tsv`.

Roles that speak for a rise or a fall:

- up, down: something moves (涨, 新高; 跌, 腰斩). What that says hangs on what moves;
- praise, blame: a judgement (护城河, 低估; 泡沫, 凉了);
- buy, sell: what somebody does or advises (加仓, 抱紧; 清仓, 别碰).

Roles of what they speak of: bad (a noun whose rise is bad news: 失业率, VIX, 库存), good (营收, 订单), name,
product. Roles that turn, weaken or hedge: not, double (a negation that negates nothing: 不得不, 没错), rhetoric
(谁会, 还不), ask, report (whose view it is), deny, affirm, irony, but, if, past, dim, hedge, must, more, than, self.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.errors import ModelError
from nlp.arrays import Ints
from nlp.scan import Found, Points, Words

LIST = Path(__file__).with_name("data") / "lexicon.tsv"
ROLES = (
    *("up", "down", "praise", "blame", "buy", "sell", "bad", "good", "name", "product"),
    *("not", "double", "rhetoric", "ask", "report", "deny", "affirm", "irony", "but", "if", "past"),
    *("dim", "hedge", "must", "more", "than", "self"),
    *("comma", "stop", "mark", "end"),  # , . ? and the end of a text: not in the list, but found like words
)
ROLE = {name: number for number, name in enumerate(ROLES)}
SIGN = {"up": 1, "down": -1, "praise": 1, "blame": -1, "buy": 1, "sell": -1}
_MARKS = {
    **dict.fromkeys(",:;、", "comma"),
    **dict.fromkeys(".!。…", "stop"),
    "?": "mark",
    "\n": "end",
    "\ue002": "up",
    "\ue003": "up",
    "\ue004": "down",
    "\ue005": "down",  # +3%, -12%: nlp.normalise
}


class Lexicon(NamedTuple):
    """The list ready for use: the words, and for each its role's number in `ROLES`."""

    words: Words
    texts: tuple[str, ...]
    role: Ints

    def find(self, points: Points) -> Found:
        """The words, punctuation and classes that stand in a text given as code points."""
        return self.words.find(points)


@cache
def lexicon() -> Lexicon:
    """The list that comes with paomo, read once.

    >>> from nlp.scan import code_points
    >>> found = lexicon().find(code_points("不会大跌"))
    >>> [(lexicon().texts[word], ROLES[lexicon().role[word]]) for word in found.word]
    [('不会', 'not'), ('大跌', 'down')]
    """
    roles = dict(_rows())
    if unknown := set(roles.values()) - set(ROLES):
        raise ModelError(f"the lexicon has unknown roles: {', '.join(sorted(unknown))}")
    roles |= _MARKS
    return Lexicon(Words(list(roles)), tuple(roles), np.array([ROLE[name] for name in roles.values()]))


def polar() -> list[tuple[str, int]]:
    """Words of two characters or more that speak for a rise or a fall by themselves, with +1 or -1, in the list's order.

    >>> ("看多", 1) in polar(), ("泡沫", -1) in polar(), any(word == "失业率" for word, _ in polar())
    (True, True, False)
    """
    return [(word, SIGN[role]) for word, role in _rows() if role in SIGN and len(word) > 1]


def _rows() -> list[tuple[str, str]]:
    return [(word, role) for word, role in (line.split("\t") for line in _lines())]


def _lines() -> list[str]:
    lines = LIST.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
