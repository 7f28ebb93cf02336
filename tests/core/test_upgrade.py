"""A database of every earlier version, with rows in it, brought up to date; later ones refused; places nobody may write."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlite_utils import Database

from bot.cli.main import main
from core.errors import StoreError
from core.forum import Post, Thread
from core.migrations import migrations
from core.storage import rollups
from core.storage.rollup_tables import KEYS
from core.store import Store
from core.text import tokens
from core.upkeep import blueprint

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEPS = blueprint.steps()
SEEN = "2025-10-21T16:00:00+00:00"


def old(path: Path, steps: int) -> dict[str, list[tuple[object, ...]]]:
    """A database as the paomo with so many steps made it, with rows by raw SQL; returns them by table."""
    before = STEPS[steps] if steps < len(STEPS) else None
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection, execute_plugins=False), stop_before=before)
        have = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table, rows in ROWS.items():
            if table in have:
                for row in rows:
                    names, marks = ", ".join(row), ", ".join("?" * len(row))
                    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
        if "posts_fts" in have:
            for post in ROWS["posts"]:
                words = [" ".join(tokens(str(post[name] or ""))) for name in ("title", "body")]
                connection.execute("INSERT INTO posts_fts (rowid, title, body) VALUES (?, ?, ?)", [post["pk"], *words])
        connection.commit()
        return {table: contents(connection, table) for table in have if not table.startswith(("posts_fts", "sqlite_"))}


def contents(connection: sqlite3.Connection, table: str, names: str = "*") -> list[tuple[object, ...]]:
    return sorted(connection.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)


ROWS: dict[str, list[dict[str, object]]] = {
    "threads": [
        {"pk": n, "site": "s", "board": "b", "root_id": str(n * 10), "title": f"泡沫 {n}", "title_key": f"泡沫{n}", "first_seen": SEEN, "last_seen": SEEN}
        for n in (1, 2)
    ],
    "posts": [
        {"pk": n, "thread": 1 + n // 3, "site": "s", "board": "b", "post_id": str(n * 10), "key": f"k{n}", "n": n % 3, "title": f"創新高 {n}",
         "body": "AI泡沫當然有" if n % 2 else None, "author": "曉炎", "author_key": "晓炎", "published_local": f"2025-10-2{n}T16:00:33",
         "first_seen": SEEN, "seen_at": SEEN, "changed_at": SEEN}
        for n in (1, 2, 3, 4, 5)
    ],
    "revisions": [{"pk": 1, "post": 2, "seen_at": SEEN, "title": "創新低"}],
    "pages": [{"pk": 1, "thread": 1, "kind": "thread", "sha256": "ab", "headers": "{}", "fetched_at": SEEN, "body": b"x"}],
    "sentiments": [
        {"post": n, "model": "m", "label": label, "p_bearish": 0.1, "p_neutral": 0.2, "p_bullish": 0.7, "p_on_topic": 0.9, "margin": 1.0,
         "score": 0.6, "evidence": "[]", "scored_at": SEEN}
        for n, label in ((1, "bullish"), (2, "bearish"), (4, "neutral"))
    ],
    "state": [{"name": "place", "value": "here"}],
    "boards": [{"site": "s", "name": "b", "first_tried": SEEN, "tried_at": SEEN, "low": 10, "high": 50}],
    "tasks": [{"site": "s", "board": "b", "post_id": "60", "why": "new", "state": "due", "due_at": SEEN}],
    "pauses": [{"site": "s", "since": SEEN, "why": "429"}],
    "requests": [{"site": "s", "day": "2025-10-21", "kind": "posts", "n": 3}],
    "follows": [{"kind": "author", "what": "曉炎", "key": "晓炎", "added_at": SEEN}],
    "forgotten": [{"pk": 1, "site": "s", "added_at": SEEN, "posts": 1}],
    "forgotten_keys": [{"site": "s", "author_key": "ffff", "who": 1}],
    "sightings": [{"page": 1, "fetched_at": SEEN}],
    "mentions": [{"post": 1, "entity": "company:NVDA"}],
    "labels": [{"pk": 1, "post": 2, "mark": "ab", "label": "bullish", "off": 0, "who": "me", "labelled_at": SEEN}],
    "people": [{"user": 7, "lang": "zh-Hant", "zone": "Asia/Taipei"}],
    "subscriptions": [{"pk": 1, "chat": 7, "user": 7, "lang": "en", "wish": "{}", "created_at": SEEN}],
    "outbox": [{"pk": 1, "subscription": 1, "slot": "digest:2025-10-21", "about": "{}", "planned_at": SEEN, "not_before": SEEN}],
    "told": [{"subscription": 1, "post": 2}],
    "talks": [{"chat": 7, "user": 7, "question": "{}", "asked_at": SEEN}],
}  # fmt: skip


def test_there_are_rows_for_every_table_of_thirteen_versions_that_is_not_derived() -> None:
    derived = {"posts_fts", "judged", "writers", *KEYS}
    tables = {part.name for part in blueprint.blueprint(STEPS[:13]).values() if part.kind == "table"}
    assert tables - derived == set(ROWS)


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1), ids=lambda steps: STEPS[steps - 1][:4])
def test_every_earlier_version_is_brought_up_to_date_with_everything_in_it(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "paomo.db"
    before = old(path, steps)
    with Store.open(path) as store, store.reading() as sql:
        assert not blueprint.compare(blueprint.parts(sql), blueprint.blueprint())
        assert rollups.differences(sql) == {}
        if "posts_fts" in before or steps >= 4:
            assert {hit.pk for hit in store.search("泡沫")} == {1, 3, 5}
        assert [post.post.id for post in store.thread("10").posts] == ["10", "20"]
        if steps >= 3:
            assert (
                sum(
                    row[0]
                    for row in sql.tuples("SELECT bullish + neutral + bearish FROM rollup_days WHERE entity = ''")
                )
                == 3
            )
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table, rows in before.items():
            if not table.startswith(("rollup", "judged", "writers", "_sqlite")):
                names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                kept = contents(connection, table, ", ".join(names[: len(rows[0])]) if rows else "*")
                assert kept == rows, table


def test_words_of_posts_older_than_search_are_found_after_repair(tmp_path: Path) -> None:
    from core.upkeep.repair import repair

    path = tmp_path / "paomo.db"
    old(path, 3)
    with Store.open(path) as store:
        found = len(store.search("泡沫"))
    repair(path, now=NOW)
    with Store.open(path) as store:
        assert len(store.search("泡沫")) == 3 >= found


KILLED = """
import os, sys
from pathlib import Path
from core.migrations import migrations
from core.store import Store

