"""A crawl where posts are kept for some days alone: what is too old is not fetched, or once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Settings
from core.forum import Index, Thread
from core.store import Store
from core.upkeep.retention import apply_retention, oldest_kept, remove_older
from scraper.bodies import Amounts
from scraper.crawl import Crawler, Options
from scraper.page import Page
from scraper.walk import Limits
from scraper.wanted import Wanted
from tests.scraper.followed import NONE, archive, busiest, follow, one_thread
from tests.scraper.replica import BOARD, Replica
from tests.scraper.talk import TALK, Talk
from tests.scraper.world import World


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica(posts=40, etags=True).serve()


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
            assert crawler.run(Wanted(boards=(TALK,)), Options(limits=limits, amounts=NONE)).boards[0].error is None
            assert {url.split("/")[-1] for url in talk.asked} - {"list1"} == asked
