"""Files that a command writes: each appears under its name when it is whole, or not at all."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.errors import PaomoError


@contextlib.contextmanager
def opened(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output for `None` or `-`, else a file that takes the place of an older one when it is whole."""
    if out is None or str(out) == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:60]}.")
    except OSError as error:
        raise PaomoError(
            f"{out} cannot be written: {error.strerror}", hint="give a folder that you may write"
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).replace(out)
    except OSError as error:
        raise PaomoError(f"{out} cannot be written: {error.strerror}", hint="see whether the disk is full") from error
    finally:
        Path(name).unlink(missing_ok=True)


def write(out: Path, data: bytes) -> None:
    """Write a file whole; `-` is standard output."""
    with opened(out) as stream:
        stream.write(data)
