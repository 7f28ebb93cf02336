"""Forgetting an author: what he wrote goes, a stub without words keeps the tree, and he is kept out.

How he is known again and kept out is in `core.storage.kept_out`.
"""

import html
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from core.errors import UsageError
from core.storage import kept_out, pages
from core.storage.pages import Bytes
from core.storage.rows import Row, Sql
from core.store import Store
from core.text import fold, to_simplified, to_traditional


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is stored of an author on a forum. names: as shown; keys: the stable ones, folded."""

    site: str
    posts: int
    threads: int
    names: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What became of an author on a forum. posts are stubs now; pages and their bytes are gone."""

    site: str
    posts: int
    threads: int
    pages: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A line of the list. marks: the beginnings of the hashes; posts: how many were removed when he was forgotten."""

    pk: int
    site: str
    added_at: datetime
    posts: int
    marks: tuple[str, ...]


def look(store: Store, name: str, *, site: str | None = None) -> list[Found]:
    """What is stored of an author, by forum; asked in either script, by shown name or by key."""
    _name(name)
    with store.reading() as sql:
        return [found for one in _sites(sql, site) if (found := _look(sql, name, one)).posts]


def forget(store: Store, name: str, *, site: str, now: datetime) -> Removed:
    """Remove what an author wrote on a forum and keep him out; an author who is not stored is kept out too.

    What others quote of him stays. Run `core.upkeep.retention.shrink` afterwards: until then the file still holds the
    bytes that were removed.
    """
    with store.writing() as sql:
        found = _look(sql, name, site)
        keys = {_name(name), *found.keys}
        rows = _posts(sql, site, found)
        who = kept_out.enter(sql, site, keys, now)
        for row in rows:
            kept_out.scrub(sql, row["pk"], who)
        sql.run("UPDATE forgotten SET posts = posts + ? WHERE pk = ?", [len(rows), who])
        threads = {row["thread"] for row in rows}
        pattern = _pattern((name, *found.names, *found.keys))
        gone = _forget_pages(sql, threads, pattern)
        _forget_troubles(sql, pattern)
        for thread in threads:
            _retitle(sql, thread, keys)
        sql.run(
            "DELETE FROM follows WHERE kind = 'author' AND (site IS NULL OR site = ?)"
            " AND key IN (SELECT value FROM json_each(?))",
            [site, json.dumps(sorted(keys))],
        )
    return Removed(site=site, posts=len(rows), threads=len(threads), pages=gone)


def let_in(store: Store, name: str, *, site: str | None = None) -> list[str]:
    """Let an author in again; returns the forums on which he was kept out. What was removed stays removed."""
    with store.writing() as sql:
        found = [(one, who) for one in _sites(sql, site) if (who := kept_out.who_is(sql, one, [name])) is not None]
        for _, who in found:
            sql.run("DELETE FROM forgotten WHERE pk = ?", [who])
    return [one for one, _ in found]


def is_forgotten(store: Store, name: str, *, site: str | None = None) -> list[str]:
    """The forums on which an author of that name is kept out."""
    with store.reading() as sql:
        return [one for one in _sites(sql, site) if kept_out.who_is(sql, one, [name]) is not None]


def listed(store: Store) -> list[Forgotten]:
    """Everybody who is kept out, without a name."""
    with store.reading() as sql:
        rows = sql.rows("SELECT * FROM forgotten ORDER BY pk")
        marks = sql.rows("SELECT who, substr(author_key, 1, 8) AS mark FROM forgotten_keys ORDER BY author_key")
    return [
        Forgotten(
            pk=row["pk"],
            site=row["site"],
            added_at=datetime.fromisoformat(row["added_at"]),
            posts=row["posts"],
            marks=tuple(mark["mark"] for mark in marks if mark["who"] == row["pk"]),
        )
        for row in rows
    ]


def _name(name: str) -> str:
    if not (folded := fold(name)):
        raise UsageError(f"{name!r} is no name", hint="give the author's name as the forum shows it")
    return folded


def _sites(sql: Sql, site: str | None) -> list[str]:
    if site is not None:
        return [site]
    rows = sql.rows("SELECT site FROM threads UNION SELECT site FROM forgotten ORDER BY site")
    return [row["site"] for row in rows]


def _look(sql: Sql, name: str, site: str) -> Found:
    """The name as shown or as key leads to keys, and these to everything that was written under them."""
    wanted = _name(name)
    pairs = sql.rows("SELECT DISTINCT author, author_key FROM posts WHERE site = ? AND author_key IS NOT NULL", [site])
    his = [row for row in pairs if wanted in {fold(row["author"] or ""), fold(row["author_key"])}]
    keys = {row["author_key"] for row in his}
    names = {row["author"] for row in pairs if row["author_key"] in keys and row["author"]}
    found = Found(site=site, posts=0, threads=0, names=tuple(sorted(names)), keys=tuple(sorted(keys)))
    posts = _posts(sql, site, found)
    return replace(found, posts=len(posts), threads=len({row["thread"] for row in posts}))


def _posts(sql: Sql, site: str, found: Found) -> list[Row]:
    return sql.rows(
        "SELECT pk, thread FROM posts WHERE +site = ? AND author_key IN (SELECT value FROM json_each(?)) ORDER BY pk",
        [site, json.dumps(found.keys)],
    )


def _forget_pages(sql: Sql, threads: set[int], pattern: re.Pattern[bytes]) -> Bytes:
    """Drop the pages of the threads he wrote in, and the lists and unread pages that name him."""
    gone = pages.drop(
        sql, "thread IN (SELECT value FROM json_each(:threads))", {"threads": json.dumps(sorted(threads))}
    )
    for thread in threads:
        pages.mark_partial(sql, thread)
    named = [
        page["pk"]
        for page in sql.rows("SELECT pk, url FROM pages WHERE thread IS NULL")
        if pattern.search(_bytes(sql, page["pk"])) or pattern.search((page["url"] or "").encode())
    ]
    return gone + pages.drop(sql, "pk IN (SELECT value FROM json_each(:named))", {"named": json.dumps(named)})


def _forget_troubles(sql: Sql, pattern: re.Pattern[bytes]) -> None:
    """What went wrong is written down with the address that was asked, which may name him."""
    for table, column, instead in (("tasks", "last_error", None), ("boards", "error", None), ("pauses", "why", "-")):
        said = sql.rows(f"SELECT DISTINCT {column} AS said FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
        for row in said:
            if pattern.search(row["said"].encode()):
                sql.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [instead, row["said"]])  # noqa: S608


def _bytes(sql: Sql, pk: int) -> bytes:
    try:
        return zlib.decompress(sql.rows("SELECT body FROM pages WHERE pk = ?", [pk])[0]["body"])
    except zlib.error:
        return b""  # a damaged page says nothing to anybody


def _pattern(names: Iterable[str]) -> re.Pattern[bytes]:
    """The names in the bytes of a page: either script, the encodings of forums, escaped for HTML or an address."""
    spelt = {spelling for name in names for spelling in (name, to_simplified(name), to_traditional(name))}
    spelt |= {html.escape(name) for name in spelt} | {
        name.encode("ascii", "xmlcharrefreplace").decode() for name in spelt
    }
    spelt |= {json.dumps(name)[1:-1] for name in spelt}
    written = set()
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        for name in spelt:
            coded = name.encode(encoding, "ignore")
            if coded.decode(encoding) == name:
                written |= {coded, quote(coded).encode()}
    bounded = [rb"(?<![0-9A-Za-z])" + re.escape(one) + rb"(?![0-9A-Za-z])" for one in sorted(written) if one]
    return re.compile(b"|".join(bounded), re.IGNORECASE)


def _retitle(sql: Sql, thread: int, keys: Iterable[str]) -> None:
    """A thread that he began has no title any more, and no address that names him."""
    line = sql.rows(
        "SELECT p.title, p.forgotten, t.url FROM threads t JOIN posts p ON p.thread = t.pk WHERE t.pk = ?"
        " ORDER BY p.n LIMIT 1",
        [thread],
    )[0]
    if line["forgotten"] is not None:
        sql.run("UPDATE threads SET title = '', title_key = '' WHERE pk = ?", [thread])
    if kept_out.names_him(line["url"], keys):
        sql.run("UPDATE threads SET url = NULL WHERE pk = ?", [thread])
