"""A disk that fails under SQLite alone: its own VFS is told to call a write, read or truncate that fails.

`python faulty_disk.py CALL ERRNO AFTER TIMES SCRIPT ARG…` runs SCRIPT with the AFTER first calls of CALL (write, read or
truncate) on files as they should be, and the next TIMES (0: all) failing with ERRNO. Unix only: SQLite offers these
hooks in its Unix VFS.
"""

import ctypes
import errno
import os
import runpy
import sys
from typing import Any

NAMES = {
    "write": (b"write", b"pwrite", b"pwrite64"),
    "read": (b"read", b"pread", b"pread64"),
    "truncate": (b"ftruncate",),
}
SHAPES = {
    b"write": (ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t),
    b"pwrite": (ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64),
    b"ftruncate": (ctypes.c_int, ctypes.c_int, ctypes.c_int64),
}  # fmt: skip
SHAPES |= {b"pwrite64": SHAPES[b"pwrite"], b"read": SHAPES[b"write"]}
SHAPES |= {b"pread": SHAPES[b"pwrite"], b"pread64": SHAPES[b"pwrite"]}
SET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
GET = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs of version 3, as sqlite3.h has it."""

    _fields_ = [
        ("version", ctypes.c_int), ("size", ctypes.c_int), ("longest", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("next", "name", "data")),
        *((f"method{n}", ctypes.c_void_p) for n in range(13)),
        ("set", SET), ("get", GET), ("following", ctypes.c_void_p),
    ]  # fmt: skip


class Disk:
    """Counts the calls and lets some fail."""

    def __init__(self, number: int, after: int, times: int) -> None:
        self.number, self.after, self.times, self.calls = number, after, times, 0
        self.kept: list[Any] = []  # callbacks must outlive their use

    def breaks(self) -> bool:
        """Whether this call fails."""
        self.calls += 1
        return self.after < self.calls and (self.times == 0 or self.calls <= self.after + self.times)

    def take_over(self, vfs: _Vfs, name: bytes) -> None:
        """Put a call that may fail in place of SQLite's."""
        kind = ctypes.CFUNCTYPE(*SHAPES[name], use_errno=True)
        address = vfs.get(ctypes.addressof(vfs), name)
        if not address:
            return  # this SQLite was built without it
        inner = kind(address)

        def call(*args: Any) -> int:
            if self.breaks():
                ctypes.set_errno(self.number)
                return -1
            return int(inner(*args))

        held = kind(call)
        self.kept += [inner, held]
        assert vfs.set(ctypes.addressof(vfs), name, ctypes.cast(held, ctypes.c_void_p)) == 0


def main(call: str, number: str, after: str, times: str, script: str, *args: str) -> None:
    """Break the disk, then run the script."""
    import _sqlite3

    library = ctypes.CDLL(_sqlite3.__file__)  # the SQLite that Python itself uses
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_initialize()
    vfs = library.sqlite3_vfs_find(None).contents
    disk = Disk(getattr(errno, number), int(after), int(times))
    for name in NAMES[call]:
        disk.take_over(vfs, name)
    sys.argv = [script, *args]
    sys.path.insert(0, os.path.dirname(script))  # noqa: PTH120 (as python itself does)
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
