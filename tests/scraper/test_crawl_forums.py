"""A crawl of every other forum over real HTTP: list, threads in all their parts, and a second run that asks for little."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.config import Settings
from core.forum import Board
from core.store import Store
from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Crawler, Options
from scraper.fetch import Fetcher
from scraper.reparse import reparse
from scraper.sites import SITES, heed, site_named
from scraper.sites.discuz import Discuz
from scraper.sites.guba import Guba
from scraper.walk import Limits
from scraper.wanted import Search, Wanted
from tests.loopback import HOST
from tests.scraper.elsewhere import DiscuzLike, Elsewhere, Forum, GubaLike, HnLike, PttLike, served

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
BOARDS = {
    "ptt:Stock": PttLike, "hn:ai-bubble": HnLike, "guba:000858": GubaLike, "discuz:bbs.example.com/12": DiscuzLike,
}  # fmt: skip


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for site, name in ((Discuz, "hosts"), (Discuz, "old"), (Guba, "comments")):
        monkeypatch.setattr(site, name, getattr(site, name))
    heed(Settings(db=Path("x"), lang="en", discuz_hosts=frozenset({"bbs.example.com"})))


@dataclass
class Run:
    """A forum, its server, a store."""

    forum: Forum
    board: Board
    url: str
    store: Store

    def crawl(self, wanted: Wanted | None = None, **amounts: Any) -> BoardDone:
        self.forum.asked.clear()
        self.forum.heard.clear()
        site = site_named(self.board.site)
        with Fetcher(
            hosts={HOST}, private={HOST}, cookies={HOST: site.cookies}, pause=(0, 0), tries=1,
            sleep=lambda _: None, now=lambda: NOW,
        ) as fetcher:  # fmt: skip
            crawler = Crawler(self.store, Elsewhere(fetcher, self.url), clock=lambda: NOW)
            options = Options(limits=Limits(days=30), amounts=Amounts(**({"missing": 5, "recheck": 0} | amounts)))
            return crawler.run(wanted or Wanted(boards=(self.board,)), options).boards[0]

    def stored(self) -> dict[str, list[str]]:
        """Threads by title: the words of their posts, without the first one's title."""
        found = {}
        for line in self.store.threads():
            root, *replies = self.store.thread(line.pk).posts
            found[line.title] = [(root.post.body or "").strip(), *(one.post.title for one in replies)]
        return found

    def there(self) -> dict[str, list[str]]:
        """The same as the forum has it."""
        own = {"hn": "詳"}.get(self.board.site)
        word = "内文" if self.board.site == "discuz" else "內文"
        return {
            talk.title: [own or f"{word}{talk.number}", *(words for _, words in talk.replies)]
            for talk in self.forum.talks
        }


@pytest.fixture(params=BOARDS)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    forum = BOARDS[request.param]()
    for replies in (0, 1, 33, 0, 2, 3, 1, 0):
        forum.post(replies)
    with served(forum) as url, Store.open(tmp_path / "x.db") as store:
        yield Run(forum, Board.parse(request.param), url, store)


def test_all_other_forums_are_here() -> None:
    assert {name.split(":")[0] for name in BOARDS} | {"wenxuecity", "xueqiu"} == {site.name for site in SITES}


def test_everything_comes_and_a_second_run_asks_for_the_list_alone(run: Run) -> None:
    done = run.crawl()
    assert (done.error, done.ended, done.left) == (None, None, {"due": 0, "missing": 0, "failed": 0})
    assert run.stored() == run.there()
    done = run.crawl()
    assert (done.error, done.new, done.changed, done.filled) == (None, 0, 0, 0)
    assert set(done.requests) == {"index", "robots"}
    assert len(run.forum.asked) == run.forum.pages + 1 + (
        run.board.site == "guba"
    )  # its last page says so by being empty


def test_what_moves_is_asked_for_and_nothing_else(run: Run) -> None:
    run.crawl()
    new, moved = run.forum.post(4), run.forum.talks[3]
    run.forum.answer(moved)
    done = run.crawl()
    assert (done.error, done.new >= 2) == (None, True)
    assert run.stored() == run.there()
    parts = {"discuz": 3 + -(-(len(moved.replies) + 1) // 2), "guba": 2 + 2}.get(run.board.site, 2)
    assert done.requests["posts"] == parts, run.forum.asked
    assert str(new.number) in "".join(run.forum.asked) or run.board.site == "ptt"


def test_a_thread_that_is_gone_keeps_its_words(run: Run) -> None:
    run.crawl()
    gone = run.forum.talks.pop(2)
    done = run.crawl()
    assert (done.error, done.gone) == (None, 1)
    assert run.stored() == run.there() | {gone.title: run.stored()[gone.title]}
    assert run.store.threads()
    with run.store.reading() as sql:
        assert [row["title"] for row in sql.rows("SELECT title FROM posts WHERE deleted")] == [gone.title]


def test_stored_bytes_say_the_same_again(run: Run) -> None:
    run.crawl()
    before = run.stored()
    found = reparse(run.store, clock=lambda: NOW)
    assert (found.unreadable, found.new, found.changed, found.removed) == (0, 0, 0, 0)
    assert run.stored() == before


def test_a_search_leads_to_threads(run: Run) -> None:
    site = site_named(run.board.site)
    url = site.search_url(run.board.name, "泡沫")
    if run.board.site in ("guba", "discuz"):
        assert url is None
        return
    assert url is not None
    wanted = Wanted(searches=(Search(board=run.board, what="keyword:泡沫", url=url),))
    done = run.crawl(wanted)
    assert (done.error, done.found > 0, done.requests["search"] > 0) == (None, True, True)
    assert len(run.stored()) == done.found
    assert set(run.crawl(wanted).requests) == {"robots", "search"}


def test_what_each_forum_wants_is_sent(run: Run) -> None:
    run.crawl()
    forms = [form for form, _ in run.forum.heard if form]
    sent = [headers for _, headers in run.forum.heard]
    match run.board.site:
        case "ptt":
            assert all(headers["cookie"] == "over18=1" for headers in sent)
        case "guba":
            assert {form["path"] for form in forms} == {"reply/api/Reply/ArticleNewReplyList"}
            assert all("news,000858," in headers["referer"] for form, headers in run.forum.heard if form)
        case "discuz":
            assert all(headers["cookie"] == "sid=7" for headers in sent[2:])
    assert bool(forms) == (run.board.site == "guba")
