"""A crawl of what is followed beside whole boards: threads, authors, words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.forum import Board, Index, Thread
from core.storage.following import Follow, Followed, Kind
from core.store import Store
from scraper.crawl import Crawler, Options
from scraper.page import Page
from scraper.walk import Limits
from scraper.wanted import Search, Wanted, wanted
from tests.scraper.followed import NONE, archive, busiest, follow, one_thread
from tests.scraper.replica import BOARD, REAL, Replica
from tests.scraper.talk import TALK, Talk
from tests.scraper.world import CFZH, World


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica(posts=40, etags=True).serve()


def test_a_followed_thread_comes_whole_without_its_board(world: World) -> None:
    root = busiest(world)
    texts = [row.id for _, row in world.replica.below(root) if row.size]
    done = follow(world, one_thread(world, root))
    assert (done.walked, done.threads, done.pages, done.error) == (False, 1, 0, None)
    assert done.requests == {"robots": 1, "threads": 1, "posts": len(texts)}
    assert sorted(world.posts_asked()[1:]) == sorted(texts)
    assert world.stored() == {root, *(row.id for _, row in world.replica.below(root))}
    assert world.rows("SELECT * FROM boards") == []  # nobody said that the board was read


def test_it_is_asked_for_again_conditionally_and_brings_what_is_new(world: World) -> None:
    root = busiest(world)
    follow(world, one_thread(world, root))
    done = follow(world, one_thread(world, root))
    assert (done.requests, world.posts_asked()) == ({"robots": 1, "threads": 1}, [root])
    assert "if-none-match" in world.replica.headers[-1]
    world.later(hours=1)
    new = world.replica.write(root, body="<p>late</p>")
    old = next(row for _, row in world.replica.below(root) if row.size and row is not new)
    world.replica.edit(old.id, "<p>said otherwise, and longer than before by far</p>")
    done = follow(world, one_thread(world, root))
    assert set(world.posts_asked()) == {root, new.id, old.id}
    assert (done.new, world.post(new.id)["body"], world.post(old.id)["body"][:14]) == (1, "late", "said otherwise")
    world.replica.delete(new.id)
    follow(world, one_thread(world, root))
    assert world.post(new.id)["deleted"] == 1


def test_a_followed_thread_that_is_gone_is_told_and_not_asked_for_again(world: World) -> None:
    root = busiest(world)
    follow(world, one_thread(world, root))
    world.replica.delete(root)
    done = follow(world, one_thread(world, root))
    assert "deleted" in (done.error or "")
    assert world.post(root)["deleted"] == 1
    done = follow(world, one_thread(world, root))
    assert (done.error, world.replica.asked) == (None, [])
    assert "paomo follow remove" in done.notes[0]


def test_a_search_leads_to_posts_and_only_to_those_never_seen(world: World) -> None:
    texts = [row.id for row in world.replica.rows.values() if row.size][:6]
    what = archive(world, *texts)
    done = follow(world, what)
    assert (done.found, done.requests["search"], done.requests["posts"]) == (6, 1, 6)
    assert set(texts) <= world.stored()
    done = follow(world, what)
    assert done.requests == {"robots": 1, "search": 1}
    assert world.rows("SELECT 1 FROM pages WHERE url LIKE '%archive%'") == []


def test_a_search_is_read_on_until_a_page_brings_nothing_new(world: World) -> None:
    texts = [row.id for row in world.replica.rows.values() if row.size][:8]
    assert follow(world, archive(world, *texts, pages=8)).requests["search"] == 5
    assert follow(world, archive(world, *texts, pages=8)).requests["search"] == 1


def test_a_search_that_finds_nothing_or_fails_leaves_the_board_alone(world: World) -> None:
    what = archive(world)
    done = follow(world, replace(what, boards=(CFZH,)))
    assert (done.error, done.found, done.walked) == (None, 0, True)
    (path,) = (path for path in world.replica.faults if "archive" in path)
    world.replica.faults[path] = lambda: (200, {}, "<html><title>论坛内容查询</title><form></form></html>".encode())
    done = follow(world, replace(what, boards=(CFZH,)))
    assert "empty form" in (done.error or "")
    assert (world.replica.asked.count(path), done.pages > 0) == (2, True)  # asked once more, with its cookies
    assert not world.rows("SELECT * FROM pauses")
    world.replica.robots = "User-agent: *\nDisallow: /bbs/\n"
    done = follow(world, replace(what, boards=(CFZH,)))
    assert "robots.txt" in (done.error or "")


def test_what_is_known_of_a_board_is_worked_off_only_where_the_board_is_followed(world: World) -> None:
    world.replica.faults |= {f"/{BOARD}/{id}.html": lambda: (500, {}, b"") for id in world.replica.rows}
    world.crawl(limits=Limits(pages=1))
    assert world.rows("SELECT 1 FROM tasks WHERE state = 'due'")
    world.replica.faults.clear()
    root = world.replica.threads()[-1]
    below = {row.id for _, row in world.replica.below(root)}
    world.later(hours=1)
    follow(world, one_thread(world, root))
    assert set(world.posts_asked()) <= {root, *below}


def test_the_days_requests_hold_for_threads_and_searches_too(world: World) -> None:
    what = replace(archive(world, 1000), threads=one_thread(world, busiest(world)).threads)
    done = follow(world, what, daily=2)
    assert len(world.replica.asked) == 2
    assert "used up" in (done.ended or "")


def test_forums_without_a_list_are_named() -> None:
    boards = (Board(site="guba", name="000858"), Board(site="ptt", name="Stock"), CFZH)
    author = Follow(kind=Kind.AUTHOR, site=None, what="曉炎")
    words = Follow(kind=Kind.KEYWORD, site=None, what="泡沫")
    found = wanted(Followed(boards=boards, threads=(), authors=(author,), keywords=(words,)))
    assert [(one.board.site, one.what) for one in found.searches] == [
        ("ptt", "author:曉炎"), ("wenxuecity", "author:曉炎"), ("ptt", "keyword:泡沫"), ("wenxuecity", "keyword:泡沫"),
    ]  # fmt: skip
    assert found.searches[1].url.startswith(f"{REAL}/bbs/archive.php?SubID=cfzh&keyword=%E6%9B%89")
    assert [note.split(";")[0] for note in found.notes] == [
        "author:曉炎: guba has no list of an author's posts",
        "keyword:泡沫: guba has no search by words",
    ]
    alone = wanted(Followed(boards=(), threads=(), authors=(author,), keywords=()))
    assert "no board is followed" in alone.notes[0]
    gone = Follow(kind=Kind.THREAD, site="discuz", what="https://bbs.gone.example/thread-5-1-1.html")
    assert "discuz_hosts" not in str(wanted(Followed(boards=(), threads=(gone,), authors=(), keywords=())).threads)


@dataclass
class Searched(Talk):
    """Talk with a search, which shows the threads as the board's list does."""

    def search_url(self, board: str, words: str) -> str:
        return self.index_url(board, 1)

    def parse(self, page: Page, text: str) -> Thread | Index:
        found = Talk.parse(self, page, text)
        return replace(found, next_url=None) if isinstance(found, Index) else found


def test_a_thread_that_a_search_found_is_read_again_when_its_count_moves(tmp_path: Path) -> None:
    talk = Searched(threads={"t1": 1}, order=["t1"])
    what = Wanted(searches=(Search(board=TALK, what="keyword:x", url=talk.search_url("b", "x")),))
    with Store.open(tmp_path / "x.db") as store:
        crawler = Crawler(store, talk, clock=lambda: datetime(2026, 3, 2, 20, tzinfo=UTC), sites=[talk])
        asked = []
        for replies in (1, 1, 3):
            talk.bump("t1", replies)
            talk.asked.clear()
            crawler.run(what, Options(amounts=NONE))
            asked.append(sum("/t1" in url for url in talk.asked))
        assert asked == [1, 0, 2]
        assert len(store.thread("t1").posts) == 4
