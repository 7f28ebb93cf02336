"""The tables of `paomo evaluate`: one model measured, contrast pairs, readers side by side, what own labels gained."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from bot.console import console
from core.text import counted

if TYPE_CHECKING:
    from nlp.learning.evaluate import OfPairs, Report
    from nlp.learning.own import Gain


def show_report(how: str, report: "Report") -> None:
    """How one model fared; how: by which protocol."""
    out = console()
    table = Table(title=f"{_posts(report.posts, report.groups)}; {how}", title_justify="left")
    for column in ("", "accuracy", "macro-F1"):
        table.add_column(column, justify="left" if not column else "right")
    spans = [
        f"{_percent(r.value)} ({_percent(r.low)} to {_percent(r.high)})" for r in (report.accuracy, report.macro_f1)
    ]
    table.add_row("model", *spans)
    for other in report.baselines:
        table.add_row(other.name, _percent(other.accuracy), _percent(other.macro_f1))
    out.print(table)
    classes = Table()
    names = [str(item.label) for item in report.classes]
    for column in ("label", "posts", "precision", "recall", "F1", *(f"called\n{name}" for name in names)):
        classes.add_column(column, justify="left" if column == "label" else "right")
    for item, called in zip(report.classes, report.confusion, strict=True):
        figures: list[Any] = [item.posts, *map(_percent, (item.precision, item.recall, item.f1)), *called]
        classes.add_row(item.label, *map(str, figures))
    out.print(classes)
    out.print(
        f"Of bearish and bullish posts {_percent(report.direction_errors)} were called the opposite, "
        f"{_percent(report.missed)} neutral. Calibration error {_percent(report.ece)}."
    )
    surest = ", ".join(f"{_percent(right)} of the surest {share:.0%}" for share, right in report.coverage[:-1])
    out.print(f"Right: {surest}.")


def show_pairs(name: str, figures: "Sequence[OfPairs]") -> None:
    """How the model of this name fared on contrast pairs, by phenomenon."""
    columns = ("pairs", "both", "one", "neither", "ordered")
    sums = {column: sum(getattr(of, column) for of in figures) for column in columns}
    table = Table(title=f"{counted(sums['pairs'], 'contrast pair')}; {name}", title_justify="left")
    for heading in ("phenomenon", "pairs", "both right", "one", "neither", "ordered"):
        table.add_column(heading, justify="left" if heading == "phenomenon" else "right")
    rows = [(of.phenomenon, {column: getattr(of, column) for column in columns}) for of in figures]
    for phenomenon, counts in [*rows, ("all", sums)]:
        shares = [f"{counts[column]} ({100 * counts[column] / counts['pairs']:.0f}%)" for column in columns[1:]]
        table.add_row(phenomenon, str(counts["pairs"]), *shares)
    console().print(table)
    console().print(
        "Ordered: the more bullish post scored higher. Calling both posts of a pair the same gets none right."
    )


def show_readers(names: Sequence[str], unread: Sequence[int], reports: "Sequence[Report]", total: int) -> None:
    """Readers beside each other on the same posts; total: how many posts there were to read."""
    first = reports[0]
    threads = counted(first.groups, "thread")
    title = f"{first.posts} of {counted(total, 'post')}, those that every reader read, in {threads}"
    table = Table(title=title if any(unread) else _posts(total, first.groups), title_justify="left")
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
    own, threads = counted(found.before.posts, "own label"), counted(found.before.groups, "thread")
    table = Table(title=f"{own} in {threads}, each judged without its own thread", title_justify="left")
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


def _posts(posts: int, threads: int) -> str:
    return f"{counted(posts, 'post')} in {counted(threads, 'thread')}"


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f}%"
