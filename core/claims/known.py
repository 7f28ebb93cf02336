"""What the register knows of the amounts of a text.

An amount is matched by whose it is, what it measures and for which period. Where the words leave room (亏损 is an
operating or a net loss), any figure that fits makes it right, and the recheck names the one that it was.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.aliases import Mention
from core.claims import denials, owners, part_year
from core.claims.compare import EXACT, NEAR, Check, compare, fits, half_unit, power_of_ten, vouched
from core.claims.passage import Passage, Sentence
from core.claims.terms import Span, Term
from core.figures import Claim, Figure, Register, covers
from core.period import normal as normal_period

PLANS = frozenset({"revenue", "revenue_target", "run_rate_revenue"})
"""What is planned, or runs at a rate, is mostly called revenue too."""

DEFINITIONS: tuple[frozenset[str], ...] = (
    frozenset({"operating_loss", "net_loss", "cash_burn"}),
    PLANS,
    frozenset({"operating_cash_flow", "free_cash_flow"}),
    frozenset({"margin_debt", "margin_debt_real"}),
    frozenset({"contract_annual_value", "contract_value"}),
)
"""Measures that share a word: a loss is operating, net, or cash that left."""

_NET = re.compile(r"净|淨|net", re.IGNORECASE)
_AI = re.compile(r"人工智能|人工智慧|(?<![a-z])ai(?![a-z])")  # with no firm named, the industry is spoken of
_I = re.compile(r"我(?!国)|咱|俺|(?<![a-z'])(?:i|my|our|we)(?![a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An amount of the text, found again.

    check: how it compares; metric: the measure it was taken as; claim: the register's own claim that it repeats
    """

    term: Term
    metric: str
    entity: str | None
    check: Check | None = None
    claim: Claim | None = None

    @property
    def verdict(self) -> str:
        """One of the contract's eight."""
        return self.claim.recheck.verdict if self.claim else self.check.verdict if self.check else "unverified"


def find(passage: Passage, register: Register) -> Iterator[Known]:
    """Every amount that has a measure and can be set against something known."""
    subject: str | None = None
    for at, sentence in enumerate(passage.sentences):
        names = [m for m in sentence.mentions if m.kind in owners.NAMES]
        if (
            sentence.paragraph != passage.sentences[at - 1].paragraph
            and not names
            and not owners.PRONOUN.search(sentence.words)
        ):
            subject = None
        if not names and (match := _AI.search(sentence.words)):
            start = sentence.start + match.start()
            names = [Mention(id="AI_INDUSTRY", kind="group", start=start, end=start + len(match[0]), text=match[0])]
        if not sentence.is_asked:
            for term in sentence.terms:
                yield from _of(term, sentence, names, subject, register)
        if names:
            subject = names[0].id if owners.is_subject(names[0], sentence) else None


def _of(
    term: Term, sentence: Sentence, names: Sequence[Mention], subject: str | None, register: Register
) -> Iterator[Known]:
    if not (term.is_amount or term.kind in ("percent", "times")):
        return
    metrics, sure = (_measures(term, sentence), True) if term.metric else (_meant(term, sentence), False)
    if not metrics or denials.denied(sentence, term):
        return
    held = owners.find(term, sentence, names, subject, register)
    found = [
        known
        for place, entity in enumerate(held)
        for metric in metrics
        if (known := _match(term, sentence, entity, metric, register)) and (place == 0 or _is_told(known))
    ]
    found = [known for known in found if _is_fair(known, sentence, names, sure=sure)]
    if found:
        yield min(found, key=_place)
    elif sure and term.kind == "money" and (term.period or held) and not _I.search(sentence.words):
        assert term.metric is not None
        yield Known(term=term, metric=term.metric, entity=None, check=Check(verdict="unverified", figure=None))


def _is_fair(known: Known, sentence: Sentence, names: Sequence[Mention], *, sure: bool) -> bool:
    """Whether it may be said: a miss only of money, and nothing wrong of a firm that may not be the one meant."""
    if known.verdict == "unverified" and not known.claim and known.term.kind != "money":
        return False
    if known.claim or known.verdict in (*_GOOD, "unverified", "not_checkable"):
        return sure or _is_told(known)
    if (
        known.verdict == "fails_by_power_of_ten"
        and not known.term.period
        and known.entity not in {m.id for m in sentence.mentions}
    ):
        return False
    return sure and owners.is_owned(known.term, known.entity, sentence, names)


def _is_told(known: Known) -> bool:
    """Whether the text says what is known, be it right or wrong: a mere difference may be of somebody else."""
    check = known.check
    fits_another = check is not None and check.other is not None
    fits_unverified = check is not None and check.figure is not None and check.ratio is None
    return bool(known.claim) or fits_another or fits_unverified or known.verdict in _GOOD


def _place(known: Known) -> int:
    """What fits goes before what does not, and a claim of the register's before a mere lack of a figure."""
    verdict = known.verdict
    return _GOOD.index(verdict) if verdict in _GOOD else 3 if verdict == "unverified" and not known.claim else 2


_SPENDS = re.compile(r"投资|投入|注资|砸|花费|(?<![a-z])(?:invest|spend|spent|pour|put)")


