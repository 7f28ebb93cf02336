"""`paomo label`: somebody says what posts of his own board mean, one key a post, so that the model can learn it."""

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from bot.cli.context import now, settings
from bot.cli.keys import Read, keys
from bot.cli.label_lines import export_labels, print_ahead, store_batch
from bot.labelling import SAID, Shown, Sitting, queue
from bot.stance_model import load_model, load_reader
from core.errors import NotFound, UsageError
from core.forum import Board
from core.sentiment import Stance
from core.storage import labels
from core.store import Store
from core.text import clean, counted, one_line
from nlp.labels import LABELS

KEYS = "1 ▼ bearish  2 · neutral  3 ▲ bullish  o off topic  s skip  u undo  q quit"
_TEXT, _PARENT = 1200, 240  # characters shown
_OUT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.option("--board", metavar="BOARD", help="Only posts of this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Stop after so many posts.")
@click.option("--propose", metavar="READER", help="Show what this reader says; Enter takes it. See docs/readers.md.")
@click.option("--who", metavar="NAME", help="Under which name.  [default: yours on this computer]")
@click.option(
    "--next",
    "ahead",
    metavar="N",
    type=click.IntRange(1, 5000),
    help="Only print so many posts to label, as JSON lines.",
)
@click.option(
    "--batch",
    metavar="FILE",
    type=click.Path(allow_dash=True, path_type=Path),
    help="Store labels from JSON lines; - reads standard input.",
)
@click.option("--export", type=_OUT, help="Write all labelled posts as JSON lines; - is standard output.")
def label(
    *,
    board: str | None,
    limit: int | None,
    propose: str | None,
    who: str | None,
    ahead: int | None,
    batch: Path | None,
    export: Path | None,
) -> int:
    """Show posts that would teach the model most, and take what you say of them: one key a post.

    Every label is stored at once; the next time goes on from there. About every fifteenth post is one that you have
    labelled before, to see how far you agree with yourself.

    \b
    paomo label
    paomo label --next 50 > todo.jsonl
    # fill in "label": bearish, neutral, bullish or off
    paomo label --batch todo.jsonl
    """
    if sum(x is not None for x in (ahead, batch, export)) > 1:
        raise UsageError("--next, --batch and --export are three things to do", hint="give one of them")
    held = settings()
    name = _who(who)
    with Store.open(held.db, create=False) as store:
        if export is not None:
            return export_labels(store, export)
        if batch is not None:
            return store_batch(store, batch, name)
        where = Board.parse(board) if board else None
        reader = load_reader(propose, held) if propose else None
        posts = queue(store, load_model(held), board=where)
        if ahead is not None:
            code = print_ahead(islice(posts, ahead), reader)
        elif not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError(
                "labelling wants a terminal: a key is read for each post",
                hint="through a pipe: --next N prints posts, --batch FILE takes their labels",
            )
        else:
            code = _sit(Sitting(store, name, posts, clock=now), reader, limit)
    if reader is not None:
        from bot.cli.reading import tell_cost

        tell_cost(reader)
    return code


def _who(who: str | None) -> str:
    try:
        name = clean(who or getpass.getuser()).strip()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        name = "me"
    if not name or len(name) > 100:
        raise UsageError("--who wants a name of at most 100 characters")
    return name


def _sit(sitting: Sitting, reader: Any, limit: int | None) -> int:
    """The sitting itself, until q, Ctrl-C, the limit or the last post."""
    code = 0
    with _stopping(), keys() as (read, forget):
        try:
            while (limit is None or sitting.count < limit) and (shown := sitting.next()) is not None:
                proposal = _proposal(reader, shown)
                forget()
                _draw(sitting, shown, proposal)
                if not _answered(sitting, proposal, read):
                    break
        except KeyboardInterrupt:
            code = 130
    _farewell(sitting)
    if code == 0 and sitting.count == 0 and limit is None and sitting.next() is None:
        raise NotFound("no post is left to label", hint="paomo crawl and paomo ingest bring more")
    return code


def _answered(sitting: Sitting, proposal: Stance | None, read: Read) -> bool:
    """Wait for a key that means something; whether to go on."""
    while (key := read()) not in {"q", "\x04", ""}:
        if key == "u":
            if sitting.undo():
                return True
        elif key in {"\r", "\n"} and proposal is not None:
            sitting.say(proposal)
            return True
        elif key in SAID:
            stance, off = SAID[key]
            sitting.say(stance, off=off)
            return True
        sys.stdout.write("\a")
        sys.stdout.flush()
    return False


def _proposal(reader: Any, shown: Shown) -> Stance | None:
    """What the reader says; nothing for a post that is asked again, nor where it could not be read."""
    if reader is None or shown.again:
        return None
    [p] = reader.read([shown.post.text])
    return None if p[0] != p[0] else LABELS[int(p.argmax())]


def _draw(sitting: Sitting, shown: Shown, proposal: Stance | None) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from bot.console import console
    from bot.render.evidence import MARKS

    out, text = console(), clean(shown.post.text).strip()
    text = text if len(text) <= _TEXT else f"{text[:_TEXT]}…"
    out.rule(Text(f"{sitting.count + 1}", style="dim"), style="dim")
    if shown.post.parent:
        above = Text(f"re: {one_line(shown.post.parent, _PARENT)}", style="dim")
        out.print(Padding(above, (0, 0, 1, 2)))
    out.print(Padding(Text(text, style="bold"), (0, 0, 1, 0)))
    if proposal is not None:
        out.print(Text(f"proposed: {MARKS[proposal]} {proposal}  (Enter takes it)", style="cyan"))
    out.print(Text(KEYS, style="dim"))


def _farewell(sitting: Sitting) -> None:
    given = labels.given(sitting.store, sitting.who)
    told = sum(one.label is not None and not one.again for one in given)
    click.echo(f"\n{counted(sitting.count, 'post')} in this sitting; {told} labelled by {sitting.who} so far")
    same, asked = labels.agreement(given)
    if asked:
        click.echo(f"asked twice, you said the same {same} of {counted(asked, 'time')}")
    from nlp.learning.adapt import LEAST

    if told >= LEAST:
        click.echo("paomo train --add fits them into the model")


@contextmanager
def _stopping() -> Iterator[None]:
    """SIGTERM and SIGHUP end a sitting as Ctrl-C does, so that the terminal gets its ways back."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
