"""The work of `paomo crawl`: runs, one or many, what each of them tells, and how a signal ends it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import click

from bot.cli.context import now, print_json, print_jsonl, settings
from bot.cli.web import fetcher, read_board
from bot.lock import only_crawl
from core.config import Settings
from core.errors import PaomoError, StoreError, UsageError
from core.forum import Board
from core.storage.following import followed
from core.store import Store
from core.text import counted, one_line
from core.upkeep.retention import Cleared, apply_retention, oldest_kept
from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Crawler, Options, Step, Summary
from scraper.schedule import SHORTEST, Stopper, duration, run_every
from scraper.sites import heed
from scraper.walk import Limits
from scraper.wanted import Wanted, spared, wanted


def run(
    *,
    boards: tuple[str, ...],
    pages: int | None,
    since: date | None,
    days: float,
    every: str | None,
    zero_byte: bool,
    again: bool,
    no_score: bool,
    as_json: bool,
) -> int:
    """One run of the boards, or one after the other; the exit code."""
    held = settings()
    heed(held)
    options = Options(
        limits=Limits(pages=pages, since=since, days=days),
        amounts=Amounts(empty=zero_byte),
        daily=held.daily_requests,
        again=again,
    )
    seconds = _every(every)
    named = [read_board(name) for name in boards]
    stopper = Stopper()
    with only_crawl(held.db), Store.open(held.db) as store, ExitStack() as things:
        following = _Following(store, held, named)
        if not following.now():
            raise UsageError(
                "no board is named and nothing followed", hint="paomo crawl cfzh, or paomo follow add cfzh"
            )
        got = things.enter_context(_signals(stopper))
        job = _Job(store, held, following, options, stopper, scoring=not no_score, as_json=as_json, things=things)
        if seconds is None:
            job.once(line=False)
        else:
            run_every(seconds, job.again, sleep=stopper.sleep, clock=time.monotonic)
    if got == [signal.SIGINT]:
        return 130
    return 0 if got or seconds is not None else job.exit_code


class _Following:
    """What to crawl: the boards that were named, else what is followed when a run begins."""

    def __init__(self, store: Store, held: Settings, named: list[Board]) -> None:
        self._store, self._held, self._named = store, held, named

    def now(self) -> Wanted:
        """As it is now: what is followed may change between two runs."""
        if self._named:
            return Wanted(boards=tuple(self._named))
        found = followed(self._store)
        boards = dict.fromkeys((*(read_board(name) for name in self._held.boards), *found.boards))
        return wanted(replace(found, boards=tuple(boards)))


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
        following: _Following,
        options: Options,
        stopper: Stopper,
        *,
        scoring: bool,
        as_json: bool,
        things: ExitStack,
    ) -> None:
        self._store, self._held, self._following = store, held, following
        self._options, self._stopper = options, stopper
        self._scoring, self._as_json = scoring, as_json
        self._report = _reporter(things)
        asks = things.enter_context(fetcher(held, sleep=stopper.sleep))
        self._crawler = Crawler(store, asks, clock=now, report=self._report, check=stopper.check)
        self.exit_code = 0

    def once(self, *, line: bool) -> None:
        """Crawl, remove what is too old, judge, tell. line: JSON on one line."""
        from bot.pipeline import score_new
        from bot.stance_model import load_model

        which = self._following.now()
        limits = replace(self._options.limits, oldest=oldest_kept(self._held, now()))
        summary = self._crawler.run(which, replace(self._options, limits=limits))
        removed = self._remove()
        scoring = self._scoring and not summary.stopped
        scored = score_new(self._store, clock=now, scorer=load_model(self._held)) if scoring else 0
        self.exit_code = int(any(one.error for one in summary.boards))
        if self._as_json:
            (print_jsonl if line else print_json)(_document(summary, scored, removed))
        else:
            for text in (*map(_line, summary.boards), *summary.notes):
                click.echo(one_line(text))
            gone = f", {counted(removed.posts, 'post')} removed for their age" if removed.posts else ""
            click.echo(f"{counted(summary.requests, 'request')}, {counted(scored, 'post')} judged{gone}")

    def _remove(self) -> Cleared:
        """What the settings do not keep goes; followed threads stay. Rewriting the file can wait for another run."""
        try:
            return apply_retention(self._store, self._held, now(), spare=spared(followed(self._store)))
        except StoreError as error:
            click.echo(f"paomo: {one_line(error.in_full)}; what is too old goes after the next run", err=True)
            return Cleared()

    def again(self) -> None:
        """One run of many: what goes wrong with one must not end the others."""
        try:
            self.once(line=True)
        except PaomoError as error:
            click.echo(f"paomo: {one_line(error.in_full)}", err=True)
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
    return one_line(f"{now():%Y-%m-%dT%H:%M:%SZ} {level}{step.board} {step.kind} {step.url} {step.note}")


def _line(one: BoardDone) -> str:
    counts = [f"{one.new} new", f"{one.changed} changed", f"{one.filled} filled", f"{one.gone} gone"]
    if one.walked:
        counts.insert(0, counted(one.pages, "page"))
    if one.threads:
        counts.insert(0, counted(one.threads, "followed thread"))
    if one.found:
        counts.insert(0, f"{one.found} found by author or words")
    left = ", ".join(f"{n} {what}" for what, n in one.left.items() if n)
    asked = ", ".join(counted(n, kind.removesuffix("s"), kind) for kind, n in sorted(one.requests.items())) or "none"
    parts = [f"{_name(one)}: {', '.join(counts)}; requests: {asked}", f"left: {left}" if left else ""]
    ends = [trouble for trouble in (one.error, one.ended) if trouble]
    parts += [f"{trouble} ({one.hint})" if one.hint else trouble for trouble in ends]
    parts += one.notes
    return "; ".join(part for part in parts if part)


def _document(summary: Summary, scored: int, removed: Cleared) -> dict[str, Any]:
    boards = [{**asdict(one), "board": _name(one)} for one in summary.boards]
    return {
        "boards": boards,
        "requests": summary.requests,
        "stopped": summary.stopped,
        "notes": list(summary.notes),
        "removed": {"threads": removed.threads, "posts": removed.posts, "pages": removed.pages.pages},
        "scored": scored,
    }


def _name(one: BoardDone) -> str:
    """The board, or the forum where a followed thread's address does not say its board."""
    return str(one.board) if one.board.name else one.board.site


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
