"""Weeks of the program's life in minutes: a board, its readers, and everything that goes wrong, by a clock of ours.

`python -m tests.soak.soak --days 30` (`make soak`) lives through so many days in half hours. By chance, which a seed
makes the same each time: the forum or the line to Telegram is away or odd for hours, the program is off, is restarted,
dies of an exception inside a transaction, or kills itself by SIGKILL. What must hold at the end is in `checks`.
"""

import argparse
import gc
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path

from bot.subscriptions.plan import LEAST
from core.storage import subscribing
from core.storage.rows import Row
from core.storage.subscribing import Wish
from core.store import Store
from nlp.model import Model
from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Options
from tests.scraper.replica import BOARD, Replica
from tests.soak.line import TROUBLES, Line, Taken, read
from tests.soak.people import WORD, People
from tests.soak.program import READER, Crash, Fuse, Program, fused

ROOT = Path(__file__).parents[2]
BEGAN = datetime(2026, 10, 30, tzinfo=UTC)
"""Two days before the clocks of the board and of a reader are put back."""

STEP = timedelta(minutes=30)
REST = 24
"""Steps that Telegram stays well after a trouble: one of more than twelve hours does lose letters."""

WISHES = {
    1: Wish(kind="digest", zone="America/New_York", at="01:30"),
    2: Wish(kind="digest", zone="Asia/Taipei", at="08:00", weekdays=(0, 2, 4), words=(WORD,)),
    3: Wish(kind="digest", zone="UTC", at="12:10", boards=(f"wenxuecity:{BOARD}",), about=("company:NVDA",)),
    4: Wish(kind="alert", zone="UTC", words=(WORD,), cooldown=6.0, budget=3),
    5: Wish(kind="alert", zone="Asia/Taipei", words=(WORD,), quiet=("22:00", "07:00"), cooldown=2.0, budget=5),
    6: Wish(kind="alert", zone="UTC", boards=(f"wenxuecity:{BOARD}",), above=0.3, below=-0.3, days=1, budget=3),
}
"""By chat: each has one subscription."""


