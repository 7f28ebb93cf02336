"""Counts that are kept equal what a recount says, whatever happens to posts, judgements and mentions, in any order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.forum import Post, Thread
from core.sentiment import Sentiment, Stance
from core.storage import rollups
from core.storage.rollup_tables import KEYS
from core.store import Store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENTITIES = ("company:NVDA", "theme:ai_bubble", "extreme:euphoria")


def judged(stance: Stance, model: str = "m") -> Sentiment:
    return Sentiment(label=stance, p=(0.2, 0.3, 0.5), p_on_topic=0.9, margin=0.1, model=model)


def thread(number: int, *replies: Post, board: str | None = "cfzh", copied: bool = False) -> Thread:
    root = post(number, 0)
    return Thread(site="wenxuecity", board=None if copied else board, url=None, root=root, replies=replies)


def post(number: int, n: int, *, day: int = 1, author: str | None = "甲", title: str = "看好") -> Post:
    local = datetime(2026, 11, day, 8, n, 17)  # noqa: DTZ001 (a wall clock)
    return Post(
        n=n,
        id=f"{number}{n:02}",
        parent_id=f"{number}00" if n else None,
        author=author,
        title=title,
        published_local=local,
        published_utc=(local + timedelta(hours=8)).replace(tzinfo=UTC),
        tz="America/Los_Angeles",
    )


def save(store: Store, page: Thread, *, hours: int = 0) -> None:
    moment = NOW + timedelta(hours=hours)
    store.save(page, repr((page, hours)).encode(), url=page.url, headers={}, fetched_at=moment, now=moment)


def pks(store: Store) -> list[int]:
    with store.reading() as sql:
        return [row["pk"] for row in sql.rows("SELECT pk FROM posts ORDER BY pk")]


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    with store.reading() as sql:
        return sql.rows(f"SELECT * FROM {table}")


class Anything(RuleBasedStateMachine):
    """Pages, edits, judgements, mentions, deletions, threads that become one; after each step a recount."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name) / "paomo.db")
        self.step = 0

    @initialize()
    def start(self) -> None:
        save(self.store, thread(1, post(1, 1), post(1, 2, author=None)))

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(
        number=st.integers(1, 3),
        days=st.lists(st.integers(1, 3), max_size=3),
        author=st.sampled_from(["甲", "乙", None]),
        title=st.sampled_from(["看好", "要跌", "all in"]),
        board=st.sampled_from(["cfzh", None]),
    )
    def page(self, number: int, days: list[int], author: str | None, title: str, board: str | None) -> None:
        self.step += 1
        replies = [post(number, n, day=day, author=author, title=title) for n, day in enumerate(days, 1)]
        save(self.store, thread(number, *replies, board=board), hours=self.step)

    @rule(n=st.integers(1, 3))
    def gone(self, n: int) -> None:
        self.step += 1
        save(self.store, thread(1, replace(post(1, n), deleted=True)), hours=self.step)

    @rule(data=st.data(), stance=st.sampled_from(Stance), model=st.sampled_from(["m", "n"]))
    def judge(self, data: st.DataObject, stance: Stance, model: str) -> None:
        chosen = data.draw(st.lists(st.sampled_from(pks(self.store)), max_size=4))
        self.store.put_sentiments([(pk, judged(stance, model)) for pk in chosen], now=NOW)

    @rule(data=st.data(), stance=st.sampled_from(Stance))
    def judge_by_replacing(self, data: st.DataObject, stance: Stance) -> None:
        """A writer that says REPLACE, for which SQLite runs no delete trigger."""
        with self.store.writing() as sql:
            sql.run(
                "INSERT OR REPLACE INTO sentiments VALUES (?, 'r', ?, 0, 0, 1, 1, 0, 1, '[]', '', NULL)",
                [data.draw(st.sampled_from(pks(self.store))), stance.value],
            )

    @rule(data=st.data(), entities=st.sets(st.sampled_from(ENTITIES)))
    def mention(self, data: st.DataObject, entities: set[str]) -> None:
        chosen = data.draw(st.lists(st.sampled_from(pks(self.store)), max_size=4))
        self.store.put_mentions([(pk, entities) for pk in chosen], version="1")

    @rule(
        data=st.data(),
        change=st.sampled_from(["author_key = '丙'", "board = 'x'", "published_local = NULL", "author_key = NULL"]),
    )
    def alter(self, data: st.DataObject, change: str) -> None:
        """A change by hand; one that two posts of one number on one board would come of is refused and changes nothing."""
        with self.store.writing() as sql:
            sql.run(f"UPDATE OR IGNORE posts SET {change} WHERE pk = ?", [data.draw(st.sampled_from(pks(self.store)))])

    @rule(data=st.data(), what=st.sampled_from(["posts", "sentiments"]))
    def delete(self, data: st.DataObject, what: str) -> None:
        if len(every := pks(self.store)) > 2:
            with self.store.writing() as sql:
                sql.run(
                    f"DELETE FROM {what} WHERE {'pk' if what == 'posts' else 'post'} = ?",
                    [data.draw(st.sampled_from(every))],
                )

    @rule()
    def delete_a_thread(self) -> None:
        save(self.store, thread(9, post(9, 1)))
        with self.store.writing() as sql:
            sql.run(
                "DELETE FROM threads WHERE pk = (SELECT min(pk) FROM threads) AND (SELECT count(*) FROM threads) > 1"
            )

    @rule()
    def fail_in_the_middle(self) -> None:
        def fails() -> Iterator[tuple[int, Sentiment]]:
            yield from ((pk, judged(Stance.BEARISH)) for pk in pks(self.store))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            self.store.put_sentiments(fails(), now=NOW)

    @invariant()
    def equal_to_a_recount(self) -> None:
        with self.store.reading() as sql:
            assert rollups.differences(sql) == {}
            stray = sql.rows("SELECT post FROM mentions WHERE post NOT IN (SELECT post FROM sentiments)")
            assert stray == []


