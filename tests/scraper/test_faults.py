"""Everything a server can do to a crawl: the command ends, says what happened, stores nothing false, and goes on next time.

Each row of `CASES` is a fault in one place of a small board. The real command runs into it, with the real fetcher and
real sockets on loopback; clocks and pauses are the test's own. Then the server is well again and the next run must
leave the store equal to the board.
"""

import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main as paomo
from core.storage.ledger import Ledger
from core.store import Store
from core.upkeep.health import examine
from scraper import fetch, sites
from scraper.fetch import Fetcher
from scraper.page import MAX_BYTES
from tests.loopback import HOST
from tests.scraper import faults as made
from tests.scraper.fault_cases import CASES, LIST, POST, ROBOTS, SECOND, Case
from tests.scraper.fault_server import Fault, FaultServer, Wire
from tests.scraper.faults import answers, list_path, post_path
from tests.scraper.replica import BOARD, Replica
from tests.scraper.world import World

START = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Bench:
    """The board behind a server of faults, the command, and a clock that both follow."""

    def __init__(self, replica: Replica, server: FaultServer, db: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.replica, self.server, self.db, self._capsys = replica, server, db, capsys
        self.now = START
        self.timeout = 30.0
        self.fetchers: dict[str, Any] = {}

    def crawl(self, *options: str) -> tuple[int, dict[str, Any], str]:
        """One run of the command: exit code, what it says of the board, stderr."""
        self._capsys.readouterr()
        code = paomo(["crawl", BOARD, "--json", "--no-score", *options])
        said = self._capsys.readouterr()
        return code, json.loads(said.out)["boards"][0], said.err

    def fetcher(self, **given: Any) -> Fetcher:
        """The command's own, but that it may ask loopback, waits for nothing and reads our clock."""
        ours = {
            "private": {HOST},
            "sleep": lambda _: None,
            "clock": lambda: self.server.seconds,
            "now": lambda: self.now,
        }
        return Fetcher(**{**given, **ours, "timeout": self.timeout})  # fmt: skip


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Bench]:
    replica = Replica(posts=20, per_page=2, seed=3)
    server = FaultServer(replica)
    with server.serve():
        one = Bench(replica, server, tmp_path / "crawl.db", capsys)
        monkeypatch.setenv("PAOMO_DB", str(one.db))
        monkeypatch.setenv("PAOMO_DELAY", "0")
        monkeypatch.setattr(sites, "SITES", (replica.site(),))
        monkeypatch.setattr(fetch, "Fetcher", one.fetcher)
        monkeypatch.setattr("bot.cli.crawl_run.now", lambda: one.now)
        yield one


def place(bench: Bench, at: str) -> str:
    """The key of a fault: a kind of page or one path."""
    texts = [id for id in bench.replica.shown() if bench.replica.rows[id].size]
    return {POST: post_path(max(texts)), SECOND: list_path(2)}.get(at, at)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_ends_well_and_the_next_run_has_the_board_whole(case: Case, bench: Bench) -> None:
    where = place(bench, case.at)
    bench.server.faults[where] = case.fault
    code, said, err = bench.crawl()
    assert bench.server.met, "the fault was never met"
    assert (code, said["error"] is None) == (case.code, not case.code), said
    with Store.open(bench.db) as store:
        troubles = held(bench, store, case)
    assert re.search(case.says, "\n".join(filter(None, [said["error"], *troubles]))), (said, troubles)
    if case.code:
        assert "Traceback" not in err
        assert err.count("ERROR") == (case.pause is not None)
    met = bench.server.met
    bench.server.faults.clear()
    bench.now += timedelta(days=case.days)
    code, said, _ = bench.crawl(*(["--again"] if case.pause == "owner" else []))
    assert (code, said["error"], said["left"]) == (0, None, {"due": 0, "missing": 0, "failed": 0})
    assert bench.server.met == met
    with Store.open(bench.db) as store:
        whole(bench, store)


def held(bench: Bench, store: Store, case: Case) -> list[str]:
    """Check what the run with the fault left; returns what it says of its tasks."""
    world = World(bench.replica, store, now=bench.now)
    assert examine(store, bench.now).damage == ()
    ids = [row["post_id"] for row in world.rows("SELECT post_id FROM posts")]
    assert len(ids) == len(set(ids))
    assert set(map(int, ids)) <= set(bench.replica.rows)
    assert world.rows("SELECT 1 FROM posts WHERE deleted") == []
    pauses = Ledger(store).pauses(bench.now)
    if case.pause is None:
        assert pauses == []
    else:
        (pause,) = pauses
        hours = "owner" if pause.until is None else (pause.until - bench.now).total_seconds() / 3600
        assert (hours, pause.told) == (case.pause, True)
    if case.whole:
        whole(bench, store)
    return [row["last_error"] for row in world.rows("SELECT last_error FROM tasks WHERE last_error IS NOT NULL")]


