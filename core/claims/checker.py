"""The claims checker: numbers and relations that a text states, recomputed and set against the register.

    text → passages (20,000 characters at most, cut between paragraphs) → sentences with amounts
         → relations recomputed (`core.claims.relations`, `shares`, `restated`, `sums`, `parts`, `growth`, `stockflow`)
         → amounts matched (`core.claims.known`)   → verdicts, each with its arithmetic and sources

No rule knows a particular text, firm or amount. What cannot be tied together by the sentence is left alone: a false
alarm costs more than a miss, and docs/claims.md says how often either happens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.claims import (
    contradictions,
    dateline,
    denials,
    growth,
    known,
    parts,
    passage,
    relations,
    restated,
    shares,
    stockflow,
    sums,
    wording,
)
from core.claims.contradictions import Contradiction
from core.claims.known import Known
from core.claims.passage import Passage, Sentence
from core.claims.relations import Finding, in_units
from core.claims.terms import Term
from core.figures import Claim, Figure, Register, Source
from core.text import script

CHUNK = 20_000
"""Characters that are read at once; a longer text is cut between paragraphs, or between lines of that length."""

EARLIER = 6
"""How many sentences back a relation may look."""

UNITS = {"percent": "ratio", "times": "ratio", "years": "years", "points": "points"}
_HEDGE = re.compile(r"\s?(?:多|以上|以下|左右|之多|有余|以内|内)")
_EDGE = " \t\u3000,;:、。()[]“”\"'·•"

WRONG = ("fails", "fails_by_power_of_ten", "category_error", "contradicted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What the number should be, in `unit`, if that is known, and how that comes out, in the text's language."""

    value: float | None
    unit: str | None
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """A claim at `source[start:end] == text`.

    value, unit: as stated, in the contract's units: money in billions, shares and multiples as ratios
    period:      as `core.period` writes it; `None` where the text says none
    relation:    `ratio`, `growth`, `sum`, `share`, `difference`, `conversion`, `years`, `per_year`, `total`, `breakeven`,
                 `comparison`, `points`, `rule` or the name of a ratio; `None` for an amount that stands by itself
    verdict:     one of `core.figures.VERDICTS`
    """

    text: str
    start: int
    end: int
    value: float | None
    unit: str | None
    period: str | None
    relation: str | None
    verdict: str
    recheck: Rechecked
    sources: tuple[Source, ...] = ()

    @property
    def is_wrong(self) -> bool:
        """Whether the verdict is that the number is not so."""
        return self.verdict in WRONG


def check(text: str, register: Register, *, as_of: date | None = None) -> tuple[CheckedClaim, ...]:
    """Every numeric claim of a Chinese, English or mixed text, in order.

    as_of: the day from which 去年 and “this year” are told; by default that of the text's own date line. Without
    either they are not turned into a year, and the recheck says so.

    >>> from core.figures import load
    >>> found = check("木星軟體的訂單有60億，是對手55億的兩倍多。", load())
    >>> [(claim.text, claim.verdict, claim.recheck.how) for claim in found]
    [('是對手55億的兩倍多', 'fails', '60億 / 55億 = 1.091；文中說「兩倍多」。相加後為原來的兩倍，但本身並不是對方的兩倍。')]
    >>> check("會議改到下午3點，在203室。", load())
    ()
    """
    lang, day = language(text), as_of or dateline.find(text)
    found: list[CheckedClaim] = []
    for offset, length in _chunks(text):
        found += _check(passage.read(text, offset=offset, length=length, day=day), register, lang, offset)
    return tuple(sorted(found, key=lambda claim: (claim.start, claim.end)))


