"""Follow boards: walk their lists, fetch what is new, keep the ledger; one site after the other.

Everything that a crawl knows stands in the store, so a run can be killed at any moment and the next one goes on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import PaomoError, SourceError
from core.forum import Board
from core.ledger import BoardState, Ledger, Pause, Task
from core.listing import Noted
from core.rows import Saved
from core.store import Store
from scraper import sites as forums
from scraper.bodies import Amounts, Bodies
from scraper.outcome import Gone, LayoutChanged, Spent, Walled
from scraper.schedule import Stopped
from scraper.seek import Seek
from scraper.site import Located, Site
from scraper.visit import Fetches, Visitor
from scraper.walk import Limits, Walk
from scraper.wanted import Search, Wanted

AWAY = 24 * 3600.0
"""Seconds to leave a site alone that refuses us and does not say for how long."""
BY_HAND = (
    "save the pages in a browser into a folder and run: paomo ingest FOLDER/*; paomo crawl BOARD --again asks again"
)


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

    kind: `index`, `post`, `thread`, `search` or `trouble`; note: what it brought, in words; done, due: posts asked for in this run, and
    still to be asked for; grave: the owner must hear of it
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


class Crawler:
    """Crawls boards into a store.

    clock:  aware now; check: called before each request, raises `Stopped` to end the run cleanly
    sites:  the forums; those of `scraper.sites` if not given
    report: told of every page
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetches,
        *,
        clock: Callable[[], datetime],
        sites: Iterable[Site] | None = None,
        report: Callable[[Step], None] = lambda _: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.ledger = Ledger(store)
        self._fetcher, self._clock, self._report, self._check = fetcher, clock, report, check
        self._sites = {site.name: site for site in (forums.SITES if sites is None else sites)}

    def run(self, boards: Iterable[Board], options: Options) -> Summary:
        """Crawl each board once. A site that fails does not stop the others; `StoreError` stops all."""
        return self.follow(Wanted(boards=tuple(boards)), options)

    def follow(self, wanted: Wanted, options: Options) -> Summary:
        """Crawl boards, and ask for what is followed beside them."""
        done = [BoardDone(board=board) for board in dict.fromkeys(wanted.boards)]
        aside = [_board_of(at) for at in wanted.threads] + [search.board for search in wanted.searches]
        done += [BoardDone(board=board, walked=False) for board in dict.fromkeys(aside) if board not in wanted.boards]
        stopped = False
        try:
            for name in dict.fromkeys(one.board.site for one in done):
                its = [one for one in done if one.board.site == name]
                _SiteRun(self, self._site(name), its, options, wanted).run()
        except Stopped:
            stopped = True
        for one in done:
            one.left = self.ledger.left(one.board)
        return Summary(boards=done, stopped=stopped, notes=wanted.notes)

    def _site(self, name: str) -> Site:
        return self._sites[name] if name in self._sites else forums.site_named(name)


