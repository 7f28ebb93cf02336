"""`paomo export`: posts with stance and source link, as JSON lines, CSV, Markdown to read, or Parquet to compute with."""

import sys
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path

import click

from bot.cli.context import settings
from bot.cli.options import Day
from bot.cli.output import opened
from bot.cli.web import read_board
from bot.export import WRITERS
from core.errors import NotFound, PaomoError, UsageError
from core.storage import exporting
from core.storage.exporting import Wanted
from core.storage.rows import Hit
from core.store import Store
from core.text import counted


@click.command()
@click.option(
    "--format", "form", type=click.Choice(list(WRITERS)), default="jsonl", show_default=True, help="What to write."
)
@click.option("--parquet", "as_parquet", is_flag=True, help="Short for --format parquet; needs paomo[parquet].")
@click.option("--board", metavar="BOARD", help="Only posts of this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--since", type=Day(), help="Only posts from this day of the forum's clock on.")
@click.option("--until", type=Day(), help="Only posts up to this day of the forum's clock.")
@click.option("--author", metavar="NAME", help="Only posts of this author, by shown name or key, in either script.")
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, which spreadsheets want; only csv.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write FILE instead of standard output; with --rows, a folder.",
)
@click.option(
    "--rows", metavar="N", type=click.IntRange(1), help="Parquet in files of so many posts, for many machines."
)
def export(
    form: str,
    as_parquet: bool,
    board: str | None,
    since: date | None,
    until: date | None,
    author: str | None,
    bom: bool,
    out: Path | None,
    rows: int | None,
) -> None:
    """Write posts in order of time, each with its stance and the link to its source.

    jsonl has everything. In csv a text that a spreadsheet would take for a formula begins with an apostrophe. md
    groups by thread. parquet is typed columns, for many machines. What forgotten authors wrote is not there. A file
    is written whole or not at all, and memory does not grow with it.

    \b
    Example:  paomo export --format csv --bom --board cfzh --out posts.csv
    """
    form = "parquet" if as_parquet else form
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise UsageError("parquet is no text for a terminal", hint="--out posts.parquet")
    if rows is not None and (form != "parquet" or out is None):
        raise UsageError("--rows goes with --parquet and --out FOLDER")
    if rows is None and out is not None and out.is_dir():
        raise UsageError(f"{out} is a folder", hint="name a file in it, or give --rows with --parquet")
    if bom and form != "csv":
        raise UsageError("--bom goes with --format csv")
    if since and until and until < since:
        raise UsageError("--until lies before --since")
    wanted = Wanted(
        board=read_board(board, known=False) if board else None,
        since=since,
        until=until,
        author=author,
    )
    with Store.open(settings().db, readonly=True) as store:
        hits = exporting.posts(store, wanted, by_thread=form == "md")
        first = next(hits, None)
        if first is None:
            raise NotFound(f"no posts in {store.path} that fit")
        if rows is not None and out is not None:
            count = _parts(out, chain([first], hits), rows)
        else:
            with opened(out, private=True) as stream:
                if bom:
                    stream.write(b"\xef\xbb\xbf")
                count = WRITERS[form](stream, first, hits)
    if out:
        click.echo(f"{out}: {counted(count, 'post')}", err=True)


def _parts(folder: Path, hits: Iterator[Hit], rows: int) -> int:
    """Files posts-00001.parquet and so on, each whole or not there; parts of an earlier export are in the way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PaomoError(
            f"{folder} cannot be made: {error.strerror}", hint="name a folder that you may write"
        ) from error
    if any(folder.glob("posts-*.parquet")):
        raise UsageError(f"{folder} holds the parts of another export", hint="remove them, or name another folder")
    count = 0
    for number, first in enumerate(hits, 1):
        with opened(folder / f"posts-{number:05}.parquet", private=True) as stream:
            count += WRITERS["parquet"](stream, first, islice(hits, rows - 1))
    return count
