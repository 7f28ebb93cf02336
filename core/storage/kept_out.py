"""Who is kept out, and what may be stored of a page that he is on: stubs, without words.

Who is forgotten is kept as a hash with a secret of this database, so that the list names nobody. Whoever has the
file has the secret too and can try names; docs/keeping.md says what this does and does not protect.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

from core.forum import Post, Thread
from core.storage.rows import Sql, stamp
from core.text import fold

_SECRET = "forget_secret"  # noqa: S105 (the name of a row, not the secret)


def drop(sql: Sql, thread: Thread) -> tuple[Thread, list[int | None]]:
    """A thread as it may be stored: posts of forgotten authors are stubs; and for each post whose stub it is."""
    posts, whose = drop_posts(sql, thread.site, thread.posts)
    url = thread.url
    for post, who in zip(thread.posts, whose, strict=True):
        if who is not None and names_him(url, [fold(name) for name in (post.author, post.author_key) if name]):
            url = None
    return replace(thread, url=url, root=posts[0], replies=tuple(posts[1:])), whose


def drop_posts(sql: Sql, site: str, posts: Sequence[Post]) -> tuple[list[Post], list[int | None]]:
    """Posts as they may be stored, and for each the entry in the list of its author, if he is on it.

    For rows of a list, before anything of them is noted; where one is a stub the list's bytes must not be kept.
    """
    if not anybody(sql, site):
        return list(posts), [None] * len(posts)
    known: dict[tuple[str | None, str | None], int | None] = {}
    for post in posts:
        names = (post.author, post.author_key)
        if names not in known:
            known[names] = who_is(sql, site, [name for name in names if name])
    whose = [known[post.author, post.author_key] for post in posts]
    return [post if who is None else stub(post) for post, who in zip(posts, whose, strict=True)], whose


def anybody(sql: Sql, site: str) -> bool:
    """Whether somebody is kept out of a forum."""
    return bool(sql.rows("SELECT 1 FROM forgotten_keys WHERE site = ? LIMIT 1", [site]))


def is_answered(sql: Sql, thread: Thread) -> bool:
    """Whether a post on the page answers one whose author is forgotten: the page may print its title or name."""
    if not anybody(sql, thread.site):
        return False
    answered = [post.parent_id for post in thread.posts if post.parent_id is not None]
    return bool(
        sql.rows(
            "SELECT 1 FROM posts WHERE post_id IN (SELECT value FROM json_each(?)) AND +site = ?"
            " AND forgotten IS NOT NULL LIMIT 1",
            [json.dumps(answered), thread.site],
        )
    )


def has_answers(sql: Sql, site: str, post: Post) -> bool:
    """Whether answers to a post are stored before the post itself is."""
    rows = sql.rows("SELECT 1 FROM posts WHERE site = ? AND parent_id = ? AND parent IS NULL LIMIT 1", [site, post.id])
    return post.id is not None and bool(rows)


def stub(post: Post) -> Post:
    """The post without words, name, pictures or address: only its place in the tree and its time."""
    return Post(
        n=post.n,
        id=post.id,
        parent_id=post.parent_id,
        depth=post.depth,
        title="",
        published_local=post.published_local,
        tz=post.tz,
        published_utc=post.published_utc,
        deleted=post.deleted,
    )


def scrub(sql: Sql, pk: int, who: int) -> None:
    """Make a stored post a stub: words, name, revisions, judgement, what it mentions and search words go.

    What a crawl knew of it goes too: nothing is open for it any more, and how a list showed it is not known.
    """
    sql.run(
        "UPDATE tasks SET listed = NULL, last_error = NULL, tries = 0,"
        " state = CASE WHEN state = 'gone' THEN state ELSE 'done' END"
        " WHERE (site, board, post_id) IN (SELECT site, board, post_id FROM posts WHERE pk = ?)",
        [pk],
    )
    sql.run(
        "UPDATE posts SET title = '', body = NULL, author = NULL, author_key = NULL, images = '[]', url = NULL,"
        " bytes = NULL, reads = NULL, comments = NULL, points = NULL, edited_local = NULL, key = 'removed.' || pk,"
        " forgotten = ? WHERE pk = ?",
        [who, pk],
    )
    sql.run("DELETE FROM revisions WHERE post = ?", [pk])
    sql.run("DELETE FROM sentiments WHERE post = ?", [pk])
    sql.run("DELETE FROM posts_fts WHERE rowid = ?", [pk])


def _secret(sql: Sql) -> bytes | None:
    rows = sql.rows("SELECT value FROM state WHERE name = ?", [_SECRET])
    return bytes.fromhex(rows[0]["value"]) if rows else None


def _hash(secret: bytes, site: str, name: str) -> str:
    return hmac.new(secret, f"{site}\x1f{fold(name)}".encode(), hashlib.sha256).hexdigest()


def who_is(sql: Sql, site: str, names: Iterable[str]) -> int | None:
    """The list's entry for any of the names, if there is one."""
    secret = _secret(sql)
    if secret is None:
        return None
    hashes = [_hash(secret, site, name) for name in names if fold(name)]
    rows = sql.rows(
        "SELECT who FROM forgotten_keys WHERE site = ? AND author_key IN (SELECT value FROM json_each(?))",
        [site, json.dumps(hashes)],
    )
    return rows[0]["who"] if rows else None


def enter(sql: Sql, site: str, keys: Iterable[str], now: datetime) -> int:
    """The list's entry for an author, made where there is none; knows all his keys afterwards."""
    secret = _secret(sql)
    if secret is None:
        secret = secrets.token_bytes(32)
        sql.run("INSERT INTO state (name, value) VALUES (?, ?)", [_SECRET, secret.hex()])
    who = who_is(sql, site, keys)
    if who is None:
        who = sql.insert("forgotten", {"site": site, "added_at": stamp(now), "posts": 0})
    for key in keys:
        sql.run("INSERT OR IGNORE INTO forgotten_keys VALUES (?, ?, ?)", [site, _hash(secret, site, key), who])
    return who


def names_him(url: str | None, keys: Iterable[str]) -> bool:
    """Whether an address has one of the folded names in it."""
    return url is not None and any(key in fold(unquote(url)) for key in keys)
