"""A crawl of what is followed beside whole boards: threads, authors, words; and of what is kept for some days alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Settings
from core.forum import Board, Index, Post, Thread
from core.storage.following import Follow, Followed, Kind
from core.store import Store
from core.upkeep.retention import apply_retention, oldest_kept, remove_older
from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Crawler, Options
from scraper.fetch import Fetcher
from scraper.outcome import Walled
from scraper.page import Page
from scraper.site import Located
from scraper.sites import guba, heed
from scraper.walk import Limits
from scraper.wanted import Search, Wanted, wanted
from tests.scraper.replica import BOARD, REAL, Answer, Replica
from tests.scraper.test_crawl import CFZH, HOST, World
from tests.scraper.test_crawl_threads import TALK, Talk

NONE = Amounts(missing=0, recheck=0)


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica(posts=40, etags=True).serve()


@pytest.fixture
def world(replica: Replica, tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "crawl.db") as store:
        yield World(replica, store)


def follow(world: World, what: Wanted, **options: object) -> BoardDone:
    """One run."""
    world.replica.asked.clear()
    world.replica.headers.clear()
    world.steps.clear()
    with Fetcher(
        hosts={HOST}, private={HOST}, pause=(0, 0), tries=1, sleep=lambda _: None, now=lambda: world.now
    ) as fetcher:
        crawler = Crawler(
            world.store,
            fetcher,
            clock=lambda: world.now,
            sites=[world.replica.site()],
            report=world.steps.append,
        )
        summary = crawler.follow(what, Options(**({"amounts": NONE} | options)))  # type: ignore[arg-type] # by name
    return summary.boards[0]


def one_thread(world: World, id: int) -> Wanted:
    at = Located(site="wenxuecity", board=BOARD, id=str(id), url=world.replica.site().post_url(BOARD, str(id)))
    return Wanted(threads=(at,))


def archive(world: World, *ids: int, pages: int = 1) -> Wanted:
    """A search of the archive that finds these posts."""
    for page in range(pages):
        cells = "".join(
            f'<tr><td class="cnLarge">• <a href="/{BOARD}/{id}.html">{world.replica.rows[id].title}</a>'
            f" [财富智汇] - <strong><em>他</em></strong>({world.replica.rows[id].size} bytes) <i>2026-03-02</i></td></tr>"
            for id in (ids if pages == 1 else ids[page : page + 1])
        )
        foot = f"<td class=cnLarge>页次：{page + 1}/{pages}</td>" if cells else "<td class=cnLarge>共 0 条</td>"
        said = f"<title>论坛内容查询</title><table>{cells}<tr>{foot}</tr></table>"
        number = f"&page={page}" if page else ""
        path = f"/bbs/archive.php?SubID={BOARD}&keyword=x{number}"
        world.replica.faults[path] = lambda said=said: (200, {}, f"<html>{said}</html>".encode())  # type: ignore[misc]
    url = f"{world.replica.url}/bbs/archive.php?SubID={BOARD}&keyword=x"
    return Wanted(searches=(Search(board=CFZH, what="keyword:x", url=url),))


def busiest(world: World) -> int:
    """The root with the most below it."""
    return max(world.replica.threads(), key=lambda id: len(list(world.replica.below(id))))


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


@pytest.mark.parametrize("days", [2, 5])
def test_nothing_is_fetched_that_is_too_old_to_be_kept(world: World, days: int) -> None:
    """Posts of ten days, of which the last are kept; each run removes what became too old."""
    replica = world.replica
    for _ in range(20):
        replica.later(hours=12)
        replica.write(None, body="<p>root</p>")
        replica.write(replica.threads()[0], body="<p>answer</p>")
    world.now = datetime(2026, 3, 13, 8, tzinfo=UTC)
    held = Settings(db=world.store.path, lang="en", keep_days=days)

    def run() -> list[int]:
        options = Options(limits=Limits(days=9, oldest=oldest_kept(held, world.now)), amounts=Amounts())
        done = world.run(options).boards[0]
        assert done.error is None
        apply_retention(world.store, held, world.now)
        return world.posts_asked()

    first = run()
    assert 4 * days - 4 <= len(first) < 4 * days + 4
    kept = world.stored()
    assert kept == set(first)  # nothing was fetched only to be removed
    assert run() == []
    ever = set(kept)
    for _ in range(6):
        world.later(hours=12)
        new = replica.write(None, body="<p>new</p>")
        ever.add(new.id)
        assert set(run()) <= ever
    assert len(world.stored()) < len(ever)
    assert [row["n"] for row in world.rows("SELECT count(*) AS n FROM tasks WHERE state IN ('due', 'failed')")] == [0]
    world.later(days=days + 3)  # an outage longer than what is kept
    for _ in range(3):
        replica.later(hours=-3)
        replica.write(None, body="<p>new</p>")
    assert len(run()) == 3
    assert run() == []
    state = world.rows("SELECT low, high FROM boards")[0]
    assert state["low"] <= state["high"] == max(replica.rows)


def test_a_followed_thread_stays_however_old(world: World) -> None:
    root = busiest(world)
    held = Settings(db=world.store.path, lang="en", keep_days=3)
    world.now += timedelta(days=30)
    limits = Limits(oldest=oldest_kept(held, world.now))
    follow(world, one_thread(world, root), limits=limits)
    thread = {root, *(row.id for _, row in world.replica.below(root))}
    assert world.stored() == thread
    apply_retention(world.store, held, world.now, spare={("wenxuecity", str(root))})
    assert world.stored() == thread
    follow(world, one_thread(world, root), limits=limits)
    assert world.posts_asked() == [root]
    apply_retention(world.store, held, world.now)
    assert world.stored() == set()


def test_what_a_search_finds_and_is_too_old_is_fetched_once(world: World) -> None:
    texts = [row.id for row in world.replica.rows.values() if row.size][:3]
    world.now += timedelta(days=30)
    limits = Limits(oldest=world.now - timedelta(days=3))
    what = archive(world, *texts)
    assert follow(world, what, limits=limits).requests["posts"] == 3
    assert world.stored() == set()
    assert follow(world, what, limits=limits).requests == {"robots": 1, "search": 1}


def test_a_post_that_never_came_is_not_asked_for_once_it_is_too_old(world: World) -> None:
    id = next(row.id for row in world.replica.rows.values() if row.size)
    world.replica.faults[f"/{BOARD}/{id}.html"] = lambda: (500, {}, b"")
    world.crawl(limits=Limits(days=30))
    assert world.task(id)["state"] == "due"
    world.now += timedelta(days=30)
    held = Settings(db=world.store.path, lang="en", keep_days=3)
    apply_retention(world.store, held, world.now)
    assert world.task(id)["state"] == "done"
    world.crawl(limits=Limits(days=30, oldest=oldest_kept(held, world.now)))
    assert world.posts_asked() == []


def test_what_was_removed_once_comes_back_whole_where_a_list_still_shows_it(world: World) -> None:
    world.crawl(limits=Limits(days=30))
    before = world.rows("SELECT post_id, body FROM posts ORDER BY post_id")
    assert any(row["body"] for row in before)
    remove_older(world.store, world.now + timedelta(days=9))
    assert world.stored() == set()
    world.crawl(limits=Limits(days=30))
    assert world.rows("SELECT post_id, body FROM posts ORDER BY post_id") == before


@dataclass
class Undated(Talk):
    """Talk whose list prints no times; its threads do."""

    def parse(self, page: Page, text: str) -> Thread | Index:
        found = Talk.parse(self, page, text)
        if isinstance(found, Thread):
            return found
        bare = (replace(row, published_local=None, published_utc=None) for row in found.entries)
        return replace(found, entries=tuple(bare))


def test_what_was_removed_for_its_age_is_not_fetched_from_a_list_without_times(tmp_path: Path) -> None:
    talk = Undated(threads={"t1": 1, "t2": 0}, order=["t2", "t1"])
    with Store.open(tmp_path / "x.db") as store:
        held = Settings(db=store.path, lang="en", keep_days=3)
        for days, asked in ((0, {"t1", "t2"}), (30, set()), (31, set())):
            now = datetime(2026, 3, 2, 20, tzinfo=UTC) + timedelta(days=days)
            limits = Limits(oldest=oldest_kept(held, now)) if days else Limits()
            if days == 30:
                apply_retention(store, held, now)
                assert store.counts().posts == 0
            talk.asked.clear()
            crawler = Crawler(store, talk, clock=lambda now=now: now, sites=[talk])  # type: ignore[misc] # bound now
            assert crawler.run([TALK], Options(limits=limits, amounts=NONE)).boards[0].error is None
            assert {url.split("/")[-1] for url in talk.asked} - {"list1"} == asked


@dataclass
class Searched(Talk):
    """Talk with a search, which shows the threads as the board's list does."""

    def search_url(self, board: str, words: str) -> str:
        return self.index_url(board, 1)

    def parse(self, page: Page, text: str) -> Thread | Index:
        found = Talk.parse(self, page, text)
        return replace(found, next_url=None) if isinstance(found, Index) else found

    def root(self, id: str, n: int) -> Post:
        return Talk.root(self, id, n)


