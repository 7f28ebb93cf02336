"""One crawl at a time for a database; the lock is free again however the process ends."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Busy, StoreError


@contextmanager
def only_crawl(db: Path) -> Iterator[None]:
    """Hold the crawl's lock beside the database, with the process id in a file of its own.

    Raises `Busy` naming the process that holds it, `StoreError` where no file can be made there.
    """
    from filelock import FileLock, Timeout

    lock = _lock(db)
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = FileLock(lock, timeout=1).acquire()  # `holder` looks at it for a moment
    except Timeout:
        by = holder(db)
        who = f" (process {by})" if by else ""
        raise Busy(f"a crawl already runs with {db}{who}", hint="wait for it, or stop it; its place is kept") from None
    except OSError as error:
        raise StoreError(
            f"{lock}: the lock cannot be made: {error.strerror or error}",
            hint="give a path that you may write, with --db",
        ) from None
    with held:
        with contextlib.suppress(OSError):  # a full disk: the lock holds without it, and nobody is told who has it
            _pid(db).write_text(f"{os.getpid()}\n", encoding="ascii")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                _pid(db).unlink()


def holder(db: Path) -> int | None:
    """The process that crawls into a database now; `None` if none does, 0 if it did not say who it is."""
    from filelock import FileLock, Timeout

    lock = _lock(db)
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


def _lock(db: Path) -> Path:
    path = db.expanduser().resolve()
    return path.with_name(f"{path.name}.crawl.lock")


def _pid(db: Path) -> Path:
    return _lock(db).with_suffix(".pid")
