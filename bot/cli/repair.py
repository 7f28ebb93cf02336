"""`paomo doctor --repair`: what was mended, what was lost, where the original is."""

from dataclasses import asdict

import click

from bot.cli.context import now, print_json
from bot.console import progress_bar
from bot.lock import only_us
from core.config import Settings
from core.storage.place import make_ready
from core.upkeep.repair import Repaired, repair
from core.upkeep.salvage import Saved

_NEXT = "paomo reparse makes lost posts again where the bytes of their pages are there; paomo crawl judges what is not judged"


def run(held: Settings, *, as_json: bool) -> int:
    """Repair and tell; the exit code."""
    make_ready(held.db.expanduser(), create=False)
    with only_us(held.db), progress_bar() as bar:
        bar.add_task("looking at every row", total=None)
        done = repair(held.db, now=now())
    if as_json:
        print_json(
            {
                "mended": [asdict(one) for one in done.mended if not (one.anew and done.salvaged)],
                "salvaged": [asdict(one) for one in done.salvaged],
                "aside": done.aside and str(done.aside),
            }
        )
    else:
        for line in _lines(done):
            click.echo(line)
    return 0


def _lines(done: Repaired) -> list[str]:
    if done.aside is None:
        return ["nothing to repair"]
    lines = [f"mended: {one.rows} {one.what}" for one in done.mended if not (one.anew and done.salvaged)]
    if done.salvaged:
        saved = ", ".join(f"{one.saved} {one.table}" for one in done.salvaged if one.saved)
        lines.append(f"the file could not be read whole; read row by row: {saved or 'nothing'}")
        lines += [_lost(one) for one in done.salvaged if one.lost or one.cut]
        if any(one.cut and one.table in {"forgotten", "forgotten_keys", "state"} for one in done.salvaged):
            lines.append("who is forgotten may be lost too: see paomo forget list, and give the names again")
    lines.append(f"the original is {done.aside} now")
    return [*lines, _NEXT] if done.salvaged else lines


def _lost(one: Saved) -> str:
    if not one.lost:
        return f"lost: all that stood in damaged pages of {one.table}; nothing tells how many rows, if any"
    return f"lost: {'at least ' if one.cut else ''}{one.lost} rows of {one.table}"
