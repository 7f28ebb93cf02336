"""Follow boards: walk their lists, fetch what is new, keep the ledger; one site after the other.

Everything that a crawl knows stands in the store, so a run can be killed at any moment and the next one goes on.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from core.storage.ledger import Ledger
from core.store import Store
from scraper import sites as forums
from scraper.schedule import Stopped
from scraper.site import Site
from scraper.site_run import SiteRun, board_of
from scraper.summary import BoardDone, Options, Step, Summary
from scraper.visit import Fetches, Visitor
from scraper.wanted import Wanted

__all__ = ["BoardDone", "Crawler", "Options", "Step", "Summary"]


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

    def run(self, wanted: Wanted, options: Options) -> Summary:
        """Crawl each board once, and ask for what is followed beside them.

        A site that fails does not stop the others; `StoreError` stops all.
        """
        done = [BoardDone(board=board) for board in dict.fromkeys(wanted.boards)]
        aside = [board_of(at) for at in wanted.threads] + [search.board for search in wanted.searches]
        done += [BoardDone(board=board, walked=False) for board in dict.fromkeys(aside) if board not in wanted.boards]
        stopped = False
        try:
            for name in dict.fromkeys(one.board.site for one in done):
                its = [one for one in done if one.board.site == name]
                SiteRun(self._visitor(name, options), its, options, wanted, report=self._report).run()
        except Stopped:
            stopped = True
        for one in done:
            one.left = self.ledger.left(one.board)
        return Summary(boards=done, stopped=stopped, notes=wanted.notes)

    def _visitor(self, name: str, options: Options) -> Visitor:
        site = self._sites[name] if name in self._sites else forums.site_named(name)
        return Visitor(site, self._fetcher, self.ledger, clock=self._clock, daily=options.daily, check=self._check)
