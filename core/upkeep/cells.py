"""Single values of a database that cannot be read back: found and put right, for `core.upkeep.repair`.

What may be unknown becomes unknown, a judgement is taken away to be made again, and a moment that must be there
becomes now. Only tables whose columns are known here are looked at.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from core.storage.rows import Sql, sentiment_of, stamp

_MOMENTS: Final = {
    "threads": ("first_seen", "last_seen"),
    "posts": ("published_local", "published_utc", "edited_local", "first_seen", "seen_at", "changed_at"),
    "revisions": ("seen_at",),
    "pages": ("fetched_at",),
    "sightings": ("fetched_at",),
    "boards": ("first_tried", "tried_at", "finished_at", "clock", "covered_from", "covered_to"),
    "tasks": ("due_at", "fetched_at"),
    "pauses": ("since", "until"),
    "follows": ("added_at",),
    "forgotten": ("added_at",),
}
_JSON: Final = {
    ("posts", "images"): ("[]", list),
    ("pages", "headers"): ("{}", dict),
    ("boards", "place"): (None, dict),
}
_TEXTS: Final = {
    "posts": ("title", "body", "author", "author_key", "url", "post_id", "parent_id"),
    "threads": ("title", "url"),
}
_NUMBERS: Final = {
    "posts": {"n": 0, "deleted": 0, "depth": None, "bytes": None, "reads": None, "comments": None, "points": None}
}


def mend(sql: Sql, now: datetime) -> Iterator[tuple[str, int]]:
    """Put values right; tells each kind with its count."""
    yield "moments that were none", sum(_moments(sql, table, columns, now) for table, columns in _MOMENTS.items())
    yield "lists of values that could not be read", sum(_json(sql, *where, *what) for where, what in _JSON.items())
    yield "texts that were bytes", sum(_texts(sql, table, columns) for table, columns in _TEXTS.items())
    yield "counts that were no numbers", sum(_numbers(sql, table, columns) for table, columns in _NUMBERS.items())
    yield "judgements that could not be read", _judgements(sql)


def _moments(sql: Sql, table: str, columns: tuple[str, ...], now: datetime) -> int:
    needed = {row["name"] for row in sql.rows(f"PRAGMA table_info({table})") if row["notnull"]}
    changed = 0
    for column in columns:
        for row in sql.rows(f"SELECT {column} AS cell, count(*) AS n FROM {table} GROUP BY 1"):  # noqa: S608 (our names)
            if row["cell"] is not None and not _is_moment(row["cell"]):
                value = stamp(now) if column in needed else None
                sql.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [value, row["cell"]])  # noqa: S608
                changed += row["n"]
    return changed


def _is_moment(cell: object) -> bool:
    try:
        datetime.fromisoformat(cell)  # type: ignore[arg-type] # what else it may be is the question
    except (ValueError, TypeError):
        return False
    return True


def _json(sql: Sql, table: str, column: str, blank: str | None, kind: type) -> int:
    changed = 0
    for row in sql.rows(f"SELECT DISTINCT {column} AS cell FROM {table} WHERE {column} IS NOT NULL"):  # noqa: S608
        try:
            fits = isinstance(json.loads(row["cell"]), kind)
        except (ValueError, TypeError):
            fits = False
        if not fits:
            sql.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [blank, row["cell"]])  # noqa: S608
            changed += 1
    return changed


def _texts(sql: Sql, table: str, columns: tuple[str, ...]) -> int:
    changed = 0
    for column in columns:
        for row in sql.rows(f"SELECT pk, {column} AS cell FROM {table} WHERE typeof({column}) = 'blob'"):  # noqa: S608
            sql.update(table, row["pk"], {column: row["cell"].decode("utf-8", "replace")})
            changed += 1
    return changed


def _numbers(sql: Sql, table: str, columns: dict[str, int | None]) -> int:
    changed = 0
    for column, blank in columns.items():
        where = f"FROM {table} WHERE {column} IS NOT NULL AND typeof({column}) <> 'integer'"
        [row] = sql.rows(f"SELECT count(*) AS n {where}")
        if row["n"]:
            sql.run(f"UPDATE {table} SET {column} = ? {where.removeprefix(f'FROM {table}')}", [blank])  # noqa: S608
            changed += row["n"]
    return changed


def _judgements(sql: Sql) -> int:
    unreadable = []
    for row in sql.each("SELECT * FROM sentiments"):
        try:
            sentiment_of(row)
        except (ValueError, TypeError):
            unreadable.append(row["post"])
    for post in unreadable:
        sql.run("DELETE FROM sentiments WHERE post = ?", [post])
    return len(unreadable)