def whole(bench: Bench, store: Store) -> None:
    """The store is the board: each post once, with its words, and nothing that never was."""
    world = World(bench.replica, store, now=bench.now)
    world.check_all()
    assert world.stored() == bench.replica.shown()
    texts = {id for id in bench.replica.shown() if bench.replica.rows[id].size}
    assert {int(row["post_id"]) for row in world.rows("SELECT post_id FROM posts WHERE body IS NOT NULL")} >= texts
    assert world.rows("SELECT 1 FROM posts WHERE deleted") == []


@pytest.mark.parametrize("at", [LIST, ROBOTS])
@pytest.mark.parametrize("fault", [made.silence, made.silence_in_body])
def test_a_server_that_falls_silent_is_left(at: str, fault: Fault, bench: Bench) -> None:
    """The one limit that needs a real clock; on a slow machine the request before the fault may be the late one."""
    bench.timeout = 0.2
    bench.server.faults[at] = fault
    code, said, _ = bench.crawl()
    assert (code, said["pages"]) == (1, 0)
    assert "no answer in time" in said["error"]
    bench.server.faults.clear()
    bench.timeout = 30.0
    assert bench.crawl()[0] == 0
    with Store.open(bench.db) as store:
        whole(bench, store)


def test_rows_that_move_to_the_next_page_while_it_is_read_are_neither_lost_nor_taken_twice(bench: Bench) -> None:
    def push(wire: Wire, page: bytes) -> None:
        wire.page(page)
        if not pushed:
            pushed.extend(bench.replica.write(body="<p>挤下去</p>").id for _ in range(3))

    pushed: list[int] = []
    bench.server.faults[list_path()] = push
    first_run, second_run = bench.crawl(), bench.crawl()
    assert (first_run[0], second_run[0], len(pushed)) == (0, 0, 3)
    assert first_run[1]["new"] + second_run[1]["new"] == 23
    with Store.open(bench.db) as store:
        whole(bench, store)


def test_a_row_that_slips_from_page_two_to_page_one_is_there_after_the_next_run(bench: Bench) -> None:
    """A thread on page one is deleted while page two is asked for, so that one row is on neither when it is read."""

    def pull(wire: Wire, page: bytes) -> None:
        wire.page(page)
        bench.server.faults.clear()
        for id in [root, *(row.id for _, row in bench.replica.below(root))]:
            bench.replica.delete(id)

    root = bench.replica.threads()[0]
    slipped = bench.replica.threads()[2]
    bench.server.faults[list_path()] = pull
    assert bench.crawl()[0] == 0
    bench.now += timedelta(hours=1)
    for _ in range(2):
        assert bench.crawl()[0] == 0
    with Store.open(bench.db) as store:
        world = World(bench.replica, store, now=bench.now)
        world.check_all()
        assert slipped in world.stored()
        assert bench.replica.shown() <= world.stored()


def test_a_date_in_the_future_neither_ends_a_walk_nor_hides_an_outage(bench: Bench) -> None:
    bench.server.faults[list_path()] = made.swapped(r"0\d/0\d/2026&nbsp;", "01/01/2099&nbsp;")
    code, said, _ = bench.crawl("--days", "1")
    assert (code, said["pages"]) == (0, bench.replica.pages)
    bench.server.faults.clear()
    for _ in range(40):
        bench.replica.later(hours=3)
        bench.replica.write(body="<p>停机期间</p>")
    bench.now += timedelta(hours=120)
    assert bench.crawl("--days", "1")[0] == 0
    with Store.open(bench.db) as store:
        whole(bench, store)
        assert World(bench.replica, store).rows("SELECT 1 FROM posts WHERE NOT backfill") != []


def test_a_bomb_is_not_unpacked(bench: Bench) -> None:
    """One piece of it, as it comes from the wire, would be sixty times what we take."""
    bench.server.faults[LIST] = made.packed(lambda _: packed)
    packed = made.bomb(256)
    tracemalloc.start()
    try:
        code, said, _ = bench.crawl()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (code, "larger than 10 MB" in said["error"]) == (1, True)
    assert peak < 4 * MAX_BYTES


@pytest.mark.parametrize(
    "fault", [made.reset_in_body, made.short_body, answers("502 x"), made.redirect("http://example.org/")]
)
def test_a_forum_that_is_gone_for_a_while_costs_no_post(fault: Fault, bench: Bench) -> None:
    """Every post fails, as behind the login page of a hotel's network; when it is over all of them are asked for again."""
    bench.server.faults[POST] = fault
    for _ in range(3):
        bench.crawl()
        bench.now += timedelta(hours=1)
    bench.server.faults.clear()
    bench.now += timedelta(days=1)
    code, said, _ = bench.crawl()
    assert (code, said["left"]) == (0, {"due": 0, "missing": 0, "failed": 0})
    with Store.open(bench.db) as store:
        whole(bench, store)
