"""A board on loopback, a crawler that reads it into a store, and a clock that both follow."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.forum import Board
from core.store import Store
from core.upkeep.health import examine
from scraper.crawl import BoardDone, Crawler, Options, Step, Summary
from scraper.fetch import Fetcher
from scraper.wanted import Wanted
from tests.loopback import HOST
from tests.scraper.replica import BOARD, Answer, Replica

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
        """One run of whole boards, ours if none is given."""
        return self.follow(Wanted(boards=boards or (CFZH,)), options)

    def follow(self, wanted: Wanted, options: Options) -> Summary:
        """One run of whatever is wanted."""
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
            return crawler.run(wanted, options)

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


def with_bytes(replica: Replica) -> set[int]:
    return {id for id in replica.shown() if replica.rows[id].size}


def answers(*said: Answer | None) -> Callable[[], Answer | None]:
    """These answers, then the board's own."""
    left = list(said)
    return lambda: left.pop(0) if left else None