Anything.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow], deadline=None
)
TestAnything = Anything.TestCase


def test_a_recount_sees_what_is_wrong_and_rebuilding_mends_it(store: Store) -> None:
    save(store, thread(1, post(1, 1), post(1, 2)))
    store.put_sentiments([(pk, judged(Stance.BULLISH)) for pk in pks(store)], now=NOW)
    store.put_mentions([(pks(store)[0], ["theme:ai_bubble"])], version="1")
    right = {table: rows(store, table) for table in ("judged", "writers", *KEYS)}
    with store.writing() as sql:
        sql.run("UPDATE rollup_days SET bullish = bullish + 1 WHERE entity = ''")
        sql.run("DELETE FROM judged WHERE entity <> ''")
        sql.run("INSERT INTO rollup_threads VALUES ('', '2026-11-09', 4, 'x', 'y', 1, 0, 0)")
        found = rollups.differences(sql)
        assert {table: len(odd) for table, odd in found.items()} == {
            "judged": 1,
            "writers": 2,
            "rollup_authors": 1,
            "rollup_days": 3,
            "rollup_threads": 2,
        }
        rollups.rebuild(sql)
        assert rollups.differences(sql) == {}
    assert {table: rows(store, table) for table in ("judged", "writers", *KEYS)} == right


def test_counts_are_what_they_should_be(store: Store) -> None:
    save(store, thread(1, post(1, 1, author="乙"), post(1, 2, day=2, author=None)))
    first, second, third = pks(store)
    store.put_sentiments(
        [(first, judged(Stance.BULLISH)), (second, judged(Stance.BEARISH)), (third, judged(Stance.NEUTRAL))], now=NOW
    )
    store.put_mentions([(first, ["company:NVDA"]), (second, ["company:NVDA"])], version="1")
    days = {
        (row["day"], row["entity"]): (row["bullish"], row["neutral"], row["bearish"])
        for row in rows(store, "rollup_days")
    }
    assert days == {
        ("2026-11-01", ""): (1, 0, 1),
        ("2026-11-02", ""): (0, 1, 0),
        ("2026-11-01", "company:NVDA"): (1, 0, 1),
    }
    numbers = {row["id"]: row["author"] for row in rows(store, "writers")} | {0: ""}
    authors = {(row["day"], numbers[row["writer"]]) for row in rows(store, "rollup_authors") if not row["entity"]}
    assert authors == {("2026-11-01", "乙"), ("2026-11-01", "甲"), ("2026-11-02", "")}


