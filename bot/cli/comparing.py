"""`paomo evaluate --reader`: readers side by side on the posts that all of them could read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import click
import numpy as np

from bot.cli.measured import show_readers
from bot.cli.reading import tell_cost
from core.errors import UsageError
from nlp.learning.labelled import Row
from nlp.readers import Reader

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
        show_readers([reader.name for reader in readers], unread, reports, len(rows))
    return 0


def _read(reader: Reader, rows: Sequence[Row], progress: Callable[[str], None]) -> Any:
    found = []
    for start in range(0, len(rows), _TOGETHER):
        part = [row.raw for row in rows[start : start + _TOGETHER]]
        found.append(reader.read(part))
        if len(rows) > _TOGETHER:
            progress(f"{reader.name}: {start + len(part)} of {len(rows)} posts")
    return np.concatenate(found)
