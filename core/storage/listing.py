"""Rows of a board's list against what is known: which posts are to be asked for, and why.

A post is asked for when it is new or when its row says something else than it said the last time (size or title; for
a forum whose list has threads only, their counts as well). Comparing a list with a list, not with the post's page,
keeps a crawl from asking for ever where the two never agree. A post that the list stops showing is asked for once.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.forum import Board, Post, Thread
from core.storage import kept_out, pages, saving, unseen
from core.storage.identity import flat, is_fragment
from core.storage.rows import Row, Saved, Sql, of_board, stamp

_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of rows to be noted.

    roots_only: the list has threads only, so that their counts tell of new replies
    empty:      ask for posts of 0 bytes too
    walk:       number of the walk, or `None` for rows that stand on a post's own page
    clock:      the list's own now; backfill: whether everything new here is old news
    now:        when the page was fetched
    left_out:   rows that are too old to be kept; looked at for forgotten authors alone
    """

    board: Board
    posts: tuple[Post, ...]
    roots_only: bool
    empty: bool
    walk: int | None
    clock: datetime | None
    backfill: bool
    now: datetime
    left_out: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a page of rows brought: posts never stored before, posts that say something else, posts gone from it.

    all_known: every root was known before; hidden: a forgotten author is on the page, so its bytes must not be kept
    """

    new: int = 0
    changed: int = 0
    vanished: int = 0
    all_known: bool = True
    hidden: bool = False


def threads_of(site: str, board: str, entries: Iterable[Post]) -> list[Thread]:
    """The threads that rows of a list draw: a root and the rows below it. A row that comes twice counts once.

    A row whose parent is not among them, as when the list was cut between the two, is a thread that begins with a
    reply; the store puts it where it belongs.

    >>> rows = [Post(n=1, id="9", depth=0, title="a"), Post(n=2, id="10", depth=1, parent_id="9", title="b")]
    >>> [(one.root.id, len(one.replies)) for one in threads_of("s", "b", rows)]
    [('9', 1)]
    """
    found: list[list[Post]] = []
    of: dict[str, list[Post]] = {}
    for post in entries:
        if post.id is not None and post.id in of:
            continue
        group = of.get(post.parent_id) if post.parent_id is not None else None
        if group is None:
            group = []
            found.append(group)
        group.append(replace(post, n=len(group)))
        if post.id is not None:
            of[post.id] = group
    return [Thread(site=site, board=board, url=root.url, root=root, replies=tuple(rest)) for root, *rest in found]


def note(sql: Sql, listed: Listed, threads: Sequence[Thread], page: saving.RawPage) -> Noted:
    """Store the rows of a list's page and open tasks for what is to be asked for."""
    before = _last(sql)
    known = _known(sql, listed.board, [post.id for post in listed.posts])
    opened = open_tasks(sql, listed, known)
    _count(sql, listed, known, opened)
    vanished = 0
    for thread in threads:
        stored = {known[post.id]["thread"] if post.id in opened.same else None for post in thread.posts}
        pk = stored.pop() if len(stored) == 1 else None  # more than one: the rows stand together for the first time
        pk = pk or saving.save(sql, thread, page, listed=True).thread
        if opened.hidden:
            pages.mark_partial(sql, pk)
        if not listed.roots_only:
            vanished += unseen.vanished_replies(sql, listed.board, thread, pk, listed.now)
    _flag_backfill(sql, before, listed)
    return Noted(
        new=sum(post.id not in known or known[post.id]["pk"] is None for post in listed.posts),
        changed=opened.changed,
        vanished=vanished,
        all_known=all(thread.root.id in known for thread in threads),
        hidden=bool(opened.hidden),
    )


def store_post(sql: Sql, listed: Listed, thread: Thread, page: saving.RawPage) -> Saved:
    """Store a post's own page; `listed` holds the rows on it, of which tasks are opened for those never seen.

    Where `listed` has the number of a walk, the page stands for a list of its rows, and those that it shows no more
    are asked for, too.
    """
    before = _last(sql)
    known = _known(sql, listed.board, [post.id for post in listed.posts])
    saved = saving.save(sql, thread, page)
    open_tasks(sql, listed, known)
    if listed.walk is not None and not listed.roots_only and not is_fragment(thread):
        unseen.vanished_replies(sql, listed.board, thread, saved.thread, listed.now)
    _flag_backfill(sql, before, listed)
    return saved


def look_for(sql: Sql, listed: Listed) -> bool:
    """Open tasks for posts that were found by their author or words; returns whether any was never seen before.

    The rows are not stored: they tell too little of a post to be one, and its own page tells all. What was read and is
    not kept any more is not asked for again.
    """
    known = _known(sql, listed.board, [post.id for post in listed.posts])
    open_tasks(
        sql, replace(listed, posts=tuple(post for post in listed.posts if not _let_go(known.get(post.id)))), known
    )
    return any(post.id not in known for post in listed.posts)


