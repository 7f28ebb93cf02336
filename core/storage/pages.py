"""The bytes of pages: kept once, with every time they were seen, and taken away again.

A crawl is repeated from them (`core.upkeep.replay`), so a thread whose bytes are not all kept is marked `partial`.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from core.storage.rows import Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """How much was taken away: pages, and their size as stored, in bytes."""

    pages: int = 0
    size: int = 0

    def __add__(self, other: "Bytes") -> "Bytes":
        return Bytes(pages=self.pages + other.pages, size=self.size + other.size)


def keep(
    sql: Sql,
    body: bytes,
    *,
    url: str | None,
    headers: Mapping[str, str],
    fetched_at: str,
    kind: str,
    thread: int | None,
) -> None:
    """Keep the bytes; the same bytes of the same address once, with each time they were seen.

    Bytes that could not be read before and can be now change their kind.

    kind: thread, fragment (a reply's own page), text (a copy), index (a list) or unparsed; the last two are of no thread
    """
    sha256 = hashlib.sha256(body).hexdigest()
    where = "sha256 = ? AND coalesce(url, '') = coalesce(?, '')"
    known = sql.rows(f"SELECT pk, kind, fetched_at FROM pages WHERE {where}", [sha256, url])  # noqa: S608 (constant)
    if not known:
        sql.run(
            "INSERT INTO pages (thread, kind, url, sha256, headers, fetched_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [thread, kind, url, sha256, json.dumps(dict(headers), ensure_ascii=False), fetched_at, zlib.compress(body)],
        )
        return
    if known[0]["kind"] == "unparsed" != kind:
        sql.run("UPDATE pages SET kind = ?, thread = ? WHERE pk = ?", [kind, thread, known[0]["pk"]])
    if known[0]["fetched_at"] != fetched_at:
        sql.run(
            "INSERT INTO sightings (page, fetched_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [known[0]["pk"], fetched_at],
        )


def drop(sql: Sql, which: str, params: Mapping[str, object]) -> Bytes:
    """Delete the pages that a condition names; marks their threads, and for a list every thread, as partial."""
    pages = sql.rows(f"SELECT pk, thread, kind, length(body) AS size FROM pages WHERE {which}", params)  # noqa: S608 (callers' constants)
    for page in pages:
        sql.run("DELETE FROM pages WHERE pk = ?", [page["pk"]])
    for thread in {page["thread"] for page in pages} - {None}:
        mark_partial(sql, thread)
    if any(page["kind"] == "index" for page in pages):
        sql.run("UPDATE threads SET partial = 1 WHERE NOT partial")  # which ones a list told of is not recorded
    return Bytes(pages=len(pages), size=sum(page["size"] for page in pages))


def mark_partial(sql: Sql, thread: int) -> None:
    """Note that the thread cannot be made again from kept bytes alone."""
    sql.run("UPDATE threads SET partial = 1 WHERE pk = ? AND NOT partial", [thread])
