"""A crawl against a board of our own over real HTTP: what it asks for, what it stores, what it makes of trouble."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.forum import Board
from core.storage.ledger import Ledger
from core.store import Store
from core.upkeep.health import examine
from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Crawler, Options, Step, Summary
from scraper.fetch import Fetcher
from scraper.schedule import Stopped
from scraper.summary import NEWER
from scraper.walk import Limits
from tests.scraper.replica import BOARD, Answer, Replica

HOST = "127.0.0.1"
CFZH = Board.parse(BOARD)


@dataclass
class World:
    """A board, a crawler that reads it into a store, and a clock that both follow."""

    replica: Replica
    store: Store
    now: datetime = datetime(2026, 3, 3, 12, tzinfo=UTC)
    steps: list[Step] = field(default_factory=list)
    check: Callable[[], None] = lambda: None

    def crawl(self, **options: Any) -> BoardDone:
        """One run of our board."""
        return self.run(Options(**options)).boards[0]

    def run(self, options: Options, *boards: Board) -> Summary:
        self.replica.asked.clear()
        self.replica.headers.clear()
        self.steps.clear()
        with Fetcher(
            hosts={HOST}, private={HOST}, pause=(0, 0), tries=1, sleep=lambda _: None, now=lambda: self.now
        ) as fetcher:
            crawler = Crawler(
                self.store,
                fetcher,
                clock=lambda: self.now,
                sites=[self.replica.site()],
                report=self.steps.append,
                check=self.check,
            )
            return crawler.run(boards or [CFZH], options)

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)
        self.replica.later(**length)

    def rows(self, sql: str, *params: object) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            return connection.rows(sql, params)

    def post(self, id: int) -> dict[str, Any]:
        return self.rows("SELECT * FROM posts WHERE post_id = ?", str(id))[0]

    def task(self, id: int) -> dict[str, Any]:
        return self.rows("SELECT * FROM tasks WHERE post_id = ?", str(id))[0]

    def stored(self) -> set[int]:
        return {int(row["post_id"]) for row in self.rows("SELECT post_id FROM posts")}

    def posts_asked(self) -> list[int]:
        """Ids of the posts that were asked for in the last run."""
        return [int(path.split("/")[-1].split(".")[0]) for path in self.replica.asked if path.endswith(".html")]

    def check_all(self) -> None:
        """The store holds the board exactly, each post once, in its place, with its words, and nothing is broken."""
        replica = self.replica
        rows = {int(row["post_id"]): row for row in self.rows("SELECT * FROM posts")}
        assert replica.shown() <= set(rows) <= set(replica.rows)
        assert len(self.rows("SELECT pk FROM posts")) == len(rows)
        ids = {row["pk"]: id for id, row in rows.items()}
        for id, row in rows.items():
            theirs = replica.rows[id]
            if theirs.deleted:
                continue
            assert row["title"] == theirs.title
            assert ids.get(row["parent"]) == theirs.parent, id
            assert row["n"] >= 0
            if theirs.size:
                assert row["bytes"] == theirs.size
                assert row["body"] == theirs.body.replace("<p>", "").replace("</p>", ""), id
        assert len(self.rows("SELECT pk FROM threads")) == len({replica.root_of(id) for id in rows})
        health = examine(self.store, self.now)
        assert health.damage == ()
        assert [board.holes for board in health.boards] == [0] * len(health.boards)


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica().serve()


@pytest.fixture
def world(replica: Replica, tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "crawl.db") as store:
        yield World(replica, store)


def with_bytes(replica: Replica) -> set[int]:
    return {id for id in replica.shown() if replica.rows[id].size}


def answers(*said: Answer | None) -> Callable[[], Answer | None]:
    """These answers, then the board's own."""
    left = list(said)
    return lambda: left.pop(0) if left else None


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


def test_what_is_old_when_first_seen_is_backfill(world: World) -> None:
    world.crawl()
    assert {row["backfill"] for row in world.rows("SELECT backfill FROM posts")} == {1}
    fresh = world.replica.write()
    old = world.replica.write(at=world.replica.now - timedelta(days=2))
    world.crawl()
    assert (world.post(fresh.id)["backfill"], world.post(old.id)["backfill"]) == (0, 1)


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