def _meant(term: Term, sentence: Sentence) -> list[str]:
    """What “invests” may measure; only a fit is told, since the word alone does not say."""
    start, _ = sentence.clause(term.start)
    spends = term.kind == "money" and _SPENDS.search(sentence.folded, start, term.start)
    return ["capex", "equity_investment", "commitments"] if spends else []


_GOOD = ("holds", "holds_approximately")


def _measures(term: Term, sentence: Sentence) -> list[str]:
    """The measure said; for a bare “loss” also the operating one, since people mean either."""
    assert term.metric is not None
    if term.metric != "net_loss":
        return [term.metric]
    said = [
        m for m in sentence.mentions if m.kind == "metric" and m.id == "net_loss" and abs(m.start - term.start) < 40
    ]
    return ["net_loss"] if any(_NET.search(m.text) for m in said) else ["operating_loss", "net_loss"]


def _match(term: Term, sentence: Sentence, entity: str, metric: str, register: Register) -> Known | None:
    value = term.size * 1e-9 if term.kind == "money" else term.size
    unit = {"money": "USD_bn", "number": "count"}.get(term.kind, "ratio")
    if term.currency not in (None, "USD"):
        return None
    figures = [figure for figure in register.find(entity, metric) if figure.unit == unit]
    others = [
        f for f in register.find(entity) if f.unit == unit and f.metric != metric and _share_word(f.metric, metric)
    ]
    if part_year.is_part(term, sentence, figures):
        part = part_year.check(term, value, sentence, figures, others)
        return Known(term=term, metric=metric, entity=entity, check=vouched(part)) if part else None
    claim = _repeated(term, value, entity, metric, register)
    if not figures and claim is None:
        return None
    check = (_as_flow(value, figures, others) if _said_yearly(term, sentence) else None) or _compare(
        term, value, figures, others
    )
    if check is None and claim is None:
        return None
    check = vouched(check) if check else None
    if claim is not None and (
        check is None or check.verdict != "holds" or (not term.period and claim.recheck.verdict in _GOOD)
    ):
        return Known(term=term, metric=metric, entity=entity, claim=claim, check=check)
    return Known(term=term, metric=metric, entity=entity, check=check)


def _share_word(one: str, other: str) -> bool:
    return any({one, other} <= group for group in DEFINITIONS)


_CHANGES = frozenset({"index_return", "drawdown", "growth", "distance_from_high", "margin_vs_spy"})
"""Measures that mean nothing without their period: an index moves every day."""


def _compare(term: Term, value: float, figures: Sequence[Figure], others: Sequence[Figure]) -> Check | None:
    """Without a period only a fit or a slip of ten can be told; the rest is unverified."""
    if term.period:
        return compare(value, term.text, figures, term.period, others=others)
    if not figures or figures[0].metric in _CHANGES:
        return None
    if any(fits(value, figure, NEAR) for figure in figures):
        best = min((f for f in figures if fits(value, f, NEAR)), key=lambda figure: abs(figure.value - value))
        exact = fits(value, best, min(EXACT, half_unit(term.text)))
        return Check(verdict="holds" if exact else "holds_approximately", figure=best)
    ten = next((f for f in figures if f.value and power_of_ten(value / f.value, powers=(-1, 1))), None)
    if ten and term.kind == "money":
        return Check(verdict="fails_by_power_of_ten", figure=ten, ratio=value / ten.value)
    return Check(verdict="unverified", figure=None)


def _said_yearly(term: Term, sentence: Sentence) -> bool:
    """Whether the words make it a year's, not only its measure."""
    beside = (
        sentence.before(term.start, limit=6)
        + sentence.folded[term.start : term.end]
        + sentence.after(term.end, limit=9)
    )
    return term.span is Span.YEAR and bool(re.search(r"每年|一年|年度|a year|per year|annual|yearly", beside))


def _as_flow(value: float, figures: Sequence[Figure], others: Sequence[Figure]) -> Check | None:
    """「每年3000億」 of a contract that is 3,000億 in all: a total said to be a year's."""
    yearly = [figure for figure in (*figures, *others) if figure.stock_or_flow == "flow"]
    if any(fits(value, figure, NEAR) for figure in yearly):
        return None
    total = next((f for f in (*figures, *others) if f.stock_or_flow == "stock" and fits(value, f, NEAR)), None)
    return Check(verdict="category_error", figure=yearly[0] if yearly else total, other=total) if total else None


def _repeated(term: Term, value: float, entity: str, metric: str, register: Register) -> Claim | None:
    """The register's claim that says the same: same owner, measure and value, and no other period."""
    for claim in register.claims_about(entity):
        alike = claim.metric == metric or ({claim.metric, metric} <= PLANS)
        if claim.kind in ("relation", "structure") or claim.value is None or not alike:
            continue
        if abs(claim.value - value) > 0.005 * abs(claim.value):
            continue
        if term.period and claim.period and not _same_time(term.period, claim):
            continue
        return claim
    return None


def _same_time(said: str, claim: Claim) -> bool:
    """Whether a claim is of the period said: half a year's flow is not the year's."""
    asked, period = normal_period(said), claim.period or ""
    ranks = {covers(asked, period), covers(period, asked)} - {None}
    return bool(ranks - {1} if claim.stock_or_flow == "flow" else ranks)
