"""What is drawn on: plain where nobody watches. Rich is loaded when something is drawn; answers are not loaded at all."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def console(*, unwatched: int | None = None) -> "Console":
    """A console for tables and trees; plain when piped or under NO_COLOR. A broken pipe is ours to answer.

    unwatched: columns where nobody's window limits them: in a file, or for another program
    """
    from rich.console import Console

    class Ours(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the program itself, as a failure

    out = Ours(highlight=False, emoji=False, markup=False, soft_wrap=not sys.stdout.isatty())
    if unwatched is not None and not out.is_terminal:
        out.width = unwatched
    return out


def progress_bar() -> "Progress":
    """A bar on standard error that goes when it is done; nothing where nobody watches."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, highlight=False)
    return Progress(
        console=console, transient=True, disable=not console.is_terminal, redirect_stdout=console.is_terminal
    )
