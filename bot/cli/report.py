"""`paomo report`: the trend by day, who and what is spoken of, what moved it, and an index beside it."""

import shutil
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.context import print_json, settings, today
from bot.cli.options import Day, Number
from bot.cli.output import write
from core.errors import UsageError

if TYPE_CHECKING:
    from bot.cli.report_making import Asked
    from bot.report import Report

_WIDE = 80
_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 3660),
    help="How many days, up to the newest day or --until.  [default: 14; 12 weeks; 12 months; all of an author]",
)
@click.option("--by", type=click.Choice(["day", "week", "month"]), help="One row for each of these.  [default: day]")
@click.option("--board", metavar="BOARD", help="Only posts of this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--theme", metavar="NAME", help="Only posts on a theme, such as ai_bubble.")
@click.option("--ticker", metavar="NAME", help="Only posts that name a company, index or asset, such as NVDA or 納指.")
@click.option("--company", metavar="NAME", help="Only posts that name a company, such as 輝達.")
@click.option("--author", metavar="NAME", help="Only posts of this author, with each that took a side.")
@click.option("--until", type=Day(), help="The last day, such as 2025-10-21.  [default: the newest judged day]")
@click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Set an index beside it: a CSV with date and close.",
)
@click.option(
    "--words",
    metavar="N",
    type=click.IntRange(1, 100),
    help="Add the N words that mark the newest 5,000 posts at most.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "md"]), help="How to print it.  [default: table]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: short for --format json.")
@click.option("--csv", "as_csv", is_flag=True, help="Short for --format csv.")
@click.option("--html", type=_FILE, help="Write FILE, one page that holds everything, to share; - is standard output.")
@click.option("--png", type=_FILE, help="Write the trend to FILE as a picture; needs paomo[charts].")
@click.option("--dark", is_flag=True, help="With --png: on a dark ground.")
@click.option(
    "--watch",
    type=Number(1, 86_400),
    is_flag=False,
    flag_value=30.0,
    metavar="[SECONDS]",
    help="Draw anew every 30 seconds, or so many, until Ctrl-C.",
)
def report(
    form: str | None,
    as_json: bool,
    as_csv: bool,
    html: Path | None,
    png: Path | None,
    dark: bool,
    watch: float | None,
    until: date | None,
    **said: Any,
) -> None:
    """Show who is bullish and who is bearish, day by day on the forum's own calendar.

    Mood is ln((1 + bullish) / (1 + bearish)), agreement 1 - sqrt(1 - ((bull - bear) / (bull + bear))²), after
    Antweiler and Frank (2004). Intervals hold for few posts and for many posts of one author. A day without posts is
    empty, not zero. docs/methods.md defines the signals. No advice.

    \b
    paomo report --by week --html week.html
    paomo report --days 60 --prices nasdaq.csv --png mood.png
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv cannot both hold")
    form = "json" if as_json else "csv" if as_csv else form
    files = html is not None or png is not None
    if sum([str(html) == "-", str(png) == "-", form is not None]) > 1:
        raise UsageError("standard output holds one thing", hint="give --html, --png and the table different places")
    if watch is not None and (files or form not in (None, "table")):
        raise UsageError("--watch draws tables; it goes with no other format")
    if dark and png is None:
        raise UsageError(
            "--dark is of the picture", hint="give --png FILE; a page is light or dark as its reader likes"
        )
    if said["words"] and html is None and (form in ("csv", "md") or (form is None and png is not None)):
        raise UsageError("--words is of the table, of JSON and of the page", hint="leave it out, or give --html FILE")
    from bot.cli.report_making import Asked, make

    asked = Asked(until=until, **said)
    if watch is not None:
        repeat(lambda: _print(make(asked), "table", dated=asked.until is not None), watch)
        return
    made = make(asked)
    if files:
        _write(made, asked, html, png, dark=dark)
    if form is not None or not files:
        _print(made, form or "table", dated=asked.until is not None)


def repeat(draw: Callable[[], None], seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """Draw, wait, draw again on a cleared screen, until Ctrl-C, which is how it is meant to end."""
    try:
        while True:
            click.clear()  # does nothing where the output is no terminal
            draw()
            sys.stdout.flush()
            sleep(seconds)
    except KeyboardInterrupt:
        click.echo()


def _write(made: "Report", asked: "Asked", html: Path | None, png: Path | None, *, dark: bool) -> None:
    from bot.report import to_json

    document, lang = to_json(made), settings().lang
    if png is not None:
        from bot.cli.report_making import scope
        from bot.pictures.trend import draw

        write(png, draw(document, lang, scope=scope(asked, lang), dark=dark))
    if html is not None:
        from bot.cli.report_page import page_of

        write(html, page_of(document, asked, lang).encode())
    for file in (png, html):
        if file is not None and str(file) != "-":
            click.echo(f"{file}: {file.stat().st_size / 1000:,.0f} kB", err=True)


def _print(made: "Report", form: str, *, dated: bool) -> None:
    """dated: somebody chose the last day, so that its age is no news."""
    from bot.render.report_forms import to_csv, to_markdown
    from bot.report import to_json

    document = to_json(made)
    if form == "json":
        print_json(document)
    elif form == "csv":
        click.echo(to_csv(document["days"]), nl=False)
    elif form == "md":
        click.echo(to_markdown(document["days"]))
    else:
        _draw(document, 0 if dated else (today() - made.end).days)


def _draw(document: dict[str, Any], age: int) -> None:
    from rich.text import Text

    from bot.console import console
    from bot.render.report import lines

    out = console()
    width = shutil.get_terminal_size((_WIDE, 24)).columns
    for text, heading in lines(document, settings().lang, width, age=age):
        out.print(Text(text, style="bold" if heading else ""), soft_wrap=text.startswith("  http") or None)
