"""How far a walk over a board's list goes, and what it finds behind its end."""

from datetime import date
from pathlib import Path

from core.store import Store
from core.upkeep.health import examine
from scraper.walk import Limits
from tests.scraper.replica import BOARD, Replica
from tests.scraper.world import World, answers


def test_pages_and_since_end_a_walk_early(world: World) -> None:
    assert world.crawl(limits=Limits(pages=1)).pages == 1
    assert world.crawl(limits=Limits(since=date(2026, 3, 2))).pages == world.replica.pages


def test_a_walk_goes_back_some_days_and_after_an_outage_as_far_as_the_outage(tmp_path: Path) -> None:
    for replica in Replica(posts=400, per_page=5).serve():
        with Store.open(tmp_path / "x.db") as store:
            world = World(replica, store)
            first = world.crawl(limits=Limits(days=0.5))
            assert 2 < first.pages < replica.pages
            newest = max(world.stored())
            for _ in range(120):
                replica.later(minutes=30)
                replica.write(body="<p>停机期间</p>")
            done = world.crawl(limits=Limits(days=0.5))
            assert done.pages > 24  # 60 hours of threads, five a page
            assert set(range(newest, newest + 121)) <= world.stored()
            assert world.crawl(limits=Limits(days=0.5)).pages < 10
            health = examine(store, world.now)
            assert [board.holes for board in health.boards] == [0]


def test_a_short_look_in_between_does_not_hide_a_gap(tmp_path: Path) -> None:
    for replica in Replica(posts=60, per_page=5).serve():
        with Store.open(tmp_path / "x.db") as store:
            world = World(replica, store)
            world.crawl()
            for _ in range(40):
                replica.later(minutes=30)
                replica.write(body="<p>停机期间</p>")
            world.crawl(limits=Limits(days=0.05, pages=3))
            assert not replica.shown() <= world.stored()
            world.crawl(limits=Limits(days=0.05))
            world.check_all()


def test_a_late_reply_is_found_by_its_number_even_behind_the_last_walk(tmp_path: Path) -> None:
    for replica in Replica(posts=200, per_page=5).serve():
        with Store.open(tmp_path / "x.db") as store:
            world = World(replica, store)
            replica.later(minutes=3)
            replica.write(replica.threads()[0])  # the newest post is no root
            while world.crawl(limits=Limits(days=0.3)).left["missing"]:
                pass
            late = replica.write(min(replica.threads()), body="<p>老帖新回</p>")
            replica.later(minutes=5)
            replica.write(body="<p>新帖</p>")
            world.crawl(limits=Limits(days=0))
            assert world.post(late.id)["body"] == "老帖新回"


def test_numbers_nobody_saw_are_asked_for_a_few_a_run(tmp_path: Path) -> None:
    for replica in Replica(posts=200, per_page=5).serve():
        with Store.open(tmp_path / "x.db") as store:
            world = World(replica, store)
            while world.crawl(limits=Limits(days=0.3)).left["missing"]:
                pass
            old = min(set(replica.threads()) - world.stored())
            late = [replica.write(old, body=f"<p>老帖新回{n}</p>").id for n in range(3)]
            gone = [replica.write().id for _ in range(4)]
            for id in gone:
                replica.delete(id)
            replica.later(minutes=5)
            replica.write(body="<p>新帖</p>")
            first = world.crawl(limits=Limits(days=0.3))
            assert first.left["missing"] == 3  # two of the seven, and the thread that a late reply named
            world.crawl(limits=Limits(days=0.3))
            assert {world.post(id)["body"] for id in late} == {f"老帖新回{n}" for n in range(3)}
            assert {world.task(id)["state"] for id in gone} == {"gone"}
            for _ in range(3):
                world.crawl(limits=Limits(days=0.3))
            assert old in world.stored()  # the late replies led to their thread


def test_rows_that_move_down_while_the_list_is_read_are_taken_once(world: World) -> None:
    def push(path: str) -> None:
        if path == f"/{BOARD}/?page=2":
            world.replica.before = lambda _: None
            for _ in range(4):
                world.replica.write(body="<p>挤下去</p>")

    world.replica.before = push
    world.crawl()
    assert world.stored() == set(range(1000, 1060))
    assert world.crawl().new == 4
    world.check_all()


def test_a_cut_off_walk_asks_its_last_page_again_and_then_the_first(world: World) -> None:
    world.replica.per_page = 2
    world.replica.faults[f"/{BOARD}/?page=4"] = answers((500, {}, b""))
    world.crawl()
    world.replica.write()
    world.crawl()
    index = [path for path in world.replica.asked if not path.endswith((".html", ".txt"))]
    numbers = [int(path.partition("page=")[2] or 1) for path in index]
    assert numbers[0] == 3
    assert numbers[numbers.index(1) :] == list(range(1, world.replica.pages + 1))
    world.check_all()


def test_a_page_that_always_fails_does_not_keep_the_first_from_being_read(world: World) -> None:
    world.replica.per_page = 2
    world.replica.faults[f"/{BOARD}/?page=4"] = lambda: (500, {}, b"")
    world.crawl()
    fresh = world.replica.write()
    for _ in range(3):
        world.crawl()
    assert fresh.id in world.stored()
