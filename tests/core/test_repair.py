"""Databases that were really damaged, mended on a copy: what was lost is counted, the original stays."""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotFound, StoreError, StoreTooNew
from core.forum import Post, Thread
from core.sentiment import Evidence, Sentiment, Stance
from core.storage import rollups
from core.store import Store
from core.upkeep.repair import Repaired, repair

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
THREADS, REPLIES = 40, 9
POSTS = THREADS * (REPLIES + 1)


def judged(store: Store) -> None:
    waiting = store.unscored("m", limit=10_000)
    sentiment = Sentiment(
        label=Stance.BULLISH, p=(0.1, 0.2, 0.7), p_on_topic=0.9, margin=1.0, evidence=(Evidence(term="涨", weight=1.0),), model="m"
    )  # fmt: skip
    store.put_sentiments([(one.pk, sentiment) for one in waiting], now=NOW)
    store.put_mentions([(one.pk, ["company:NVDA"]) for one in waiting], version="1")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "paomo.db"
    with Store.open(path) as store:
        for number in range(THREADS):
            when = datetime(2026, 1, 1 + number % 28, 12)  # noqa: DTZ001 (a forum's wall clock)
            root = Post(
                n=0, id=str(number * 100), title=f"泡沫 {number}", body="字" * 300, published_local=when, author="甲"
            )
            replies = tuple(
                Post(
                    n=n,
                    id=str(number * 100 + n),
                    parent_id=root.id,
                    title=f"第{n}",
                    body="回" * 200,
                    published_local=when,
                )
                for n in range(1, REPLIES + 1)
            )
            thread = Thread(site="s", board="b", url=None, root=root, replies=replies)
            store.save(thread, b"page %d" % number * 50, url=f"https://s/{number}", headers={}, fetched_at=NOW, now=NOW)
        judged(store)
    return path


def raw(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def sound(path: Path) -> None:
    """Nothing is wrong any more, by SQLite's own checks and by a recount."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with Store.open(path) as store, store.reading() as sql:
        assert rollups.differences(sql) == {}
        assert sql.tuples("SELECT pk FROM posts EXCEPT SELECT rowid FROM posts_fts") == []
        assert sql.tuples("SELECT rowid FROM posts_fts EXCEPT SELECT pk FROM posts") == []
        for line in store.threads():
            assert line.pk < 0 or store.thread(line.pk).posts  # a flipped byte may make a number negative
    assert repair(path, now=NOW) == Repaired()


def test_nothing_is_wrong_and_nothing_is_changed(db: Path) -> None:
    before = db.read_bytes()
    assert repair(db, now=NOW) == Repaired()
    assert db.read_bytes() == before
    assert not list(db.parent.glob("*.part*"))


WRONG: dict[str, tuple[str, dict[str, int]]] = {
    "search words lost": ("DELETE FROM posts_fts WHERE rowid <= 5", {"posts whose search words were wrong": 5}),
    "search words of others": (
        "UPDATE posts_fts SET title = 'other' WHERE rowid = 3",
        {"posts whose search words were wrong": 1},
    ),
    "search words of nothing": (
        "INSERT INTO posts_fts (rowid, title, body) VALUES (9999, 'x', '')",
        {"posts whose search words were wrong": 1},
    ),
    "search index damaged": ("UPDATE posts_fts_data SET block = zeroblob(9) WHERE id > 10", {}),
    "counts off": ("UPDATE rollup_days SET bullish = bullish + 1 WHERE entity = ''", {}),
    "an author's page gone": (
        "DELETE FROM threads WHERE pk = 4",
        {"threads that their posts name and that were not there": 1},
    ),
    "posts gone": ("DELETE FROM posts WHERE thread = 4", {"threads without posts": 1}),
    "no such parent": (
        "UPDATE posts SET parent = 99999 WHERE pk = 2",
        {"rows that named a row that was not there": 1},
    ),
    "a judgement of nothing": (
        "INSERT INTO revisions (post, seen_at, title) VALUES (99999, '2026-01-01', 'x')",
        {"rows that belonged to a row that was not there, and are gone": 1},
    ),
    "bytes of a page": ("UPDATE pages SET body = zeroblob(9) WHERE pk IN (1, 2)", {"pages whose bytes are damaged": 2}),
    "other bytes": (
        "UPDATE pages SET body = (SELECT body FROM pages WHERE pk = 2) WHERE pk = 1",
        {"pages whose bytes are damaged": 1},
    ),
    "an index": ("DROP INDEX posts_of_board", {"tables, indexes, triggers and views": 1}),
    "a trigger": ("DROP TRIGGER judged_by_loss", {"tables, indexes, triggers and views": 1}),
    "a view that says something else": (
        "CREATE TRIGGER evil AFTER INSERT ON posts BEGIN DELETE FROM posts; END",
        {"triggers that paomo did not make": 1},
    ),
    "a day that is none": ("UPDATE posts SET published_local = 'gestern' WHERE pk = 2", {"moments that were none": 1}),
    "a moment that must be": ("UPDATE posts SET seen_at = x'ff' WHERE pk = 2", {"moments that were none": 1}),
    "pictures": ("UPDATE posts SET images = '[' WHERE pk = 2", {"lists of values that could not be read": 1}),
    "a title of bytes": ("UPDATE posts SET title = x'e6b3a1ff' WHERE pk = 2", {"texts that were bytes": 1}),
    "a count of words": ("UPDATE posts SET reads = 'many' WHERE pk = 2", {"counts that were no numbers": 1}),
    "evidence": ("UPDATE sentiments SET evidence = '{' WHERE post = 2", {"judgements that could not be read": 1}),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_wrong_is_found_counted_and_mended(db: Path, how: str) -> None:
    statement, counted = WRONG[how]
    raw(db, statement)
    before = db.read_bytes()
    done = repair(db, now=NOW)
    assert done.aside is not None
    assert done.aside.read_bytes() == before
    assert done.mended
    found = {one.what: one.rows for one in done.mended}
    assert found.items() >= counted.items(), found
    assert not done.salvaged
    sound(db)


def test_a_thread_that_is_made_again_has_its_posts_and_title(db: Path) -> None:
    with Store.open(db) as store:
        before = store.thread(4)
    raw(db, "DELETE FROM threads WHERE pk = 4")
    repair(db, now=NOW)
    with Store.open(db) as store:
        after = store.thread(4)
    assert (after.title, after.root_id, after.posts) == (before.title, before.root_id, before.posts)


def pages_of(path: Path, table: str) -> list[int]:
    """The leaf pages of a table, by number from 1."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY 1", [table])
        return [page for (page,) in rows]


