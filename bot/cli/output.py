"""Files that a command writes: each appears under its name when it is whole, or not at all."""

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.errors import PaomoError


@contextlib.contextmanager
def opened(out: Path | None, *, private: bool = False) -> Iterator[BinaryIO]:
    """Standard output for `None` or `-`, else a file that takes the place of an older one when it is whole.

    A pipe or a device is written to as it stands, and a link leads to its file.

    private: the file is readable by its owner alone; else as any new file, or as the older one
    """
    if out is None or str(out) == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if _is_special(out):
        with _straight(out) as stream:
            yield stream
        return
    file = Path(os.path.realpath(out))
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:60]}.")
    except OSError as error:
        raise PaomoError(
            f"{out} cannot be written: {error.strerror}", hint="give a file in a folder that you may write"
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        if not private:
            Path(name).chmod(_mode(file))
        Path(name).replace(file)
    except OSError as error:
        raise PaomoError(f"{out} cannot be written: {error.strerror}", hint="see whether the disk is full") from error
    finally:
        Path(name).unlink(missing_ok=True)


def _is_special(out: Path) -> bool:
    try:
        mode = out.stat().st_mode
    except OSError:
        return False  # not there, or not to be seen: making the file says which
    return not stat.S_ISREG(mode)


@contextlib.contextmanager
def _straight(out: Path) -> Iterator[BinaryIO]:
    """What is no ordinary file: another must not take its place."""
    try:
        with out.open("wb") as stream:
            yield stream
    except OSError as error:
        raise PaomoError(f"{out} cannot be written: {error.strerror}", hint="name a file or a pipe") from error


def write(out: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file whole; `-` is standard output."""
    with opened(out, private=private) as stream:
        stream.write(data)


def _mode(target: Path) -> int:
    """Who may read: as with the file that is there, else as the person who runs this has it with new files."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
