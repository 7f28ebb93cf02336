"""Questions to the daily counts: by day, week or month, by board, by author, by thread, by what is mentioned.

Everything is asked of the roll-ups of `core.storage.rollup_tables`; only where posts must mention two things at once, or
be of one author and mention something, is `judged` asked, a row a post. Days are text, `YYYY-MM-DD`, both ends
included.
"""

from collections.abc import Sequence
from typing import Final

from core.forum import Board
from core.storage.rows import Row, Sql
from core.storage.tallies import AuthorDays, Said, Scope, StanceCounts, Sums, ThreadTally

FIRST, LAST = "1990-01-01", "2100-12-31"  # no post is from before, or from after: a page's date can be nonsense
_KEYS: Final = {
    "all": "''",
    "day": "day",
    "week": "date(day, '-6 days', 'weekday 1')",  # the Monday of it
    "month": "substr(day, 1, 7) || '-01'",
    "entity": "entity",
}
_WRITER: Final = "coalesce((SELECT id FROM writers w WHERE w.site = judged.site AND w.author = judged.author), 0)"
_BY: Final = "sum(bullish) AS bullish, sum(neutral) AS neutral, sum(bearish) AS bearish"
_SPLIT: Final = ", ".join(
    f"sum({label} * (day >= :middle)) AS {label}, sum({label} * (day < :middle)) AS {label}_before"
    for label in ("bullish", "neutral", "bearish")
)


def newest(sql: Sql, board: Board | None) -> str | None:
    """The last day with a judged post."""
    where, params = _where(Scope(board=board))
    rows = sql.rows(
        "SELECT day FROM rollup_days WHERE entity = '' AND day BETWEEN :start AND :end"  # noqa: S608 (constants)
        f" AND {where} ORDER BY day DESC LIMIT 1",
        _days(params, FIRST, LAST),
    )
    return rows[0]["day"] if rows else None


def span(sql: Sql, scope: Scope) -> tuple[str, str] | None:
    """The first and the last day on which there is something in the scope."""
    source, params = _source(scope)
    [row] = sql.rows(f"SELECT min(day) AS first, max(day) AS last FROM ({source})", _days(params, FIRST, LAST))  # noqa: S608
    return (row["first"], row["last"]) if row["first"] else None


def sums(
    sql: Sql, scope: Scope, start: str, end: str, *, by: str, entities: Sequence[str] | None = None
) -> dict[str, Sums]:
    """What is said, by `all`, `day`, `week`, `month` (the first day of it) or `entity`, with authors kept whole.

    By entity: those of `entities` that posts of the scope mention, each post once for each.
    """
    source, params = _source(scope) if entities is None else _entities(scope, entities)
    rows = sql.rows(
        "SELECT part, sum(b) AS bullish, sum(u) AS neutral, sum(s) AS bearish,"  # noqa: S608 (constants)
        # unknown authors are one row, and as many authors as posts
        " sum(iif(writer, b * b, b)) AS bullish2, sum(iif(writer, s * s, s)) AS bearish2,"
        " sum(iif(writer, b * s, 0)) AS both, sum(iif(writer, (b + u + s) * (b + u + s), b + u + s)) AS posts2,"
        " sum(iif(writer, b + s > 0, b + s)) AS sided, sum(iif(writer, 1, b + u + s)) AS authors"
        f" FROM (SELECT {_KEYS[by]} AS part, writer, sum(bullish) AS b, sum(neutral) AS u, sum(bearish) AS s"
        f" FROM ({source}) GROUP BY part, writer) GROUP BY part ORDER BY part",
        _days(params, start, end),
    )
    return {row.pop("part"): Sums(**row) for row in rows}


def author_days(sql: Sql, scope: Scope, start: str, end: str) -> list[AuthorDays]:
    """What every author wrote on every day and board, for `nlp.mood.panel`: a row for each day and board."""
    source, params = _source(scope)
    return sql.tuples(
        "SELECT day, site, board, group_concat(writer), group_concat(bullish), group_concat(neutral),"  # noqa: S608
        f" group_concat(bearish) FROM ({source}) GROUP BY day, site, board",
        _days(params, start, end),
    )


