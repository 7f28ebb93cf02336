"""Posts on their way out, one at a time, so that memory does not grow with the store."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from core.forum import Board
from core.storage.rows import JUDGED, Hit, Row, Sql, hit_of
from core.store import Store
from core.text import fold

_CHUNK = 500  # posts read at a time
_MOMENT = "coalesce(p.published_utc, p.published_local, (SELECT min(coalesce(o.published_utc, o.published_local)) FROM posts o WHERE o.thread = p.thread), '')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which posts. since and until are days of the forum's clock, both included; author: shown name or key, folded."""

    board: Board | None = None
    since: date | None = None
    until: date | None = None
    author: str | None = None


def posts(store: Store, wanted: Wanted, *, by_thread: bool = False) -> Iterator[Hit]:
    """The posts that are wanted, with their thread and judgement, in order of time.

    by_thread: threads in the order of their first wanted post, posts in page order. A post without a time, such as
    a copied first post, stands where its thread's first dated one does; where days are asked for it is left out.
    Stubs of forgotten authors are left out.
    """
    with store.reading() as sql:
        where, params = _where(sql, wanted)
        order = f"{_MOMENT}, p.pk"
        if by_thread:
            order = f"min({_MOMENT}) OVER (PARTITION BY p.thread), p.thread, p.n, p.pk"
        found = sql.each(f"SELECT p.pk FROM posts p WHERE {where} ORDER BY {order}", params)  # noqa: S608 (constants)
        while chunk := [row["pk"] for row in islice(found, _CHUNK)]:
            rows = {row["pk"]: row for row in _read(sql, chunk)}
            yield from (hit_of(rows[pk]) for pk in chunk if pk in rows)


def by_number(store: Store, pks: Sequence[int]) -> list[Hit]:
    """The posts with these numbers that are still there, in order of number; stubs and what was taken down are left out."""
    with store.reading() as sql:
        return [hit_of(row) for row in _read(sql, list(pks)) if row["forgotten"] is None and not row["deleted"]]


def _where(sql: Sql, wanted: Wanted) -> tuple[str, Row]:
    conditions = ["p.forgotten IS NULL"]
    params: Row = {}
    if wanted.board:
        conditions.append("p.site = :site AND p.board = :board")
        params |= {"site": wanted.board.site, "board": wanted.board.name}
    if wanted.since:
        conditions.append("p.published_local >= :since")
        params["since"] = wanted.since.isoformat()
    if wanted.until:
        conditions.append("p.published_local < :until")
        params["until"] = f"{wanted.until.isoformat()}U"  # behind the T between day and time
    if wanted.author is not None:
        conditions.append("p.author_key IN (SELECT value FROM json_each(:keys))")
        params["keys"] = json.dumps(_keys(sql, fold(wanted.author)))
    return " AND ".join(conditions), params


def _keys(sql: Sql, author: str) -> list[str]:
    """The keys of an author: his own, and those under which the name was shown."""
    rows = sql.rows("SELECT DISTINCT author, author_key FROM posts WHERE author_key IS NOT NULL")
    return [row["author_key"] for row in rows if author in {fold(row["author"] or ""), fold(row["author_key"])}]


def _read(sql: Sql, pks: list[int]) -> list[Row]:
    return sql.rows(
        f"SELECT p.*, t.title AS thread_title, t.url AS thread_url, {JUDGED}"  # noqa: S608 (constants)
        " FROM posts p JOIN threads t ON t.pk = p.thread"
        " LEFT JOIN sentiments s ON s.post = p.pk WHERE p.pk IN (SELECT value FROM json_each(?))",
        [json.dumps(pks)],
    )
