"""What people do on the board, half hour by half hour, and a journal of it that nothing is read back from but the checks."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.scraper.replica import Replica, Row

ZONE = ZoneInfo("America/Los_Angeles")
WORD = "循环融资"
"""Somebody has subscribed to it; about one post in seventeen has it in its title."""

_UP = "看多英伟达，继续加仓，长期持有，业绩大涨，还会创新高"
_DOWN = "泡沫要破了，看空英伟达，赶紧清仓，必然暴跌，要崩盘"
_SWING = timedelta(days=4)  # the mood turns, so that alerts on it have something to tell
_EDITED, _DELETED, _EMPTY_DELETED = timedelta(days=1), timedelta(days=5), timedelta(hours=20)


@dataclass(slots=True)
class Life:
    """A post's life. wordings: body and since when, oldest first; times are aware."""

    root: int
    wordings: list[tuple[datetime, str]]
    deleted: datetime | None = None

    @property
    def written(self) -> datetime:
        return self.wordings[0][0]


@dataclass
class People:
    """Write, answer, edit and delete by chance; the same seed does the same things.

    lives: by post's id
    """

    replica: Replica
    began: datetime
    seed: int
    lives: dict[int, Life] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        for back in range(40, 0, -1):
            self.write(self.began - timedelta(minutes=30 * back))

    def half_hour(self, now: datetime) -> None:
        """What happens up to `now`."""
        quiet = now.astimezone(ZONE).hour < 6
        for minute in sorted(self.chance.sample(range(30), 0 if quiet else self.chance.choice((0, 0, 1, 1, 2)))):
            self.write(now - timedelta(minutes=30 - minute))
        self.replica.now = wall(now)
        shown = sorted(self.replica.shown())
        if self.chance.random() < 0.08:
            self._edit(now, shown)
        if self.chance.random() < 0.05:
            self._delete(now, shown)

    def write(self, now: datetime) -> Row:
        """A new thread, an answer to something recent, or now and then a late answer to an old thread."""
        self.replica.now = wall(now)
        shown = sorted(self.replica.shown())
        roll = self.chance.random()
        parent = None
        if shown and roll < 0.1:
            parent = self.chance.choice(shown[-200:])
        elif shown and roll < 0.7:
            parent = self.chance.choice(shown[-15:])
        said = _UP if (now - self.began) // _SWING % 2 else _DOWN
        empty = parent is not None and self.chance.random() < 0.4
        body = "" if empty else f"<p>{said}。{self.chance.randrange(10**6)}</p>"
        row = self.replica.write(parent, body=body)
        self.lives[row.id] = Life(root=self.replica.root_of(row.id), wordings=[(now, body)])
        return row

    def _edit(self, now: datetime, shown: list[int]) -> None:
        young = [id for id in shown if self.replica.rows[id].size and now - self._root(id).written < _EDITED]
        if young:
            id = self.chance.choice(young)
            body = self.replica.rows[id].body.replace("</p>", f" 补充{len(self.lives[id].wordings)}</p>")
            self.replica.edit(id, body)
            self.lives[id].wordings.append((now, body))

    def _delete(self, now: datetime, shown: list[int]) -> None:
        """A leaf goes: what stood below a post that is gone is shown by no list."""
        parents = {row.parent for row in self.replica.rows.values() if not row.deleted}
        leaves = [id for id in shown if id not in parents and now - self._root(id).written < self._patience(id)]
        if leaves:
            id = self.chance.choice(leaves)
            self.replica.delete(id)
            self.lives[id].deleted = now

    def _patience(self, id: int) -> timedelta:
        """How long after its thread's begin a post may go and be missed: one without text is looked for by lists alone."""
        return _DELETED if self.replica.rows[id].size else _EMPTY_DELETED

    def _root(self, id: int) -> Life:
        return self.lives[self.lives[id].root]


def wall(moment: datetime) -> datetime:
    """A moment on the board's clock, as the board prints it."""
    return moment.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
