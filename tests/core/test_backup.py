"""Backups that were really read, restores that keep what was there, and files that are refused."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import Busy, NotFound, PaomoError, StoreError, StoreTooNew, UsageError
from core.forum import Post, Thread
from core.store import Store
from core.upkeep import backup, blueprint
from core.upkeep.backup import back_up, check, put_back

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def fill(store: Store, first: int, last: int) -> None:
    for number in range(first, last):
        root = Post(n=0, id=str(number * 100), title=f"泡沫 {number}", body="x" * 1000)
        replies = tuple(Post(n=n, id=str(number * 100 + n), parent_id=root.id, title=f"{n}") for n in range(1, 20))
        thread = Thread(site="s", board="b", url=None, root=root, replies=replies)
        store.save(thread, b"%d" % number, url=f"https://s/{number}", headers={}, fetched_at=NOW, now=NOW)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "here" / "paomo.db"
    with Store.open(path) as store:
        fill(store, 0, 20)
    return path


def posts(path: Path) -> int:
    with Store.open(path, readonly=True) as store:
        return store.counts().posts


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def raw(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_backup_is_one_private_file_with_everything(db: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy.db"
    done = back_up(db, to)
    assert (done.path, done.rows["posts"], done.rows["pages"], done.steps) == (to, 400, 20, blueprint.steps())
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert names(tmp_path) == {"home", "here", "copy.db"}
    assert check(to).rows == done.rows
    assert names(tmp_path) == {"home", "here", "copy.db"}  # reading it leaves nothing beside it
    with Store.open(to) as store:
        assert len(store.search("泡沫 7")) == 1
        assert store._database().journal_mode == "wal"


def test_a_backup_is_of_one_moment_while_another_process_writes(db: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with Store.open(db) as store:
                number = 1000
                while not stop.is_set():
                    fill(store, number, number + 1)
                    number += 1
        except BaseException as error:  # noqa: BLE001 (handed to the test)
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[tuple[int, int]] = []
    try:
        for number in range(5):
            done = back_up(db, tmp_path / f"{number}.db", progress=lambda *pages: seen.append(pages))
            assert done.rows["posts"] == done.rows["threads"] * 20 == done.rows["pages"] * 20
    finally:
        stop.set()
        writer.join()
    assert not failed
    assert all(done <= total for done, total in seen)
    assert seen[-1][0] == seen[-1][1]


def test_a_file_that_is_there_stays_until_the_new_one_is_whole(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "copy.db"
    to.write_bytes(b"older")
    with pytest.raises(UsageError, match="is there already"):
        back_up(db, to)
    with monkeypatch.context() as patch:

        def torn(path: Path, called: Path) -> None:
            raise StoreError("the copy is torn")

        patch.setattr(backup, "check", torn)
        with pytest.raises(StoreError, match="torn"):
            back_up(db, to, force=True)
    assert to.read_bytes() == b"older"
    assert names(tmp_path) == {"home", "here", "copy.db"}
    back_up(db, to, force=True)
    assert posts(to) == 400


def test_the_database_is_no_place_for_its_own_backup(db: Path) -> None:
    with pytest.raises(UsageError, match="the database itself"):
        back_up(db, db, force=True)
    (db.parent / "link.db").symlink_to(db)
    with pytest.raises(UsageError, match="the database itself"):
        back_up(db, db.parent / "link.db", force=True)
    assert posts(db) == 400


def test_a_link_leads_to_its_file(db: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "real.db", tmp_path / "link.db"
    link.symlink_to(real)
    back_up(db, link)
    assert (link.is_symlink(), check(real).rows) == (True, check(db).rows)


def test_a_damaged_database_is_not_backed_up(db: Path, tmp_path: Path) -> None:
    damage(db)
    with pytest.raises(StoreError, match="damaged") as caught:
        back_up(db, tmp_path / "copy.db")
    assert "doctor --repair" in str(caught.value.hint)
    assert not (tmp_path / "copy.db").exists()


def damage(path: Path) -> None:
    """Overwrite the heads of some pages in the middle of the file."""
    held = bytearray(path.read_bytes())
    for page in range(len(held) // 4096 // 2, len(held) // 4096, 3):
        held[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(held)


def test_restored_is_what_was_backed_up_and_the_other_stays(db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(db, copy)
    with Store.open(db) as store:
        fill(store, 50, 52)
    done, aside = put_back(copy, db, now=NOW)
    assert done.rows["posts"] == posts(db) == 400
    assert aside == db.with_name("paomo.db.replaced-20261123T120000Z")
    assert aside is not None
    assert posts(aside) == 440
    _, second = put_back(copy, db, now=NOW)
    assert second is not None
    assert second.name.endswith("Z-2")
    assert posts(copy) == 400


def test_a_restore_takes_a_damaged_databases_place(db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(db, copy)
    damage(db)
    before = db.read_bytes()
    _, aside = put_back(copy, db, now=NOW)
    assert aside is not None
    assert aside.read_bytes() == before
    assert posts(db) == 400


def test_a_restore_where_nothing_is(db: Path, tmp_path: Path) -> None:
    _, aside = put_back(db, tmp_path / "new" / "paomo.db", now=NOW)
    assert aside is None
    assert posts(tmp_path / "new" / "paomo.db") == 400


def test_a_database_in_use_is_not_replaced(db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(db, copy)
    with Store.open(db) as reader:
        assert reader.counts().posts == 400
        code = "import sys; from core.upkeep.backup import put_back; from datetime import *; from pathlib import Path\n"
        code += "from core.errors import Busy\n"
        code += f"try: put_back(Path({str(copy)!r}), Path({str(db)!r}), now=datetime.now(timezone.utc))\n"
        code += "except Busy as error: print(error); sys.exit(3)"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 3, done.stderr
        assert "in use by another process" in done.stdout
        fill(reader, 60, 61)
    assert posts(db) == 420


def test_busy_is_said_of_the_same_process_too(db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(db, copy)
    with Store.open(db) as reader:
        reader.counts()
        with pytest.raises(Busy):
            put_back(copy, db, now=NOW)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


REFUSED: dict[str, tuple[Callable[[Path], object], type[PaomoError], str]] = {
    "truncated": (truncate, StoreError, "damaged"),
    "bytes flipped": (damage, StoreError, "damaged"),
    "text": (lambda path: path.write_text("泡沫" * 99), StoreError, "not a database"),
    "empty": (lambda path: path.write_bytes(b""), StoreError, "no database of paomo"),
    "of another program": (
        lambda path: raw(path, "PRAGMA application_id = 7"),
        StoreError,
        "no database of paomo",
    ),
    "of a later paomo": (
        lambda path: raw(path, "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('paomo', 'm999_wings')"),
        StoreTooNew,
        "m999_wings",
    ),
    "with a trigger of somebody": (
        lambda path: raw(path, "CREATE TRIGGER evil AFTER INSERT ON posts BEGIN DELETE FROM follows; END"),
        StoreError,
        "not of paomo: trigger evil",
    ),
    "with a view in a table's place": (
        lambda path: raw(path, "DROP TABLE follows", "CREATE VIEW follows AS SELECT * FROM posts"),
        StoreError,
        "changed: table follows",
    ),
    "without an index": (lambda path: raw(path, "DROP INDEX posts_of_board"), StoreError, "missing: index posts_of_board"),
    "without a trigger": (lambda path: raw(path, "DROP TRIGGER judged_by_loss"), StoreError, "missing: trigger judged_by_loss"),
    "gone": (lambda path: path.unlink(), NotFound, "no backup"),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_no_sound_backup_replaces_nothing(db: Path, tmp_path: Path, how: str) -> None:
    copy = tmp_path / "copy.db"
    back_up(db, copy)
    change, kind, said = REFUSED[how]
    change(copy)
    before = db.read_bytes()
    with pytest.raises(kind, match=said) as caught:
        put_back(copy, db, now=NOW)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert db.read_bytes() == before
    assert {name for name in names(db.parent) if "replaced" in name or "part" in name} == set()


def test_a_disk_that_fills_leaves_no_half_backup(db: Path, tmp_path: Path) -> None:
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    code += "from core.upkeep.backup import back_up; from core.errors import StoreError; from pathlib import Path\n"
    code += f"try: back_up(Path({str(db)!r}), Path({str(tmp_path / 'copy.db')!r}))\n"
    code += "except StoreError as error: print(error, error.hint)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "full" in done.stdout, done
    assert f"{tmp_path / 'copy.db'}:" in done.stdout
    assert names(tmp_path) == {"home", "here"}
    assert posts(db) == 400


def test_what_is_no_ordinary_file_is_never_replaced(db: Path, tmp_path: Path) -> None:
    """As root, a device as the database would have been moved aside, and nobody's /dev/null been left."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    back_up(db, tmp_path / "copy.db")
    for attempt in (lambda: back_up(db, pipe, force=True), lambda: put_back(tmp_path / "copy.db", pipe, now=NOW)):
        with pytest.raises(StoreError, match="no ordinary file"):
            attempt()
    assert pipe.is_fifo()
    assert names(tmp_path) == {"home", "here", "copy.db", "pipe"}