def test_a_thread_that_a_search_found_is_read_again_when_its_count_moves(tmp_path: Path) -> None:
    talk = Searched(threads={"t1": 1}, order=["t1"])
    what = Wanted(searches=(Search(board=TALK, what="keyword:x", url=talk.search_url("b", "x")),))
    with Store.open(tmp_path / "x.db") as store:
        crawler = Crawler(store, talk, clock=lambda: datetime(2026, 3, 2, 20, tzinfo=UTC), sites=[talk])
        asked = []
        for replies in (1, 1, 3):
            talk.bump("t1", replies)
            talk.asked.clear()
            crawler.follow(what, Options(amounts=NONE))
            asked.append(sum("/t1" in url for url in talk.asked))
        assert asked == [1, 0, 2]
        assert len(store.thread("t1").posts) == 4


def test_a_redirect_to_a_login_is_a_wall(replica: Replica) -> None:
    def moved(target: str) -> Answer:
        return 302, {"Location": target}, b""

    heed(Settings(db=Path("x"), lang="en"))
    with Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), sleep=lambda _: None) as fetcher:
        for host in ("passport.eastmoney.com", "passport2.eastmoney.com"):
            replica.faults["/x"] = lambda host=host: moved(f"https://{host}/pub/login")  # type: ignore[misc] # bound now
            with pytest.raises(Walled, match=host):
                fetcher.fetch(f"{replica.url}/x")
    assert guba.Guba.walls == ("passport*.eastmoney.com",)
