"""`paomo crawl`: follow boards, once or on a schedule."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from bot.cli.context import now, print_json, print_jsonl, settings
from bot.lock import only_crawl
from core.config import Settings
from core.errors import PaomoError, UsageError
from core.forum import Board
from core.store import Store
from core.text import clean
from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Crawler, Options, Step, Summary
from scraper.crawl import told as told_in_full
from scraper.schedule import SHORTEST, Stopper, duration, run_every
from scraper.sites import site_named
from scraper.walk import Limits


@click.command()
@click.argument("boards", metavar="[BOARD]...", nargs=-1)
@click.option("--pages", type=click.IntRange(1), metavar="N", help="Read at most N pages of each list.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Go back to DATE, the forum's day.")
@click.option("--days", type=click.FloatRange(0, 3650), default=3.0, show_default=True, help="Go back so many days.")
@click.option("--every", metavar="30m", help="Run again and again, so far apart: 30m, 6h, 1d.")
@click.option("--zero-byte", is_flag=True, help="Ask for posts of 0 bytes too: a few of them hold a picture.")
@click.option("--again", is_flag=True, help="Lift pauses, and ask again for posts that were given up.")
@click.option("--no-score", is_flag=True, help="Store only; do not judge the new posts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, with --every one line a run.")
def crawl(
    boards: tuple[str, ...],
    pages: int | None,
    since: datetime | None,
    days: float,
    every: str | None,
    zero_byte: bool,
    again: bool,
    no_score: bool,
    as_json: bool,
) -> int:
    """Follow each BOARD (cfzh, ptt:Stock): read its list, fetch what is new or changed, store and judge it.

    Without BOARD: those of the setting `boards`. One request at a time, with pauses, as robots.txt allows, and no
    more a day than the setting daily_requests says. A run that is cut off goes on where it was. Posts of 0 bytes are
    a title alone and are not fetched; --zero-byte fetches them for the few that hold a picture.

    \b
    Example:  paomo crawl cfzh --every 30m
    Exit codes:  0 done or stopped by SIGTERM, 1 a board could not be read, 3 a crawl runs already, 130 Ctrl-C
    """
    held = settings()
    options = Options(
        limits=Limits(pages=pages, since=since.date() if since else None, days=days),
        amounts=Amounts(empty=zero_byte),
        daily=held.daily_requests,
        again=again,
    )
    seconds = _every(every)
    stopper = Stopper()
    with only_crawl(held.db), Store.open(held.db) as store, ExitStack() as things:
        which = [_board(name) for name in boards] or boards_followed(held)
        if not which:
            raise UsageError("no board is named", hint="paomo crawl cfzh, or set the setting boards")
        got = things.enter_context(_signals(stopper))
        job = _Job(store, held, which, options, stopper, scoring=not no_score, as_json=as_json, things=things)
        if seconds is None:
            job.once(line=False)
        else:
            run_every(seconds, job.again, sleep=stopper.sleep, clock=time.monotonic)
    if got == [signal.SIGINT]:
        return 130
    return 0 if got or seconds is not None else job.exit_code


def boards_followed(held: Settings) -> list[Board]:
    """The boards to crawl where none is named."""
    return [_board(name) for name in held.boards]


def _board(name: str) -> Board:
    board = Board.parse(name)
    site_named(board.site)
    if not board.name or not board.name.replace("_", "").replace("-", "").replace(".", "").isalnum():
        raise UsageError(f"{name!r} is no board", hint="write cfzh, or FORUM:BOARD as in ptt:Stock")
    return board


def _every(text: str | None) -> float | None:
    if text is None:
        return None
    seconds = duration(text)
    if seconds < SHORTEST:
        raise UsageError(f"--every {text} is too often", hint="once a minute is the most")
    return seconds


class _Job:
    """One run after the other, with the same fetcher."""

    def __init__(
        self,
        store: Store,
        held: Settings,
        boards: list[Board],
        options: Options,
        stopper: Stopper,
        *,
        scoring: bool,
        as_json: bool,
        things: ExitStack,
    ) -> None:
        from scraper.fetch import Fetcher

        self._store, self._boards, self._options, self._stopper = store, boards, options, stopper
        self._scoring, self._as_json = scoring, as_json
        self._report = _reporter(things)
        pause = (held.delay, 2 * held.delay)
        fetcher = Fetcher(agent=held.user_agent, pause=pause, proxy=held.scrape_proxy, sleep=stopper.sleep)
        self._crawler = Crawler(
            store, things.enter_context(fetcher), clock=now, report=self._report, check=stopper.check
        )
        self.exit_code = 0

    def once(self, *, line: bool) -> None:
        """Crawl, judge, tell. line: JSON on one line."""
        from bot.models import load_model
        from bot.pipeline import score_new

        summary = self._crawler.run(self._boards, self._options)
        scoring = self._scoring and not summary.stopped
        scored = score_new(self._store, clock=now, scorer=load_model(settings())) if scoring else 0
        self.exit_code = int(any(one.error for one in summary.boards))
        if self._as_json:
            (print_jsonl if line else print_json)(_document(summary, scored))
        else:
            for one in summary.boards:
                click.echo(_line(one))
            click.echo(f"{summary.requests} requests, {scored} posts judged")

    def again(self) -> None:
        """One run of many: what goes wrong with one must not end the others."""
        try:
            self.once(line=True)
        except PaomoError as error:
            click.echo(f"paomo: {_one_line(told_in_full(error))}", err=True)
        self._options = Options(limits=self._options.limits, amounts=self._options.amounts, daily=self._options.daily)
        self._stopper.check()


def _reporter(things: ExitStack) -> Callable[[Step], None]:
    """A bar for somebody who watches, else a line a page for the log."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        return lambda step: click.echo(_logged(step), err=True)
    progress = things.enter_context(Progress(console=console, transient=True))
    bar = progress.add_task("crawling", total=None)

    def shown(step: Step) -> None:
        if step.kind == "trouble":
            progress.console.print(_logged(step), soft_wrap=True, markup=False)
            return
        total = step.done + step.due if step.kind == "post" else None
        progress.update(bar, description=f"{step.board} {step.kind}", completed=step.done, total=total)

    return shown


