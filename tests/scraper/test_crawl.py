"""A crawl against a board of our own over real HTTP: what it asks for and what it stores."""

from datetime import timedelta

import pytest

from scraper.bodies import Amounts
from tests.scraper.replica import BOARD
from tests.scraper.world import World, with_bytes


def test_the_first_run_stores_the_board_and_asks_for_each_post_once(world: World) -> None:
    done = world.crawl()
    assert done.error is None
    assert (done.new, done.pages) == (60, world.replica.pages)
    assert sorted(world.posts_asked()) == sorted(with_bytes(world.replica))
    assert done.requests == {"robots": 1, "index": world.replica.pages, "posts": len(with_bytes(world.replica))}
    assert sum(done.requests.values()) == len(world.replica.asked)
    assert done.left == {"due": 0, "missing": 0, "failed": 0}
    assert max(row["depth"] for row in world.rows("SELECT depth FROM posts")) >= 3
    assert world.posts_asked() == sorted(world.posts_asked(), reverse=True)
    world.check_all()


def test_the_second_run_asks_for_the_list_and_a_few_old_posts_only(world: World) -> None:
    world.crawl()
    assert sum(world.crawl().requests.values()) == 1 + world.replica.pages
    world.now += timedelta(days=1)
    done = world.crawl()
    assert done.requests == {"robots": 1, "index": world.replica.pages, "posts": 5}
    again = world.posts_asked()
    assert (done.new, done.changed, done.filled) == (0, 0, 0)
    world.crawl()
    assert len(set(world.posts_asked()) | set(again)) == 10
    assert world.rows("SELECT count(*) AS n FROM revisions")[0]["n"] == 0
    world.check_all()


def test_what_did_not_change_is_not_sent_again(world: World) -> None:
    world.replica.etags = True
    world.crawl()
    pages = world.rows("SELECT count(*) AS n FROM pages")
    world.now += timedelta(days=1)
    world.crawl()
    assert all("if-none-match" in said for path, said in zip(world.replica.asked, world.replica.headers, strict=True)
               if path != "/robots.txt")  # fmt: skip
    assert world.rows("SELECT count(*) AS n FROM pages") == pages
    new = world.replica.write()
    assert world.crawl().new == 1
    assert new.id in world.stored()
    world.check_all()


def test_a_late_reply_on_page_two_is_found(world: World) -> None:
    world.crawl()
    root = world.replica.threads()[world.replica.per_page]
    world.later(hours=2)
    reply = world.replica.write(root, body="<p>晚到</p>")
    done = world.crawl()
    assert (done.new, world.posts_asked()) == (1, [reply.id])
    assert world.post(reply.id)["body"] == "晚到"
    assert world.post(reply.id)["backfill"] == 0
    world.check_all()


def test_an_edit_is_found_and_the_old_words_are_kept(world: World) -> None:
    world.crawl()
    id = max(with_bytes(world.replica))
    before = world.post(id)
    world.replica.edit(id, "<p>改主意了</p>")
    done = world.crawl()
    assert (done.changed, world.posts_asked()) == (1, [id])
    assert world.post(id)["body"] == "改主意了"
    kept = world.rows("SELECT * FROM revisions")
    assert [(row["post"], row["body"], row["bytes"]) for row in kept] == [
        (before["pk"], before["body"], before["bytes"])
    ]
    assert world.crawl().requests["index"] + 1 == len(world.replica.asked)
    world.check_all()


def test_an_edit_that_the_list_does_not_show_is_found_in_time(world: World) -> None:
    world.crawl()
    id = min(with_bytes(world.replica))
    body = world.replica.rows[id].body
    world.replica.rows[id].body = body.replace("<p>", "<p>x", 1)[: len(body)]
    swapped = f"<p>{'x' * (world.replica.rows[id].size - 7)}</p>"
    world.replica.rows[id].body = swapped
    for _ in range(30):
        world.now += timedelta(hours=13)
        if world.crawl().changed:
            break
    assert world.post(id)["body"].startswith("xxx")


@pytest.mark.parametrize("root", [False, True])
def test_a_deletion_is_noticed_and_the_words_stay(world: World, root: bool) -> None:
    world.crawl()
    roots = world.replica.threads()
    id = roots[3] if root else next(id for id in sorted(with_bytes(world.replica)) if id not in roots)
    before = world.post(id)
    world.replica.delete(id)
    done = world.crawl()
    assert done.gone == 1
    assert id in world.posts_asked()
    after = world.post(id)
    assert after["deleted"] == 1
    assert (after["title"], after["body"]) == (before["title"], before["body"])
    assert world.crawl().requests.get("posts", 0) == 0


def test_a_post_that_comes_back_is_there_again(world: World) -> None:
    world.crawl()
    id = next(id for id in sorted(with_bytes(world.replica)) if id not in world.replica.threads())
    world.replica.delete(id)
    world.crawl()
    world.replica.rows[id].deleted = False
    world.crawl()
    assert world.post(id)["deleted"] == 0
    world.check_all()


def test_pinned_rows_are_no_posts(world: World) -> None:
    world.crawl()
    assert 1 not in world.stored()


def test_zero_byte_posts_are_asked_for_on_request_only(world: World) -> None:
    world.crawl()
    empty = world.replica.shown() - with_bytes(world.replica)
    assert empty
    world.crawl(amounts=Amounts(empty=True))
    assert set(world.posts_asked()) == empty
    world.crawl(amounts=Amounts(empty=True))
    assert world.posts_asked() == []


def test_what_is_old_when_first_seen_is_backfill(world: World) -> None:
    world.crawl()
    assert {row["backfill"] for row in world.rows("SELECT backfill FROM posts")} == {1}
    fresh = world.replica.write()
    old = world.replica.write(at=world.replica.now - timedelta(days=2))
    world.crawl()
    assert (world.post(fresh.id)["backfill"], world.post(old.id)["backfill"]) == (0, 1)


def test_lists_are_kept_once_a_day_and_never_point_at_a_thread(world: World) -> None:
    for _ in range(3):
        world.replica.write()
        world.crawl()
    kept = world.rows("SELECT url, thread FROM pages WHERE kind = 'index'")
    assert len(kept) == len({row["url"] for row in kept}) == world.replica.pages
    assert {row["thread"] for row in kept} == {None}
    world.now += timedelta(days=1)
    world.replica.write()
    world.crawl()
    assert len(world.rows("SELECT 1 FROM pages WHERE kind = 'index'")) > len(kept)


def test_a_list_never_takes_back_what_a_posts_page_told(world: World) -> None:
    world.crawl()
    id = max(with_bytes(world.replica))
    before = world.post(id)
    world.replica.rows[id].title = "被截短的标题"
    world.replica.faults[f"/{BOARD}/{id}.html"] = lambda: (500, {}, b"")
    world.crawl()
    after = world.post(id)
    assert {name: after[name] for name in ("title", "body", "bytes", "published_local")} == {
        name: before[name] for name in ("title", "body", "bytes", "published_local")
    }
    assert world.task(id)["why"] == "changed"