def test_an_author_goes_with_his_last_post(store: Store) -> None:
    save(store, thread(1, post(1, 1, author="乙")))
    store.put_sentiments([(pk, judged(Stance.BULLISH)) for pk in pks(store)], now=NOW)
    assert [row["author"] for row in rows(store, "writers")] == ["甲", "乙"]
    with store.writing() as sql:
        sql.run("UPDATE posts SET author = NULL, author_key = NULL WHERE author = '乙'")
    assert [row["author"] for row in rows(store, "writers")] == ["甲"], "no name is left behind"


def test_an_edit_takes_its_mentions_along(store: Store) -> None:
    save(store, thread(1, post(1, 1)))
    store.put_sentiments([(pk, judged(Stance.BULLISH)) for pk in pks(store)], now=NOW)
    store.put_mentions([(pk, ["company:NVDA"]) for pk in pks(store)], version="1")
    save(store, thread(1, post(1, 1, title="完全是另一句話")), hours=1)
    assert [row["post"] for row in rows(store, "mentions")] == pks(store)[:1]


def test_unread_are_those_of_another_version(store: Store) -> None:
    save(store, thread(1, post(1, 1), post(1, 2)))
    first, second, third = pks(store)
    assert store.unread("2", limit=9) == [], "not judged yet"
    store.put_sentiments([(pk, judged(Stance.BULLISH)) for pk in (first, second, third)], now=NOW)
    assert store.put_mentions([(first, []), (second, ["theme:x"])], version="2") == 2
    assert [one.pk for one in store.unread("2", limit=9)] == [third]
    assert [one.pk for one in store.unread("1", limit=9)] == [first, second, third]
    assert [one.pk for one in store.unread("3", limit=2)] == [first, third]
    store.put_sentiments([(second, judged(Stance.BEARISH))], now=NOW)
    assert [row["entity"] for row in rows(store, "mentions")] == ["theme:x"], "another judgement of the same words"


def test_mentions_of_what_is_not_judged_are_not_kept(store: Store) -> None:
    save(store, thread(1))
    assert store.put_mentions([(pks(store)[0], ["theme:x"]), (99, ["theme:x"])], version="1") == 0
    assert rows(store, "mentions") == []


def test_an_older_database_is_counted_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "old.db"
    with Store.open(path) as opened:
        save(opened, thread(1, post(1, 1)))
        opened.put_sentiments([(pk, judged(Stance.BULLISH)) for pk in pks(opened)], now=NOW)
        kept = rows(opened, "rollup_days")
    with sqlite3.connect(path) as old:
        for kind in ("TRIGGER", "VIEW", "TABLE"):
            for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = ?", [kind.lower()]).fetchall():
                if name.startswith(("rollup_", "judge", "mentions", "writers")):
                    old.execute(f"DROP {kind} IF EXISTS {name}")
        for index in ("sentiments_names", "posts_by_writer", "posts_by_name"):
            old.execute(f"DROP INDEX {index}")
        old.execute("ALTER TABLE sentiments DROP COLUMN names")
        old.execute("DELETE FROM _sqlite_migrations WHERE name = 'm009_rollups'")
    old.close()
    with Store.open(path, readonly=True) as opened:
        assert rows(opened, "rollup_days") == kept
        assert len(opened.unread("1", limit=9)) == 2


def test_what_is_kept_lasts_until_something_changes(store: Store, tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [store.kept("a", make), store.kept("a", make), store.kept("b", make)] == [1, 1, 2]
    save(store, thread(1))
    assert store.kept("a", make) == 3, "changed here"
    with Store.open(tmp_path / "paomo.db") as other:
        assert store.kept("a", make) == 3
        save(other, thread(2))
    assert store.kept("a", make) == 4, "changed by another connection"
