"""What the counts of the store come to: sums by day, by author, by thread, as small frozen rows."""

from dataclasses import dataclass

from core.forum import Board


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which posts are meant.

    board:    only of this board; `None` is all
    entities: only those that mention each of these, as `kind:id`
    writers:  only by one of these: site and author key; `None` is anybody
    """

    board: Board | None = None
    entities: tuple[str, ...] = ()
    writers: tuple[tuple[str, str], ...] | None = None

    @property
    def narrow(self) -> bool:
        """Whether some posts of the board are left out."""
        return bool(self.entities) or self.writers is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceCounts:
    """Posts by what they say."""

    bullish: int = 0
    neutral: int = 0
    bearish: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.bullish + self.neutral + self.bearish


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums(StanceCounts):
    """Counts of posts, and what an interval needs to know of their authors.

    A post of an unknown author counts as an author of its own.

    bullish2, bearish2, both: sums over authors of bullish², bearish² and bullish x bearish posts
    posts2:  sum over authors of posts²
    sided:   authors with a post that takes a side; authors: all of them
    """

    bullish2: int = 0
    bearish2: int = 0
    both: int = 0
    posts2: int = 0
    sided: int = 0
    authors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """A window, the one before it, and what the same authors wrote in both.

    up_up, up_down, down_up, down_down: sums over authors of products, bullish (up) or bearish (down) posts now times
    those before. moved: authors with a post that takes a side in either.
    """

    now: Sums
    before: Sums
    up_up: int = 0
    up_down: int = 0
    down_up: int = 0
    down_down: int = 0
    moved: int = 0


AuthorDays = tuple[str, str, str, str, str, str, str]
"""Day, site, board; then, with a comma between each, numbers of authors (0: unknown), their bullish, neutral and bearish posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTally(StanceCounts):
    """A thread's posts in a window."""

    pk: int
    site: str
    board: str | None
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post that took a side, of an author who is looked at."""

    pk: int
    day: str
    site: str
    board: str | None
    title: str
    url: str | None
    label: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A post that took a side, with its words: evidence that a reader can judge.

    moment: on the forum's wall clock; author: as shown; terms: what spoke for its side, strongest first
    """

    pk: int
    moment: str
    site: str
    board: str | None
    author: str | None
    author_key: str | None
    title: str
    body: str | None
    url: str | None
    label: str
    score: float
    terms: tuple[str, ...]
