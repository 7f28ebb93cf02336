"""`paomo label`: somebody says what posts of his own board mean, one key a post, so that the model can learn it."""

import getpass
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from bot.cli.context import now, settings
from bot.cli.keys import Read, keys
from bot.labelling import SAID, Shown, Sitting, as_rows, queue
from bot.models import load_model, load_reader
from core import labels
from core.errors import NotFound, UsageError
from core.forum import Board
from core.labels import Label
from core.sentiment import Stance
from core.store import Store
from core.text import clean

KEYS = "1 ▼ bearish  2 · neutral  3 ▲ bullish  o off topic  s skip  u undo  q quit"
MARKS = {Stance.BULLISH: "▲", Stance.BEARISH: "▼", Stance.NEUTRAL: "·"}
_TEXT, _PARENT = 1200, 240  # characters shown
_OUT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.option("--board", help="Only posts of this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--limit", type=click.IntRange(min=1), help="Stop after so many.")
@click.option("--propose", metavar="READER", help="Show what this reader says; Enter takes it. See docs/readers.md.")
@click.option("--who", help="Under which name; yours on this computer if not given.")
@click.option("--next", "ahead", type=click.IntRange(1, 5000), help="Only print so many posts to label, as JSON lines.")
@click.option(
    "--batch", type=click.Path(allow_dash=True, path_type=Path), help="Store labels from JSON lines; - reads a pipe."
)
@click.option("--export", type=_OUT, help="Write all labelled posts as JSON lines; - writes to the terminal or a pipe.")
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
    paomo label --next 50 > todo.jsonl       # fill in "label": bearish, neutral, bullish or off
    paomo label --batch todo.jsonl
    """
    if sum(x is not None for x in (ahead, batch, export)) > 1:
        raise UsageError("--next, --batch and --export are three things to do", hint="give one of them")
    held = settings()
    name = _who(who)
    with Store.open(held.db, create=False) as store:
        if export is not None:
            return _export(store, export)
        if batch is not None:
            return _store_batch(store, batch, name)
        where = Board.parse(board) if board else None
        reader = load_reader(propose, held) if propose else None
        posts = queue(store, load_model(held), board=where)
        if ahead is not None:
            return _print_ahead(islice(posts, ahead), reader)
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError(
                "labelling wants a terminal: a key is read for each post",
                hint="through a pipe: --next N prints posts, --batch FILE takes their labels",
            )
        return _sit(Sitting(store, name, posts, clock=now), reader, limit)


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
    return None if p[0] != p[0] else tuple(Stance)[int(p.argmax())]


def _draw(sitting: Sitting, shown: Shown, proposal: Stance | None) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from bot.render.terminal import console

    out = console()
    out.rule(Text(f"{sitting.count + 1}", style="dim"), style="dim")
    if shown.post.parent:
        above = Text(f"re: {_cut(' '.join(clean(shown.post.parent).split()), _PARENT)}", style="dim")
        out.print(Padding(above, (0, 0, 1, 2)))
    out.print(Padding(Text(_cut(clean(shown.post.text).strip(), _TEXT), style="bold"), (0, 0, 1, 0)))
    if proposal is not None:
        out.print(Text(f"proposed: {MARKS[proposal]} {proposal}  (Enter takes it)", style="cyan"))
    out.print(Text(KEYS, style="dim"))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _farewell(sitting: Sitting) -> None:
    given = labels.given(sitting.store, sitting.who)
    told = sum(one.label is not None and not one.again for one in given)
    click.echo(f"\n{sitting.count} posts in this sitting; {told} labelled by {sitting.who} so far")
    same, asked = labels.agreement(given)
    if asked:
        click.echo(f"asked twice, you said the same {same} of {asked} times")
    from nlp.adapt import LEAST

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


def _print_ahead(posts: Iterator[labels.Post], reader: Any) -> int:
    found = list(posts)
    if not found:
        raise NotFound("no post is left to label", hint="paomo crawl and paomo ingest bring more")
    read = reader.read([post.text for post in found]) if reader else [None] * len(found)
    for post, p in zip(found, read, strict=True):
        line = {
            "post": post.pk,
            "mark": post.mark,
            "text": post.text,
            "parent": post.parent,
            "url": post.url,
            "label": None,
        }
        if p is not None:
            line["proposed"] = None if p[0] != p[0] else tuple(Stance)[int(p.argmax())].value
        _write(line)
    return 0


def _write(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _export(store: Store, target: Path) -> int:
    rows = as_rows(labels.labelled(store))
    if not rows:
        raise NotFound("no post is labelled yet", hint="paomo label shows posts to label")
    if str(target) == "-":
        for row in rows:
            _write(row)
        return 0
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    target.write_text(lines, "utf-8", errors="backslashreplace")
    click.echo(f"{target}: {len(rows)} labelled posts")
    return 0


def _store_batch(store: Store, source: Path, who: str) -> int:
    """All labels of a file or none."""
    try:
        opened = nullcontext(sys.stdin.buffer) if str(source) == "-" else source.open("rb")
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from error
    kept = empty = 0
    with opened as lines, store.transaction():
        for number, line in enumerate(lines, 1):
            found = _read(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, f"{source}:{number}", who)
            if found is None:
                empty += 1
                continue
            try:
                labels.put(store, found)
            except NotFound as error:
                raise UsageError(f"{source}:{number}: {error}; nothing was stored", hint=error.hint) from error
            kept += 1
    click.echo(f"{kept} labels stored" + (f"; {empty} lines have none" if empty else ""))
    return 0


def _read(line: bytes, where: str, who: str) -> Label | None:
    if not line.strip():
        return None
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is not JSON: {error}; nothing was stored") from error
    if not isinstance(item, dict) or not _is_number(item.get("post")) or not isinstance(item.get("mark"), str):
        raise UsageError(
            f"{where} names no post; nothing was stored", hint="keep the `post` and `mark` that --next printed"
        )
    said = item.get("label")
    if said is None:
        return None
    if said not in (*Stance, "off", "skip"):
        raise UsageError(
            f"{where} has the label {said!r}; nothing was stored",
            hint="labels are bearish, neutral, bullish, off and skip; null for none",
        )
    stance = {"off": Stance.NEUTRAL, "skip": None}.get(said, said)
    return Label(
        post=item["post"],
        mark=item["mark"],
        label=None if stance is None else Stance(stance),
        off=said == "off",
        who=who,
        at=now(),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 62
