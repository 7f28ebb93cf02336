"""What a run of the crawl may do, what it tells on its way, and what it did."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.forum import Board
from core.storage.ledger import Pause
from core.storage.rows import Saved
from scraper.bodies import Amounts
from scraper.walk import Limits

BY_HAND = (
    "save the pages in a browser into a folder and run: paomo ingest FOLDER/*; paomo crawl BOARD --again asks again"
)
"""The way that is left where a forum refuses us."""
NEWER = "a newer paomo may read the page; then paomo crawl BOARD --again"
"""The way that is left where a forum's layout changed: a page saved by hand has the same layout."""


def way_out(pause: Pause) -> str:
    """What to do about a forum that is left alone; only one whose layout changed is so without an end."""
    return BY_HAND if pause.until else NEWER


def how_long(pause: Pause) -> str:
    """For how long a forum is left alone."""
    return f"until {pause.until:%Y-%m-%d %H:%M} UTC" if pause.until else "until you lift it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run may do. daily: requests to a site a day; again: lift pauses and forget failures."""

    limits: Limits = field(default_factory=Limits)
    amounts: Amounts = field(default_factory=Amounts)
    daily: int = 4000
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page, for whoever watches.

    kind: `index`, `post`, `thread`, `search` or `trouble`; note: what it brought, in words
    done, due: posts asked for in this run, and still to be asked for; grave: the owner must hear of it
    """

    board: Board
    kind: str
    url: str
    note: str
    done: int = 0
    due: int = 0
    grave: bool = False


@dataclass(slots=True, kw_only=True)
class BoardDone:
    """What a run did for one board.

    new, changed, filled, gone: posts never stored before, edited, of which more is known, that the forum deleted
    requests: by kind; left: open tasks (`due`, `missing`, `failed`); error: why it ended early
    ended: the day's requests were used up, or the run was stopped: nothing is wrong
    walked: whether its list was to be read, not only what is followed on it
    threads, found: followed threads that were read, and rows of lists of authors and words; notes: what did not come
    """

    board: Board
    walked: bool = True
    threads: int = 0
    found: int = 0
    notes: list[str] = field(default_factory=list)
    pages: int = 0
    new: int = 0
    changed: int = 0
    filled: int = 0
    gone: int = 0
    requests: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    hint: str | None = None
    ended: str | None = None

    def add(self, saved: Saved) -> None:
        """Count what a page brought."""
        self.new, self.changed, self.filled = (
            self.new + saved.new,
            self.changed + saved.changed,
            self.filled + saved.filled,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run did, board by board; stopped: it was asked to end early; notes: what could not be asked for."""

    boards: Sequence[BoardDone]
    stopped: bool = False
    notes: Sequence[str] = ()

    @property
    def requests(self) -> int:
        """All requests of the run, robots.txt among them."""
        return sum(sum(board.requests.values()) for board in self.boards)
