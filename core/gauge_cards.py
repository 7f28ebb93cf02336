"""What the thermometer reads, from cards: which figures, where the colours turn, and whose judgement that is."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from core.cards import DATA, Card, read_card
from core.errors import CardError
from core.figures import Bilingual
from core.limits import finite

HOWS = ("figure", "ratio", "shortfall", "doubling", "circulation")


class Level(StrEnum):
    """Where a reading stands."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which figures of the register: an entity, a metric, and, where both occur, stock or flow."""

    entity: str
    metric: str
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """What is read and where the colours turn; the keys are explained in `data/gauges.toml`."""

    id: str
    name: Bilingual
    how: str
    of: Part | None
    over: Part | None
    ready: Part | None
    unit: str
    amber: float
    red: float
    stale_after: int
    base_stale_after: int
    origin: Bilingual
    references: tuple[str, ...]

    def level(self, value: float) -> Level:
        """Green below `amber`, red from `red` on."""
        value = finite(value, f"the reading of {self.id}")
        return Level.GREEN if value < self.amber else Level.AMBER if value < self.red else Level.RED

    def score(self, value: float) -> float:
        """0 to 100, in a straight line through 33⅓ at `amber` and 66⅔ at `red`."""
        value = finite(value, f"the reading of {self.id}")
        return min(100.0, max(0.0, (1 + (value - self.amber) / (self.red - self.amber)) * 100 / 3))


def declared(path: Path = DATA / "gauges.toml") -> tuple[Gauge, ...]:
    """The gauges of a file, in its order; `CardError` names file, gauge and key.

    >>> len(declared())
    7
    """
    return _declared(path)


@cache
def _declared(path: Path) -> tuple[Gauge, ...]:
    file = read_card(path)
    gauges = tuple(_gauge(card) for card in file.tables("gauge"))
    file.done()
    if len({gauge.id for gauge in gauges}) < len(gauges):
        raise CardError(f"{path.name}: there are two gauges with the same id")
    return gauges


def _gauge(card: Card) -> Gauge:
    how = card.one_of("how", HOWS)
    stale_after = _days(card, "stale_after")
    gauge = Gauge(
        id=card.text("id"),
        name=card.bilingual(),
        how=how,
        of=_part(card, "of") if how != "circulation" else None,
        over=_part(card, "over") if how in ("ratio", "shortfall") else None,
        ready=_part(card, "ready") if card.has("ready") else None,
        unit=card.one_of("unit", ("ratio", "years")),
        amber=card.number("amber"),
        red=card.number("red"),
        stale_after=stale_after,
        base_stale_after=_days(card, "base_stale_after") if card.has("base_stale_after") else stale_after,
        origin=card.words("origin"),
        references=card.texts("references"),
    )
    if gauge.amber >= gauge.red:
        raise card.wrong("amber", f"must be below red, and {gauge.amber:g} is not below {gauge.red:g}")
    card.done()
    return gauge


def _days(card: Card, key: str) -> int:
    days = card.number(key)
    if days != int(days) or days < 1:
        raise card.wrong(key, f"must be a whole number of days, is {days:g}")
    return int(days)


def _part(card: Card, key: str) -> Part:
    table = card.table(key)
    part = Part(
        entity=table.text("entity"),
        metric=table.text("metric"),
        kind=table.maybe_one_of("kind", ("stock", "flow")),
    )
    table.done()
    return part