def _logged(step: Step) -> str:
    level = "ERROR " if step.grave else ""
    return _one_line(f"{now():%Y-%m-%dT%H:%M:%SZ} {level}{step.board} {step.kind} {step.url} {step.note}")


def _line(one: BoardDone) -> str:
    counts = f"{one.pages} pages, {one.new} new, {one.changed} changed, {one.filled} filled, {one.gone} gone"
    left = ", ".join(f"{n} {what}" for what, n in one.left.items() if n)
    asked = ", ".join(f"{n} {kind}" for kind, n in sorted(one.requests.items())) or "none"
    parts = [f"{one.board}: {counts}; requests: {asked}", f"left: {left}" if left else ""]
    ends = [trouble for trouble in (one.error, one.ended) if trouble]
    parts += [f"{trouble} ({one.hint})" if one.hint else trouble for trouble in ends]
    return _one_line("; ".join(part for part in parts if part))


def _document(summary: Summary, scored: int) -> dict[str, Any]:
    boards = [{**asdict(one), "board": str(one.board)} for one in summary.boards]
    return {"boards": boards, "requests": summary.requests, "stopped": summary.stopped, "scored": scored}


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


@contextmanager
def _signals(stopper: Stopper) -> Iterator[list[int]]:
    """SIGTERM and Ctrl-C end the run after the request under way, a second one at once; yields those that came."""
    got: list[int] = []

    def on_signal(number: int, _: object) -> None:
        got.append(number)
        stopper.stop()
        if len(got) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield got
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
