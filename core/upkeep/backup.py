"""A whole copy of the database while others write, and such a copy back in its place.

Nothing is taken on trust: a copy is read from end to end before it gets its name, a backup before it replaces
anything, and what is replaced stays beside it under another name.
"""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.errors import Busy, NotFound, StoreError, StoreTooNew, UsageError
from core.storage.place import keep_private, make_ready
from core.storage.sqlite import REPAIR, code, connected, told
from core.upkeep import blueprint

_COUNTED: Final = ("threads", "posts", "revisions", "pages", "sentiments", "tasks", "follows", "forgotten", "state")
_TOGETHER: Final = 500  # pages copied before progress is told: 2 MB

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A file that was read from end to end and is a database of ours. rows: by table; bytes: its size.

    steps: the migrations that were applied; the last one tells its version
    """

    path: Path
    bytes: int
    rows: dict[str, int]
    steps: tuple[str, ...]


def _ignore(_done: int, _total: int) -> None:
    """Nobody watches."""


def back_up(path: Path, to: Path, *, force: bool = False, progress: Told = _ignore) -> Sound:
    """Copy the database into one file, as it stood at one moment, whoever writes meanwhile.

    progress is told pages done and pages in all. The copy appears under its name when it has been read again from
    end to end and every table has as many rows as the original had at that moment; until then a file of that name
    stays as it is. Raises `UsageError` where there is one and it may not be replaced, `StoreError` where the original
    is damaged or the copy cannot be written.
    """
    to = Path(os.path.realpath(to.expanduser()))
    make_ready(path, create=False)
    _refuse_same(path, to)
    _refuse_special(to)
    if to.exists() and not force:
        raise UsageError(f"{to} is there already", hint="give another name, or --force to replace it")
    with part_of(to) as part:
        rows = copy_pages(path.absolute(), part, progress, to=to)
        found = check(part, called=path)
        if found.rows != rows:
            raise StoreError(
                f"{path}: the copy has other rows than the original", hint="check the disk, then try again"
            )
        _into_place(part, to)
    return Sound(path=to, bytes=to.stat().st_size, rows=rows, steps=found.steps)


def check(path: Path, *, called: Path | None = None) -> Sound:
    """Read a database file from end to end, without changing it.

    called: the name for messages, if not its own. Raises `StoreTooNew` for one of a later paomo, `StoreError` where
    it is damaged, is no database of ours, or has triggers that paomo did not make.
    """
    called = called or path
    path = path.expanduser().absolute()
    make_ready(path, create=False)
    with told(called), contextlib.closing(connected(path, "still")) as db:
        steps = _steps(db, called)
        said = [row[0] for row in db.execute("PRAGMA quick_check(3)")]
        if said != ["ok"]:
            raise StoreError(f"{called} is damaged: {'; '.join(' '.join(said).split(chr(10))[:3])}", hint=REPAIR)
        odd = blueprint.compare(blueprint.parts(db), blueprint.blueprint(steps))
        if odd:
            raise StoreError(
                f"{called} is not as paomo made it: {odd}", hint="paomo --db FILE doctor --repair mends a copy of it"
            )
        return Sound(path=path, bytes=path.stat().st_size, rows=_rows(db), steps=steps)


def put_back(backup: Path, path: Path, *, now: datetime, progress: Told = _ignore) -> tuple[Sound, Path | None]:
    """Put a checked copy of a backup in the database's place.

    Returns what was put back, and where the database that stood there is now. The caller holds the locks of crawl
    and bot. Raises as `check` does, and `Busy` where any other process has the database open.
    """
    backup = backup.expanduser().absolute()
    if not backup.exists():
        raise NotFound(f"no backup at {backup}", hint="paomo backup FILE makes one")
    _refuse_same(backup, path)
    check(backup)
    path = path.expanduser().resolve()
    make_folder(path)
    _refuse_special(path)
    with part_of(path) as part:
        copy_pages(backup, part, progress, mode="still", to=path)
        found = check(part, called=backup)
        aside = swap(part, path, now=now, why="replaced")
    return replace(found, path=path), aside


def swap(new: Path, path: Path, *, now: datetime, why: str) -> Path | None:
    """Put a new file in the database's place; returns where the old one is now, `None` where there was none.

    Raises `Busy` where another process has the old one open: it would go on writing to a file that nobody reads.
    """
    aside = None
    if path.exists():
        _let_go(path)
        aside = _free_name(path, f"{why}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        for end in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    _into_place(new, path)
    keep_private(path)
    return aside


def make_folder(path: Path) -> None:
    """The folder for a database, its owner's alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path.parent}: the folder cannot be made: {error.strerror}", hint="give another path"
        ) from error


