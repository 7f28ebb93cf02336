"""What a list does not show: posts that vanished from it, numbers that nobody saw, posts that others answer.

Each is asked for once; `core.storage.listing` opens tasks for what a list does show.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from core.forum import Board, Thread
from core.storage.rows import Sql, of_board, stamp

MOST_MISSING = 20_000
"""More unseen numbers than this are no holes: a stray id is."""


def vanished_replies(sql: Sql, board: Board, thread: Thread, stored: int, now: datetime) -> int:
    """Open a task for each reply that the list showed, or that no list ever spoke of, and that it shows no more."""
    rows = sql.rows(
        "SELECT p.post_id FROM posts p"
        " LEFT JOIN tasks t ON t.site = p.site AND t.board = p.board AND t.post_id = p.post_id"
        " WHERE p.thread = :thread AND p.post_id IS NOT NULL AND NOT p.deleted"
        " AND p.post_id NOT IN (SELECT value FROM json_each(:ids))"
        " AND (t.post_id IS NULL OR (t.listed IS NOT NULL AND t.state != 'gone'))",
        {"thread": stored, "ids": json.dumps([post.id for post in thread.posts])},
    )
    return _open_vanished(sql, board, [row["post_id"] for row in rows], now)


def vanished_roots(sql: Sql, board: Board, *, walk: int, newest: datetime, oldest: datetime, now: datetime) -> int:
    """Open a task for each stored root whose time lies within the walk and that the walk did not list."""
    rows = sql.rows(
        "SELECT p.post_id FROM posts p JOIN threads h ON h.pk = p.thread AND h.root_id = p.post_id"
        " LEFT JOIN tasks t ON t.site = p.site AND t.board = p.board AND t.post_id = p.post_id"
        " WHERE p.site = :site AND p.board = :board AND NOT p.deleted"
        " AND p.published_local > :oldest AND p.published_local < :newest"
        " AND (t.post_id IS NULL OR (t.listed IS NOT NULL AND t.state != 'gone' AND coalesce(t.walk, 0) < :walk))",
        {**of_board(board), "walk": walk, "oldest": oldest.isoformat(), "newest": newest.isoformat()},
    )
    return _open_vanished(sql, board, [row["post_id"] for row in rows], now)


def _open_vanished(sql: Sql, board: Board, posts: Sequence[str], now: datetime) -> int:
    for post in posts:
        sql.run(
            "INSERT INTO tasks (site, board, post_id, why, state, due_at)"
            " VALUES (:site, :board, :post, 'vanished', 'due', :now)"
            " ON CONFLICT DO UPDATE SET why = 'vanished', state = 'due', due_at = :now, tries = 0, listed = NULL",
            {**of_board(board), "post": post, "now": stamp(now)},
        )
    return len(posts)


def missing(sql: Sql, board: Board, *, low: int, high: int, now: datetime) -> int:
    """Open a task for each number between two ids, both included, that nobody has seen; returns how many.

    Only for a board whose posts share one rising sequence of numbers.
    """
    unseen = sql.rows(f"SELECT id FROM ({_UNSEEN})", {**of_board(board), "low": low, "high": high})  # noqa: S608
    for row in unseen:
        _open_missing(sql, board, str(row["id"]), now)
    return len(unseen)


def holes(sql: Sql, board: Board, *, low: int, high: int) -> int:
    """How many numbers between two ids are neither stored nor in the ledger; 0 after every finished walk."""
    params = {**of_board(board), "low": low, "high": high}
    return int(sql.rows(f"SELECT count(*) AS n FROM ({_UNSEEN})", params)[0]["n"])  # noqa: S608 (our own words)


_UNSEEN = (
    "WITH RECURSIVE number (id) AS (SELECT :low UNION ALL SELECT id + 1 FROM number WHERE id < :high)"
    " SELECT id FROM number WHERE NOT EXISTS (SELECT 1 FROM posts WHERE site = :site AND board = :board"
    " AND post_id = CAST(number.id AS TEXT)) AND NOT EXISTS (SELECT 1 FROM tasks WHERE site = :site"
    " AND board = :board AND post_id = CAST(number.id AS TEXT))"
)


def unknown_parent(sql: Sql, board: Board, parent: str | None, now: datetime) -> None:
    """Open a task for the post that another answers, where nobody has seen it: it leads to the thread's root."""
    if parent is None:
        return
    known = sql.rows(
        "SELECT 1 FROM posts WHERE site = :site AND board = :board AND post_id = :post"
        " UNION SELECT 1 FROM tasks WHERE site = :site AND board = :board AND post_id = :post",
        {**of_board(board), "post": parent},
    )
    if not known:
        _open_missing(sql, board, parent, now)


def _open_missing(sql: Sql, board: Board, post: str, now: datetime) -> None:
    sql.run(
        "INSERT INTO tasks (site, board, post_id, why, state, due_at)"
        " VALUES (:site, :board, :post, 'missing', 'due', :now)",
        {**of_board(board), "post": post, "now": stamp(now)},
    )