class _SiteRun:
    """The boards of one site: first all lists, so that a board with many posts does not keep another waiting."""

    def __init__(self, crawler: Crawler, site: Site, boards: list[BoardDone], options: Options, wanted: Wanted) -> None:
        self.site, self.boards, self.options, self.wanted = site, boards, options, wanted
        self.ledger, self._clock, self._report = crawler.ledger, crawler._clock, crawler._report
        self.visitor = Visitor(
            site, crawler._fetcher, self.ledger, clock=crawler._clock, daily=options.daily, check=crawler._check
        )

    def run(self) -> None:
        if self.options.again:
            self.ledger.again(self.site.name, self._clock())
        if pause := self._pause():
            for one in self.boards:
                one.error, one.hint = f"{self.site.name} is left alone {_until(pause)}: {pause.why}", BY_HAND
            return
        first = {one.board: self._begin(one) for one in self.boards}
        seeks = {one.board: self._seek(one.board) for one in self.boards}
        for work in (self._walk, self._follow, self._bodies):
            for one in self.boards:
                seek = seeks[one.board]
                if not self._try(one, lambda one=one, work=work, seek=seek: work(one, seek, first=first[one.board])):  # type: ignore[misc] # bound now
                    return

    def _begin(self, one: BoardDone) -> bool:
        """Whether this is the board's first walk."""
        return one.walked and self.ledger.begin(one.board, self._clock()).finished_at is None

    def _seek(self, board: Board) -> Seek:
        state = self.ledger.known(board) or BoardState(board=board, tried_at=self._clock())
        limits, amounts = self.options.limits, self.options.amounts
        return Seek(self.visitor, state, empty=amounts.empty, oldest=limits.oldest)

    def _pause(self) -> Pause | None:
        return next((one for one in self.ledger.pauses(self._clock()) if one.site == self.site.name), None)

    def _try(self, one: BoardDone, work: Callable[[], None]) -> bool:
        """Do a part of the run; returns whether the site may be asked for more."""
        before = self.visitor.counts.copy()
        try:
            work()
        except Stopped:
            one.ended = "stopped"
            raise
        except Spent as error:
            one.ended, one.hint = str(error), error.hint
            return False
        except SourceError as error:
            return self._trouble(one, error)
        finally:
            spent = self.visitor.counts - before
            one.requests = {kind: one.requests.get(kind, 0) + spent[kind] for kind in one.requests.keys() | spent}
        return True

    def _walk(self, one: BoardDone, seek: Seek, *, first: bool) -> None:
        if not one.walked:
            return

        def told(url: str, number: int, noted: Noted) -> None:
            one.pages += 1
            one.new += noted.new
            note = f"page {number}: {noted.new} new, {noted.changed} changed, {noted.vanished} vanished"
            self._report(Step(board=one.board, kind="index", url=url, note=note))

        state = self.ledger.board(one.board)
        Walk(self.visitor, state, self.options.limits, empty=self.options.amounts.empty, told=told).run()

    def _follow(self, one: BoardDone, seek: Seek, *, first: bool) -> None:
        """Ask for followed threads, and for lists of authors and words. What fails alone leaves the rest alone."""
        seek.state = self.ledger.known(one.board) or seek.state  # as the walk left it
        for at in self.wanted.threads:
            if _board_of(at) == one.board:
                self._aside(one, at.url, lambda at=at: self._thread(one, seek, at))  # type: ignore[misc] # bound now
        for search in self.wanted.searches:
            if search.board == one.board:
                self._aside(one, search.what, lambda search=search: self._search(one, seek, search))  # type: ignore[misc]

    def _thread(self, one: BoardDone, seek: Seek, at: Located) -> None:
        bodies = Bodies(self.visitor, seek.state, self.options.amounts, first=False, told=lambda *_: None)
        saved = seek.thread(at, bodies)
        if saved is None:
            one.notes.append(f"{at.url} is gone (paomo follow remove {at.url})")
            return
        one.threads += 1
        one.add(saved)
        self._report(Step(board=one.board, kind="thread", url=at.url, note=_brought(saved)))

    def _search(self, one: BoardDone, seek: Seek, search: Search) -> None:
        rows = seek.search(search)
        one.found += rows
        self._report(Step(board=one.board, kind="search", url=search.url, note=f"{search.what}: {rows} listed"))

    def _aside(self, one: BoardDone, what: str, work: Callable[[], None]) -> None:
        """Do something beside the board's list; only what ends the site's run is raised."""
        try:
            work()
        except (Walled, Spent):
            raise
        except SourceError as error:
            one.notes.append(told(error))
            one.error = one.error or f"{what}: {error}"
            self._report(Step(board=one.board, kind="trouble", url="", note=f"{what}: {told(error)}"))

    def _bodies(self, one: BoardDone, seek: Seek, *, first: bool) -> None:
        asked = 0
        state = self.ledger.known(one.board) if one.walked else seek.state
        if state is None:
            return  # the site has no such board

        def told(task: Task, saved: Saved | None, error: SourceError | None) -> None:
            nonlocal asked
            asked += 1
            if saved is not None:
                one.add(saved)
            one.gone += isinstance(error, Gone)
            url = self.site.post_url(one.board.name, task.post_id)
            note = f"{task.why}: {error or _brought(saved)}"
            due = self.ledger.left(one.board)["due"]
            self._report(Step(board=one.board, kind="post", url=url, note=note, done=asked, due=due))

        Bodies(
            self.visitor,
            state,
            self.options.amounts,
            first=first,
            oldest=self.options.limits.oldest,
            only=None if one.walked else seek.found,
            kept=seek.kept,
            told=told,
        ).run()

    def _trouble(self, one: BoardDone, error: SourceError) -> bool:
        """Note why a board's run ended; returns whether other boards of the site may be asked."""
        one.error, one.hint = str(error), error.hint
        state = self.ledger.known(one.board) if one.walked else None
        if isinstance(error, Gone) and state is not None and state.finished_at is None:
            self.ledger.drop(one.board)  # a name that was mistyped, not a board to worry about
            one.hint = "is the board's name right?"
        self.ledger.failed(one.board, str(error))
        pauses = isinstance(error, Walled | LayoutChanged)
        note = str(error)
        if pauses:
            seconds = None if isinstance(error, LayoutChanged) else (getattr(error, "after", None) or AWAY)
            self.ledger.pause(self.site.name, str(error), now=self._clock(), seconds=seconds)
            pause = self._pause()
            note = f"{self.site.name} is left alone {_until(pause) if pause else 'for now'}: {error}"
            one.hint = BY_HAND
        note += f" ({one.hint})" if one.hint else ""
        self._report(Step(board=one.board, kind="trouble", url="", note=note, grave=pauses))
        if pauses:
            self.ledger.told(self.site.name)
        return not pauses


def _board_of(at: Located) -> Board:
    """Where a followed thread is counted: its board, or the whole forum where the address does not say."""
    return Board(site=at.site, name=at.board or "")


def _until(pause: Pause) -> str:
    return "until its owner says otherwise" if pause.until is None else f"until {pause.until:%Y-%m-%d %H:%M} UTC"


def _brought(saved: Saved | None) -> str:
    if saved is None:
        return "nothing"
    counts = {"new": saved.new, "changed": saved.changed, "filled": saved.filled}
    return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "as it was"


def told(error: PaomoError) -> str:
    """An error with its way out, in one line."""
    return f"{error} ({error.hint})" if error.hint else str(error)