def language(text: str) -> str:
    """The language to explain in: that of the text; Chinese in no clear script is answered in traditional.

    >>> [language(text) for text in ("利润翻倍", "利潤翻倍", "up 5%", "5%")]
    ['zh-Hans', 'zh-Hant', 'en', 'en']
    """
    sample = text[:CHUNK]
    found = script(sample)
    if found is None and any("\u3400" <= char <= "\u9fff" for char in sample):
        return "zh-Hant"
    return found or "en"


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Offsets and lengths of pieces, cut after a line end where there is one."""
    start = 0
    while len(text) - start > CHUNK:
        cut = text.rfind("\n", start + 1, start + CHUNK)
        cut = cut + 1 if cut > start else start + CHUNK
        yield start, cut - start
        start = cut
    if start < len(text):
        yield start, len(text) - start


def _check(part: Passage, register: Register, lang: str, offset: int) -> Iterator[CheckedClaim]:
    write = _Writer(part=part, lang=lang, offset=offset)
    ruled = list(contradictions.rules(part, register))
    for sentence, claim in ruled:
        yield write.rule(sentence, claim)
    recomputed = set()
    for sentence, finding in _findings(part):
        recomputed.add(finding.stated.start)
        yield write.relation(sentence, finding)
    ruled_out = {sentence.start for sentence, _ in ruled}
    against_itself = {one.term.start: one for one in contradictions.find(part)}
    matched = {one.term.start: one for one in known.find(part, register)}
    for sentence in part.sentences:
        for term in sentence.terms if sentence.start not in ruled_out else ():
            if term.start in against_itself:
                yield write.contradiction(sentence, against_itself[term.start])
            elif term.start in matched and not (
                matched[term.start].verdict == "unverified" and term.start in recomputed
            ):
                yield write.amount(sentence, matched[term.start])


def _findings(part: Passage) -> Iterator[tuple[Sentence, Finding]]:
    """Relations, one for each amount or multiple that states one; a reading that holds goes before one that fails."""
    for at, sentence in enumerate(part.sentences):
        if sentence.is_asked:
            continue
        earlier = part.sentences[max(0, at - EARLIER) : at]
        best: dict[int, Finding] = {}
        found = [finding for rules in (shares, restated, parts) for finding in rules.find(sentence)]
        found += [
            finding for rules in (relations, sums, growth, stockflow) for finding in rules.find(sentence, earlier)
        ]
        for finding in found:
            held = best.get(finding.stated.start)
            if held is None or _rank(finding) < _rank(held):
                best[finding.stated.start] = finding
        for finding in best.values():
            if not denials.denied(sentence, finding.stated):
                yield sentence, finding


def _rank(finding: Finding) -> int:
    return ("holds", "holds_approximately", "category_error", "fails_by_power_of_ten", "fails").index(finding.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """From what was found to `CheckedClaim`."""

    part: Passage
    lang: str
    offset: int

    def relation(self, sentence: Sentence, finding: Finding) -> CheckedClaim:
        stated = finding.stated
        quoted = self.part.text[stated.start : _hedged_end(sentence, stated)]
        how = wording.relation(finding, quoted, self.lang)
        return self._claim(
            sentence,
            stated,
            finding.relation,
            finding.verdict,
            Rechecked(value=finding.value, unit=finding.unit, how=how),
            first=finding.start,
        )

    def amount(self, sentence: Sentence, one: Known) -> CheckedClaim:
        verdict, figure, how = one.verdict, one.check.figure if one.check else None, wording.amount(one, self.lang)
        recheck, sources = Rechecked(value=None, unit=None, how=how), _sources()
        if one.claim is not None:
            of = one.claim.recheck
            recheck, sources = Rechecked(value=of.value, unit=of.unit, how=how), _sources(one.claim, *of.figures)
        elif figure is not None and one.check is not None:
            recheck = Rechecked(value=figure.value, unit=figure.unit, how=how)
            sources = _sources(figure, *([one.check.other] if one.check.other else []))
        return self._claim(sentence, one.term, None, verdict, recheck, sources)

    def contradiction(self, sentence: Sentence, one: Contradiction) -> CheckedClaim:
        value, unit = in_units(one.before.size, one.before)
        how = wording.contradiction(one, self.lang)
        return self._claim(sentence, one.term, None, "contradicted", Rechecked(value=value, unit=unit, how=how))

    def rule(self, sentence: Sentence, claim: Claim) -> CheckedClaim:
        of = claim.recheck
        start, end = _trim(self.part.folded, sentence.start, sentence.end)
        return CheckedClaim(
            text=self.part.text[start:end], start=start + self.offset, end=end + self.offset, value=claim.value,
            unit=claim.unit, period=None, relation="rule", verdict=of.verdict,
            recheck=Rechecked(value=of.value, unit=of.unit, how=of.how.text(self.lang)), sources=_sources(claim, *of.figures),
        )  # fmt: skip

    def _claim(
        self, sentence: Sentence, stated: Term, relation: str | None, verdict: str, recheck: Rechecked, sources: tuple[Source, ...] = (), first: int | None = None,
    ) -> CheckedClaim:  # fmt: skip
        start, end = sentence.clause(stated.start)
        start = start if first is None else min(start, sentence.clause(first)[0])
        start, end = _trim(self.part.folded, start, max(end, stated.end))
        value, unit = in_units(stated.size, stated) if stated.is_amount else (stated.size, UNITS[stated.kind])
        return CheckedClaim(
            text=self.part.text[start:end], start=start + self.offset, end=end + self.offset, value=value,
            unit=unit, period=stated.period, relation=relation, verdict=verdict, recheck=recheck, sources=sources,
        )  # fmt: skip


def _hedged_end(sentence: Sentence, stated: Term) -> int:
    """The end of 兩倍多: the hedge belongs to what is stated."""
    match = _HEDGE.match(sentence.folded, stated.end)
    return match.end() if match else stated.end


def _trim(folded: str, start: int, end: int) -> tuple[int, int]:
    while start < end and folded[start] in _EDGE:
        start += 1
    while end > start and folded[end - 1] in _EDGE:
        end -= 1
    return start, end


def _sources(*things: Claim | Figure) -> tuple[Source, ...]:
    return tuple({source.id: source for thing in things for source in thing.sources}.values())
