"""What is followed: boards, threads, authors, keywords. A crawl without boards on its command line goes by it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.forum import Board
from core.storage.rows import Row, Sql, stamp
from core.store import Store
from core.text import fold


class Kind(StrEnum):
    """What kind of thing is followed."""

    BOARD = "board"
    THREAD = "thread"
    AUTHOR = "author"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """One thing that is followed.

    site, board: where; both `None` for an author or a keyword of every followed board
    what:        a board's name, a thread's address, an author's name, or words
    """

    kind: Kind
    site: str | None
    board: str | None = None
    what: str

    @property
    def key(self) -> str:
        """What makes two the same: names and words are folded, addresses and boards are taken as they are.

        >>> Follow(kind=Kind.AUTHOR, site=None, what="曉炎").key == Follow(kind=Kind.AUTHOR, site=None, what="晓炎").key
        True
        """
        return fold(self.what) if self.kind in {Kind.AUTHOR, Kind.KEYWORD} else self.what

    def __str__(self) -> str:
        """As `paomo follow add` takes it, but for the board of an author or of words."""
        if self.kind is Kind.BOARD:
            return f"{self.site}:{self.what}"
        return self.what if self.kind is Kind.THREAD else f"{self.kind}:{self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A follow, and since when."""

    follow: Follow
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """All that is followed, for a crawler. Authors and keywords without a board are meant on every followed one."""

    boards: tuple[Board, ...]
    threads: tuple[Follow, ...]
    authors: tuple[Follow, ...]
    keywords: tuple[Follow, ...]

    def where(self, follow: Follow) -> tuple[Board, ...]:
        """The boards on which to look for an author or for words."""
        if follow.site is not None and follow.board is not None:
            return (Board(site=follow.site, name=follow.board),)
        return tuple(board for board in self.boards if follow.site in {None, board.site})


def add(store: Store, follow: Follow, *, now: datetime) -> bool:
    """Follow something; returns whether that is new."""
    with store.writing() as sql:
        if _find(sql, follow):
            return False
        row: Row = {"kind": follow.kind.value, "site": follow.site, "board": follow.board, "what": follow.what}
        sql.insert("follows", row | {"key": follow.key, "added_at": stamp(now)})
        return True


def remove(store: Store, follow: Follow) -> bool:
    """Follow something no longer; returns whether it was followed."""
    with store.writing() as sql:
        found = _find(sql, follow)
        for row in found:
            sql.run("DELETE FROM follows WHERE pk = ?", [row["pk"]])
        return bool(found)


def listed(store: Store) -> list[Since]:
    """Everything that is followed: boards, threads, authors, keywords, each in the order they were added."""
    with store.reading() as sql:
        rows = sql.rows("SELECT * FROM follows ORDER BY pk")
    order = list(Kind)
    rows.sort(key=lambda row: order.index(Kind(row["kind"])))
    return [Since(follow=_follow(row), added_at=datetime.fromisoformat(row["added_at"])) for row in rows]


def followed(store: Store) -> Followed:
    """What a crawler is to follow."""
    by_kind: dict[Kind, list[Follow]] = {kind: [] for kind in Kind}
    for one in listed(store):
        by_kind[one.follow.kind].append(one.follow)
    return Followed(
        boards=tuple(Board(site=one.site, name=one.what) for one in by_kind[Kind.BOARD] if one.site),
        threads=tuple(by_kind[Kind.THREAD]),
        authors=tuple(by_kind[Kind.AUTHOR]),
        keywords=tuple(by_kind[Kind.KEYWORD]),
    )


def _find(sql: Sql, follow: Follow) -> list[Row]:
    return sql.rows(
        "SELECT pk FROM follows WHERE kind = ? AND site IS ? AND board IS ? AND key = ?",
        [follow.kind.value, follow.site, follow.board, follow.key],
    )


def _follow(row: Row) -> Follow:
    return Follow(kind=Kind(row["kind"]), site=row["site"], board=row["board"], what=row["what"])