def overwrite(path: Path, pages: list[int]) -> None:
    held = bytearray(path.read_bytes())
    for page in pages:
        held[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(held)


@pytest.mark.parametrize("seed", range(4))
def test_a_bad_page_costs_the_rows_on_it_and_no_others(db: Path, seed: int) -> None:
    with closing(sqlite3.connect(db)) as connection:
        per_page = dict(
            connection.execute("SELECT pageno, ncell FROM dbstat WHERE name = 'posts' AND pagetype = 'leaf'").fetchall()
        )
    bad = random.Random(seed).sample(sorted(per_page), 5)
    lost = sum(per_page[page] for page in bad)
    overwrite(db, bad)
    before = db.read_bytes()
    done = repair(db, now=NOW)
    assert done.aside is not None
    assert done.aside.read_bytes() == before
    [posts] = [one for one in done.salvaged if one.table == "posts"]
    assert (posts.saved, posts.lost, posts.cut) == (POSTS - lost, lost, True)
    assert all(not one.lost and not one.cut for one in done.salvaged if one.table != "posts")
    sound(db)


@pytest.mark.parametrize("part", [0.5, 0.8, 0.95])
def test_a_file_that_was_cut_short_gives_what_is_there(db: Path, part: float) -> None:
    held = db.read_bytes()
    db.write_bytes(held[: int(len(held) * part)])
    done = repair(db, now=NOW)
    [posts] = [one for one in done.salvaged if one.table == "posts"]
    with Store.open(db) as store:
        assert store.counts().posts <= posts.saved
    assert 0 < posts.saved <= POSTS
    sound(db)


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bytes_end_in_a_sound_database_or_in_one_line(db: Path, seed: int) -> None:
    dice = random.Random(seed)
    held = bytearray(db.read_bytes())
    for _ in range(dice.choice([1, 20, 400])):
        held[dice.randrange(100, len(held))] = dice.randrange(256)
    db.write_bytes(held)
    refused = None
    try:
        repair(db, now=NOW)
    except StoreError as error:
        refused = error
    if refused:
        assert "\n" not in str(refused)
        assert refused.hint
        assert db.read_bytes() == held
    else:
        sound(db)


REFUSED: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "no file": (lambda path: path.unlink(), NotFound),
    "text": (lambda path: path.write_text("泡沫"), StoreError),
    "its head is gone": (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 9999), StoreError),
    "of another program": (lambda path: raw(path, "PRAGMA application_id = 7"), StoreError),
    "of a later paomo": (
        lambda path: raw(path, "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('paomo', 'm999_wings')"),
        StoreTooNew,
    ),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_repaired_is_left_alone(db: Path, how: str) -> None:
    change, kind = REFUSED[how]
    change(db)
    before = db.read_bytes() if db.exists() else None
    with pytest.raises(kind):
        repair(db, now=NOW)
    assert (db.read_bytes() if db.exists() else None) == before
    assert not [entry for entry in db.parent.iterdir() if "part" in entry.name or "damaged" in entry.name]


def test_a_disk_without_room_for_a_copy_is_told_as_such(db: Path) -> None:
    raw(db, "DELETE FROM posts_fts WHERE rowid <= 5")
    before = db.read_bytes()
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    code += "from core.upkeep.repair import repair; from core.errors import StoreError; from datetime import *; from pathlib import Path\n"
    code += f"try: repair(Path({str(db)!r}), now=datetime.now(timezone.utc))\n"
    code += "except StoreError as error: print(error, error.hint)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"{db}: the disk has no room for a copy" in done.stdout, done
    assert db.read_bytes() == before
