"""What is followed beside whole boards: single threads, and lists of an author's posts or of posts with certain words.

A thread is asked for at each run, with the condition that it changed. A list tells which posts there are; those never
seen are asked for like any others. Neither makes a board known as read.
"""

from datetime import datetime

from core.forum import Index
from core.storage import listing
from core.storage.ledger import BoardState, Task
from core.storage.listing import Listed
from core.storage.rows import Saved
from scraper.bodies import Bodies
from scraper.outcome import Gone, LayoutChanged, Retry
from scraper.site import Located
from scraper.visit import Visitor
from scraper.wanted import Search

PAGES = 5
"""So many pages of a list are read at most; it ends before that where everything on a page was seen before."""


class Seek:
    """Threads and lists on one board. found: ids of the posts that they led to; kept: those of followed threads."""

    def __init__(self, visitor: Visitor, state: BoardState, *, empty: bool, oldest: datetime | None) -> None:
        self.visitor, self.state = visitor, state
        self._empty, self._oldest = empty, oldest
        self.found: set[str] = set()
        self.kept: set[str] = set()

    def thread(self, at: Located, bodies: Bodies) -> Saved | None:
        """Read a followed thread again, all its parts; `None` for one that is known to be gone."""
        ledger, board = self.visitor.ledger, self.state.board
        task = Task(post_id=at.id, why="recheck")
        if ledger.is_gone(board, at.id):
            return None
        try:
            saved, ids = bodies.followed(at)
        except Gone:
            ledger.gone(board, task, self.visitor.clock())
            raise
        ledger.done(board, task, self.visitor.clock())
        self.found |= ids | ledger.ids_in(saved.thread)  # some of which it may not show any more
        self.kept |= ids
        return saved

    def search(self, search: Search) -> int:
        """Open tasks for what a list has that was never seen; returns how many rows it has."""
        url: str | None = search.url
        rows = 0
        for _ in range(PAGES):
            index = self._index(url) if url else None
            if index is None:
                break
            more, count = self._note(index)
            rows += count
            url = index.next_url if more and index.next_url != url else None
        return rows

    def _index(self, url: str) -> Index | None:
        try:
            return self.visitor.search(url)
        except LayoutChanged:
            raise
        except Retry:
            return self.visitor.search(url)  # some forums want their own cookies back first

    def _note(self, index: Index) -> tuple[bool, int]:
        """Open the tasks of a page; returns whether it held anything new, and how many rows."""
        site, now = self.visitor.site, self.visitor.clock()
        rows = {post.id: post for post in index.entries if post.id is not None}
        young = [post for post in rows.values() if not listing.is_older((post,), self._oldest)]
        listed = Listed(
            board=self.state.board,
            posts=tuple(young),
            roots_only=not site.own_pages,
            empty=self._empty,
            walk=None if site.own_pages else self.state.walk,
            clock=self.state.clock,
            backfill=False,
            now=now,
        )
        with self.visitor.ledger.writing() as sql:
            news = listing.look_for(sql, listed)
        self.found |= {post.id for post in young if post.id is not None}
        return news, len(rows)
