"""Reading the register: cards in, `core.figures.Register` out, and nothing half-said gets through.

    [[source]]  id, title, publisher, published, checked_on, says
    [[voice]]   id, zh, en                          who said a claim
    [[figure]]  id, entity, metric, value, unit, as_of, status, sources; period, stock_or_flow, currency, …
    [[claim]]   id, entity, metric, zh, en, said_by, kind, as_of, status, recheck; later, formula, note, …

Ids are unique over all files. Money is in US dollars unless `currency` says otherwise.
"""

import re
from functools import cache
from pathlib import Path

from core.cards import DATA, Card, is_moment, read_card
from core.errors import CardError
from core.figures import STATUSES, UNITS, VERDICTS, Bilingual, Claim, Figure, Later, Recheck, Register, Source

KINDS = ("stated", "assumption", "derived", "forecast", "relation", "structure", "opinion", "anecdote", "context")

# The finer words of a recheck, and the verdicts of the contract that each may come under.
FINDINGS: dict[str, tuple[str, ...]] = {
    "holds": ("holds",),
    "consistent": ("holds",),
    "context": ("holds",),  # background from the source itself: nobody's claim against it
    "came_true": ("holds",),
    "holds_with_definition": ("holds",),
    "approximate": ("holds_approximately",),
    "holds_in_range": ("holds_approximately",),
    "holds_as_reported": ("holds_approximately",),
    "holds_with_missing_term": ("holds_approximately",),
    "structure_holds_amounts_differ": ("holds_approximately",),
    "fails": ("fails", "contradicted"),  # by arithmetic, or by a better source
    "fails_by_10": ("fails_by_power_of_ten",),
    "category_error": ("category_error",),
    "partly": ("contradicted",),
    "outcome_differs": ("contradicted",),
    "not_found": ("unverified",),
    "plausible": ("unverified",),
    "not_supported": ("unverified",),
    "not_rechecked": ("unverified",),
    "assumption": ("not_checkable",),
    "model": ("not_checkable",),
    "opinion": ("not_checkable",),
}

_PERIOD = re.compile(r"(?:FY)?\d{4}|\d{4}[HQ][1-4]|\d{3}0s")


def load(extra: Path | None = None) -> Register:
    """The register that comes with paomo; cards in the folder `extra` add to it or replace cards of the same id.

    Raises `CardError`, naming file, card and key, for anything a card must not or does not say.

    >>> load().claim("a18").recheck.verdict
    'fails'
    """
    if extra is None:
        return _built_in()
    if not extra.is_dir():
        raise CardError(f"{extra}: is not a folder of cards")
    return _read(DATA / "figures", extra)


@cache
def _built_in() -> Register:
    return _read(DATA / "figures")


def _read(*folders: Path) -> Register:
    """Later folders win. What is referred to is read first, so that cards may stand in any order in any file."""
    kinds: dict[str, dict[str, Card]] = {"source": {}, "voice": {}, "figure": {}, "claim": {}}
    for folder in folders:
        here: set[tuple[str, str]] = set()
        for path in sorted(folder.glob("*.toml")):
            file = read_card(path)
            for kind, cards in kinds.items():
                for card in file.tables(kind):
                    if (kind, card.name) in here:
                        raise card.wrong("id", f"there are two {kind}s with this id")
                    here.add((kind, card.name))
                    cards[card.name] = card
            file.done()
    reader = _Reader()
    reader.sources = {card.name: read_source(card) for card in kinds["source"].values()}
    reader.voices = {card.name: reader.voice(card) for card in kinds["voice"].values()}
    reader.figures = {card.name: reader.figure(card) for card in kinds["figure"].values()}
    claims = {card.name: reader.claim(card) for card in kinds["claim"].values()}
    return Register(figures=reader.figures, claims=claims, sources=reader.sources)


