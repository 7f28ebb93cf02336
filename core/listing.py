"""Rows of a board's list against what is known: which posts are to be asked for, and why.

A post is asked for when it is new or when its row says something else than it said the last time (size or title; for
a forum whose list has threads only, their counts as well). Comparing a list with a list, not with the post's page,
keeps a crawl from asking for ever where the two never agree. A post that the list stops showing is asked for once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import saving
from core.forum import Board, Post, Thread
from core.identity import flat
from core.rows import Row, Saved, Sql, stamp

_FRESH = timedelta(days=1)
_MOST_MISSING = 20_000  # more unseen numbers than this are no holes: a stray id is


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of rows to be noted.

    roots_only: the list has threads only, so that their counts tell of new replies
    empty:      ask for posts of 0 bytes too
    walk:       number of the walk, or `None` for rows that stand on a post's own page
    clock:      the list's own now; backfill: whether everything new here is old news
    now:        when the page was fetched
    """

    board: Board
    posts: tuple[Post, ...]
    roots_only: bool
    empty: bool
    walk: int | None
    clock: datetime | None
    backfill: bool
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a page of rows brought: posts never stored before, posts that say something else, roots known before."""

    new: int = 0
    changed: int = 0
    vanished: int = 0
    all_known: bool = True


def threads_of(site: str, board: str, entries: Iterable[Post]) -> list[Thread]:
    """The threads that rows of a list draw: a root and the rows below it.

    A row without an id is left out, and so is a reply without its root. Rows without a depth are roots.

    >>> rows = [Post(n=1, id="9", depth=0, title="a"), Post(n=2, id="10", depth=1, parent_id="9", title="b")]
    >>> [(one.root.id, len(one.replies)) for one in threads_of("s", "b", rows)]
    [('9', 1)]
    """
    found: list[list[Post]] = []
    for post in entries:
        if post.id is None:
            continue
        if not post.depth and post.parent_id is None:
            found.append([replace(post, n=0, depth=0)])
        elif found:
            found[-1].append(replace(post, n=len(found[-1])))
    return [Thread(site=site, board=board, url=root.url, root=root, replies=tuple(rest)) for root, *rest in found]


def note(sql: Sql, listed: Listed, threads: Sequence[Thread], page: saving.RawPage) -> Noted:
    """Store the rows of a list's page and open tasks for what is to be asked for."""
    before = _last(sql)
    known = _known(sql, listed.board, [post.id for post in listed.posts])
    found, same = open_tasks(sql, listed, known)
    _count(sql, listed, known, same)
    vanished = 0
    for thread in threads:
        stored = {known[post.id]["thread"] if post.id in same else None for post in thread.posts}
        pk = stored.pop() if len(stored) == 1 else None  # more than one: the rows stand together for the first time
        pk = pk or saving.save(sql, thread, page, listed=True).thread
        if not listed.roots_only:
            vanished += _vanished_replies(sql, listed, thread, pk)
    _flag_backfill(sql, before, listed)
    return replace(
        found,
        new=sum(post.id not in known or known[post.id]["pk"] is None for post in listed.posts),
        vanished=vanished,
        all_known=all(thread.root.id in known for thread in threads),
    )


def store_post(sql: Sql, listed: Listed, thread: Thread, page: saving.RawPage) -> Saved:
    """Store a post's own page; `listed` holds the rows on it, of which tasks are opened for those never seen."""
    before = _last(sql)
    saved = saving.save(sql, thread, page)
    open_tasks(sql, listed, _known(sql, listed.board, [post.id for post in listed.posts]))
    _flag_backfill(sql, before, listed)
    return saved


def open_tasks(sql: Sql, listed: Listed, known: Mapping[str | None, Row]) -> tuple[Noted, set[str | None]]:
    """Open a task for each row that is new or changed; the ids of the others, which are stored as they are, come too."""
    changed = 0
    same: set[str | None] = set()
    for post in listed.posts:
        row = known.get(post.id)
        if listed.walk is None and row is not None and row["state"] is not None and not _sought(row):
            continue  # a post's own page lists what the board's list lists better
        said = _said(post, listed)
        why = _why(post, row, said, listed)
        changed += why == "changed"
        if why is None and row is not None and row["pk"] is not None and row["listed"] == said:
            same.add(post.id)
        else:
            _write(sql, listed, post, row, why=why, said=said)
    return Noted(changed=changed), same


