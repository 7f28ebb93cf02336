"""A link of every forum, as people have it in their browser, names site, board and post."""

from pathlib import Path

import pytest

from core.config import Settings
from core.errors import UsageError
from core.forum import Thread
from core.storage.following import Followed
from scraper.address import fetchable, locate
from scraper.ingest import read_source
from scraper.outcome import Walled
from scraper.page import Page
from scraper.sites import SITES, heed, parse_page
from scraper.sites.discuz import Discuz
from scraper.wanted import wanted

PAGES = Path(__file__).parents[1] / "pages"
LINKS = {
    "https://bbs.wenxuecity.com/cfzh/50347.html": ("wenxuecity", "cfzh", "50347"),
    "http://zh.wenxuecity.com/bbs/cfzh/50347-print.html?x=1#top": ("wenxuecity", "cfzh", "50347"),
    "https://www.ptt.cc/bbs/Stock/M.1703855707.A.4D3.html": ("ptt", "Stock", "M.1703855707.A.4D3"),
    "https://news.ycombinator.com/item?id=38000001": ("hn", "all", "38000001"),
    "https://news.ycombinator.com/item?id=38000001#38000002": ("hn", "all", "38000001"),
    "https://hn.algolia.com/api/v1/items/38000001": ("hn", "all", "38000001"),
    "https://hn.algolia.com/api/v1/items/38000001#ai-bubble": ("hn", "ai-bubble", "38000001"),
    "https://guba.eastmoney.com/news,000858,1234567.html": ("guba", "000858", "1234567"),
    "https://bbs.example.com/forum.php?mod=viewthread&tid=500&extra=page%3D1": ("discuz", None, "500"),
    "https://bbs.example.com/thread-500-2-1.html": ("discuz", None, "500"),
    "https://bbs.example.com/forum.php?mod=redirect&goto=findpost&ptid=500&pid=1002": ("discuz", None, "500"),
    "https://old.example.hk/bbs/viewthread.php?tid=77&page=2": ("discuz", None, "77"),
}


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Discuz, "hosts", frozenset())
    monkeypatch.setattr(Discuz, "old", frozenset())
    heed(Settings(db=Path("x"), lang="en", discuz_hosts=frozenset({"bbs.example.com", "old.example.hk@7"})))


@pytest.mark.parametrize("link", LINKS)
def test_a_link_names_site_board_and_post(link: str) -> None:
    at = locate(link)
    assert (at.site, at.board, at.id) == LINKS[link]
    assert locate(at.url) == at  # what is kept of it says the same


def test_every_forum_is_among_them() -> None:
    assert {site.name for site in SITES} - {site for site, _, _ in LINKS.values()} == {"xueqiu"}


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("https://bbs.wenxuecity.com/cfzh/50347.html", "wenxuecity/thread.html"),
        ("https://www.ptt.cc/bbs/Stock/M.1703855707.A.4D3.html", "ptt/article.html"),
        ("https://news.ycombinator.com/item?id=38000001", "hn/item.json"),
        ("https://guba.eastmoney.com/news,000858,1234567.html", "guba/post.html"),
        ("https://bbs.example.com/forum.php?mod=viewthread&tid=500", "discuz/thread.html"),
    ],
)
def test_what_a_link_brings_is_of_the_board_it_names(link: str, file: str) -> None:
    asked: list[str] = []

    def fetch(url: str) -> Page:
        asked.append(url)
        return Page(url=url, body=(PAGES / file).read_bytes())

    found = parse_page(read_source(link, fetch=fetch))
    assert isinstance(found, Thread)
    at = locate(link)
    assert (found.site, found.board) == (at.site, at.board or "bbs.example.com/12")
    assert asked == [fetchable(link)]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://evil.example/cfzh/1.html", "no host of a forum"),
        ("https://bbs.unknown.example/thread-5-1-1.html", "no host of a forum"),
        ("https://bbs.wenxuecity.com/cfzh/", "is no post of wenxuecity"),
        ("https://news.ycombinator.com/user?id=bob", "is no post of hn"),
        ("https://guba.eastmoney.com/list,000858.html", "is no post of guba"),
        ("https://bbs.example.com/forum-12-1.html", "is no post of discuz"),
        ("https://bbs.example.com/", "is no post of discuz"),
        ("https://[bad/", "is no address"),
    ],
)
def test_what_is_no_post_is_said(link: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        locate(link)


def test_the_hint_for_an_unknown_host_names_the_setting() -> None:
    with pytest.raises(UsageError) as told:
        locate("https://bbs.unknown.example/thread-5-1-1.html")
    assert "discuz_hosts" in (told.value.hint or "")


@pytest.mark.parametrize("link", ["https://xueqiu.com/1/2", "https://www.xueqiu.com/S/SH600519"])
def test_a_forum_behind_a_login_is_read_from_files(link: str) -> None:
    for work in (locate, fetchable):
        with pytest.raises(Walled) as told:
            work(link)
        assert "paomo ingest" in (told.value.hint or "")


def test_nothing_followed_is_nothing_wanted() -> None:
    assert not wanted(Followed(boards=(), threads=(), authors=(), keywords=()))
