"""Labels through pipes: posts out as JSON lines, their labels in, and everything labelled out."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.context import now
from bot.cli.lines import write
from bot.cli.output import write as write_file
from bot.labelling import as_rows
from core.errors import NotFound, UsageError
from core.sentiment import Stance
from core.storage import labels
from core.storage.labels import Label
from core.store import Store
from core.text import counted
from nlp.labels import LABELS

if TYPE_CHECKING:
    from nlp.readers import Reader


def print_ahead(posts: Iterator[labels.Post], reader: "Reader | None") -> int:
    """Posts to label, with what a reader says where one is given. Raises `NotFound` where none is left."""
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
            line["proposed"] = None if p[0] != p[0] else LABELS[int(p.argmax())].value
        write([line])
    return 0


def export_labels(store: Store, target: Path) -> int:
    """All labelled posts as training reads them; `-` is standard output. Raises `NotFound` where there is none."""
    rows = as_rows(labels.labelled(store))
    if not rows:
        raise NotFound("no post is labelled yet", hint="paomo label shows posts to label")
    if str(target) == "-":
        write(rows)
        return 0
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_file(target, lines.encode("utf-8", "backslashreplace"), private=True)
    click.echo(f"{target}: {counted(len(rows), 'labelled post')}")
    return 0


def store_batch(store: Store, source: Path, who: str) -> int:
    """All labels of a file or none; `-` is standard input. Raises `UsageError` that names the line."""
    try:
        opened = nullcontext(sys.stdin.buffer) if str(source) == "-" else source.open("rb")
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from error
    kept = empty = 0
    with opened as lines, store.writing():
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
    click.echo(
        f"{counted(kept, 'label')} stored" + (f"; {counted(empty, 'line has', 'lines have')} none" if empty else "")
    )
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
