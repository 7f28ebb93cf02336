"""The posts that a walk asked for: each fetched, read, stored and ticked off in one transaction.

Newest first, then a few numbers that nobody has seen, then a few posts that were read long ago, for edits and
deletions. A post that fails is tried again later and given up after `core.storage.ledger.TRIES`; a site that fails is left.
"""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import SourceError
from core.forum import Thread
from core.storage import listing, unseen
from core.storage.ledger import BoardState, Task
from core.storage.listing import Listed
from core.storage.rows import Saved
from scraper.outcome import CutShort, Gone, LayoutChanged, Retry, Spent, Unreadable, Walled
from scraper.page import Page
from scraper.site import Located, Request
from scraper.visit import Visitor

PARTS = 200
"""The most parts that a thread is read in."""
IN_A_ROW = 3
"""So many pages in a row that cannot be read, or that do not come, end a site's run."""

_RECHECKED = timedelta(days=30)  # a post is looked at again for so long
_RESTED = timedelta(hours=12)  # and not more often than that


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What one run may ask for beside the posts that a list tells of. empty: posts of 0 bytes too."""

    missing: int = 5
    recheck: int = 5
    empty: bool = False


class Bodies:
    """Works off the tasks of one board.

    first: whether this was the board's first walk, so that all is backfill
    oldest: threads whose newest post is older are not stored, aware; only: ask for posts of these ids, and for none
            that nobody has seen; kept: posts of followed threads, which are stored however old
    told:  called after each post with what became of it: the task, what was saved or `None`, the error or `None`
    """

    def __init__(
        self,
        visitor: Visitor,
        state: BoardState,
        amounts: Amounts,
        *,
        first: bool,
        oldest: datetime | None = None,
        only: Set[str] | None = None,
        kept: Set[str] = frozenset(),
        told: Callable[[Task, Saved | None, SourceError | None], None],
    ) -> None:
        self.visitor, self.state, self.amounts = visitor, state, amounts
        self._first, self._told = first, told
        self._oldest, self._only, self._kept = oldest, only, kept
        self._changed = self._silent = 0  # pages in a row with another layout, and that did not come

    def run(self) -> None:
        """Ask for everything that is due. Raises what ends the site's run."""
        for task in self._tasks():
            error: SourceError | None = None
            saved: Saved | None = None
            try:
                saved = self._ask(task)
            except SourceError as caught:
                error = caught
            self._changed = self._changed + 1 if isinstance(error, LayoutChanged) else 0
            silent = isinstance(error, Retry) and not isinstance(error, CutShort)
            self._silent = self._silent + 1 if silent else 0
            if error is not None:
                self._failed(task, error)
            self._told(task, saved, error)
            if error is not None and max(self._changed, self._silent) >= IN_A_ROW:
                raise error

    def _tasks(self) -> Iterator[Task]:
        ledger, board = self.visitor.ledger, self.state.board
        while batch := ledger.due(board, now=self.visitor.clock(), limit=50, only=self._only):
            yield from batch
        if self._only is not None:
            return
        yield from ledger.due(board, now=self.visitor.clock(), limit=self.amounts.missing, missing=True)
        while batch := ledger.due(board, now=self.visitor.clock(), limit=50):
            yield from batch  # what the missing ones led to
        now = self.visitor.clock()
        yield from ledger.stale(
            board,
            since=max(now - _RECHECKED, self._oldest or now - _RECHECKED),
            before=now - _RESTED,
            limit=self.amounts.recheck,
            roots=not self.visitor.site.own_pages,
        )

    def _failed(self, task: Task, error: SourceError) -> None:
        """Note what became of a post that did not come; raise what ends the site's run."""
        ledger, board, now = self.visitor.ledger, self.state.board, self.visitor.clock()
        match error:
            case Walled() | Spent():
                raise error
            case Gone():
                ledger.gone(board, task, now)
            case _:
                ledger.later(board, task, str(error), now, after=error.after if isinstance(error, Retry) else None)

    def followed(self, at: Located) -> tuple[Saved, set[str]]:
        """Read a followed thread, and note which posts of it have pages of their own."""
        ids: set[str] = set()
        total: Saved | None = None
        for found, page, _ in self._parts(Request(url=at.url), at.id, purpose="threads"):
            saved = self._store(found, page, self._rows(found, walk=self.state.walk))
            ids |= {post.id for post in found.posts if post.id is not None}
            total = saved if total is None else _sum(total, saved)
        assert total is not None
        return total, ids

    def _ask(self, task: Task) -> Saved:
        """Fetch a post or a whole thread, part by part; the last part ticks the task off."""
        ledger, board = self.visitor.ledger, self.state.board
        request = Request(url=self.visitor.site.post_url(board.name, task.post_id))
        total: Saved | None = None
        for found, page, last in self._parts(request, task.post_id, purpose="posts"):
            with ledger.writing():
                old = task.post_id not in self._kept and listing.is_older(found.posts, self._oldest)
                saved = Saved(thread=0, title="", url=None) if old else self._store(found, page, self._rows(found))
                if last:
                    ledger.done(board, task, self.visitor.clock())
            total = saved if total is None else _sum(total, saved)
        assert total is not None
        return total

    def _parts(self, asked: Request, post: str, *, purpose: str) -> Iterator[tuple[Thread, Page, bool]]:
        """A post or a whole thread, part by part, and whether this is the last one."""
        request: Request | None = asked
        for part in range(PARTS):
            assert request is not None
            found, page = self.visitor.thread(request, purpose=purpose)
            if part == 0 and found.root.id not in (None, post):
                raise Unreadable(f"{request.url}: another post ({found.root.id}) than the one asked for")
            request = self.visitor.site.further(found, page) if part + 1 < PARTS else None
            yield found, page, request is None
            if request is None:
                return

    def _rows(self, found: Thread, walk: int | None = None) -> Listed:
        """The rows on a post's own page. walk: they stand for a list, see `core.storage.listing.store_post`."""
        site = self.visitor.site
        rows = tuple(post for post in found.replies if post.id is not None) if site.own_pages else ()
        return Listed(
            board=self.state.board,
            posts=rows,
            roots_only=not site.own_pages,
            empty=self.amounts.empty,
            walk=walk,
            clock=self.state.clock,
            backfill=self._first,
            now=self.visitor.clock(),
        )

    def _store(self, found: Thread, page: Page, listed: Listed) -> Saved:
        site = self.visitor.site
        with self.visitor.ledger.writing() as sql:
            saved = listing.store_post(sql, listed, found, self.visitor.raw(page))
            if site.own_pages and site.rising_ids:
                unseen.unknown_parent(sql, self.state.board, found.root.parent_id, listed.now)
        return saved


def _sum(a: Saved, b: Saved) -> Saved:
    return Saved(
        thread=b.thread,
        title=b.title,
        url=b.url,
        new=a.new + b.new,
        changed=a.changed + b.changed,
        filled=a.filled + b.filled,
        unchanged=a.unchanged + b.unchanged,
    )