def test_the_days_budget_ends_a_run_and_outlives_a_restart(world: World) -> None:
    done = world.crawl(daily=20)
    assert len(world.replica.asked) == 20
    assert "20 requests are used up" in (done.ended or "")
    assert done.error is None
    assert world.crawl(daily=20).requests == {}
    assert world.replica.asked == []
    world.now += timedelta(days=1)
    world.crawl(daily=4000)
    world.check_all()


def test_a_site_that_fails_does_not_stop_another(world: World, tmp_path: Path) -> None:
    world.replica.faults[f"/{BOARD}/"] = lambda: (500, {}, b"")
    summary = world.run(Options(), CFZH, Board.parse("wenxuecity:other"))
    assert "HTTP 500" in (summary.boards[0].error or "")
    assert "404" in (summary.boards[1].error or "")
    assert [str(state.board) for state in Ledger(world.store).boards()] == ["wenxuecity:cfzh"]  # the other is none


class Kill(BaseException):
    """The process ends here."""


def test_a_run_that_ends_at_any_transaction_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off before and after each commit; the next run goes on, and in the end each page was asked for once or twice."""
    count = Ledger.asked
    for replica in Replica(posts=24, per_page=3).serve():
        with Store.open(tmp_path / "whole.db") as store:
            world = World(replica, store)
            whole = sum(world.crawl().requests.values())
            world.check_all()
        for cut in range(1, 200):
            world = World(replica, Store.open(tmp_path / f"{cut}.db"))
            with monkeypatch.context() as patch:
                left = [cut]

                def asked(self: Ledger, *args: Any, left: list[int] = left) -> None:
                    count(self, *args)
                    left[0] -= 1
                    if left[0] == 0:
                        raise Kill

                patch.setattr(Ledger, "asked", asked)
                try:
                    world.crawl()
                    break
                except Kill:
                    asked_first = len(replica.asked)
            world.store.close()
            world = World(replica, Store.open(tmp_path / f"{cut}.db"))
            world.crawl()
            posts = world.posts_asked()
            assert len(posts) == len(set(posts))
            world.check_all()
            assert asked_first + len(replica.asked) <= whole + replica.pages + 3
            world.store.close()
        else:
            raise AssertionError("the crawl never came to its end")
        assert cut > 10


@pytest.mark.parametrize("table", ["posts", "pages", "tasks", "boards", "threads"])
def test_a_write_that_fails_in_the_middle_leaves_nothing_of_its_page(table: str, tmp_path: Path) -> None:
    """A trigger breaks the n-th write to a table, whichever transaction that falls in; then all goes on."""
    from core.errors import StoreError

    for replica in Replica(posts=16, per_page=4).serve():
        for nth in (1, 2, 5, 9):
            with Store.open(tmp_path / f"{nth}.db") as store:
                world = World(replica, store)
                verb = "UPDATE" if table == "boards" else "INSERT"
                with store.writing() as sql:
                    sql.run("CREATE TABLE broken (n INTEGER)")
                    sql.run(
                        f"CREATE TRIGGER breaks AFTER {verb} ON {table} WHEN (SELECT count(*) FROM broken) < {nth} BEGIN"
                        f" INSERT INTO broken VALUES (1);"
                        f" SELECT CASE WHEN (SELECT count(*) FROM broken) = {nth} THEN raise(ABORT, 'broken') END; END"
                    )
                broke = False
                try:
                    world.crawl()
                except StoreError:
                    broke = True
                with store.writing() as sql:
                    sql.run("DROP TRIGGER breaks")
                world.crawl()
                world.check_all()
                assert broke or nth > 1


def test_a_stop_ends_a_run_between_two_requests_and_keeps_its_place(world: World) -> None:
    def check() -> None:
        if len(world.replica.asked) == 10:
            raise Stopped("stopped")

    world.check = check
    summary = world.run(Options())
    assert summary.stopped
    assert summary.boards[0].ended == "stopped"
    assert len(world.replica.asked) == 10
    world.check = lambda: None
    world.crawl()
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
