"""Where the database stands: a file of its owner's, private from its first moment."""

import contextlib
import os
import stat
from pathlib import Path

from core.errors import NotFound, StoreError
from core.storage.sqlite import NO_DATABASE

_MAGIC = b"SQLite format 3\0"


def make_ready(path: Path, *, create: bool) -> None:
    """See that there is a file to open, private from its first moment."""
    try:
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.is_dir():
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif not path.exists():
            raise NotFound(f"no database at {path}", hint="paomo ingest makes one")
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise StoreError(f"{path} is a folder, not a database", hint="give the path of a file")
        if not stat.S_ISREG(mode):
            raise StoreError(f"{path} is no ordinary file", hint="give the path of a file")
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        if head and head != _MAGIC:  # SQLite itself would take a file of a few bytes for a blank one and fill it
            what, hint = NO_DATABASE
            raise StoreError(f"{path}: {what}", hint=hint)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"{str(path)!r}: the database cannot be opened: {reason}",
            hint="give a path that you may write, with --db or PAOMO_DB",
        ) from error
    if create:
        keep_private(path)


def keep_private(path: Path) -> None:
    """Take away what others may do with the file, such as one that was copied into place."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(FileNotFoundError, PermissionError):  # PermissionError: somebody else's file
            if name.stat().st_mode & 0o077:
                name.chmod(0o600)
