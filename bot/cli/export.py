"""`paomo export`: posts with stance and source link, as JSON lines, a table for spreadsheets, or Markdown to read."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from bot.cli.context import settings
from bot.cli.web import read_board
from bot.export import WRITERS
from core import exporting
from core.errors import NotFound, PaomoError, UsageError
from core.exporting import Wanted
from core.store import Store

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="jsonl", show_default=True)
@click.option("--board", help="Only this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--since", type=_DAY, help="From this day of the forum's clock on.")
@click.option("--until", type=_DAY, help="Up to this day of the forum's clock.")
@click.option("--author", help="Only this author, by shown name or key, in either script.")
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, which spreadsheets want; only csv.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write this file instead of standard output."
)
def export(
    form: str,
    board: str | None,
    since: datetime | None,
    until: datetime | None,
    author: str | None,
    bom: bool,
    out: Path | None,
) -> None:
    """Write posts in order of time, each with its stance and the link to its source.

    jsonl has everything. In csv a text that a spreadsheet would take for a formula begins with an apostrophe. md
    groups by thread. What forgotten authors wrote is not there. A file is written whole or not at all.

    \b
    Example:  paomo export --format csv --bom --board cfzh --out posts.csv
    """
    if bom and form != "csv":
        raise UsageError("--bom goes with --format csv")
    if since and until and until < since:
        raise UsageError("--until lies before --since")
    wanted = Wanted(
        board=read_board(board, known=False) if board else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        author=author,
    )
    with Store.open(settings().db, readonly=True) as store:
        hits = exporting.posts(store, wanted, by_thread=form == "md")
        first = next(hits, None)
        if first is None:
            raise NotFound(f"no posts in {store.path} that fit")
        with _opened(out) as stream:
            if bom:
                stream.write("\ufeff")
            count = WRITERS[form](stream, first, hits)
    if out:
        click.echo(f"{out}: {count} posts", err=True)


@contextlib.contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name when it is whole."""
    if out is None or str(out) == "-":
        yield sys.stdout
        return
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise PaomoError(
            f"{out} cannot be written: {error.strerror}", hint="give a folder that you may write"
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        Path(name).replace(out)
    except OSError as error:
        raise PaomoError(f"{out} cannot be written: {error.strerror}", hint="see whether the disk is full") from error
    finally:
        Path(name).unlink(missing_ok=True)
