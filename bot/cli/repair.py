"""`paomo doctor --repair`: what was mended, what was lost, where the original is."""

from dataclasses import asdict

import click

from bot.cli.context import now, print_json
from bot.console import progress_bar
from bot.lock import only_us
from core.config import Settings
from core.storage.place import make_ready
from core.text import counted
from core.upkeep.repair import Repaired, repair
from core.upkeep.salvage import Saved

_NEXT = "paomo reparse makes lost posts again where the bytes of their pages are there; paomo crawl judges what is not judged"

_ONE = {  # what was mended where it is one of it
    "entries of indexes": "entry of an index",
    "triggers that paomo did not make": "trigger that paomo did not make",
    "tables, indexes, triggers and views": "table, index, trigger or view",
    "moments that were none": "moment that was none",
    "lists of values that could not be read": "list of values that could not be read",
    "texts that were bytes": "text that was bytes",
    "counts that were no numbers": "count that was no number",
    "judgements that could not be read": "judgement that could not be read",
    "threads that their posts name and that were not there": "thread that its posts name and that was not there",
    "rows that named a row that was not there": "row that named a row that was not there",
    "rows that belonged to a row that was not there, and are gone": "row that belonged to a row that was not there, and is gone",
    "mentions without a judgement": "mention without a judgement",
    "threads without posts": "thread without posts",
    "pages whose bytes are damaged": "page whose bytes are damaged",
    "posts whose search words were wrong": "post whose search words were wrong",
    "counts of trends": "count of trends",
}


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
    lines = [
        f"mended: {counted(one.rows, _ONE[one.what], one.what)}"
        for one in done.mended
        if not (one.anew and done.salvaged)
    ]
    if done.salvaged:
        saved = ", ".join(
            counted(one.saved, one.table.removesuffix("s"), one.table) for one in done.salvaged if one.saved
        )
        lines.append(f"the file could not be read whole; read row by row: {saved or 'nothing'}")
        lines += [_lost(one) for one in done.salvaged if one.lost or one.cut]
        if any(one.cut and one.table in {"forgotten", "forgotten_keys", "state"} for one in done.salvaged):
            lines.append("who is forgotten may be lost too: see paomo forget list, and give the names again")
    lines.append(f"the original is {done.aside} now")
    return [*lines, _NEXT] if done.salvaged else lines


def _lost(one: Saved) -> str:
    if not one.lost:
        return f"lost: all that stood in damaged pages of {one.table}; nothing tells how many rows, if any"
    return f"lost: {'at least ' if one.cut else ''}{counted(one.lost, 'row')} of {one.table}"