def _count(sql: Sql, listed: Listed, known: Mapping[str | None, Row], same: set[str | None]) -> None:
    """Note that rows stand on the list as before; only their counts move."""
    key = {**_of(listed.board), "walk": listed.walk, "ids": json.dumps(list(same)), "now": stamp(listed.now)}
    theirs = "WHERE site = :site AND board = :board AND post_id IN (SELECT value FROM json_each(:ids))"
    sql.run(f"UPDATE tasks SET walk = :walk {theirs}", key)  # noqa: S608 (our own words)
    sql.run(f"UPDATE posts SET seen_at = max(seen_at, :now) {theirs} AND body IS NULL", key)  # noqa: S608
    for post in listed.posts:
        if post.id in same:
            row = known[post.id]
            counts: Row = {"reads": post.reads, "comments": post.comments, "points": post.points}
            news = {name: n for name, n in counts.items() if n is not None and n != row[name]}
            if news:
                sql.update("posts", row["pk"], news)


def _why(post: Post, row: Row | None, said: str, listed: Listed) -> str | None:
    """Why to ask for a post: new, changed, or `None` for not at all."""
    if listed.roots_only and post.depth:
        return None  # its text comes with the thread
    wanted = post.bytes is None or post.bytes > 0 or listed.empty
    if row is None or row["state"] is None:
        if row is None or row["body"] is None:
            return "new" if wanted else None
        return "changed" if _differs(post, row, listed) else None
    if row["state"] == "gone":
        return None if row["listed"] == said else "changed"  # not on any list since: it is there again
    if row["listed"] is None:
        differs = row["body"] is not None and _differs(post, row, listed)
        return "changed" if differs else "new" if row["body"] is None and wanted else None
    if row["listed"] != said:
        return "changed" if wanted or row["body"] is not None else None
    return "new" if listed.empty and row["body"] is None and row["fetched_at"] is None else None


def _differs(post: Post, row: Row, listed: Listed) -> bool:
    """Whether a row says something else than the stored post, which no list has shown before."""
    if flat(post.title) != flat(row["title"]) or (post.bytes is not None and post.bytes != row["bytes"]):
        return True
    return listed.roots_only and post.comments is not None and post.comments != row["comments"]


def _sought(row: Row) -> bool:
    """Whether this is a number that nobody had seen, until now."""
    return bool(row["why"] == "missing" and row["state"] in {"due", "failed"})


def _said(post: Post, listed: Listed) -> str:
    """What a row says, in a form to be compared."""
    counts = [post.comments, post.points] if listed.roots_only else []
    return json.dumps([flat(post.title), post.bytes, *counts], ensure_ascii=False)


def _write(sql: Sql, listed: Listed, post: Post, row: Row | None, *, why: str | None, said: str) -> None:
    """Write a post's task: open it where there is a reason, keep it open where it is, else note it as done."""
    old = row if row is not None and row["state"] is not None else None
    is_open = old is not None and old["state"] in {"due", "failed"}
    state = "due" if why else "done" if old is None or _sought(old) else old["state"]
    reason = old["why"] if old and is_open and old["why"] != "missing" else why or (old["why"] if old else "new")
    sql.run(
        "INSERT INTO tasks (site, board, post_id, why, state, due_at, listed, walk)"
        " VALUES (:site, :board, :post, :why, :state, :now, :said, :walk)"
        " ON CONFLICT DO UPDATE SET why = :why, state = :state, listed = :said, walk = :walk,"
        " tries = CASE WHEN :fresh THEN 0 ELSE tries END, due_at = CASE WHEN :fresh THEN :now ELSE due_at END",
        {
            **_of(listed.board),
            "post": post.id,
            "why": reason,
            "state": state,
            "now": stamp(listed.now),
            "said": said if listed.walk is not None else None,
            "walk": listed.walk,
            "fresh": why is not None,
        },
    )


def _vanished_replies(sql: Sql, listed: Listed, thread: Thread, stored: int) -> int:
    """Open a task for each reply that the list showed, or that no list ever spoke of, and that it shows no more."""
    rows = sql.rows(
        "SELECT p.post_id FROM posts p"
        " LEFT JOIN tasks t ON t.site = p.site AND t.board = p.board AND t.post_id = p.post_id"
        " WHERE p.thread = :thread AND p.post_id IS NOT NULL AND NOT p.deleted"
        " AND p.post_id NOT IN (SELECT value FROM json_each(:ids))"
        " AND (t.post_id IS NULL OR (t.listed IS NOT NULL AND t.state != 'gone'))",
        {"thread": stored, "ids": json.dumps([post.id for post in thread.posts])},
    )
    return _open_vanished(sql, listed.board, [row["post_id"] for row in rows], listed.now)


