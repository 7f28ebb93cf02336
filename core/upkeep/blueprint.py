"""The tables, indexes and triggers that a database should have, and how a given one differs.

The blueprint is what the migrations make of nothing, so it is never out of date. A file from elsewhere, or one that a
broken disk or a hand has changed, is held against it before anything is trusted to it.
"""

import re
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from core.storage.rows import Sql

_SCHEMA: Final = (
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
)
_DERIVED: Final = ("posts_fts",)  # SQLite makes its tables posts_fts_… itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table, index, trigger or view. columns: of a table, as `name type`; sql: the statement that makes it."""

    kind: str
    name: str
    table: str
    sql: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """missing: parts that are not there; changed: ones that say something else; foreign: triggers nobody of us made.

    Tables, indexes and views besides ours are a matter of whoever made them: nothing of ours reads them.
    """

    missing: tuple[Part, ...] = ()
    changed: tuple[Part, ...] = ()
    foreign: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.foreign)

    def __str__(self) -> str:
        said = (("missing", self.missing), ("changed", self.changed), ("not of paomo", self.foreign))
        return "; ".join(f"{what}: {', '.join(map(str, parts))}" for what, parts in said if parts)


def steps() -> tuple[str, ...]:
    """The names of the migrations, in order."""
    from core.migrations import migrations

    return tuple(step.name for step in migrations._migrations)


def parts(sql: Sql | sqlite3.Connection) -> dict[str, Part]:
    """What a database has, by name."""
    ask = sql.tuples if not isinstance(sql, sqlite3.Connection) else lambda text: sql.execute(text).fetchall()
    found = {}
    for kind, name, table, text in ask(_SCHEMA):
        if table.startswith("_sqlite_"):  # of sqlite-utils, whose versions may differ
            continue
        if kind == "table" and any(name.startswith(f"{one}_") for one in _DERIVED):
            continue
        columns: tuple[str, ...] = ()
        if kind == "table":
            quoted = name.replace('"', '""')
            columns = tuple(f"{row[1]} {row[2]}" for row in ask(f'PRAGMA table_xinfo("{quoted}")'))
        found[name] = Part(kind=kind, name=name, table=table, sql=text, columns=columns)
    return found


def blueprint(applied: Collection[str] | None = None) -> dict[str, Part]:
    """What a database should have, of all migrations or of those that were applied."""
    from sqlite_utils import Database

    from core.migrations import migrations

    with closing(sqlite3.connect(":memory:")) as connection:
        db = Database(connection, execute_plugins=False)
        last = next((name for name in steps() if applied is not None and name not in applied), None)
        migrations.apply(db, stop_before=last)
        return parts(connection)


def compare(found: dict[str, Part], wanted: dict[str, Part]) -> Differences:
    """How the parts of a database differ from those that it should have."""
    changed = [
        part
        for name, part in wanted.items()
        if name in found
        and (
            found[name].kind != part.kind
            or (part.kind == "table" and not set(part.columns) <= set(found[name].columns))
            or (part.kind in {"trigger", "view"} and _plain(found[name].sql) != _plain(part.sql))
        )
    ]
    return Differences(
        missing=tuple(part for name, part in wanted.items() if name not in found),
        changed=tuple(changed),
        foreign=tuple(part for name, part in found.items() if part.kind == "trigger" and name not in wanted),
    )


def _plain(sql: str) -> str:
    """A statement without the blanks and quotes in which two versions of SQLite may differ."""
    return re.sub(r"[\s\"]+", "", sql).lower()
