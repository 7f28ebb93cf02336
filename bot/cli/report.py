"""`paomo report`: the trend by day, who and what is spoken of, what moved it, and an index beside it."""

import csv
import io
import shutil
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.context import print_json, settings, today
from core.errors import NotFound, StoreError, UsageError

if TYPE_CHECKING:
    from bot.report import Report
    from core.store import Store

_COLUMNS = ("date", "n", "bullish", "neutral", "bearish", "bullishness", "low", "high", "agreement")
_WIDE = 80


@click.command(short_help="Sentiment trends.")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    help="How many days, up to the newest day or --until.  [default: 14; 12 weeks; 12 months; all of an author]",
)
@click.option("--by", type=click.Choice(["day", "week", "month"]), help="A row for each.  [default: day]")
@click.option("--board", help="Only this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--theme", help="Only posts on a theme, such as ai_bubble or 泡沫.")
@click.option("--ticker", help="Only posts that name a company, index or asset, such as NVDA or 納指.")
@click.option("--company", help="Only posts that name a company, such as 輝達.")
@click.option("--author", help="Only this author's posts, with each that took a side.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day.  [default: the newest judged day]")
@click.option("--prices", type=click.Path(path_type=Path), help="CSV with date and close: an index to set beside it.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv", "md"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--csv", "as_csv", is_flag=True, help="Short for --format csv.")
@click.option(
    "--watch",
    type=click.FloatRange(1, 86_400),
    is_flag=False,
    flag_value=30.0,
    metavar="[SECONDS]",
    help="Draw anew every 30 seconds, or so many, until Ctrl-C.",
)
def report(
    days: int | None,
    by: str | None,
    board: str | None,
    theme: str | None,
    ticker: str | None,
    company: str | None,
    author: str | None,
    until: datetime | None,
    prices: Path | None,
    form: str,
    as_json: bool,
    as_csv: bool,
    watch: float | None,
) -> None:
    """Who is bullish and who is bearish, day by day on the forum's own calendar.

    Mood is ln((1 + bullish) / (1 + bearish)), agreement 1 - sqrt(1 - ((bull - bear) / (bull + bear))²), after
    Antweiler and Frank (2004). Intervals hold for few posts and for many posts of one author. A day without posts is
    empty, not zero. docs/methods.md defines the signals. No advice.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv cannot both hold")
    form = "json" if as_json else "csv" if as_csv else form
    if watch is not None and form != "table":
        raise UsageError("--watch draws tables; it goes with no other format")
    last = until.date() if until else None

    def made() -> "Report":
        return _made(days, by, board, {"theme": theme, "ticker": ticker, "company": company}, author, last, prices)

    if watch is None:
        _print(made(), form, dated=last is not None)
        return
    repeat(lambda: _print(made(), form, dated=last is not None), watch)


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


def _made(
    days: int | None,
    by: str | None,
    board: str | None,
    about: dict[str, str | None],
    author: str | None,
    until: date | None,
    prices: Path | None,
) -> "Report":
    from bot.report import build
    from core import trends
    from core.forgetting import is_forgotten
    from core.forum import Board
    from core.prices import read_prices
    from core.store import Store
    from core.text import fold
    from nlp.entities import TRADED, resolve

    held = settings()
    kinds = {"theme": ("theme",), "ticker": TRADED, "company": ("company",)}
    entities = [resolve(name, kinds[option]) for option, name in about.items() if name is not None]
    series = read_prices(prices, least=2, most=None, gaps=True) if prices else None
    with Store.open(held.db, readonly=True) as store:
        _catch_up(store)
        writers = None
        if author is not None:
            with store.reading() as sql:
                writers = trends.find_writers(sql, author, fold(author))
            if not writers:
                raise NotFound(f"nobody called “{author}” has posts in {held.db}")
        made = build(
            store,
            days=days,
            board=Board.parse(board) if board else None,
            until=until,
            by=by or ("month" if author is not None and days is None else "day"),
            about=entities,
            writers=writers,
            prices=series,
            left_out=lambda site, key: bool(is_forgotten(store, key, site=site)),
        )
    if made is None or made.total.n == 0:
        told = [("on board", board), ("up to", until), ("by", author), *(("about", name) for name in about.values())]
        said = "".join(f" {word} {value}" for word, value in told if value is not None)
        window = f" from {made.start} to {made.end}" if made else ""
        raise NotFound(
            f"no judged posts in {held.db}{said}{window}",
            hint="a longer --days looks further back" if made else "paomo ingest stores and judges threads",
        )
    return made


def _catch_up(store: "Store") -> None:
    """Read names in posts that were judged before the table of names changed.

    Where the database cannot be written, the report says itself that some names are missing.
    """
    from bot.pipeline import catch_up

    try:
        catch_up(store, progress=_told)
    except StoreError as error:
        click.echo(f"paomo: {error}", err=True)


def _told(done: int) -> None:
    if done % 10_000 == 0:
        click.echo(f"paomo: reading names, once after an update: {done:,} posts", err=True)


def _print(made: "Report", form: str, *, dated: bool) -> None:
    """dated: somebody chose the last day, so that its age is no news."""
    from bot.report import to_json

    document = to_json(made)
    if form == "json":
        print_json(document)
    elif form == "csv":
        click.echo(_csv(document["days"]), nl=False)
    elif form == "md":
        click.echo(_markdown(document["days"]))
    else:
        _draw(document, 0 if dated else (today() - made.end).days)


def _draw(document: dict[str, Any], age: int) -> None:
    from rich.text import Text

    from bot.render.report import lines
    from bot.render.terminal import console

    out = console()
    width = shutil.get_terminal_size((_WIDE, 24)).columns
    for text, heading in lines(document, settings().lang, width, age=age):
        out.print(Text(text, style="bold" if heading else ""), soft_wrap=text.startswith("  http") or None)


def _columns(days: list[dict[str, Any]]) -> tuple[str, ...]:
    return (*_COLUMNS, *(name for name in ("to", "close", "close_change") if name in days[0]))


def _csv(days: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(days), lineterminator="\n")
    writer.writeheader()
    writer.writerows(days)
    return text.getvalue()


def _markdown(days: list[dict[str, Any]]) -> str:
    columns = _columns(days)
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [f"| {' | '.join('' if day[name] is None else str(day[name]) for name in columns)} |" for day in days]
    return "\n".join(lines)