def is_older(posts: Iterable[Post], oldest: datetime | None) -> bool:
    """Whether the newest of the posts is older than what is kept, as `core.upkeep.retention` counts; no time is not old.

    oldest: aware; `None` where everything is kept
    """
    times = [post.published_utc or post.published_local.replace(tzinfo=UTC) for post in posts if post.published_local]
    return oldest is not None and bool(times) and max(times) < oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What became of rows: how many say something else, which say the same, which are of forgotten authors."""

    changed: int
    same: Set[str | None]
    hidden: Set[str | None]


def open_tasks(sql: Sql, listed: Listed, known: Mapping[str | None, Row]) -> _Opened:
    """Open a task for each row that is new or changed.

    What a forgotten author wrote is asked for only where the page holds what others answered.
    """
    changed = 0
    same: set[str | None] = set()
    posts, whose = kept_out.drop_posts(sql, listed.board.site, (*listed.posts, *listed.left_out))
    hidden = {post.id for post, who in zip(posts, whose, strict=True) if who is not None}
    hidden |= {id for id, row in known.items() if row["forgotten"] is not None}
    for post in listed.posts:
        row = known.get(post.id)
        if listed.walk is None and row is not None and row["state"] is not None and not _sought(row):
            continue  # a post's own page lists what the board's list lists better
        shown = replace(kept_out.stub(post), comments=post.comments) if post.id in hidden else post
        said = _said(shown, listed)
        why = None if post.id in hidden and not listed.roots_only else _why(shown, row, said, listed)
        changed += why == "changed"
        if why is None and row is not None and row["pk"] is not None and row["listed"] == said:
            same.add(post.id)
        else:
            _write(sql, listed, shown, row, why=why, said=said)
    return _Opened(changed=changed, same=same, hidden=hidden)


def _count(sql: Sql, listed: Listed, known: Mapping[str | None, Row], opened: _Opened) -> None:
    """Note that rows stand on the list as before; only their counts move, and of forgotten authors not even these."""
    key = {
        **of_board(listed.board),
        "walk": listed.walk,
        "ids": json.dumps(list(opened.same)),
        "now": stamp(listed.now),
    }
    theirs = "WHERE site = :site AND board = :board AND post_id IN (SELECT value FROM json_each(:ids))"
    sql.run(f"UPDATE tasks SET walk = :walk {theirs}", key)  # noqa: S608 (our own words)
    sql.run(f"UPDATE posts SET seen_at = max(seen_at, :now) {theirs} AND body IS NULL", key)  # noqa: S608
    for post in listed.posts:
        if post.id in opened.same - opened.hidden:
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
    if _let_go(row) and post.published_local is None:
        return None  # as far as the row tells it is as old as it was when it was removed
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


def _let_go(row: Row | None) -> bool:
    """Whether this was read and is not kept any more."""
    return row is not None and row["state"] == "done" and row["pk"] is None and row["fetched_at"] is not None


def _sought(row: Row) -> bool:
    """Whether this is a number that nobody had seen, until now."""
    return bool(row["why"] == "missing" and row["state"] in {"due", "failed"})


def _said(post: Post, listed: Listed) -> str:
    """What a row says, in a form to be compared: a hash, so that no words outlive their post."""
    counts = [post.comments, post.points] if listed.roots_only else []
    said = json.dumps([flat(post.title), post.bytes, *counts], ensure_ascii=False)
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


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
            **of_board(listed.board),
            "post": post.id,
            "why": reason,
            "state": state,
            "now": stamp(listed.now),
            "said": said if listed.walk is not None else None,
            "walk": listed.walk,
            "fresh": why is not None,
        },
    )


def _last(sql: Sql) -> int:
    """The greatest number of a stored post."""
    return int(sql.rows("SELECT coalesce(max(pk), 0) AS pk FROM posts")[0]["pk"])


def _known(sql: Sql, board: Board, ids: Iterable[str | None]) -> dict[str | None, Row]:
    """What is stored and what is in the ledger of each post, by id."""
    rows = sql.rows(
        "SELECT j.value AS id, p.pk, p.thread, p.title, p.body, p.bytes, p.reads, p.comments, p.points,"
        " p.forgotten, t.why, t.state, t.listed, t.fetched_at FROM json_each(:ids) j"
        " LEFT JOIN posts p ON p.post_id = j.value AND p.site = :site AND p.board = :board"
        " LEFT JOIN tasks t ON t.post_id = j.value AND t.site = :site AND t.board = :board"
        " WHERE p.pk IS NOT NULL OR t.why IS NOT NULL",
        {**of_board(board), "ids": json.dumps(list(ids))},
    )
    return {row["id"]: row for row in rows}


def _flag_backfill(sql: Sql, before: int, listed: Listed) -> None:
    """Flag posts that were stored behind row `before` and are not news."""
    stale = listed.clock and (listed.clock - _FRESH).isoformat()
    sql.run(
        "UPDATE posts SET backfill = 1 WHERE pk > :before AND (:all OR published_local < :stale)",
        {"before": before, "all": listed.backfill, "stale": stale},
    )