def _let_go(path: Path) -> None:
    """Bring everything into the one file; possible only while nobody else has it open."""
    try:
        with contextlib.closing(connected(path, "rw")) as db:
            db.execute("PRAGMA busy_timeout = 1000")
            db.execute("PRAGMA locking_mode = EXCLUSIVE")  # with a WAL, everybody who has it open holds a lock
            db.execute("BEGIN IMMEDIATE")
            db.rollback()
    except UnicodeDecodeError:
        return  # Python's, of a message about a damaged file
    except sqlite3.Error as error:
        if code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Busy(
                f"{path} is in use by another process", hint="stop it first: a crawl, the bot, a report --watch"
            ) from error
        # damaged: its files are moved together as they are


@contextlib.contextmanager
def part_of(to: Path) -> Iterator[Path]:
    """An empty private file beside the one that is to be, gone afterwards with what SQLite put beside it."""
    try:
        handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.", suffix=".part")
    except OSError as error:
        raise StoreError(
            f"{to} cannot be written: {error.strerror}", hint="give a folder that you may write"
        ) from error
    os.close(handle)
    try:
        yield Path(name)
    except OSError as error:
        raise StoreError(f"{to} cannot be written: {error.strerror}", hint="see whether the disk is full") from error
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(name + end).unlink(missing_ok=True)


def copy_pages(path: Path, part: Path, progress: Told, *, mode: str = "ro", to: Path | None = None) -> dict[str, int]:
    """Copy the pages of one moment; returns how many rows the tables had then. to: what messages call the copy."""
    with told(path), contextlib.closing(connected(path, mode)) as db:
        db.execute("BEGIN")  # holds that moment: without it, every write of another process would begin the copy anew
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()
        with told(to or part), contextlib.closing(connected(part, "rw")) as copy:
            copy.execute("PRAGMA synchronous = FULL")
            db.backup(copy, pages=_TOGETHER, progress=lambda _, left, total: progress(total - left, total), sleep=0)
        return _rows(db)


def _steps(db: sqlite3.Connection, called: Path) -> tuple[str, ...]:
    from core.migrations import APPLICATION_ID

    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(f"{called} is no database of paomo", hint="give a file that paomo backup made")
    applied = {name for (name,) in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'paomo'")}
    if later := sorted(applied - set(blueprint.steps())):
        raise StoreTooNew(
            f"{called} was written by a later paomo ({', '.join(later)})", hint="install that version or a newer one"
        )
    return tuple(name for name in blueprint.steps() if name in applied)


def _rows(db: sqlite3.Connection) -> dict[str, int]:
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return {
        table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 (our own names)
        for table in _COUNTED
        if table in there
    }


def _refuse_same(one: Path, other: Path) -> None:
    one, other = one.expanduser(), other.expanduser()
    if one.exists() and other.exists() and one.samefile(other):
        raise UsageError(f"{other} is the database itself", hint="name another file")


def _refuse_special(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise StoreError(f"{path} is no ordinary file", hint="give the path of a file")


def _into_place(part: Path, to: Path) -> None:
    """Under its name at once and for good, also if the power fails."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(to)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(to.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _free_name(path: Path, ending: str) -> Path:
    names = (path.with_name(f"{path.name}.{ending}{number}") for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if not name.exists())