def writer(sql: Sql, id: int) -> tuple[str, str]:
    """Site and key of the author with a number."""
    [row] = sql.rows("SELECT site, author FROM writers WHERE id = ?", [id])
    return row["site"], row["author"]


def mentioned(
    sql: Sql, scope: Scope, start: str, middle: str, end: str
) -> dict[str, tuple[StanceCounts, StanceCounts]]:
    """By entity: posts from `middle` to `end`, and from `start` to the day before `middle`."""
    source, params = _entities(scope, None)
    rows = sql.rows(
        f"SELECT entity, {_SPLIT} FROM ({source}) GROUP BY entity",  # noqa: S608 (constants)
        {**_days(params, start, end), "middle": middle},
    )
    return {row["entity"]: (_counts(row), _counts(row, "_before")) for row in rows}


def daily_mentions(sql: Sql, board: Board | None, start: str, end: str) -> dict[str, dict[str, int]]:
    """By entity and day, how many posts mention it; under '' how many posts there are at all."""
    where, params = _where(Scope(board=board))
    rows = sql.rows(
        "SELECT entity, day, sum(bullish + neutral + bearish) AS n FROM rollup_days"  # noqa: S608 (constants)
        f" WHERE day BETWEEN :start AND :end AND {where} GROUP BY day, entity",
        _days(params, start, end),
    )
    found: dict[str, dict[str, int]] = {"": {}}
    for row in rows:
        found.setdefault(row["entity"], {})[row["day"]] = row["n"]
    return found


def threads(sql: Sql, scope: Scope, start: str, end: str, *, limit: int) -> list[ThreadTally]:
    """The threads that pull hardest one way: first those whose posts moved the bullishness of all most, roughly.

    The order is by |bullish / (1 + all bullish) - bearish / (1 + all bearish)|, then by posts.
    """
    if len(scope.entities) < 2 and scope.writers is None:
        where, params = _where(scope)
        params["entity"] = scope.entities[0] if scope.entities else ""
        source = f"SELECT thread, bullish, neutral, bearish FROM rollup_threads WHERE entity = :entity AND day BETWEEN :start AND :end AND {where}"  # noqa: S608
    else:
        source, params = posts_of(scope)
    rows = sql.rows(
        f"WITH found AS MATERIALIZED (SELECT thread, {_BY} FROM ({source}) GROUP BY thread),"  # noqa: S608 (constants)
        " total AS (SELECT 1.0 + sum(bullish) AS b, 1.0 + sum(bearish) AS s FROM found)"
        " SELECT t.pk, t.site, t.board, t.title, t.url, f.bullish, f.neutral, f.bearish"
        " FROM (SELECT found.*, abs(bullish / b - bearish / s) AS pull, bullish + neutral + bearish AS n"
        " FROM found, total ORDER BY pull DESC, n DESC, thread LIMIT :limit) f JOIN threads t ON t.pk = f.thread"
        " ORDER BY f.pull DESC, f.n DESC, t.pk",
        {**_days(params, start, end), "limit": limit},
    )
    return [ThreadTally(**row) for row in rows]


def find_writers(sql: Sql, name: str, key: str) -> list[tuple[str, str]]:
    """Authors whose shown name is `name` or whose key is `key` or `name`, as site and key; they may be several."""
    rows = sql.rows(
        "SELECT DISTINCT site, author_key FROM posts WHERE author_key IN (:key, :name) UNION"
        " SELECT DISTINCT site, author_key FROM posts WHERE author = :name AND author_key IS NOT NULL",
        {"name": name, "key": key},
    )
    return [(row["site"], row["author_key"]) for row in rows]


def shown_name(sql: Sql, site: str, key: str) -> str:
    """What an author last called himself."""
    rows = sql.rows(
        "SELECT author FROM posts WHERE author_key = ? AND site = ? AND author IS NOT NULL"
        " ORDER BY published_local DESC LIMIT 1",
        [key, site],
    )
    return rows[0]["author"] if rows else key


