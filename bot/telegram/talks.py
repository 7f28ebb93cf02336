"""The last question of each talk: in memory for now, in the database for after a restart.

What is kept is written behind the answer's back, so that nobody waits for a crawl that is writing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.questions import Question
from bot.talks import StoredTalks
from bot.telegram.recent import Recent
from core.errors import PaomoError
from core.store import Store

Talk = tuple[int, int]


class Talks:
    """A database that is not there yet is not made for this; one that is away or busy costs nothing but the memory.

    now: the moment, aware; recent: what is known without looking
    """

    def __init__(self, db: Path, now: Callable[[], datetime], recent: Recent[Talk, Question]) -> None:
        self._db, self._now, self._recent = db, now, recent
        self._writing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._recent)

    def get(self, talk: Talk) -> Question | None:
        """The talk's last question, as far as the memory goes."""
        return self._recent.get(talk)

    def stored(self, talk: Talk) -> Question | None:
        """The same from before a restart. Looks into the database: call it in a thread."""
        if not self._db.exists():
            return None
        try:
            with Store.open(self._db, readonly=True) as store:
                return StoredTalks(store, clock=self._now).get(talk)
        except PaomoError:
            return None

    def put(self, talk: Talk, question: Question) -> None:
        """Keep a question, in the database as soon as there is time."""
        self._recent.put(talk, question)
        self._behind(lambda kept: kept.put(talk, question))

    async def drop(self, talk: Talk) -> None:
        """Forget a talk, when what is being written is written."""
        self._recent.drop(talk)
        self._behind(lambda kept: kept.drop(talk))
        await self.settled()

    async def settled(self) -> None:
        """Until nothing is being written."""
        while self._writing:
            await asyncio.gather(*self._writing)

    def _behind(self, work: Callable[[StoredTalks], None]) -> None:
        if not self._db.exists():
            return
        before = tuple(self._writing)

        async def write() -> None:
            await asyncio.gather(*before)  # in the order in which it was asked for
            await asyncio.to_thread(self._write, work)

        task = asyncio.create_task(write())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _write(self, work: Callable[[StoredTalks], None]) -> None:
        try:
            with Store.open(self._db) as store:
                work(StoredTalks(store, clock=self._now))
        except PaomoError:
            return
