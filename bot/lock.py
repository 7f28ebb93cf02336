"""One crawl and one bot at a time for a database; a lock is free again however the process ends."""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Busy, StoreError


@contextmanager
def only_crawl(db: Path) -> Iterator[None]:
    """Hold the crawl's lock beside the database, with the process id in a file of its own.

    Raises `Busy` naming the process that holds it, `StoreError` where no file can be made there.
    """

    def taken() -> Busy:
        by = holder(db)
        who = f" (process {by})" if by else ""
        return Busy(f"a crawl already runs with {db}{who}", hint="wait for it, or stop it; its place is kept")

    with _only(_lock(db, "crawl"), taken, patience=1):  # `holder` looks at it for a moment
        with contextlib.suppress(OSError):  # a full disk: the lock holds without it, and nobody is told who has it
            _pid(db).write_text(f"{os.getpid()}\n", encoding="ascii")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                _pid(db).unlink()


@contextmanager
def only_bot(db: Path) -> Iterator[None]:
    """Hold the bot's lock beside the database. Raises `Busy`, and `StoreError` where no file can be made there."""

    def taken() -> Busy:
        path = db.expanduser().resolve()
        return Busy(f"a bot already runs with {path}", hint="stop it first, or use another database with --db")

    with _only(_lock(db, "bot"), taken):
        yield


@contextmanager
def only_us(db: Path) -> Iterator[None]:
    """Hold both locks: for what takes the database's place. Raises as `only_crawl` and `only_bot` do."""
    with only_crawl(db), only_bot(db):
        yield


def holder(db: Path) -> int | None:
    """The process that crawls into a database now; `None` if none does, 0 if it did not say who it is."""
    from filelock import FileLock, Timeout

    lock = _lock(db, "crawl")
    if not lock.exists():
        return None
    try:
        FileLock(lock, timeout=0).acquire().lock.release()
    except Timeout:
        with contextlib.suppress(OSError, ValueError):
            return int(_pid(db).read_text(encoding="ascii"))
        return 0
    except OSError:
        return None
    return None


@contextmanager
def _only(lock: Path, taken: Callable[[], Busy], *, patience: float = 0) -> Iterator[None]:
    """Hold a lock that is had within some seconds, else raise what `taken` says."""
    from filelock import FileLock, Timeout

    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = FileLock(lock, timeout=patience).acquire()
    except Timeout:
        raise taken() from None
    except OSError as error:
        raise StoreError(
            f"{lock}: the lock cannot be made: {error.strerror or error}",
            hint="give a path that you may write, with --db",
        ) from None
    with held:
        yield


def _lock(db: Path, whose: str) -> Path:
    """Beside the real file, so that a link to a database is no second one."""
    path = db.expanduser().resolve()
    return path.with_name(f"{path.name}.{whose}.lock")


def _pid(db: Path) -> Path:
    return _lock(db, "crawl").with_suffix(".pid")
