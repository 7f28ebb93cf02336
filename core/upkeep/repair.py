"""What is wrong inside a database and how it is put right, on a copy: the original stays as it was beside it.

A sound file is copied and mended; one that SQLite cannot read whole is salvaged row by row first (`core.upkeep.salvage`).
What follows from other rows is made anew, what points nowhere is taken away or given what it points at, and every
change is counted. `paomo reparse` afterwards makes lost posts again where the bytes of their pages are kept.
"""

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from core.errors import StoreError, StoreTooNew
from core.storage import identity, pages, rollups, saving
from core.storage.place import make_ready
from core.storage.rows import Sql, stamp
from core.storage.sqlite import connected, told
from core.store import Store
from core.text import tokens
from core.upkeep import backup, blueprint, cells
from core.upkeep.salvage import Saved, salvage

_NO_ROOM: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE}  # only the copy is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """One thing that was put right, and how many rows it was. anew: they follow from other rows; nothing is lost."""

    what: str
    rows: int
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What became of a database. aside: where the original is; `None` where there was nothing to repair.

    salvaged: by table, where the file had to be read row by row; else empty
    """

    mended: tuple[Mended, ...] = ()
    salvaged: tuple[Saved, ...] = ()
    aside: Path | None = None


def repair(path: Path, *, now: datetime) -> Repaired:
    """Look for everything that is wrong, mend a copy, and put it in the database's place.

    The caller holds the locks of crawl and bot. Raises `StoreError` where the file cannot be read at all, and
    `StoreTooNew` and `Busy` as a restore does; then nothing was changed.
    """
    path = path.expanduser().resolve()
    make_ready(path, create=False)
    with backup.part_of(path) as part:
        saved: list[Saved] = []
        try:
            mended = _on_copy(path, part, now)
        except StoreTooNew:
            raise
        except StoreError as error:
            if getattr(error.__cause__, "sqlite_errorcode", None) in _NO_ROOM:
                raise StoreError(
                    f"{path}: the disk has no room for a copy", hint="free as much as the file is large"
                ) from error
            _refuse_foreign(path)
            part.write_bytes(b"")
            saved = salvage(path, part)
            mended = _on(part, now)
        if not (mended or saved):
            return Repaired()
        backup.check(part, called=path)
        aside = backup.swap(part, path, now=now, why="damaged" if saved else "before-repair")
    return Repaired(mended=tuple(mended), salvaged=tuple(saved), aside=aside)


def _on_copy(path: Path, part: Path, now: datetime) -> list[Mended]:
    backup.copy_pages(path, part, lambda *_: None, to=path)
    with told(path), contextlib.closing(connected(part, "rw")) as db:
        said = db.execute("PRAGMA integrity_check(100)").fetchall()
        if indexes := said != [("ok",)]:
            db.execute("REINDEX")  # an index is made of its table; anything else is for `salvage`
            if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                raise StoreError(f"{path} is damaged")
    return [Mended(what="entries of indexes", rows=len(said)), *_on(part, now)] if indexes else _on(part, now)


def _refuse_foreign(path: Path) -> None:
    from core.migrations import APPLICATION_ID

    with told(path), contextlib.closing(connected(path, "wreck")) as db:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreError(f"{path} is no database of paomo", hint="give another path with --db or PAOMO_DB")


def _on(part: Path, now: datetime) -> list[Mended]:
    with Store.open(part, create=False) as store, store.writing() as sql:
        return [one for one in mend(sql, now) if one.rows]


def mend(sql: Sql, now: datetime) -> Iterator[Mended]:
    """Put right what is wrong, inside the caller's transaction; tells each kind with its count, 0 among them."""
    yield from _schema(sql)
    for what, rows in cells.mend(sql, now):
        yield Mended(what=what, rows=rows)
    yield Mended(what="threads that their posts name and that were not there", rows=_threads(sql, now))
    yield from _orphans(sql)
    yield Mended(what="pages whose bytes are damaged", rows=_pages(sql))
    yield Mended(what="posts whose search words were wrong", rows=_search(sql), anew=True)
    odd = rollups.differences(sql)
    if odd:
        rollups.rebuild(sql)
    yield Mended(what="counts of trends", rows=sum(map(len, odd.values())), anew=True)


def _schema(sql: Sql) -> Iterator[Mended]:
    """Triggers of others go; what is missing or says something else is made anew."""
    odd = blueprint.compare(blueprint.parts(sql), blueprint.blueprint())
    if tables := [part.name for part in odd.changed if part.kind == "table"]:
        raise StoreError(f"the tables {', '.join(tables)} are not as they should be")
    for part in (*odd.foreign, *odd.changed):
        sql.run(f'DROP {part.kind} "{part.name.replace(chr(34), chr(34) * 2)}"')
    for part in sorted((*odd.missing, *odd.changed), key=lambda part: part.kind == "trigger"):
        sql.run(part.sql)
    yield Mended(what="triggers that paomo did not make", rows=len(odd.foreign))
    yield Mended(what="tables, indexes, triggers and views", rows=len(odd.missing) + len(odd.changed))


