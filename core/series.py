"""Public monthly series: margin debt and the Nasdaq of the dot-com years.

Each is a CSV under `data/series/`, described by a card in `series.toml`. Months follow one another without a
gap; a file that skips one, or that has text where a number should be, is refused with its line number.
"""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core.cards import DATA, Card, is_moment, read_card
from core.errors import CardError, NotFound
from core.figures import UNITS, Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value a month.

    months: `YYYY-MM`, ascending, without a gap; values: as many, in `unit`
    published, checked_on: when the source put it out, and when we looked
    """

    id: str
    name: Bilingual
    title: str
    publisher: str
    published: str
    checked_on: date
    unit: str
    months: tuple[str, ...]
    values: tuple[float, ...]

    def at(self, month: str) -> float:
        """The value of a month, written `YYYY-MM`."""
        if month not in self.months:
            raise NotFound(f"{self.id} has no {month}; it runs from {self.months[0]} to {self.months[-1]}")
        return self.values[self.months.index(month)]


def load(name: str, folder: Path = DATA / "series") -> Series:
    """A series by its id.

    >>> debt = load("finra_margin_debt")
    >>> debt.months[-1], debt.at("2025-09"), debt.unit
    ('2026-07', 1126.494, 'USD_bn')
    """
    return _load(name, folder)


@cache
def _load(name: str, folder: Path) -> Series:
    file = read_card(folder / "series.toml")
    cards = {card.name: card for card in file.tables("series")}
    file.done()
    if name not in cards:
        raise NotFound(f"there is no series “{name}”", hint=f"there are {', '.join(cards)}")
    card = cards[name]
    path = folder / f"{card.text('id')}.csv"
    months, values = _read(path, column=card.text("value"), scale=card.number("scale"))
    return _series(card, months, values)


def _series(card: Card, months: Iterable[str], values: Iterable[float]) -> Series:
    series = Series(
        id=card.name,
        name=card.bilingual(),
        title=card.text("title"),
        publisher=card.text("publisher"),
        published=card.moment("published"),
        checked_on=card.day("checked_on"),
        unit=card.one_of("unit", UNITS),
        months=tuple(months),
        values=tuple(values),
    )
    card.done()
    return series


def _read(path: Path, *, column: str, scale: float) -> tuple[list[str], list[float]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise CardError(f"{path}: cannot be read: {error.strerror}") from error
    if not rows or not {"month", column} <= rows[0].keys():
        raise CardError(f"{path.name}: line 1: needs the columns month and {column}, and rows below")
    months: list[str] = []
    values: list[float] = []
    for line, row in enumerate(rows, start=2):
        month, text = row["month"] or "", row[column] or ""
        if len(month) != 7 or not is_moment(month):
            raise CardError(f"{path.name}: line {line}: “{month}” is not a month such as 2025-10")
        if months and month != _next(months[-1]):
            raise CardError(f"{path.name}: line {line}: {month} follows {months[-1]}, expected {_next(months[-1])}")
        months.append(month)
        values.append(_number(text, f"{path.name}: line {line}") * scale)
    return months, [round(value, 6) for value in values]


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CardError(f"{where}: “{text}” is not a number")
    return value


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"


def records(series: Series) -> tuple[str, ...]:
    """The months whose value is above all before it; the first counts as one.

    >>> len(records(load("finra_margin_debt")))
    78
    """
    highest, months = -math.inf, []
    for month, value in zip(series.months, series.values, strict=True):
        if value > highest:
            highest = value
            months.append(month)
    return tuple(months)