@dataclass
class Soak:
    """One life. folder: where the database goes; kills: how many rounds die by SIGKILL.

    whole:   moments at which a crawl had read everything; off: steps without the program
    letters: rows of the outbox as last seen; moods: those of the newest day at each look for alerts
    met:     how often each trouble struck; memory: megabytes after each fifth of the time
    """

    replica: Replica
    folder: Path
    days: float
    kills: int
    seed: int
    now: datetime = BEGAN
    whole: list[datetime] = field(default_factory=list)
    letters: dict[int, Row] = field(default_factory=dict)
    moods: list[tuple[datetime, float]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    _dark: int = 0
    _away: int = 0
    _off: int = 0

    def __post_init__(self) -> None:
        self.db = self.folder / "soak.db"
        self.chance = random.Random(self.seed)
        self.people = People(self.replica, BEGAN, self.seed)
        self.line = Line(lambda: self.now, seed=self.seed)
        self.scorer = Model.load()
        self._program: Program | None = None

    @property
    def taken(self) -> list[Taken]:
        """Every message that arrived, also those that a killed program brought, by time."""
        return sorted([*self.line.taken, *read(self.folder / "line.jsonl")], key=lambda one: one.at)

    def live(self) -> None:
        """Live through it all, then a day on which nothing happens and nothing is wrong."""
        with Store.open(self.db) as store:
            for chat, wish in WISHES.items():
                subscribing.add(store, wish, chat=chat, topic=None, user=READER, lang="en", now=BEGAN)
        steps = int(self.days * timedelta(days=1) / STEP)
        fatal = set(self.chance.sample(range(steps), min(self.kills, steps)))
        doomed = False
        try:
            with fused() as fuse:
                for step in range(steps):
                    self.now += STEP
                    self.people.half_hour(self.now)
                    self._weather()
                    doomed = doomed or step in fatal
                    dies = doomed and not (self._off or self._dark)  # where there is something to die in
                    self._step(fuse, fatal=dies)
                    doomed = doomed and not dies
                    if (step + 1) % max(1, steps // 5) == 0:
                        self._weigh()
                self._calm()
        finally:
            self._end()

    def _step(self, fuse: Fuse, *, fatal: bool) -> None:
        if self._off:
            self._off -= 1
        elif fatal:
            self._killed()
        else:
            fuse.left = self.chance.randrange(60) if self.chance.random() < 0.1 else None
            goes_on = self.chance.random() < 0.5  # as after a disk that was full for a moment
            try:
                self._round(Options(again=self.now.hour in {0, 12}))  # its owner lifts pauses twice a day
            except Crash:
                self.met["crashes"] += 1
                if not goes_on:
                    self._end()
            fuse.left = None
            if self.chance.random() < 0.03:
                self.met["restarts"] += 1
                self._end()

    def _round(self, options: Options) -> BoardDone:
        if self._program is None:
            self._program = Program(self.db, self.replica.url, self.line, self.scorer, lambda: self.now)
        try:
            done = self._program.crawl(options)
            if done.error is None and not any(done.left.values()):
                self.whole.append(self.now)
            self._program.letters()
            self._feel(self._program.store)
        finally:
            with self._program.store.reading() as sql:  # the program forgets them in time
                self.letters.update((row["pk"], row) for row in sql.rows("SELECT * FROM outbox"))
            self.requests.update(("posts" if path.endswith(".html") else "lists") for path in self.replica.asked)
            self.replica.asked.clear()
            self.replica.headers.clear()
        return done

    def _killed(self) -> None:
        """A round in a process of its own, which does not live to its end."""
        self._end()
        statements = self.chance.randrange(2, 8)
        asked = [self.db, self.replica.url, self.now.isoformat(), self.seed, statements, self.line.trouble]
        command = [sys.executable, "-m", "tests.soak.program", *map(str, asked), str(self.folder / "line.jsonl")]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        assert ended.returncode in {0, -9}, ended.stderr
        self.met["kills" if ended.returncode else "rounds too short to be killed"] += 1

    def _calm(self) -> None:
        """A day without trouble, and then a look at every post of the last month."""
        self._dark = self._away = self._off = 0
        self.line.trouble = ""
        self._forum("")
        for _ in range(12):
            self.now += 4 * STEP
            self._round(Options(again=True))
        self.now += timedelta(hours=13)
        self._round(Options(amounts=Amounts(missing=10_000, recheck=10_000)))

    def _weather(self) -> None:
        """Troubles come and go."""
        self._dark, self._away = max(0, self._dark - 1), self._away - 1
        if not self._dark:
            self._forum("")
            if self.chance.random() < 0.02:
                self._dark = self.chance.choice((1, 3, 8, 30))
                self._forum(self.chance.choice(("broken", "503", "429", "empty")))
        if self._away <= 0:
            self.line.trouble = ""
            if self._away < -REST and self.chance.random() < 0.05:
                self._away = self.chance.choice((1, 2, 6, 16))
                self.line.trouble = self.chance.choice(TROUBLES)
                self.met[f"Telegram: {self.line.trouble}"] += 1
        if not self._off and self.chance.random() < 0.01:
            self.met["hours off"] += 1
            self._off = self.chance.choice((2, 8, 20))
            self._end()

    def _forum(self, trouble: str) -> None:
        """Let the forum's server do its work, or something else."""
        self.replica.faults.clear()
        self.replica.before = lambda _: None
        if not trouble:
            return
        self.met[f"forum: {trouble}"] += 1
        if trouble == "broken":
            self.replica.before = _hang_up
            return
        said = {
            "503": (503, {}, b"down"),
            "429": (429, {"Retry-After": "3600"}, b"slower"),
            "empty": (200, {}, "<html><body><p>系统维护中</p></body></html>".encode()),
        }[trouble]
        for path in (f"/{BOARD}/", f"/{BOARD}/?page=2"):
            self.replica.faults[path] = lambda: said

    def _feel(self, store: Store) -> None:
        """Write down the mood of the newest day, when alerts on it have been looked for."""
        with store.reading() as sql:
            [mood] = sql.rows(
                "SELECT total(s.label = 'bullish') AS up, total(s.label = 'bearish') AS down, count(*) AS n FROM posts p"
                " JOIN sentiments s ON s.post = p.pk"
                " WHERE substr(p.published_local, 1, 10) = (SELECT substr(max(q.published_local), 1, 10) FROM posts q"
                " JOIN sentiments t ON t.post = q.pk)"
            )
        if mood["n"] >= LEAST:
            self.moods.append((self.now, log((1 + mood["up"]) / (1 + mood["down"]))))

    def _weigh(self) -> None:
        self._end()
        gc.collect()
        self.memory.append(resident())

    def _end(self) -> None:
        if self._program is not None:
            self._program.__exit__()
            self._program = None


def resident() -> float:
    """Megabytes that this process holds in memory; nought where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else 0.0


def _hang_up(_: str) -> None:
    raise ConnectionError


def main() -> int:
    """Live so many days, look whether all is well, print what it cost."""
    from tests.soak.checks import problems, summary

    parser = argparse.ArgumentParser(description="weeks of crawl, score, digests and alerts, in faked time")
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0, help="live again with other seeds until so many are over")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if not (asked.days >= 1 and asked.kills >= 0):
        parser.error("at least a day, and no fewer kills than none")
    until, failed = time.monotonic() + asked.seconds, 0
    while True:
        with tempfile.TemporaryDirectory() as folder:
            for replica in Replica(posts=0, per_page=20, etags=True, sticky=False).serve():
                soak = Soak(replica, Path(folder), asked.days, asked.kills, asked.seed)
                soak.live()
                found = problems(soak)
                print(f"seed {asked.seed}: {summary(soak)}", *found, sep="\n", flush=True)
                failed += bool(found)
        asked.seed += 1
        if time.monotonic() >= until:
            return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
