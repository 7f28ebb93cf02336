"""What a post says beyond its words: negation and its scope, nouns whose rise is bad, questions, reports.

The words of the lexicon (`nlp.lexicon`) are found, each is read within its clause, and the post becomes two
short sequences that the model sees as n-grams, as it sees the characters:

- roles: what each word does, such as "report bad up deny";
- senses: what the polar ones come to. 不会 + 跌 is a fall denied, and 失业率 + 下降 a bad thing falling: both speak
  for a rise. What turns whole clauses (rhetoric, reports, irony, a question mark) stays in the sequence, so
  that the model learns what follows from it.

Every polar word is also a feature by itself, together with whether it was turned.

Texts are comparable ones, see `nlp.normalise`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import Ints
from nlp.lexicon import ROLE, ROLES, SIGN, lexicon
from nlp.scan import code_points

REACH = 8  # characters between a negation and the word that it turns
NOUN_REACH = 12  # characters between a noun and the verb that says how it moves
# kinds: 0 a move, 1 a move of a bad noun, 2 a judgement, 3 a deed
_ROLE_KIND = {"up": 0, "down": 0, "praise": 2, "blame": 2, "buy": 3, "sell": 3}
SENSES = 16  # numbers below are polar senses: 4 kinds x for a fall or a rise x as said or negated
_KEPT = {  # roles that stand in the sequence of senses beside the polar ones
    name: SENSES + k
    for k, name in enumerate(
        ("bad", "rhetoric", "report", "deny", "affirm", "irony", "but", "ask", "if", "mark", "stop", "comma")
    )
}
MARK, COMMA = _KEPT["mark"], _KEPT["comma"]
_SPOKEN = ("rhetoric", "report", "deny", "affirm", "irony", "must", "than", "bad")  # features of their own as words
_SIGN = np.array([SIGN.get(name, 0) for name in ROLES])
_KIND = np.array([_ROLE_KIND.get(name, 0) for name in ROLES])
_SENSE = np.array([_KEPT.get(name, -1) for name in ROLES])
_SPEAKS = np.array([name in _SPOKEN for name in ROLES])
_BREAK = np.array([name in {"comma", "stop", "mark", "end"} for name in ROLES])


class Cues(NamedTuple):
    """The words of the lexicon in some texts, in reading order.

    row:    number of the text; start: place of the first character in it; length: in characters
    role:   place in `ROLES`
    sense:  below `SENSES`: kind * 4 + (2 if for a rise) + (1 if negated); above: a role that turns clauses; -1: neither
    word:   hash of the word, and of how it was turned if it is polar; 0 where the word is no feature by itself
    """

    row: Ints
    start: Ints
    length: Ints
    role: Ints
    sense: Ints
    word: "NDArray[np.uint64]"

    @property
    def lean(self) -> Ints:
        """+1 for a rise, -1 for a fall, 0 for neither."""
        polar = (self.sense >= 0) & (self.sense < SENSES)
        return np.where(polar, np.where(self.sense & 2, 1, -1), 0)


def read(texts: Sequence[str]) -> Cues:
    """What the texts say.

    >>> said = read(["margin创新高,短期不会崩"])
    >>> [(ROLES[role], lean) for role, lean in zip(said.role.tolist(), said.lean.tolist(), strict=True)]
    [('bad', 0), ('up', -1), ('comma', 0), ('not', 0), ('down', 1)]
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    opens = np.cumsum(lengths) - lengths
    words = lexicon()
    start, length, word = words.find(code_points("".join(f"{text}\n" for text in texts)))
    role, end = words.role[word], start + length
    at = np.arange(len(start))
    broken = np.maximum.accumulate(np.where(_BREAK[role], at, -1)) if len(at) else at
    bad = _moves_bad(role, start, end, broken)
    negated = _negations(role, start, end, broken) % 2
    sign = _SIGN[role] * (1 - 2 * bad) * (1 - 2 * negated)
    kind = np.where(bad, 1, _KIND[role])
    sense = np.where(sign != 0, kind * 4 + (sign > 0) * 2 + negated, _SENSE[role])
    turned = (negated * 2 + bad + 1).astype(np.uint64)
    hashed = np.where(sign != 0, words.words.hashes[word] * turned, words.words.hashes[word])
    hashed = np.where((sign != 0) | _SPEAKS[role], hashed, np.uint64(0))
    row = np.searchsorted(opens, start, side="right") - 1
    kept = role != ROLE["end"]
    found = (row, start - opens[row], length, role, sense, hashed)
    return Cues(*(column[kept] for column in found))


def _negations(role: Ints, start: Ints, end: Ints, broken: Ints) -> Ints:
    """How many negations of its clause reach each word."""
    counted = np.concatenate([[0], np.cumsum(role == ROLE["not"])])
    first = np.maximum(np.searchsorted(end, start - REACH), broken + 1)
    at = np.arange(len(role))
    return np.asarray(counted[at] - counted[np.minimum(first, at)])


def _moves_bad(role: Ints, start: Ints, end: Ints, broken: Ints) -> Ints:
    """1 for a rise or fall of a noun whose rise is bad: the noun before it in the clause, or right behind it."""
    moves = (role == ROLE["up"]) | (role == ROLE["down"])
    nouns = (role == ROLE["bad"]) | (role == ROLE["good"])
    if not moves.any():
        return np.zeros(len(role), np.int64)
    last = np.maximum.accumulate(np.where(nouns, np.arange(len(role)), -1))
    near = (last > broken) & (start - end[last] <= NOUN_REACH)
    ahead = near & (role[last] == ROLE["bad"])
    behind = np.zeros(len(role), np.bool_)
    behind[:-1] = (role[1:] == ROLE["bad"]) & (start[1:] - end[:-1] <= 1)
    return np.asarray(moves & (ahead | (~near & behind)), np.int64)


def lean(text: str) -> int:
    """Cues for a rise minus cues for a fall: what the list alone would say of a comparable text.

    >>> lean("看好,加仓"), lean("没大跌"), lean("今天吃面")
    (2, 1, -1)
    """
    return int(read([text]).lean.sum())