def vanished_roots(sql: Sql, board: Board, *, walk: int, newest: datetime, oldest: datetime, now: datetime) -> int:
    """Open a task for each stored root whose time lies within the walk and that the walk did not list."""
    rows = sql.rows(
        "SELECT p.post_id FROM posts p JOIN threads h ON h.pk = p.thread AND h.root_id = p.post_id"
        " LEFT JOIN tasks t ON t.site = p.site AND t.board = p.board AND t.post_id = p.post_id"
        " WHERE p.site = :site AND p.board = :board AND NOT p.deleted"
        " AND p.published_local > :oldest AND p.published_local < :newest"
        " AND (t.post_id IS NULL OR (t.listed IS NOT NULL AND t.state != 'gone' AND coalesce(t.walk, 0) < :walk))",
        {**_of(board), "walk": walk, "oldest": oldest.isoformat(), "newest": newest.isoformat()},
    )
    return _open_vanished(sql, board, [row["post_id"] for row in rows], now)


def _open_vanished(sql: Sql, board: Board, posts: Sequence[str], now: datetime) -> int:
    for post in posts:
        sql.run(
            "INSERT INTO tasks (site, board, post_id, why, state, due_at)"
            " VALUES (:site, :board, :post, 'vanished', 'due', :now)"
            " ON CONFLICT DO UPDATE SET why = 'vanished', state = 'due', due_at = :now, tries = 0, listed = NULL",
            {**_of(board), "post": post, "now": stamp(now)},
        )
    return len(posts)


def missing(sql: Sql, board: Board, *, low: int, high: int, now: datetime) -> int:
    """Open a task for each number between two ids, both included, that nobody has seen; returns how many.

    Only for a board whose posts share one rising sequence of numbers.
    """
    key = {**_of(board), "low": max(low, high - _MOST_MISSING), "high": high, "now": stamp(now)}
    unseen = sql.rows(f"SELECT id FROM ({_UNSEEN})", key)  # noqa: S608
    for row in unseen:
        sql.run(
            "INSERT INTO tasks (site, board, post_id, why, state, due_at)"
            " VALUES (:site, :board, :post, 'missing', 'due', :now)",
            {**_of(board), "post": str(row["id"]), "now": stamp(now)},
        )
    return len(unseen)


def holes(sql: Sql, board: Board, *, low: int, high: int) -> int:
    """How many numbers between two ids are neither stored nor in the ledger; 0 after every finished walk."""
    return int(sql.rows(f"SELECT count(*) AS n FROM ({_UNSEEN})", {**_of(board), "low": low, "high": high})[0]["n"])  # noqa: S608


_UNSEEN = (
    "WITH RECURSIVE number (id) AS (SELECT :low UNION ALL SELECT id + 1 FROM number WHERE id < :high)"
    " SELECT id FROM number WHERE NOT EXISTS (SELECT 1 FROM posts WHERE site = :site AND board = :board"
    " AND post_id = CAST(number.id AS TEXT)) AND NOT EXISTS (SELECT 1 FROM tasks WHERE site = :site"
    " AND board = :board AND post_id = CAST(number.id AS TEXT))"
)


def unknown_parent(sql: Sql, board: Board, parent: str | None, now: datetime) -> None:
    """Open a task for the post that another answers, where nobody has seen it: it leads to the thread's root."""
    if parent is not None and not _known(sql, board, [parent]):
        sql.run(
            "INSERT INTO tasks (site, board, post_id, why, state, due_at)"
            " VALUES (:site, :board, :post, 'missing', 'due', :now)",
            {**_of(board), "post": parent, "now": stamp(now)},
        )


def _last(sql: Sql) -> int:
    """The greatest number of a stored post."""
    return int(sql.rows("SELECT coalesce(max(pk), 0) AS pk FROM posts")[0]["pk"])


def _known(sql: Sql, board: Board, ids: Iterable[str | None]) -> dict[str | None, Row]:
    """What is stored and what is in the ledger of each post, by id."""
    rows = sql.rows(
        "SELECT j.value AS id, p.pk, p.thread, p.title, p.body, p.bytes, p.reads, p.comments, p.points,"
        " t.why, t.state, t.listed, t.fetched_at FROM json_each(:ids) j"
        " LEFT JOIN posts p ON p.post_id = j.value AND p.site = :site AND p.board = :board"
        " LEFT JOIN tasks t ON t.post_id = j.value AND t.site = :site AND t.board = :board"
        " WHERE p.pk IS NOT NULL OR t.why IS NOT NULL",
        {**_of(board), "ids": json.dumps(list(ids))},
    )
    return {row["id"]: row for row in rows}


def _flag_backfill(sql: Sql, before: int, listed: Listed) -> None:
    """Flag posts that were stored behind row `before` and are not news."""
    stale = listed.clock and (listed.clock - _FRESH).isoformat()
    sql.run(
        "UPDATE posts SET backfill = 1 WHERE pk > :before AND (:all OR published_local < :stale)",
        {"before": before, "all": listed.backfill, "stale": stale},
    )


def _of(board: Board) -> dict[str, object]:
    return {"site": board.site, "board": board.name}
