"""The list of threads, newest first, without reading more of the store than the list is long."""

from datetime import datetime
from typing import Final

from core.forum import Board
from core.storage.rows import Row, Sql, ThreadLine, of_board

_ENOUGH: Final = 8  # posts looked at for each thread that is wanted; more where they are in fewer threads
_THREADS: Final = (
    "SELECT t.pk, t.site, t.board, t.title, t.url, max(p.published_local) AS latest, count(*) AS posts,"
    " total(s.label = 'bearish') AS bearish, total(s.label = 'neutral') AS neutral,"
    " total(s.label = 'bullish') AS bullish"
    " FROM threads t JOIN posts p ON p.thread = t.pk LEFT JOIN sentiments s ON s.post = p.pk"
    " WHERE {which} AND (:site IS NULL OR (t.site = :site AND t.board = :board))"
    " GROUP BY t.pk ORDER BY latest DESC, t.pk DESC LIMIT :limit"
)


def threads(sql: Sql, limit: int | None, board: Board | None) -> list[ThreadLine]:
    """See `Store.threads`."""
    params = {**of_board(board), "limit": -1 if limit is None else limit}
    since = None if limit is None else _since(sql, params, limit)
    which = "t.pk IN (SELECT thread FROM posts WHERE published_local >= :since)" if since else "1"
    rows = sql.rows(_THREADS.format(which=which), {**params, "since": since})
    return [
        ThreadLine(
            pk=row["pk"],
            site=row["site"],
            board=row["board"],
            title=row["title"],
            url=row["url"],
            latest=row["latest"] and datetime.fromisoformat(row["latest"]),
            posts=row["posts"],
            bearish=int(row["bearish"]),
            neutral=int(row["neutral"]),
            bullish=int(row["bullish"]),
        )
        for row in rows
    ]


def _since(sql: Sql, params: Row, limit: int) -> str | None:
    """A moment since which at least `limit` threads had a post: the newest are all among them. `None`: there are not so many."""
    wide = max(1, limit) * _ENOUGH
    on_board = " AND site = :site AND board = :board" if params["site"] else ""
    while True:
        newest = sql.rows(
            "SELECT published_local AS moment, thread FROM posts WHERE published_local IS NOT NULL"  # noqa: S608 (constants)
            f"{on_board} ORDER BY published_local DESC LIMIT :wide",
            {**params, "wide": wide},
        )
        if len({row["thread"] for row in newest}) >= limit:
            return str(newest[-1]["moment"]) if newest else None
        if len(newest) < wide:
            return None
        wide *= 8
