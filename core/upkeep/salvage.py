"""What can still be read of a damaged database, row by row, into a new one.

A table is read from its beginning until SQLite gives up, then from its end, then what lies between in ever smaller
spans, so that a bad page costs the rows on it and no others. Which rows there were is told by the indexes, which lie
on other pages. Search words and counts are not read: `core.upkeep.repair` makes them anew.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from core.errors import StoreError
from core.storage.rollup_tables import KEYS
from core.storage.sqlite import connected, told
from core.store import Store
from core.upkeep import blueprint
from core.upkeep.blueprint import Part

_MADE_ANEW: Final = frozenset({"posts_fts", "judged", "writers", *KEYS})
_PATIENCE: Final = 200_000  # failed readings of one table; keys may be damaged too, and lie 2**60 apart
_TOGETHER: Final = 2000  # rows in a transaction

Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Rows of a table that were read and put into the new database, and rows that were not.

    lost: that indexes name or that could not be put there; at least so many where `cut`: some could not be read
    """

    table: str
    saved: int
    lost: int
    cut: bool


def salvage(path: Path, to: Path) -> list[Saved]:
    """Read what can be read of a damaged file into a new database at `to`; the damaged one is not changed.

    Raises `StoreError` where not even the list of its tables can be read.
    """
    with Store.open(to) as store, told(path), closing(connected(path, "wreck")) as damaged:
        damaged.execute("PRAGMA cell_size_check = ON")
        damaged.text_factory = lambda cell: cell.decode("utf-8", "replace")
        with store.reading() as sql:
            sql.run("PRAGMA foreign_keys = OFF")  # what points nowhere is for `core.upkeep.repair`
            wanted = blueprint.parts(sql)
        tables = [part for part in wanted.values() if part.kind == "table" and part.name not in _MADE_ANEW]
        readers = [_Reader(damaged, part) for part in tables]
        if not any(reader.columns for reader in readers):
            raise StoreError(
                f"{path}: not even the names of its tables can be read", hint="paomo restore FILE takes a backup"
            )
        return [_into(store, reader) for reader in readers]


def _into(store: Store, reader: "_Reader") -> Saved:
    """Put what can be read of a table into the new database."""
    if not reader.columns:
        return Saved(table=reader.table, saved=0, lost=0, cut=True)
    names, marks = ", ".join(reader.columns), ", ".join("?" * len(reader.columns))
    rows, read = reader.rows(), 0
    while batch := list(islice(rows, _TOGETHER)):
        read += len(batch)
        with store.writing() as sql:
            for row in batch:
                sql.run(f"INSERT OR IGNORE INTO {reader.table} ({names}) VALUES ({marks})", row)  # noqa: S608 (our names)
    with store.reading() as sql:
        [(saved,)] = sql.tuples(f"SELECT count(*) FROM {reader.table}")  # noqa: S608
    return Saved(table=reader.table, saved=saved, lost=reader.unread() + read - saved, cut=reader.cut)


class _Reader:
    """The rows of one damaged table. columns: none where the table is not found; cut: some part could not be read."""

    def __init__(self, damaged: sqlite3.Connection, wanted: Part) -> None:
        self._damaged = damaged
        self.table = wanted.name
        known = {column.partition(" ")[0] for column in wanted.columns}
        info = damaged.execute(f"PRAGMA table_info({self.table})").fetchall()
        self.columns = [row[1] for row in info if row[1] in known]
        self._key = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
        self._by_number = len(self._key) == 1 and "WITHOUT ROWID" not in wanted.sql.upper()
        self._seen: set[int] = set()
        self.cut = False

    def rows(self) -> Iterator[Cells]:
        """Every row that can be read, once where rows have numbers; otherwise perhaps twice."""
        first = last = None
        for last in self._ordered("ASC"):
            yield last
        if not self.cut:
            return
        for first in self._ordered("DESC"):
            yield first
        if self._by_number:
            named = self._named()
            low = min(named, default=0) if last is None else self._number(last) + 1
            high = max(named, default=low) if first is None else self._number(first) - 1
            yield from self._between(low, high)

    def unread(self) -> int:
        """How many rows the indexes name that were not read."""
        return len(self._named() - self._seen) if self.cut and self._by_number else 0

    def _named(self) -> set[int]:
        """The numbers of rows that the indexes have."""
        known: set[int] = set()
        for _, index, _, _, partial in self._damaged.execute(f"PRAGMA index_list({self.table})").fetchall():
            if not partial:
                with suppress(sqlite3.DatabaseError, UnicodeDecodeError):
                    numbers = f"SELECT {self._key[0]} FROM {self.table} INDEXED BY {index}"  # noqa: S608 (our names)
                    known.update(number for (number,) in self._damaged.execute(numbers))
        return known

    def _ordered(self, direction: str) -> Iterator[Cells]:
        order = ", ".join(f"{name} {direction}" for name in self._key)
        yield from self._tried(f"NOT INDEXED ORDER BY {order}", ())

    def _between(self, low: int, high: int) -> Iterator[Cells]:
        """Rows of a span that cannot be read in one go: up to where reading stops, then both halves of the rest.

        The row before a bad page is lost with it, since Python takes one step more before it hands a row out; asked
        for alone it comes.
        """
        spans, patience = [(low, high)], _PATIENCE
        while spans and patience:
            low, high = spans.pop()
            if low > high:
                continue
            last, self.cut = low - 1, False
            alone = low == high
            which = "= ?" if alone else f"BETWEEN ? AND ? ORDER BY {self._key[0]}"
            for row in self._tried(f"NOT INDEXED WHERE {self._key[0]} {which}", (low,) if alone else (low, high)):
                last = self._number(row)
                yield row
            if self.cut:
                patience -= 1
                middle = (last + 1 + high) // 2
                if low < high:
                    spans += [(middle + 1, high), (last + 1, middle)]
        self.cut = True

    def _tried(self, where: str, params: tuple[int, ...]) -> Iterator[Cells]:
        """Rows until SQLite gives up, which `cut` tells then."""
        try:
            cursor = self._damaged.execute(f"SELECT {', '.join(self.columns)} FROM {self.table} {where}", params)  # noqa: S608
            for row in cursor:
                if self._by_number:
                    if self._number(row) in self._seen:
                        return  # from the end, back at what was read from the beginning
                    self._seen.add(self._number(row))
                yield row
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            self.cut = True

    def _number(self, row: Cells) -> int:
        return int(row[self.columns.index(self._key[0])])