def said(sql: Sql, scope: Scope, start: str, end: str, *, limit: int) -> list[Said]:
    """Posts of the scope that took a side, newest first; what the forum says was taken down is left out."""
    source, params = posts_of(scope)
    rows = sql.rows(
        "SELECT p.pk, f.day, p.site, p.board, p.title, coalesce(p.url, t.url) AS url, s.label, s.score"  # noqa: S608
        f" FROM ({source}) f JOIN posts p ON p.pk = f.post JOIN sentiments s ON s.post = p.pk"
        " JOIN threads t ON t.pk = p.thread WHERE s.label <> 'neutral' AND NOT p.deleted"
        " ORDER BY p.published_local DESC, p.pk DESC LIMIT :limit",
        {**_days(params, start, end), "limit": limit},
    )
    return [Said(**row) for row in rows]


def _counts(row: Row, ending: str = "") -> StanceCounts:
    return StanceCounts(**{label: row[label + ending] for label in ("bullish", "neutral", "bearish")})


def _days(params: Row, start: str, end: str) -> Row:
    return {**params, "start": start, "end": end}


def _source(scope: Scope) -> tuple[str, Row]:
    """Rows of day, site, board, writer and counts, for :start to :end."""
    if len(scope.entities) > 1:
        return posts_of(scope)
    where, params = _where(scope)
    params["entity"] = scope.entities[0] if scope.entities else ""
    return f"SELECT * FROM rollup_authors WHERE entity = :entity AND day BETWEEN :start AND :end AND {where}", params  # noqa: S608


def posts_of(scope: Scope) -> tuple[str, Row]:
    """A query for the posts of the scope, a row each with `post` and `thread`, and its parameters but :start and :end."""
    where, params = _where(scope, of_posts=True)
    first, *more = scope.entities or ("",)
    params |= {"entity": first} | {f"entity{n}": entity for n, entity in enumerate(more)}
    also = "".join(
        f" AND EXISTS (SELECT 1 FROM mentions m WHERE m.post = judged.post AND m.entity = :entity{n})"  # noqa: S608
        for n in range(len(more))
    )
    where += also
    source = (
        f"SELECT *, {_WRITER} AS writer FROM judged WHERE entity = :entity AND day BETWEEN :start AND :end AND {where}"  # noqa: S608
    )
    return source, params


def _entities(scope: Scope, entities: Sequence[str] | None) -> tuple[str, Row]:
    """Rows for what posts of the scope mention: for these entities, or for all, and then without authors."""
    places = {f"named{n}": entity for n, entity in enumerate(entities or ())}
    named = f"entity IN ({', '.join(f':{place}' for place in places)})" if entities is not None else "entity <> ''"
    if scope.narrow:
        posts, params = posts_of(scope)
        columns = "m.entity, f.day, f.site, f.board, f.writer, f.bullish, f.neutral, f.bearish"
        source = f"SELECT {columns} FROM ({posts}) f JOIN mentions m ON m.post = f.post AND m.{named}"  # noqa: S608
        return source, params | places
    where, params = _where(scope)
    table = "rollup_days" if entities is None else "rollup_authors"
    return f"SELECT * FROM {table} WHERE {named} AND day BETWEEN :start AND :end AND {where}", params | places  # noqa: S608


def _where(scope: Scope, *, of_posts: bool = False) -> tuple[str, Row]:
    params: Row = {}
    parts = ["1"]
    if scope.board is not None:
        parts.append("site = :site AND board = :board")
        params = {"site": scope.board.site, "board": scope.board.name}
    if scope.writers is not None:
        pairs: Sequence[str] = [f"(:site{n}, :author{n})" for n in range(len(scope.writers))]
        named = f"(site, author) IN (VALUES {', '.join(pairs)})"
        parts.append(named if of_posts else f"writer IN (SELECT id FROM writers WHERE {named})")  # noqa: S608
        for n, (site, author) in enumerate(scope.writers):
            params |= {f"site{n}": site, f"author{n}": author}
    return " AND ".join(parts), params
