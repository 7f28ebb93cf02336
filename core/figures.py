"""The register: every figure that may leave the program, and every claim of the thread, rechecked.

A figure is a number with what makes it checkable: whose it is, what it measures, for which period, in which
unit, a stock or a flow, when it was true, who says so, and how sure we are. A claim is a number that somebody
said, with our recheck beside it and what became of it later. Cards are TOML, one file a subject, under
`data/figures/`; `core.register` reads them.

Dates keep the precision at which they are known, as text: `2025`, `2025-10`, `2025-10-21`.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.errors import NotFound
from core.period import normal as normal_period
from core.text import to_mainland

UNITS = ("USD_bn", "ratio", "years", "year", "count", "points")
STATUSES = ("corroborated", "contradicted", "unverified", "estimated")
VERDICTS = (
    "holds",
    "holds_approximately",
    "fails",
    "fails_by_power_of_ten",
    "category_error",
    "contradicted",
    "unverified",
    "not_checkable",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """A text in both languages; `zh` is traditional Chinese as written in Taiwan.

    >>> Bilingual(zh="營收", en="revenue").text("zh-Hans")
    '营收'
    """

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """In `zh-Hant`, `zh-Hans` or (for anything else) English."""
        if lang == "zh-Hans":
            return to_mainland(self.zh)
        return self.zh if lang == "zh-Hant" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who says so. Two dates: when it was published, as precisely as known, and when we looked.

    published: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a span `2025-08/2025-10`
    says:      what it says that bears on our figures, in our words
    """

    id: str
    title: str
    publisher: str
    published: str
    checked_on: date
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A checked number that stands by itself.

    entity, metric: ids of `core.aliases`
    period:         what it covers: `2025`, `2025H1`, `2026Q2`, `FY2025`, `2025-09`, `2025-10-15`, `2027/2031`,
                    `1870s`; `None` for a number without one
    value:          in `unit`; money in billions (1e9) of `currency`; shares and multiples as plain ratios
    stock_or_flow:  `stock` (at a moment, or piled up) or `flow` (per period); `None` where neither applies
    as_of:          when it was true or said
    status:         one of `STATUSES`; `estimated` where we or the source had to fill a gap
    value_low/high: the range within which the truth is held to lie, if one is known
    """

    id: str
    entity: str
    metric: str
    period: str | None
    value: float
    unit: str
    currency: str | None
    stock_or_flow: str | None
    as_of: str
    status: str
    sources: tuple[Source, ...]
    note: Bilingual | None = None
    value_low: float | None = None
    value_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What came out when a claim was checked.

    verdict: one of `VERDICTS`; finding: the finer word (see `core.register.FINDINGS`)
    value:   the number that should stand there, in `unit`; `None` where there is none
    formula: arithmetic on numbers, claim ids and figure ids that gives `value`; figures: what it rests on
    """

    verdict: str
    finding: str
    how: Bilingual
    value: float | None = None
    unit: str | None = None
    figures: tuple[Figure, ...] = ()
    formula: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What the same number became."""

    as_of: str
    value: float
    unit: str
    note: Bilingual
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that was said, as said, with its recheck.

    kind:    stated, assumption, derived, forecast, relation, structure, opinion, anecdote or context
    value:   the number as said; `None` where no number was said; otherwise the fields are those of `Figure`
    formula: how the speaker comes to it, on numbers and claim ids
    status:  whether the claim, as said, is borne out
    """

    id: str
    entity: str
    metric: str
    period: str | None
    text: Bilingual
    said_by: Bilingual
    kind: str
    value: float | None
    unit: str | None
    currency: str | None
    stock_or_flow: str | None
    as_of: str
    formula: str | None
    recheck: Recheck
    status: str
    sources: tuple[Source, ...]
    later: tuple[Later, ...] = ()
    note: Bilingual | None = None
    value_low: float | None = None
    value_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All cards, by id; ids are compared without case."""

    figures: dict[str, Figure] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    _by_entity: dict[str, list[Figure]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_metric: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        metrics: dict[str, set[str]] = {}
        for figure in self.figures.values():
            self._by_entity.setdefault(figure.entity, []).append(figure)
            metrics.setdefault(figure.metric, set()).add(figure.entity)
        self._by_metric.update((metric, frozenset(entities)) for metric, entities in metrics.items())

    def figure(self, id: str) -> Figure:
        """The figure with this id; `NotFound` names those near it."""
        return self.figures[_known(id, self.figures, "figure")]

    def claim(self, id: str) -> Claim:
        """The claim with this id; `NotFound` names those near it."""
        return self.claims[_known(id, self.claims, "claim")]

    def find(
        self,
        entity: str | None = None,
        metric: str | None = None,
        period: str | None = None,
        as_of: str | date | None = None,
    ) -> list[Figure]:
        """Figures that fit, newest `as_of` first; nothing asked for is everything.

        `period` is read by `covers`; if any figure has exactly that period, the others are left out, so that
        2025 does not drag in 2025H1. `as_of` leaves out what was not known by that day (`known_by`).
        """
        fitting = [
            figure
            for figure in (self.figures.values() if entity is None else self._by_entity.get(entity, ()))
            if (metric is None or figure.metric == metric) and (as_of is None or known_by(figure.as_of, as_of))
        ]
        if period is not None:
            asked = normal_period(period)
            ranked = [(rank, figure) for figure in fitting if (rank := covers(asked, figure.period)) is not None]
            best = min((rank for rank, _ in ranked), default=0)
            fitting = [figure for rank, figure in ranked if rank == best]
        return sorted(fitting, key=lambda figure: (figure.as_of, figure.period or ""), reverse=True)

    def entities_with(self, metric: str | None) -> frozenset[str]:
        """Of whom the register has figures of a metric."""
        return self._by_metric.get(metric or "", frozenset())

    def claims_about(self, entity: str | None = None, metric: str | None = None) -> list[Claim]:
        """Claims about an entity, a metric, or both, in the order of their ids."""
        return [
            claim
            for _, claim in sorted(self.claims.items())
            if (entity is None or claim.entity == entity) and (metric is None or claim.metric == metric)
        ]


def load(extra: Path | None = None) -> Register:
    """The register that comes with paomo, read once; a folder `extra` of the user's cards adds or replaces.

    >>> load().figure("openai_revenue_2025").value
    13.07
    """
    from core import register  # the reader knows the nouns, so they can only ask for it late

    return register.load(extra)


def covers(asked: str, period: str | None) -> int | None:
    """How well a figure's period answers the one asked for: 0 the same, 1 a part of it, 2 the fiscal year of
    that number, `None` not at all.

    >>> covers("2025", "2025"), covers("2025", "2025-09"), covers("2025", "FY2025"), covers("2025", "2024")
    (0, 1, 2, None)
    """
    if period is None:
        return None
    if period == asked:
        return 0
    if re.fullmatch(rf"{re.escape(asked)}(?:[HQ]\d|-\d\d(?:-\d\d)?)", period):
        return 1
    return 2 if period == f"FY{asked}" else None


def known_by(as_of: str, day: str | date) -> bool:
    """Was this known on that day? A date known only to the month or year counts from its first day, and a
    month or year asked for runs to its last.

    >>> known_by("2025-10", "2025-10-21"), known_by("2025-10-22", "2025-10-21"), known_by("2025-10-22", "2025-10")
    (True, False, True)
    """
    asked = str(day)
    return as_of[: len(asked)] <= asked


def _known(id: str, known: Iterable[str], what: str) -> str:
    by_case = {name.casefold(): name for name in known}
    if id.casefold() in by_case:
        return by_case[id.casefold()]
    near = difflib.get_close_matches(id.casefold(), by_case, n=3)
    hint = f"near it: {', '.join(by_case[name] for name in near)}" if near else "`paomo figures` lists all"
    raise NotFound(f"there is no {what} “{id}”", hint=hint)
