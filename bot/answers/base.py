"""What an answer is: plain data, from which a terminal, Telegram and JSON are made alike.

Adding an answer: a function `Question, World → Answer` in a module here, a row in `bot.answers.table.WHERE`, and a
template of the same name in `bot/render/texts/<locale>/`, in all three locales.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.questions import Question
from core import aliases, figures
from core.config import Settings
from core.figures import Claim, Figure, Register, Source
from core.quantity import Kind, Quantity, Unit

if TYPE_CHECKING:  # brings SQLite: only when the forum is asked about
    from core.store import Store

NOT_UNDERSTOOD = frozenset(
    {
        "unknown",
        "ambiguous",
        "help",
        "advice",
        "unread",
        "currency",
        "which",
        "search_what",
        "compare_what",
        "no_command",
        "no_scope",
    }
)
NOTHING_FOUND = NOT_UNDERSTOOD - {"help", "advice"} | {
    "no_figure",
    "no_posts",
    "no_match",
    "no_claims",
    "no_rate",
    "no_thread",
    "whose",
    "whose_outlay",
    "own_amounts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One figure of an answer, with everything that makes it checkable.

    name:   stable, for programs; source: ids of `Answer.sources`, or the formula for a computed figure
    status: corroborated, contradicted, unverified, estimated, or `computed` (from the figures and the question)
    converted: value and unit, where the question asked for a unit of its own
    """

    name: str
    quantity: Quantity
    status: str
    as_of: str | None = None
    source: str | None = None
    converted: tuple[float, str] | None = None

    @property
    def value(self) -> float:
        """The number, in `unit`."""
        return self.converted[0] if self.converted else self.quantity.value

    @property
    def unit(self) -> str:
        """The contract's word for the unit; where a unit was asked for (億, trillion), that one."""
        return self.converted[1] if self.converted else self.quantity.unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer before it is put into words.

    template: the whole message to use, by name; data: what the template needs
    followups: questions that go on from here, in the answer's language
    """

    question: Question
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[Shown, ...] = ()
    sources: tuple[Source, ...] = ()
    followups: tuple[str, ...] = ()
    chart: str | None = None

    @property
    def understood(self) -> bool:
        """Whether the talk goes on from here; if not, the question before it stays the one that follow-ups change."""
        return self.template not in NOT_UNDERSTOOD

    @property
    def found(self) -> bool:
        """Whether there is an answer in it, and not only a word of why there is none (exit code 4)."""
        return self.template not in NOTHING_FOUND


@dataclass(kw_only=True)
class World:
    """What answers are made from: the register, the database, the day."""

    settings: Settings
    today: date

    @cached_property
    def register(self) -> Register:
        """The built-in figures and those of the user's own folder."""
        return figures.load(self.settings.figures)

    def store(self) -> "Store | None":
        """The database, read-only, or `None` where nothing has been stored yet."""
        from core.store import Store

        return Store.open(self.settings.db, readonly=True) if Path(self.settings.db).exists() else None


def without(slots: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The slots but for some: what a question was read from, and its answer says otherwise."""
    return {name: value for name, value in slots.items() if name not in names}


def name_of(id: str | None, lang: str) -> str:
    """A company's or metric's name in `lang`.

    >>> name_of("ORCL", "zh-Hant")
    '甲骨文'
    """
    return aliases.get(id).name(lang) if id else ""


def quantity(value: float, unit: str, *, of: Figure | Claim | None = None) -> Quantity:
    """A number of the register as a `Quantity`; `unit` is the contract's word, money is in billions.

    >>> quantity(0.3, "ratio").unit
    <Unit.RATIO: 'ratio'>
    """
    currency, _, billions = unit.rpartition("_")
    return Quantity(
        value=value,
        unit=Unit.MONEY if billions == "bn" else Unit(unit),
        currency=currency or None,
        period=of.period if of else None,
        kind=Kind(of.stock_or_flow) if of and of.stock_or_flow else None,
        as_of=of.as_of if of else None,
    )


def shown(figure: Figure, *, name: str | None = None) -> Shown:
    """A figure of the register as part of an answer."""
    return Shown(
        name=name or figure.id,
        quantity=quantity(figure.value, figure.unit, of=figure),
        status=figure.status,
        as_of=figure.as_of,
        source=", ".join(source.id for source in figure.sources),
    )


def claimed(claim: Claim) -> list[Shown]:
    """What a claim says, what the recheck found, and what became of it: each a figure of its own."""
    rows = []
    if claim.value is not None and claim.unit is not None:
        rows.append(
            Shown(
                name=f"{claim.id}_claimed",
                quantity=quantity(claim.value, claim.unit, of=claim),
                status=claim.status,
                as_of=claim.as_of,
                source=claim.id,
            )
        )
    recheck = claim.recheck
    if recheck.value is not None and recheck.unit is not None:
        rests_on = recheck.figures
        rows.append(
            Shown(
                name=f"{claim.id}_recheck",
                quantity=quantity(recheck.value, recheck.unit),
                status=_weakest(rests_on) if rests_on else "computed",
                as_of=max((figure.as_of for figure in rests_on), default=None),
                source=recheck.formula or ", ".join(figure.id for figure in rests_on) or claim.id,
            )
        )
    rows += [
        Shown(
            name=f"{claim.id}_later_{later.as_of}",
            quantity=quantity(later.value, later.unit),
            status="corroborated",
            as_of=later.as_of,
            source=later.source.id,
        )
        for later in claim.later
    ]
    return rows


def _weakest(figures: tuple[Figure, ...]) -> str:
    """A result is as sure as the least sure figure in it."""
    order = ("contradicted", "unverified", "estimated", "corroborated")
    return min((figure.status for figure in figures), key=order.index)


def sources_of(*things: Figure | Claim) -> tuple[Source, ...]:
    """Every source of the figures and claims, each once, in order."""
    found: dict[str, Source] = {}
    for thing in things:
        found |= {source.id: source for source in thing.sources}
        if isinstance(thing, Claim):
            found |= {source.id: source for figure in thing.recheck.figures for source in figure.sources}
            found |= {later.source.id: later.source for later in thing.later}
    return tuple(found.values())
