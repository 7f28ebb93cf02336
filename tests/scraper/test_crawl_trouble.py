"""What a crawl makes of trouble: refusals, new layouts, pages that fail, and when it leaves a site alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.forum import Board
from core.storage.ledger import Ledger
from scraper.crawl import Options
from scraper.summary import NEWER
from tests.scraper.replica import BOARD
from tests.scraper.world import CFZH, World, answers, with_bytes


def test_a_refusal_pauses_the_site_and_is_told_once(world: World) -> None:
    world.crawl()
    world.replica.write()
    world.replica.faults[f"/{BOARD}/"] = lambda: (429, {"Retry-After": "7200"}, b"")
    done = world.crawl()
    assert done.error is not None
    assert "429" in done.error
    assert done.hint is not None
    assert "paomo ingest" in done.hint
    assert [step.grave for step in world.steps] == [True]
    assert [pause.told for pause in Ledger(world.store).pauses(world.now)] == [True]
    world.now += timedelta(hours=1)
    assert "left alone until" in (world.crawl().error or "")
    assert (world.replica.asked, world.steps) == ([], [])
    del world.replica.faults[f"/{BOARD}/"]
    world.now += timedelta(hours=2)
    assert world.crawl().error is None
    assert Ledger(world.store).pauses(world.now) == []


def test_a_refusal_lasts_a_day_and_again_lifts_it(world: World) -> None:
    world.replica.faults[f"/{BOARD}/"] = answers((403, {}, b""))
    world.crawl()
    (pause,) = Ledger(world.store).pauses(world.now)
    assert pause.until == world.now + timedelta(days=1)
    assert world.crawl(again=True).error is None
    world.check_all()


def test_a_refused_post_ends_the_run_and_the_others_wait(world: World) -> None:
    third = sorted(with_bytes(world.replica), reverse=True)[2]
    world.replica.faults[f"/{BOARD}/{third}.html"] = answers((403, {}, b""))
    done = world.crawl()
    assert world.posts_asked()[-1] == third
    assert len(world.posts_asked()) == 3
    assert done.left["due"] == len(with_bytes(world.replica)) - 2
    world.crawl(again=True)
    world.check_all()


STRANGE = b"<html><body><div id='content'>a new look for 2027</div></body></html>"


def test_a_list_in_another_layout_pauses_the_site_and_keeps_the_bytes(world: World) -> None:
    world.replica.faults[f"/{BOARD}/"] = lambda: (200, {}, STRANGE)
    assert world.crawl().error is not None
    (pause,) = Ledger(world.store).pauses(world.now + timedelta(days=400))
    assert pause.until is None
    assert [row["kind"] for row in world.rows("SELECT kind FROM pages")] == ["unparsed"]
    left = world.crawl()
    assert "is left alone until you lift it" in (left.error or "")
    assert left.hint == NEWER  # a page saved by hand is no easier to read
    world.replica.faults.clear()
    assert world.crawl(again=True).error is None
    world.check_all()


def test_a_board_that_is_removed_while_a_crawl_runs_ends_nothing(world: World) -> None:
    other = Board(site="wenxuecity", name="other")
    world.replica.before = lambda path: None if path == "/robots.txt" else Ledger(world.store).drop(other)
    done = world.run(Options(), CFZH, other)
    assert [(one.error, bool(one.pages)) for one in done.boards] == [(None, True), (None, False)]
    world.check_all()


def test_three_posts_in_another_layout_pause_the_site(world: World) -> None:
    for id in with_bytes(world.replica):
        world.replica.faults[f"/{BOARD}/{id}.html"] = lambda: (200, {}, STRANGE)
    done = world.crawl()
    assert len(world.posts_asked()) == 3
    assert done.error is not None
    kept = world.rows("SELECT url FROM pages WHERE kind = 'unparsed'")
    assert len(kept) == 3
    assert Ledger(world.store).pauses(world.now)[0].until is None
    world.replica.faults.clear()
    world.now += timedelta(hours=1)
    world.crawl(again=True)
    world.check_all()


def test_one_post_that_fails_is_tried_again_later_and_given_up_at_last(world: World) -> None:
    id = max(with_bytes(world.replica))
    world.replica.faults[f"/{BOARD}/{id}.html"] = lambda: (500, {}, b"")
    assert world.crawl().left == {"due": 1, "missing": 0, "failed": 0}
    assert world.crawl().left["due"] == 1
    assert id not in world.posts_asked()  # not before its time
    waits = []
    for _ in range(4):
        world.now = datetime.fromisoformat(world.task(id)["due_at"])
        before = world.now
        world.crawl()
        waits.append((datetime.fromisoformat(world.task(id)["due_at"]) - before).total_seconds() / 60)
    assert waits[:3] == [40, 160, 640]
    assert (world.task(id)["state"], world.task(id)["tries"]) == ("failed", 5)
    world.now += timedelta(days=9)
    world.crawl()
    assert id not in world.posts_asked()
    world.replica.faults.clear()
    assert world.crawl(again=True).left["failed"] == 0
    world.check_all()


def test_a_server_that_stops_answering_is_left_after_three_tries(world: World) -> None:
    for id in with_bytes(world.replica):
        world.replica.faults[f"/{BOARD}/{id}.html"] = lambda: (502, {}, b"")
    assert "502" in (world.crawl().error or "")
    assert len(world.posts_asked()) == 3


def test_a_page_cut_short_is_not_taken_for_a_deletion(world: World) -> None:
    world.replica.faults[f"/{BOARD}/"] = answers((200, {}, b"<html><body><div id='postlist'><p>"))
    assert world.crawl().error is not None
    world.crawl()
    id = min(with_bytes(world.replica))
    world.replica.edit(id, "<p>改了</p>")
    world.replica.faults[f"/{BOARD}/{id}.html"] = answers((200, {}, b"<html><body><h1 class='title'>x"))
    world.crawl()
    assert (world.post(id)["deleted"], world.task(id)["state"]) == (0, "due")
    world.now += timedelta(minutes=11)
    world.crawl()
    world.check_all()


def test_a_redirect_to_the_list_in_place_of_a_post_is_no_post(world: World) -> None:
    id = max(with_bytes(world.replica))
    world.replica.faults[f"/{BOARD}/{id}.html"] = lambda: (302, {"Location": f"/{BOARD}/"}, b"")
    done = world.crawl()
    assert done.left["due"] == 1
    assert "list stands where a post should be" in world.task(id)["last_error"]


def test_a_redirect_to_another_post_is_not_taken_for_it(world: World) -> None:
    one, other, *_ = sorted(with_bytes(world.replica), reverse=True)
    world.replica.faults[f"/{BOARD}/{one}.html"] = lambda: (302, {"Location": f"/{BOARD}/{other}.html"}, b"")
    assert world.crawl().left["due"] == 1
    assert "another post" in world.task(one)["last_error"]


def test_a_reader_that_falls_over_keeps_the_page_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    id = max(with_bytes(world.replica))
    site = type(world.replica.site())
    parse = site.parse

    def stumbles(self: Any, page: Any, text: str) -> Any:
        if page.url.endswith(f"/{id}.html"):
            raise IndexError("list index out of range")
        return parse(self, page, text)

    monkeypatch.setattr(site, "parse", stumbles)
    done = world.crawl()
    assert (done.error, done.left["due"]) == (None, 1)
    assert "IndexError" in world.task(id)["last_error"]


def test_robots_txt_is_obeyed(world: World) -> None:
    world.replica.robots = "User-agent: *\nDisallow: /\n"
    assert "robots.txt" in (world.crawl().error or "")
    assert world.replica.asked == ["/robots.txt"]


def test_a_site_that_fails_does_not_stop_another(world: World) -> None:
    world.replica.faults[f"/{BOARD}/"] = lambda: (500, {}, b"")
    summary = world.run(Options(), CFZH, Board.parse("wenxuecity:other"))
    assert "HTTP 500" in (summary.boards[0].error or "")
    assert "404" in (summary.boards[1].error or "")
    assert [str(state.board) for state in Ledger(world.store).boards()] == ["wenxuecity:cfzh"]  # the other is none