def _threads(sql: Sql, now: datetime) -> int:
    """A thread whose posts are there gets its line again, as far as they tell it."""
    lost = sql.rows("SELECT DISTINCT thread FROM posts WHERE thread NOT IN (SELECT pk FROM threads)")
    for row in lost:
        [top, *_] = sql.rows("SELECT * FROM posts WHERE thread = ? ORDER BY n, pk LIMIT 1", [row["thread"]])
        line = {name: top[name] for name in ("site", "board", "title", "url", "first_seen")}
        root = top["post_id"] if top["parent_id"] is None else None
        more = {"root_id": root, "title_key": identity.flat(top["title"]), "last_seen": stamp(now), "partial": 1}
        sql.insert("threads", {"pk": row["thread"], **line, **more})
    return len(lost)


def _orphans(sql: Sql) -> Iterator[Mended]:
    """Rows that point at rows that are not there, as the tables say what becomes of them."""
    tables = [part.name for part in blueprint.blueprint().values() if part.kind == "table"]
    cut = gone = 0
    for _ in tables:  # taking a row away may leave others without theirs
        before = cut, gone
        for table in tables:
            for key in sql.rows(f"PRAGMA foreign_key_list({table})"):
                column, parent = key["from"], f"SELECT {key['to']} FROM {key['table']}"  # noqa: S608 (our own names)
                alone = f"FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN ({parent})"
                [row] = sql.rows(f"SELECT count(*) AS n {alone}")
                if row["n"] and key["on_delete"] == "SET NULL":
                    cut += row["n"]
                    sql.run(f"UPDATE {table} SET {column} = NULL {alone.removeprefix(f'FROM {table}')}")  # noqa: S608
                elif row["n"]:
                    gone += row["n"]
                    sql.run(f"DELETE {alone}")
        if before == (cut, gone):
            break
    yield Mended(what="rows that named a row that was not there", rows=cut)
    yield Mended(what="rows that belonged to a row that was not there, and are gone", rows=gone)
    yield Mended(
        what="mentions without a judgement",
        rows=_delete(sql, "mentions", "post NOT IN (SELECT post FROM sentiments)"),
        anew=True,
    )
    yield Mended(what="threads without posts", rows=_delete(sql, "threads", "pk NOT IN (SELECT thread FROM posts)"))


def _delete(sql: Sql, table: str, where: str) -> int:
    [row] = sql.rows(f"SELECT count(*) AS n FROM {table} WHERE {where}")  # noqa: S608 (callers' constants)
    if row["n"]:
        sql.run(f"DELETE FROM {table} WHERE {where}")  # noqa: S608
    return int(row["n"])


def _pages(sql: Sql) -> int:
    """Pages whose bytes cannot be unpacked or are others than were stored; their threads are marked partial."""
    damaged = []
    for row in sql.each("SELECT pk, sha256, body FROM pages"):
        try:
            whole = hashlib.sha256(zlib.decompress(row["body"])).hexdigest() == row["sha256"]
        except (zlib.error, TypeError):
            whole = False
        if not whole:
            damaged.append(row["pk"])
    for pk in damaged:
        pages.drop(sql, "pk = :pk", {"pk": pk})
    return len(damaged)


def _search(sql: Sql) -> int:
    """Search words are made anew for every post if they are wrong for one."""
    try:
        sql.run("INSERT INTO posts_fts (posts_fts) VALUES ('integrity-check')")
        stored = sql.each("SELECT rowid AS pk, title, body FROM posts_fts ORDER BY rowid")
        kept = {row["pk"]: _hash(row["title"], row["body"]) for row in stored}
        broken = False
    except sqlite3.Error:
        kept, broken = {}, True
    wrong = 0
    for row in sql.each("SELECT pk, title, body FROM posts"):
        words = [" ".join(tokens(text)) for text in (row["title"], row["body"] or "")]
        was = kept.pop(row["pk"], None)
        wrong += was != _hash(*words) and (was is not None or any(words))
    wrong += len(kept)
    if wrong or broken:
        sql.run("DROP TABLE posts_fts")
        sql.run(blueprint.blueprint()["posts_fts"].sql)
        for row in sql.each("SELECT pk, title, body FROM posts WHERE forgotten IS NULL"):
            saving.index_words(sql, row["pk"], row["title"], row["body"])
    return max(wrong, int(broken))


def _hash(title: str, body: str) -> bytes:
    return hashlib.blake2b(f"{title}\0{body}".encode(), digest_size=8).digest()
