"""The program under a clock of ours: crawl, judge, bring letters. In this process, or as one that kills itself.

`python -m tests.soak.program DB URL NOW SEED STATEMENTS TROUBLE LOG` does one round and dies by SIGKILL after so many
statements that write.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import Defaults, ExtBot

from bot.pipeline import Scorer, score_new
from bot.telegram.herald import Herald
from core.forum import Board
from core.storage import outbox, sqlite
from core.storage.rows import Params, Row
from core.store import Store
from nlp.model import Model
from scraper.crawl import BoardDone, Crawler, Options
from scraper.fetch import Fetcher
from scraper.wanted import Wanted
from tests.bot.telegram_line import TOKEN, Recorder, settings
from tests.loopback import HOST
from tests.scraper.replica import BOARD, Mirror
from tests.soak.line import Line

READER = 7
"""The user who is on the list and has made all subscriptions."""

LOOKS = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 4, 10, 20))
"""When letters are looked for after a crawl, as long as some wait."""


class Crash(Exception):
    """The program ends here, in the middle of whatever it did."""


class Fuse:
    """Burns down by one with each statement that writes; at its end `blow` is called, once."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.blow: Callable[[], None] = crash

    def burn(self) -> None:
        """One statement is about to be run."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.blow()


def crash() -> None:
    """End by an exception."""
    raise Crash


def kill() -> None:
    """End at once: nothing is closed, nothing is written."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def fused() -> Iterator[Fuse]:
    """A fuse before every statement by which any store writes."""
    fuse, whole = Fuse(), sqlite.Connection

    class Fused(whole):  # type: ignore[valid-type, misc] # the class stands in a variable
        def run(self, sql: str, params: Params = ()) -> None:
            fuse.burn()
            super().run(sql, params)

        def insert(self, table: str, row: Row) -> int:
            fuse.burn()
            return int(super().insert(table, row))

        def update(self, table: str, pk: int, row: Row) -> None:
            fuse.burn()
            super().update(table, pk, row)

    sqlite.Connection = Fused  # type: ignore[misc]
    try:
        yield fuse
    finally:
        sqlite.Connection = whole  # type: ignore[misc]


class Program:
    """One life of the program, from a start to a stop or a crash; use it as a context manager."""

    def __init__(self, db: Path, url: str, line: Line, scorer: Scorer, clock: Callable[[], datetime]) -> None:
        self.clock, self.scorer, self.site = clock, scorer, Mirror(url)
        self.store = Store.open(db)
        self.fetcher = Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), tries=1, sleep=lambda _: None, now=clock)
        self.runner = asyncio.Runner()
        defaults = Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
        self.bot = ExtBot(TOKEN, request=line, get_updates_request=Recorder(unplugged=True), defaults=defaults)
        self.runner.run(self.bot.initialize())
        self.moment: datetime | None = None  # of the letters, while they are looked for
        self.herald = Herald(self.bot, settings(READER, db=db), now=lambda: self.moment or clock())

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.close()
        self.fetcher.close()
        self.store.close()

    def crawl(self, options: Options | None = None) -> BoardDone:
        """One run of the board, and judgements of what it brought."""
        crawler = Crawler(self.store, self.fetcher, clock=self.clock, sites=[self.site])
        done = crawler.run(Wanted(boards=(Board.parse(BOARD),)), options or Options()).boards[0]
        score_new(self.store, clock=self.clock, scorer=self.scorer)
        return done

    def letters(self) -> None:
        """Bring what is due, with further looks as long as something waits."""
        try:
            for wait in LOOKS:
                self.moment = self.clock() + wait
                self.runner.run(self.herald.round())
                with self.store.reading() as sql:
                    if not outbox.tally(sql).waiting:
                        return
        finally:
            self.moment = None


def main(db: str, url: str, now: str, seed: str, statements: str, trouble: str, log: str) -> None:
    """One round of a program that dies."""
    moment = datetime.fromisoformat(now)
    line = Line(lambda: moment, seed=int(seed), log=Path(log))
    line.trouble = trouble  # type: ignore[assignment] # as it was given by the one who started this
    with fused() as fuse, Program(Path(db), url, line, Model.load(), lambda: moment) as program:
        fuse.left, fuse.blow = int(statements), kill
        program.crawl()
        program.letters()


if __name__ == "__main__":
    main(*sys.argv[1:])
