"""Single keys from a terminal, without Enter; the terminal has its ways back however the reading ends."""

import contextlib
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator

import click

Read = Callable[[], str]


@contextlib.contextmanager
def keys() -> Iterator[tuple[Read, Callable[[], None]]]:
    """Two functions: one waits for a key, the other forgets keys that were pressed too early.

    A key is one character, full-width ones of an input method as plain ones; "" where the terminal is gone, "?" for
    arrows and the like. Ctrl-C raises `KeyboardInterrupt` as ever.
    """
    if sys.platform == "win32":
        yield lambda: _plain(click.getchar()), lambda: None
        return
    import termios
    import tty

    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)

    def read() -> str:
        tty.setcbreak(fd, termios.TCSADRAIN)  # each time: a shell that we came back to may have set its own ways
        try:
            return _plain(os.read(fd, 256).decode("utf-8", "replace"))
        except OSError:
            return ""

    try:
        tty.setcbreak(fd, termios.TCSADRAIN)
        yield read, lambda: termios.tcflush(fd, termios.TCIFLUSH)
    finally:
        with contextlib.suppress(termios.error):  # a terminal that is gone needs nothing back
            termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _plain(typed: str) -> str:
    """The first of what was typed or pasted.

    >>> [_plain(typed) for typed in ("１", "S", "12", "\\x1b[A", "")]
    ['1', 's', '1', '?', '']
    """
    return "?" if typed.startswith("\x1b") else unicodedata.normalize("NFKC", typed).lower()[:1]
