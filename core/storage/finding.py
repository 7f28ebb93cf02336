"""Which stored threads a page is of: asked of the database by ids and keys, decided by `core.storage.identity`."""

import json
from dataclasses import dataclass

from core.forum import Thread
from core.storage import identity
from core.storage.rows import Sql, StoredPost, stored_post_of


@dataclass(frozen=True, slots=True)
class Known:
    """A thread in the store, in the shape of one that was just read."""

    pk: int
    thread: Thread
    posts: tuple[StoredPost, ...]

    @property
    def whole(self) -> bool:
        """Whether it is known from a page of the thread itself, not from a copy or a reply's own page."""
        return self.thread.root.id is not None and not identity.is_fragment(self.thread)


def find(sql: Sql, thread: Thread) -> tuple[list[Known], set[str | None]]:
    """The stored threads that this one is or joins together, oldest first; and ids that belong elsewhere."""
    named, unsure = _by_ids(sql, thread)
    ids = {post.id for post in thread.posts if post.id is not None}
    found: list[Known] = []
    foreign: set[str | None] = set()
    for one in (_load(sql, pk) for pk in sorted(named)):
        theirs = {row.post.id for row in one.posts}
        if (
            one.whole
            and not identity.is_fragment(thread)
            and one.thread.root.id not in ids
            and thread.root.id not in theirs
        ):
            foreign |= ids & theirs  # two whole threads are never made one because a page lists a stranger
        else:
            found.append(one)
    alike = [_load(sql, pk) for pk in (_by_words(sql, thread) | unsure) - named]
    likeness = {one.pk: identity.same_thread(thread, one.thread) for one in alike}
    for one in sorted(alike, key=lambda one: (-likeness[one.pk], one.pk)):
        if likeness[one.pk] and not (one.whole and any(other.whole for other in found)):
            found.append(one)  # a text that fits two whole threads is of the one it shares more with
    return sorted(found, key=lambda one: one.pk), foreign


def _by_ids(sql: Sql, thread: Thread) -> tuple[set[int], set[int]]:
    """Threads that hold a post of this one, its parent, or a reply to it; and those where a board is unknown."""
    ids = [post.id for post in thread.posts if post.id is not None]
    if not ids:
        return set(), set()
    parents = [thread.root.parent_id] if thread.root.parent_id is not None else []
    rows = sql.rows(
        "SELECT DISTINCT thread, board FROM posts WHERE +site = :site"  # + keeps SQLite from going through all of a site
        " AND post_id IN (SELECT value FROM json_each(:ids))"
        " UNION SELECT DISTINCT thread, board FROM posts WHERE site = :site"
        " AND parent IS NULL AND parent_id IN (SELECT value FROM json_each(:own))",
        {"site": thread.site, "ids": json.dumps(ids + parents), "own": json.dumps(ids)},
    )
    named = {row["thread"] for row in rows if row["board"] == thread.board}
    return named, {row["thread"] for row in rows if row["board"] is None or thread.board is None} - named


def _by_words(sql: Sql, thread: Thread) -> set[int]:
    """Threads that might be this one by a post's key or by title; `identity.same_thread` decides.

    Two sources that both name their posts and share no id are two threads, so a named one is compared with
    copied ones only. A title alone counts where a side has no replies.
    """
    rows = sql.rows(
        "SELECT thread FROM posts WHERE site = :site AND key IN (SELECT value FROM json_each(:keys))"
        " AND (post_id IS NULL OR NOT :named)"
        " UNION SELECT pk FROM threads WHERE site = :site AND title_key = :title AND (root_id IS NULL OR NOT :named)"
        " AND (:alone OR NOT EXISTS (SELECT 1 FROM posts WHERE thread = threads.pk AND n > 0))",
        {
            "site": thread.site,
            "title": identity.flat(thread.root.title),
            "keys": json.dumps([identity.base_key(post) for post in thread.posts]),
            "named": identity.has_ids(thread),
            "alone": not thread.replies,
        },
    )
    return {row["thread"] for row in rows}


def _load(sql: Sql, pk: int) -> Known:
    line = sql.rows("SELECT * FROM threads WHERE pk = ?", [pk])[0]
    posts = tuple(stored_post_of(row) for row in sql.rows("SELECT * FROM posts WHERE thread = ? ORDER BY n, pk", [pk]))
    root, *replies = (row.post for row in posts)
    return Known(
        pk, Thread(site=line["site"], board=line["board"], url=line["url"], root=root, replies=tuple(replies)), posts
    )
