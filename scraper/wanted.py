"""What a crawl is to ask for beside whole boards: followed threads, authors and words, as addresses of their forums."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.errors import PaomoError
from core.forum import Board
from core.storage.following import Follow, Followed, Kind
from scraper.address import locate
from scraper.site import Located
from scraper.sites import site_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A list of an author's posts on a board, or of those with certain words. what: as `paomo follow` writes it."""

    board: Board
    what: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one run asks for. notes: what cannot be asked for, and why, in words."""

    boards: tuple[Board, ...] = ()
    threads: tuple[Located, ...] = ()
    searches: tuple[Search, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.boards or self.threads or self.searches)


def wanted(followed: Followed) -> Wanted:
    """Followed things as addresses. What a forum cannot list becomes a note."""
    threads: list[Located] = []
    searches: list[Search] = []
    notes: list[str] = []
    for follow in followed.threads:
        try:
            threads.append(locate(follow.what))
        except PaomoError as error:
            notes.append(f"{follow}: not asked for: {error}")
    for follow in (*followed.authors, *followed.keywords):
        where = followed.where(follow)
        if not where:
            notes.append(f"{follow}: not looked for: no board is followed, and none was named with --board")
        for board in where:
            url = address(follow, board)
            if url is not None:
                searches.append(Search(board=board, what=str(follow), url=url))
        notes += missing(follow, where)
    return Wanted(boards=followed.boards, threads=tuple(threads), searches=tuple(searches), notes=tuple(notes))


def spared(followed: Followed) -> set[tuple[str, str]]:
    """Site and id of each followed thread: `core.upkeep.retention` leaves these however old they are."""
    return {(at.site, at.id) for at in wanted(replace(followed, authors=(), keywords=())).threads}


def address(follow: Follow, board: Board) -> str | None:
    """Where a board lists what an author wrote or what has certain words; `None` where its forum has no such list."""
    site = site_named(board.site)
    lists = site.author_url if follow.kind is Kind.AUTHOR else site.search_url
    return lists(board.name, follow.what)


def missing(follow: Follow, boards: Iterable[Board]) -> list[str]:
    """What to tell of the forums that have no list for an author or for words, one line a forum."""
    kind = "list of an author's posts" if follow.kind is Kind.AUTHOR else "search by words"
    sites = dict.fromkeys(board.site for board in boards if address(follow, board) is None)
    return [f"{follow}: {site} has no {kind}; what a followed board lists is read all the same" for site in sites]
