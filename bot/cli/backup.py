"""`paomo backup` and `paomo restore`: the whole database as one file, and back."""

from pathlib import Path

import click

from bot.cli.context import now, print_json, settings
from bot.console import progress_bar
from bot.lock import only_us
from core.text import counted
from core.upkeep.backup import Sound, back_up, check, put_back

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Replace FILE if it is there; it stays until the new one is whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def backup(file: Path, force: bool, as_json: bool) -> None:
    """Copy the database into FILE as it stands at this moment; a crawl or the bot may go on writing.

    The copy is read again from end to end and counted before it gets its name. It is readable by you alone and needs
    as much free disk as the database is large.

    \b
    Example:  paomo backup paomo-2026-11-23.db
    """
    held = settings()
    with progress_bar() as bar:
        task = bar.add_task("copying", total=None)
        done = back_up(
            held.db.expanduser(),
            file,
            force=force,
            progress=lambda pages, total: bar.update(task, completed=pages, total=total),
        )
    _tell(done, "backed up", None, as_json=as_json)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--check", "only_check", is_flag=True, help="Only read FILE from end to end; nothing is put back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def restore(file: Path, only_check: bool, as_json: bool) -> None:
    """Put the backup FILE in the database's place; what stood there stays beside it under another name.

    FILE is read from end to end first: it must be whole, of this paomo or an older one, and hold nothing that paomo
    did not make. Stop the crawl and the bot before.

    \b
    Example:  paomo restore paomo-2026-11-23.db
    Exit codes:  0 done, 1 the file is damaged or foreign,
                 3 the database is in use, 4 no such file
    """
    if only_check:
        _tell(check(file.expanduser()), "sound", None, as_json=as_json)
        return
    held = settings()
    with only_us(held.db), progress_bar() as bar:
        task = bar.add_task("copying", total=None)
        done, aside = put_back(
            file, held.db, now=now(), progress=lambda pages, total: bar.update(task, completed=pages, total=total)
        )
    _tell(done, "put back", aside, as_json=as_json)


def _tell(done: Sound, what: str, aside: Path | None, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"path": str(done.path), "bytes": done.bytes, "rows": done.rows, "version": done.steps[-1] if done.steps else None,
             "aside": aside and str(aside)}
        )  # fmt: skip
        return
    rows = done.rows
    counts = ", ".join(counted(rows.get(f"{one}s", 0), one) for one in ("thread", "post", "page"))
    click.echo(f"{done.path}: {what}, {counts}, {done.bytes / 1024**2:.1f} MB")
    if aside:
        click.echo(f"the database that stood there is {aside} now")
