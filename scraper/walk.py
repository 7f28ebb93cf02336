"""One walk over a board's list: newest page first, down to what is known without a gap.

A walk ends where the roots of a page are all older than a few days, by the list's own clock, and older than what the
last walk had read: so after an outage it goes back as far as the outage. Rows, tasks and the place are one
transaction a page. A walk that was cut off goes on where it was, and then the first page is walked again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.forum import Index, Post
from core.storage import listing, unseen
from core.storage.ledger import BoardState, Place
from core.storage.listing import Listed, Noted
from core.storage.rows import Sql
from core.storage.saving import RawPage
from scraper.outcome import Retry
from scraper.visit import Visitor

RESUMES = 2
"""How often a cut-off walk may fail to go on before a new one starts from the first page."""

_BLIND_PAGES = 10  # of a list without any times, on the first walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far a walk goes. pages: at most so many; since: to this day of the forum's clock; days: to so long ago.

    oldest: threads whose newest post is older are not wanted, whatever the others say; aware, `None` for none
    """

    pages: int | None = None
    since: date | None = None
    days: float = 3.0
    oldest: datetime | None = None


class Walk:
    """Walks one board. told: called after each page with its address, the page's number and what it brought."""

    def __init__(
        self,
        visitor: Visitor,
        state: BoardState,
        limits: Limits,
        *,
        empty: bool,
        told: Callable[[str, int, Noted], None],
    ) -> None:
        self.visitor, self.state, self.limits = visitor, state, limits
        self._empty, self._told = empty, told
        self._seen: set[str | None] = set()

    def run(self) -> None:
        """Finish a walk that was cut off, then walk from the first page."""
        if self.state.place is not None:
            self._resume(self.state.place)
        self._go(None)

    def _resume(self, place: Place) -> None:
        tried = replace(place, tries=place.tries + 1)
        if tried.tries > RESUMES:
            return  # a page that always fails must not keep the first one from being read
        self._put(replace(self.state, place=tried))
        self._go(tried)

    def _go(self, place: Place | None) -> None:
        first = self.visitor.site.index_url(self.state.board.name)
        url: str | None = place.url if place else first
        overlap = place is not None
        if place is None:
            self.state = replace(self.state, walk=self.state.walk + 1)
        self._seen.clear()
        asked: set[str] = set()
        while url is not None and url not in asked:
            index, page = self.visitor.index(url)
            asked.add(url)
            if not index.entries and place is None:
                raise Retry(f"{url}: the list is empty", hint="is the board's name right?")
            ends = index.next_url is None or index.next_url in asked
            place, noted = self._take(index, page, url, place, overlap=overlap, ends=ends, asked=len(asked))
            overlap = False
            self._told(url, place.page, noted)
            url = index.next_url if self.state.place is not None else None

    def _take(
        self, index: Index, page: RawPage, url: str, place: Place | None, *, overlap: bool, ends: bool, asked: int
    ) -> tuple[Place, Noted]:
        """Store a page, what it asks for, and the place behind it, in one transaction."""
        board, site = self.state.board, self.visitor.site
        rows = tuple({post.id: post for post in index.entries if post.id is not None}.values())
        drawn = [post for post in rows if post.depth is not None or not site.own_pages]
        threads = listing.threads_of(site.name, board.name, drawn)
        wanted = [thread for thread in threads if not listing.is_older(thread.posts, self.limits.oldest)]
        posts = tuple(post for thread in wanted for post in thread.posts)
        named = {post.id for post in posts}
        clock = place.clock if place else _newest(rows, self.visitor.clock())
        listed = Listed(
            board=board,
            posts=posts,
            left_out=tuple(row for row in rows if row.id not in named),
            roots_only=not site.own_pages,
            empty=self._empty,
            walk=self.state.walk,
            clock=clock,
            backfill=self.state.finished_at is None,
            now=self.visitor.clock(),
        )
        roots = [thread.root for thread in threads if thread.root.parent_id is None]
        with self.visitor.ledger.writing() as sql:
            noted = listing.note(sql, listed, wanted, page)
            if not noted.hidden:
                self.visitor.ledger.keep(replace(page, url=url), kind="index")
            place = self._moved(place or Place(url=url, clock=clock, high=_greatest(rows)), url, roots, overlap=overlap)
            whole = ends or self._is_over(place, roots, noted)
            if whole or (self.limits.pages is not None and asked >= self.limits.pages):
                self._finish(sql, place, whole=whole, to_the_end=ends)
            else:
                self.state = replace(self.state, place=place, clock=place.clock)
            self._put(self.state)
        return place, noted

    def _moved(self, place: Place, url: str, roots: Sequence[Post], *, overlap: bool) -> Place:
        """The place behind a page."""
        fresh = [root for root in roots if root.id not in self._seen]
        self._seen.update(root.id for root in roots)
        times = [root.published_local for root in fresh if root.published_local]
        line = ([place.oldest] if place.oldest and not overlap else []) + times
        limit = self._limit(place)
        young = [root for root in roots if limit is None or (root.published_local or limit) >= limit]
        return replace(
            place,
            url=url,
            page=place.page + 1,
            tries=place.tries if overlap else 0,
            newest=max([*times, *([place.newest] if place.newest else [])], default=None),
            oldest=min([*times, *([place.oldest] if place.oldest else [])], default=None),
            low=min([*_numbers(young), *([place.low] if place.low is not None else [])], default=None),
            ordered=place.ordered and line == sorted(line, reverse=True),
        )

    def _limit(self, place: Place) -> datetime | None:
        """Roots before this time need not be read."""
        asked, kept = self._asked(place), self._kept_from()
        return max(asked, kept) if asked and kept else asked or kept

    def _asked(self, place: Place) -> datetime | None:
        """How far back the walk goes, whatever is kept."""
        if self.limits.since is not None:
            return datetime.combine(self.limits.since, time())
        if place.clock is None:
            return None
        back = place.clock - timedelta(days=self.limits.days)
        return min(back, self.state.covered_to) if self.state.covered_to else back

    def _ends_with_kept(self, place: Place) -> bool:
        """Whether the walk ends where posts are too old to be kept, so that none is missed behind it."""
        kept = self._kept_from()
        return kept is not None and kept == self._limit(place)

    def _kept_from(self) -> datetime | None:
        """What is older is not kept; by the forum's wall clock."""
        if self.limits.oldest is None:
            return None
        return self.limits.oldest.astimezone(ZoneInfo(self.visitor.site.tz)).replace(tzinfo=None)

    def _is_over(self, place: Place, roots: Sequence[Post], noted: Noted) -> bool:
        """Whether nothing behind this page is wanted."""
        limit, first = self._limit(place), self.state.covered_to is None
        times = [root.published_local for root in roots if root.published_local]
        if limit is None or not times:
            return place.page >= _BLIND_PAGES if first else noted.all_known
        if max(times) >= limit:
            return False
        floor = self.state.covered_from
        return first or not place.ordered or noted.all_known or (floor is not None and max(times) < floor)

    def _finish(self, sql: Sql, place: Place, *, whole: bool, to_the_end: bool) -> None:
        """Draw the walk's conclusions: what vanished, which numbers nobody has seen, how far the board is read."""
        state, now = self.state, self.visitor.clock()
        if place.ordered and place.newest and place.oldest:
            oldest = max(place.oldest, self._kept_from() or place.oldest)
            unseen.vanished_roots(sql, state.board, walk=state.walk, newest=place.newest, oldest=oldest, now=now)
        limit = self._limit(place)
        gap = state.covered_to is not None and limit is not None and limit > state.covered_to
        joined = to_the_end or not gap or self._ends_with_kept(place)
        if whole and joined:
            state = self._covered(sql, place, now)
        self.state = replace(state, finished_at=now, clock=place.clock, place=None)

    def _covered(self, sql: Sql, place: Place, now: datetime) -> BoardState:
        """The state after a walk without a gap to the one before it."""
        state = self.state
        low, high = place.low, place.high
        if self.visitor.site.rising_ids and low is not None and high is not None and low <= high:
            wanted = min(low, state.high + 1) if state.high is not None and not self._ends_with_kept(place) else low
            low = max(wanted, high - unseen.MOST_MISSING)
            unseen.missing(sql, state.board, low=low, high=high, now=now)
            account = low == wanted and (
                state.high is None or low <= state.high + 1
            )  # else numbers between are left out
            below = state.low if account else None
            state = replace(state, low=min(low, below or low), high=max(high, state.high or high))
        oldest = place.oldest if place.ordered else None
        return replace(
            state,
            covered_from=min((t for t in (state.covered_from, oldest) if t), default=None),
            covered_to=max((t for t in (state.covered_to, place.clock) if t), default=None),
        )

    def _put(self, state: BoardState) -> None:
        self.state = state
        self.visitor.ledger.put(state)


def _newest(posts: Sequence[Post], now: datetime) -> datetime | None:
    """The list's own now: the time of its newest post. One dated tomorrow or later is a slip, and would end the walk."""
    latest = now.astimezone(UTC).replace(tzinfo=None) + timedelta(days=1)  # wherever the forum's clock hangs
    times = (post.published_local for post in posts if post.published_local is not None)
    return max((one for one in times if one <= latest), default=None)


def _numbers(posts: Sequence[Post]) -> list[int]:
    return [int(post.id) for post in posts if post.id is not None and post.id.isdecimal() and len(post.id) < 19]


def _greatest(posts: Sequence[Post]) -> int | None:
    return max(_numbers(posts), default=None)
