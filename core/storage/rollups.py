"""The counts that trends are read from: what keeps them, checks them, and makes them anew.

The tables and the triggers that hold them stand in `core.storage.rollup_tables`. Here is the one writer of mentions, and
the recount that tests and repairs compare with.
"""

from collections.abc import Collection, Iterable
from typing import Final

from core.storage.rollup_tables import FILL, KEYS
from core.storage.rows import Row, Sql, Unscored

_NAMED: Final = "iif(r.writer = 0, '', w.author) AS author"
_SUMS: Final = "sum(bullish) AS bullish, sum(neutral) AS neutral, sum(bearish) AS bearish"


def put_mentions(sql: Sql, read: Iterable[tuple[int, Collection[str]]], version: str) -> int:
    """See `Store.put_mentions`."""
    kept = 0
    for post, entities in read:
        if not sql.rows("SELECT 1 FROM sentiments WHERE post = ?", [post]):
            continue
        known = {row["entity"] for row in sql.rows("SELECT entity FROM mentions WHERE post = ?", [post])}
        for entity in known - set(entities):
            sql.run("DELETE FROM mentions WHERE post = ? AND entity = ?", [post, entity])
        for entity in sorted(set(entities) - known):
            sql.run("INSERT INTO mentions (post, entity) VALUES (?, ?)", [post, entity])
        sql.run("UPDATE sentiments SET names = ? WHERE post = ?", [version, post])
        kept += 1
    return kept


def unread(sql: Sql, version: str, limit: int) -> list[Unscored]:
    """See `Store.unread`."""
    rows = sql.rows(
        "SELECT p.pk, p.title, p.body FROM (SELECT post FROM sentiments WHERE names IS NULL UNION ALL"
        " SELECT post FROM sentiments WHERE names < :version UNION ALL"
        " SELECT post FROM sentiments WHERE names > :version LIMIT :limit) s"  # three runs of one index
        " JOIN posts p ON p.pk = s.post ORDER BY p.pk",
        {"version": version, "limit": limit},
    )
    return [Unscored(pk=row["pk"], title=row["title"], body=row["body"]) for row in rows]


def rebuild(sql: Sql) -> None:
    """Make `judged` and all counts anew from posts, judgements and mentions, as after a repair by hand."""
    sql.run("DELETE FROM judged")
    for table in (*KEYS, "writers"):
        sql.run(f"DELETE FROM {table}")  # noqa: S608 (our own names); what no post stands behind
    sql.run(FILL)


def differences(sql: Sql) -> dict[str, list[Row]]:
    """Rows that a recount from the posts has otherwise, by table; nothing where all is well.

    Each row says in `side` whether it is `stored` and should not be, or was `recounted` and is not there. Authors
    stand with their names: a number means nothing by itself.
    """
    tables = {
        "judged": ("SELECT * FROM judged", "SELECT * FROM judgements"),
        "writers": (
            "SELECT site, author, uses FROM writers",
            "SELECT site, author, count(*) AS uses FROM judgements WHERE author <> '' GROUP BY site, author",
        ),
    }
    for table, key in KEYS.items():
        columns = ", ".join("author" if column == "writer" else column for column in key)
        named = columns.replace("site", "r.site")
        stored = f"SELECT {columns}, bullish, neutral, bearish FROM {table}"  # noqa: S608 (our own names)
        if "writer" in key:
            stored = (
                f"SELECT {named.replace('author', _NAMED)}, bullish, neutral, bearish FROM {table} r"  # noqa: S608
                " LEFT JOIN writers w ON w.id = r.writer"
            )
        tables[table] = stored, f"SELECT {columns}, {_SUMS} FROM judgements GROUP BY {columns}"  # noqa: S608
    found = {table: _odds(sql, *both) for table, both in tables.items()}
    return {table: rows for table, rows in found.items() if rows}


def _odds(sql: Sql, stored: str, recount: str) -> list[Row]:
    return [
        *sql.rows(f"SELECT 'stored' AS side, * FROM ({stored} EXCEPT SELECT * FROM ({recount}))"),  # noqa: S608
        *sql.rows(f"SELECT 'recounted' AS side, * FROM (SELECT * FROM ({recount}) EXCEPT {stored})"),  # noqa: S608
    ]