step = next(step for step in migrations._migrations if step.name == sys.argv[2])
inner = step.fn

def dies(db):
    inner(db)
    os._exit(9)  # as kill -9 would: no commit, no rollback

object.__setattr__(step, "fn", dies)
Store.open(sys.argv[1])
"""


@pytest.mark.parametrize("at", STEPS[2:], ids=lambda step: step[:4])
def test_an_upgrade_that_is_killed_changes_nothing_and_goes_on_next_time(tmp_path: Path, at: str) -> None:
    path = tmp_path / "paomo.db"
    before = old(path, 2)
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), at], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 9, done.stderr
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert tables == set(before)
        assert contents(connection, "posts") == before["posts"]
    with Store.open(path) as store:
        assert store.counts().posts == 5
        with store.reading() as sql:
            assert not blueprint.compare(blueprint.parts(sql), blueprint.blueprint())


READING = (
    ["report"],
    ["thread", "1"],
    ["search", "泡沫"],
    ["export"],
    ["doctor"],
    ["follow", "list"],
    ["ask", "論壇情緒如何"],
)
WRITING = (["rescore"], ["forget", "list"], ["follow", "add", "cfzh"], ["reparse"], ["doctor", "--repair"])


@pytest.mark.parametrize("command", [*READING, *WRITING], ids=" ".join)
def test_a_later_version_is_refused_by_every_command_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    path = tmp_path / "paomo.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('paomo', 'm999_wings')")
        connection.commit()
    before = path.read_bytes()
    code = main(["--db", str(path), *command])
    said = capsys.readouterr()
    assert (code, said.err.count("\n")) == (1, 1), said
    assert "later paomo (m999_wings)" in said.err + said.out
    assert "Traceback" not in said.err + said.out
    assert path.read_bytes() == before


@contextmanager
def as_nobody() -> Iterator[Path]:
    """A folder that the one who asks may read and not write; root, who may everything, asks as somebody else."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        root = os.geteuid() == 0
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


def step_down(folder: Path) -> None:
    for entry in folder.iterdir():
        entry.chmod(0o444)
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_what_nobody_may_write_can_be_read(tmp_path: Path) -> None:
    with as_nobody() as folder:
        path = folder / "paomo.db"
        with Store.open(path) as store:
            thread = Thread(site="s", board="b", url=None, root=Post(n=0, id="1", title="泡沫"))
            store.save(thread, b"x", url=None, headers={}, fetched_at=NOW, now=NOW)
        step_down(folder)
        with Store.open(path, readonly=True) as store:
            assert [hit.post.title for hit in store.search("泡沫")] == ["泡沫"]
        with pytest.raises(StoreError, match="cannot be opened: Permission denied") as caught:
            Store.open(path).save(thread, b"y", url=None, headers={}, fetched_at=NOW, now=NOW)
        assert "may write" in str(caught.value.hint)
        assert {entry.name for entry in folder.iterdir()} == {"paomo.db"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_an_older_version_that_nobody_may_write_says_what_to_do(tmp_path: Path) -> None:
    with as_nobody() as folder:
        path = folder / "paomo.db"
        old(path, 4)
        step_down(folder)
        with pytest.raises(StoreError, match="by an older paomo and must be brought up to date") as caught:
            Store.open(path, readonly=True)
        assert "\n" not in str(caught.value)
        assert "copy it" in str(caught.value.hint)
