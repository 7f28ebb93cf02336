"""A crawl that ends in the middle: at any transaction, at a failed write, when it is stopped or has asked enough."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.storage.ledger import Ledger
from core.store import Store
from scraper.crawl import Options
from scraper.schedule import Stopped
from tests.scraper.replica import Replica
from tests.scraper.world import World


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
            with Store.open(tmp_path / f"{cut}.db") as store, monkeypatch.context() as patch:
                world = World(replica, store)
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
            with Store.open(tmp_path / f"{cut}.db") as store:
                world = World(replica, store)
                world.crawl()
                posts = world.posts_asked()
                assert len(posts) == len(set(posts))
                world.check_all()
                assert asked_first + len(replica.asked) <= whole + replica.pages + 3
        else:
            raise AssertionError("the crawl never came to its end")
        assert cut > 10


@pytest.mark.parametrize("table", ["posts", "pages", "tasks", "boards", "threads"])
def test_a_write_that_fails_in_the_middle_leaves_nothing_of_its_page(table: str, tmp_path: Path) -> None:
    """A trigger breaks the n-th write to a table, whichever transaction that falls in; then all goes on."""
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
