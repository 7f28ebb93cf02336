"""What contradicts itself, and what is said to be so always.

A text that gives one measure of one period twice, with two numbers, contradicts itself; a sentence that says “always”
is set against the register's claims that say it too, which were rechecked on whole series.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from core import aliases
from core.claims import denials
from core.claims.owners import NAMES
from core.claims.passage import Passage, Sentence
from core.claims.terms import Term
from core.figures import Claim, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """An amount, what the text gave before for the same, and the other thing that it gave this number for."""

    term: Term
    before: Term
    fits: Term


def find(passage: Passage) -> Iterator[Contradiction]:
    """The text against itself: a measure and period given twice, the second time with another's number.

    Told only where the second number is one that the text gives for another period or by another definition:
    two numbers alone may be of two firms.
    """
    said: list[tuple[Term, Sentence]] = []
    for sentence in passage.sentences:
        for term in sentence.terms:
            if term.metric is None or not term.is_amount or not term.period or denials.denied(sentence, term):
                continue
            before = [one for one, where in said if where.paragraph == sentence.paragraph and one.alike(term)]
            first = next((one for one in before if (one.metric, one.period) == (term.metric, term.period)), None)
            if first is not None and not _close(first, term):
                fitting = next((one for one in before if one is not first and _close(one, term)), None)
                if fitting is not None and (fitting.metric == term.metric or fitting.period == term.period):
                    yield Contradiction(term=term, before=first, fits=fitting)
                    continue
            said.append((term, sentence))


def _close(one: Term, other: Term) -> bool:
    return abs(one.size - other.size) <= 0.02 * max(abs(one.size), abs(other.size))


_ALWAYS = re.compile(
    r"每次|每逢|每当|每回|凡是|都会|必定|必然|一定会|总是|总会|无一例外|\balways\b|whenever|every time|each time|without exception|never fails"
)


def rules(passage: Passage, register: Register) -> Iterator[tuple[Sentence, Claim]]:
    """Sentences that say “always” about what a claim of the register says “always” about."""
    known = _rules_of(tuple(claim for claim in register.claims.values() if claim.kind == "relation"))
    for sentence in passage.sentences:
        if not _ALWAYS.search(sentence.words) or sentence.is_asked:
            continue
        topics = {m.id for m in sentence.mentions if m.kind in ("theme", *NAMES)}
        about = [claim for claim, of in known if of <= topics]
        if not about:
            continue
        stated = [term.size for term in sentence.terms if term.kind == "percent"]
        yield sentence, min(about, key=lambda claim: (claim.value is None) if stated else (claim.value is not None))


@cache
def _rules_of(claims: tuple[Claim, ...]) -> tuple[tuple[Claim, frozenset[str]], ...]:
    """Claims that say “always”, with what they are about."""
    found = []
    for claim in claims:
        words = f"{claim.text.text('zh-Hans')} {claim.text.en}".lower()
        topics = frozenset(m.id for m in aliases.find(words, kinds=("theme", *NAMES)))
        if _ALWAYS.search(words) and len(topics) > 1:
            found.append((claim, topics))
    return tuple(found)
