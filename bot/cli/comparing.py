"""Readers side by side on the same posts, and what a person's own labels gained: the tables of `paomo evaluate`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from bot.cli.reading import tell_cost
from core.errors import UsageError
from nlp.learning.labelled import Row
from nlp.readers import Reader

if TYPE_CHECKING:
    from nlp.learning.evaluate import Report
    from nlp.learning.own import Gain

_TOGETHER = 200  # texts between two lines of progress


def compare(readers: Sequence[Reader], rows: Sequence[Row], *, as_json: bool, progress: Callable[[str], None]) -> int:
    """Measure every reader on the posts that all of them could read; returns the exit code."""
    from nlp.learning.evaluate import measure

    found = [_read(reader, rows, progress) for reader in readers]
    read = ~np.isnan(np.stack(found)).any(axis=(0, 2))
    if not read.any():
        raise UsageError("no post was read by every reader", hint="leave out the reader that reads none")
    common = [row for row, told in zip(rows, read, strict=True) if told]
    reports = [measure(common, p[read]) for p in found]
    unread = [int(np.isnan(p[:, 0]).sum()) for p in found]
    for reader in readers:
        tell_cost(reader)
    if as_json:
        shown = [
            {"reader": reader.name, "unread": missing, **asdict(report)}
            for reader, missing, report in zip(readers, unread, reports, strict=True)
        ]
        click.echo(json.dumps({"posts": len(rows), "compared_on": len(common), "readers": shown}, ensure_ascii=False))
    else:
        _table([reader.name for reader in readers], unread, reports, len(rows))
    return 0


def _read(reader: Reader, rows: Sequence[Row], progress: Callable[[str], None]) -> Any:
    found = []
    for start in range(0, len(rows), _TOGETHER):
        part = [row.raw for row in rows[start : start + _TOGETHER]]
        found.append(reader.read(part))
        if len(rows) > _TOGETHER:
            progress(f"{reader.name}: {start + len(part)} of {len(rows)} posts")
    return np.concatenate(found)


def _table(names: Sequence[str], unread: Sequence[int], reports: "Sequence[Report]", total: int) -> None:
    from rich.table import Table

    from bot.cli.console import console

    first = reports[0]
    title = f"{first.posts} of {total} posts, those that every reader read, in {first.groups} threads"
    table = Table(title=title if any(unread) else f"{total} posts in {first.groups} threads", title_justify="left")
    for heading in ("reader", "accuracy", "macro-F1", "opposite", "missed", "ECE", "unread"):
        first_column = heading == "reader"
        table.add_column(heading, justify="left" if first_column else "right", min_width=14 if first_column else None)
    for name, missing, report in zip(names, unread, reports, strict=True):
        spans = [
            f"{_percent(r.value)}\n{_percent(r.low)} to {_percent(r.high)}" for r in (report.accuracy, report.macro_f1)
        ]
        shares = [_percent(share) for share in (report.direction_errors, report.missed, report.ece)]
        table.add_row(name, *spans, *shares, str(missing))
    for other in first.baselines:
        table.add_row(other.name, _percent(other.accuracy), _percent(other.macro_f1), "", "", "", "")
    console().print(table)
    console().print(
        "Opposite, missed: of bearish and bullish posts, those called the opposite, and neutral. Below: 95% intervals."
    )


def show_gain(name: str, found: "Gain", *, as_json: bool) -> None:
    """What own labels gained over the model of this name."""
    if as_json:
        click.echo(json.dumps({"model": name, **asdict(found)}, ensure_ascii=False))
        return
    from rich.table import Table

    from bot.cli.console import console

    posts, threads = found.before.posts, found.before.groups
    table = Table(
        title=f"{posts} own labels in {threads} threads, each judged without its own thread", title_justify="left"
    )
    for heading in ("", "accuracy", "macro-F1", "opposite", "missed", "ECE"):
        table.add_column(heading, justify="left" if not heading else "right")
    for title, report in ((name, found.before), ("with own labels", found.after)):
        values = (report.accuracy.value, report.macro_f1.value, report.direction_errors, report.missed, report.ece)
        table.add_row(title, *map(_percent, values))
    console().print(table)
    gained = found.accuracy
    points = f"{100 * gained.value:+.1f} points of accuracy (95% interval {100 * gained.low:+.1f} to {100 * gained.high:+.1f})"
    sure = "" if gained.low > 0 or gained.high < 0 else "; that may be chance"
    console().print(f"Own labels: {points}{sure}.")
    if gained.high <= 0:
        console().print("They made it worse: more labels help, or a smaller --weight; see docs/learning.md.")


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f}%"
