"""One forum's part of a run: its boards' lists, what is followed beside them, then the posts these led to."""

from collections.abc import Callable
from functools import partial

from core.errors import SourceError
from core.forum import Board
from core.storage.ledger import BoardState, Pause, Task
from core.storage.listing import Noted
from core.storage.rows import Saved
from scraper.bodies import Bodies
from scraper.outcome import Gone, LayoutChanged, Spent, Walled
from scraper.schedule import Stopped
from scraper.seek import Seek
from scraper.site import Located
from scraper.summary import BY_HAND, NEWER, BoardDone, Options, Step, how_long, way_out
from scraper.visit import Visitor
from scraper.walk import Walk
from scraper.wanted import Search, Wanted

AWAY = 24 * 3600.0
"""Seconds to leave a site alone that refuses us and does not say for how long."""


class SiteRun:
    """The boards of one site: first all lists, so that a board with many posts does not keep another waiting."""

    def __init__(
        self,
        visitor: Visitor,
        boards: list[BoardDone],
        options: Options,
        wanted: Wanted,
        *,
        report: Callable[[Step], None],
    ) -> None:
        self.visitor, self.boards, self.options, self.wanted = visitor, boards, options, wanted
        self.site, self.ledger = visitor.site, visitor.ledger
        self._clock, self._report = visitor.clock, report
        self._first: dict[Board, bool] = {}  # whether this is the board's first walk
        self._seeks: dict[Board, Seek] = {}

    def run(self) -> None:
        """Do it all; what goes wrong stands in the boards."""
        if self.options.again:
            self.ledger.again(self.site.name, self._clock())
        if pause := self._pause():
            for one in self.boards:
                one.error, one.hint = f"{self.site.name} is left alone {how_long(pause)}: {pause.why}", way_out(pause)
            return
        self._first = {one.board: self._begin(one) for one in self.boards}
        self._seeks = {one.board: self._seek(one.board) for one in self.boards}
        for work in (self._walk, self._follow, self._bodies):
            for one in self.boards:
                if not self._try(one, work):
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

    def _try(self, one: BoardDone, work: Callable[[BoardDone], None]) -> bool:
        """Do a part of the run; returns whether the site may be asked for more."""
        before = self.visitor.counts.copy()
        try:
            work(one)
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

    def _walk(self, one: BoardDone) -> None:
        if not one.walked:
            return

        def told(url: str, number: int, noted: Noted) -> None:
            one.pages += 1
            one.new += noted.new
            note = f"page {number}: {noted.new} new, {noted.changed} changed, {noted.vanished} vanished"
            self._report(Step(board=one.board, kind="index", url=url, note=note))

        state = self.ledger.known(one.board)
        if state is None:
            return  # `paomo follow remove` came in between
        Walk(self.visitor, state, self.options.limits, empty=self.options.amounts.empty, told=told).run()

    def _follow(self, one: BoardDone) -> None:
        """Ask for followed threads, and for lists of authors and words. What fails alone leaves the rest alone."""
        seek = self._seeks[one.board]
        seek.state = self.ledger.known(one.board) or seek.state  # as the walk left it
        for at in self.wanted.threads:
            if board_of(at) == one.board:
                self._aside(one, at.url, partial(self._thread, one, seek, at))
        for search in self.wanted.searches:
            if search.board == one.board:
                self._aside(one, search.what, partial(self._search, one, seek, search))

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
            if one.error is None:
                one.error, one.hint = f"{what}: {error}", error.hint
            else:
                one.notes.append(f"{what}: {error.in_full}")
            self._report(Step(board=one.board, kind="trouble", url="", note=f"{what}: {error.in_full}"))

    def _bodies(self, one: BoardDone) -> None:
        asked, seek = 0, self._seeks[one.board]
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
            first=self._first[one.board],
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
            seconds = (error.after or AWAY) if isinstance(error, Walled) else None  # another layout: until it is mended
            self.ledger.pause(self.site.name, str(error), now=self._clock(), seconds=seconds)
            pause = self._pause()
            note = f"{self.site.name} is left alone {how_long(pause) if pause else 'for now'}: {error}"
            one.hint = NEWER if isinstance(error, LayoutChanged) else BY_HAND
        note += f" ({one.hint})" if one.hint else ""
        self._report(Step(board=one.board, kind="trouble", url="", note=note, grave=pauses))
        if pauses:
            self.ledger.told(self.site.name)
        return not pauses


def board_of(at: Located) -> Board:
    """Where a followed thread is counted: its board, or the whole forum where the address does not say."""
    return Board(site=at.site, name=at.board or "")


def _brought(saved: Saved | None) -> str:
    if saved is None:
        return "nothing"
    counts = {"new": saved.new, "changed": saved.changed, "filled": saved.filled}
    return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "as it was"
