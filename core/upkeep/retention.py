"""How long things are kept: threads by their newest post, page bytes likewise; and giving space back to the disk."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.config import Settings
from core.storage import pages
from core.storage.pages import Bytes
from core.storage.rows import stamp
from core.store import Store

_WORTH = 0.25  # part of the file that must be empty before it is rewritten: SQLite fills empty pages again by itself
_AT_LEAST = 8 * 1024 * 1024  # bytes

_NEWEST = (
    "SELECT t.pk FROM threads t WHERE coalesce("
    "(SELECT max(coalesce(p.published_utc, p.published_local)) FROM posts p WHERE p.thread = t.pk), t.last_seen)"
    " < :before AND NOT EXISTS (SELECT 1 FROM posts p JOIN json_each(:spare) j ON p.post_id = j.value ->> 1"
    " AND p.site = j.value ->> 0 AND p.thread = t.pk)"
)
"""Threads whose newest post is older. A thread without any date counts from when it was last seen."""

_CLOSED = (
    "UPDATE tasks SET listed = NULL, last_error = NULL, fetched_at = coalesce(fetched_at, :before),"
    " state = CASE WHEN state = 'gone' THEN state ELSE 'done' END"
    " WHERE (site, board, post_id) IN (SELECT site, board, post_id FROM posts"
    " WHERE thread IN (SELECT value FROM json_each(:old)))"
)
"""A crawl asks for none of their posts again: one that was fetched once and is not there is not wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What was removed for its age."""

    threads: int = 0
    posts: int = 0
    pages: Bytes = field(default_factory=Bytes)

    def __bool__(self) -> bool:
        return bool(self.threads or self.pages.pages)


def count_older(store: Store, before: datetime) -> Cleared:
    """The threads that `remove_older` would remove; pages are not counted."""
    with store.reading() as sql:
        row = sql.rows(
            f"SELECT count(DISTINCT thread) AS threads, count(*) AS posts FROM posts WHERE thread IN ({_NEWEST})",  # noqa: S608 (constant)
            {"before": stamp(before), "spare": "[]"},
        )[0]
    return Cleared(threads=row["threads"], posts=row["posts"])


def remove_older(
    store: Store, before: datetime, *, pages_only: bool = False, spare: Collection[tuple[str, str]] = ()
) -> Cleared:
    """Remove threads whose newest post is older, and lists and unread pages fetched before then.

    before:     aware
    pages_only: only the bytes; posts, search and judgements stay, and `paomo reparse` cannot repeat them
    spare:      site and id of posts whose threads stay however old
    """
    with store.writing() as sql:
        aged = {"before": stamp(before), "spare": json.dumps(sorted(spare))}
        old = [row["pk"] for row in sql.rows(_NEWEST, aged)]
        params = {"old": json.dumps(old), "before": stamp(before)}
        gone = pages.drop(
            sql,
            "thread IN (SELECT value FROM json_each(:old))"
            " OR (thread IS NULL AND fetched_at < :before AND NOT EXISTS"
            " (SELECT 1 FROM sightings s WHERE s.page = pages.pk AND s.fetched_at >= :before))",
            params,
        )
        if pages_only:
            return Cleared(pages=gone)
        of_old = "thread IN (SELECT value FROM json_each(:old))"
        posts = sql.rows(f"SELECT count(*) AS n FROM posts WHERE {of_old}", params)[0]["n"]  # noqa: S608 (constant)
        sql.run(_CLOSED, params)
        sql.run("DELETE FROM threads WHERE pk IN (SELECT value FROM json_each(:old))", params)
    return Cleared(threads=len(old), posts=posts, pages=gone)


def oldest_kept(settings: Settings, now: datetime) -> datetime | None:
    """Threads whose newest post is older than this are not kept; `None` where all are."""
    return now - timedelta(days=settings.keep_days) if settings.keep_days else None


def apply_retention(
    store: Store, settings: Settings, now: datetime, *, spare: Collection[tuple[str, str]] = ()
) -> Cleared:
    """Remove what the settings `keep_days` and `keep_pages_days` do not keep; 0 keeps for ever; spare as above.

    For after a crawl: cheap when there is nothing to do, and the file is rewritten only where much of it is empty.
    """
    done = Cleared()
    if oldest := oldest_kept(settings, now):
        done = remove_older(store, oldest, spare=spare)
    if settings.keep_pages_days:
        more = remove_older(store, now - timedelta(days=settings.keep_pages_days), pages_only=True, spare=spare)
        done = Cleared(threads=done.threads, posts=done.posts, pages=done.pages + more.pages)
    if done:
        shrink(store)
    return done


def shrink(store: Store, *, always: bool = False) -> int:
    """Give empty space back to the disk; returns how many bytes the file lost.

    always: even where little is empty, so that nothing of what was removed can be found in the file. Needs as much
    free disk as the file is large, for a moment. Raises `StoreError` while another process writes.
    """
    with store.reading() as sql:
        size, free, count = (
            sql.rows(f"PRAGMA {name}")[0][name] for name in ("page_size", "freelist_count", "page_count")
        )
        if not always and (free < _WORTH * count or free * size < _AT_LEAST):
            return 0
        sql.run("INSERT INTO posts_fts (posts_fts) VALUES ('optimize')")  # drops the words of removed posts
        sql.run("VACUUM")
        sql.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return int((count - sql.rows("PRAGMA page_count")[0]["page_count"]) * size)