class _Reader:
    """Turns cards into nouns, looking up what they refer to."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.voices: dict[str, Bilingual] = {}
        self.figures: dict[str, Figure] = {}

    def voice(self, card: Card) -> Bilingual:
        card.text("id")
        words = card.bilingual()
        card.done()
        return words

    def figure(self, card: Card) -> Figure:
        unit = card.one_of("unit", UNITS)
        figure = Figure(
            id=card.text("id"),
            entity=card.text("entity"),
            metric=card.text("metric"),
            period=_period(card),
            value=card.number("value"),
            unit=unit,
            currency=_currency(card, unit),
            stock_or_flow=_stock_or_flow(card, unit),
            as_of=card.moment("as_of"),
            status=card.one_of("status", STATUSES),
            sources=self._sources(card),
            note=card.maybe_words("note"),
            value_low=card.maybe_number("value_low"),
            value_high=card.maybe_number("value_high"),
        )
        if figure.status == "corroborated" and not figure.sources:
            raise card.wrong("sources", "a corroborated figure needs at least one")
        if not (figure.value_low or figure.value) <= figure.value <= (figure.value_high or figure.value):
            raise card.wrong("value", f"{figure.value:g} is not between value_low and value_high")
        card.done()
        return figure

    def claim(self, card: Card) -> Claim:
        unit = card.maybe_one_of("unit", UNITS)
        value = card.maybe_number("value")
        if value is not None and unit is None:
            raise card.wrong("unit", "a value needs one")
        if card.name in self.figures:
            raise card.wrong("id", "there is a figure with this id")
        claim = Claim(
            id=card.text("id"),
            entity=card.text("entity"),
            metric=card.text("metric"),
            period=_period(card),
            text=card.bilingual(),
            said_by=self.voices[card.one_of("said_by", self.voices)],
            kind=card.one_of("kind", KINDS),
            value=value,
            unit=unit,
            currency=_currency(card, unit),
            stock_or_flow=_stock_or_flow(card, unit),
            as_of=card.moment("as_of"),
            formula=card.maybe_text("formula"),
            recheck=self._recheck(card.table("recheck")),
            status=card.one_of("status", STATUSES),
            sources=self._sources(card),
            later=tuple(self._later(later) for later in card.tables("later")),
            note=card.maybe_words("note"),
            value_low=card.maybe_number("value_low"),
            value_high=card.maybe_number("value_high"),
        )
        card.done()
        return claim

    def _recheck(self, card: Card) -> Recheck:
        recheck = Recheck(
            verdict=card.one_of("verdict", VERDICTS),
            finding=card.one_of("finding", FINDINGS),
            how=card.bilingual(),
            value=card.maybe_number("value"),
            unit=card.maybe_one_of("unit", UNITS),
            figures=tuple(self.figures[known] for known in card.some_of("figures", self.figures)),
            formula=card.maybe_text("formula"),
        )
        if recheck.verdict not in FINDINGS[recheck.finding]:
            raise card.wrong("verdict", f"“{recheck.finding}” cannot come under “{recheck.verdict}”")
        if (recheck.value is None) != (recheck.unit is None):
            raise card.wrong("unit", "value and unit come together")
        card.done()
        return recheck

    def _later(self, card: Card) -> Later:
        later = Later(
            as_of=card.moment("as_of"),
            value=card.number("value"),
            unit=card.one_of("unit", UNITS),
            note=card.bilingual(),
            source=self.sources[card.one_of("source", self.sources)],
        )
        card.done()
        return later

    def _sources(self, card: Card) -> tuple[Source, ...]:
        return tuple(self.sources[known] for known in card.some_of("sources", self.sources))


def read_source(card: Card) -> Source:
    """A `[[source]]` card."""
    source = Source(
        id=card.text("id"),
        title=card.text("title"),
        publisher=card.text("publisher"),
        published=card.moment("published", spans=True),
        checked_on=card.day("checked_on"),
        says=card.text("says"),
    )
    card.done()
    return source


def _currency(card: Card, unit: str | None) -> str | None:
    currency = card.maybe_text("currency")
    return currency or ("USD" if unit == "USD_bn" else None)


def _stock_or_flow(card: Card, unit: str | None) -> str | None:
    """Money says which it is: adding the two is the commonest mistake there is."""
    if unit == "USD_bn":
        return card.one_of("stock_or_flow", ("stock", "flow"))
    return card.maybe_one_of("stock_or_flow", ("stock", "flow"))


def _period(card: Card) -> str | None:
    period = card.maybe_text("period")
    if period is not None and not all(_PERIOD.fullmatch(part) or is_moment(part) for part in period.split("/", 1)):
        raise card.wrong("period", f"must be such as 2025, 2025H1, FY2025, 2025-09 or 2027/2031, is “{period}”")
    return period
