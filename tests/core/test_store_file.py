"""The file: who may read it, what is in its place instead, what stops it, what a kill leaves."""

import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotFound, StoreError, StoreTooNew
from core.forum import Post, Thread
from core.store import Store

NOW = datetime(2025, 10, 23, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
REPLIES = 60

WRITER = """
import sys
from datetime import UTC, datetime
from core.errors import StoreError
from core.forum import Post, Thread
from core.store import Store

now = datetime(2025, 10, 23, tzinfo=UTC)
path, first, last, replies = sys.argv[1], *map(int, sys.argv[2:5])
with Store.open(path) as store:
    for number in range(first, last):
        root = Post(n=0, id=str(number * 1000), title=f"thread {number}", body="x" * 2000)
        posts = tuple(
            Post(n=n, id=str(number * 1000 + n), parent_id=root.id, title=f"{number} {n}") for n in range(1, replies + 1)
        )
        thread = Thread(site="s", board="b", url=None, root=root, replies=posts)
        try:
            store.save(thread, b"%d" % number, url=None, headers={}, fetched_at=now, now=now)
        except StoreError as error:
            print(error, "|", error.hint)
            break
        print(number, flush=True)
"""


def one_thread(title: str = "泡沫") -> Thread:
    return Thread(site="s", board="b", url=None, root=Post(n=0, id="1", title=title))


def save(store: Store, thread: Thread) -> None:
    store.save(thread, b"bytes", url=None, headers={}, fetched_at=NOW, now=NOW)


def writer(path: Path, first: int, last: int, prelude: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", prelude + WRITER, str(path), str(first), str(last), str(REPLIES)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A path whose folder does not exist yet, under the usual umask."""
    import os

    before = os.umask(0o022)
    yield tmp_path / "new" / "paomo.db"
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in (folder, *folder.iterdir())}


def test_only_the_owner_can_read(path: Path) -> None:
    with Store.open(path) as store:
        save(store, one_thread())
        assert modes(path.parent) == {"new": 0o700, "paomo.db": 0o600, "paomo.db-wal": 0o600, "paomo.db-shm": 0o600}


def test_a_file_copied_into_place_is_made_private(path: Path) -> None:
    Store.open(path).close()
    path.chmod(0o644)
    Store.open(path).close()
    assert modes(path.parent)["paomo.db"] == 0o600


def test_settings_of_the_connection(path: Path) -> None:
    with Store.open(path) as store:
        pragmas = {
            name: store._database().execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}


def test_a_blank_file_becomes_a_database_and_stays_one(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    for _ in range(2):
        with Store.open(path) as store:
            save(store, one_thread())
            assert store.counts().posts == 1
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()


def test_an_older_version_is_brought_up_to_date_by_a_reader_too(path: Path) -> None:
    from sqlite_utils import Database

    from core.migrations import migrations

    path.parent.mkdir()
    db = Database(path)
    migrations.apply(db, stop_before="m003_sentiments")
    db.close()
    with Store.open(path, readonly=True) as store:
        assert store.counts().scored == 0


def test_a_failing_step_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.migrations import migrations

    step = migrations._migrations[-1]
    with monkeypatch.context() as patch:

        def broken(db: object) -> None:
            raise sqlite3.OperationalError("no such thing")

        patch.setattr(step, "fn", broken)
        with pytest.raises(StoreError, match="no such thing"):
            Store.open(path)
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    raw.close()
    Store.open(path).close()


def test_a_later_version_is_refused(path: Path) -> None:
    Store.open(path).close()
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('paomo', 'm999_wings')")
    raw.commit()
    raw.close()
    for readonly in (False, True):
        with pytest.raises(StoreTooNew, match=r"paomo\.db was written by a later paomo \(m999_wings\)"):
            Store.open(path, readonly=readonly)


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE bookmarks (url TEXT)")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"x", b"\xe6\xb3\xa1\xe6\xb2\xab\n" * 3, b"not a database at all, " * 99])
def test_a_file_that_is_something_else_is_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for readonly in (False, True):
        with pytest.raises(StoreError, match="not a database") as caught:
            Store.open(path, readonly=readonly)
        assert str(path) in str(caught.value)
        assert caught.value.hint
    assert path.read_bytes() == content


def test_a_damaged_file_is_said_to_be_damaged(path: Path) -> None:
    with Store.open(path) as store:
        for number in range(30):
            root = Post(n=0, id=str(number), title="泡沫", body="x" * 3000)
            save(store, Thread(site="s", board="b", url=None, root=root))
    damaged = bytearray(path.read_bytes())
    damaged[8192:] = b"\xff" * (len(damaged) - 8192)
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match="damaged") as caught, Store.open(path) as store:
        store.thread("3")
    assert "\n" not in str(caught.value)
    assert "--db" in str(caught.value.hint)


def test_a_value_edited_by_hand_names_its_row(path: Path) -> None:
    with Store.open(path) as store:
        save(store, one_thread())
        store._database().execute("UPDATE posts SET published_local = 'yesterday'")
        with pytest.raises(StoreError, match=r"post 1 .*yesterday"):
            store.thread("1")


@pytest.mark.parametrize("place", ["folder", "file/below.db", "\0.db", "x" * 300, "link"])
def test_a_place_that_cannot_hold_a_database(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("a regular file")
    (tmp_path / "link").symlink_to(tmp_path / "link")
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path / place)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("place", ["/proc/paomo.db", "/proc/version", "/dev/full"])
def test_a_place_nobody_may_write(place: str) -> None:
    with pytest.raises(StoreError, match=place):
        Store.open(place)


def test_a_reader_makes_nothing_and_writes_nothing(path: Path) -> None:
    for how in ({"readonly": True}, {"create": False}):
        with pytest.raises(NotFound, match="no database"):
            Store.open(path, **how)
    assert not path.parent.exists()
    Store.open(path).close()
    with Store.open(path, readonly=True) as store, pytest.raises(StoreError, match="cannot be written"):
        save(store, one_thread())


def test_a_full_disk_stores_nothing_of_the_page(path: Path) -> None:
    Store.open(path).close()
    limit = path.stat().st_size + 100_000
    prelude = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
    out, err = writer(path, 0, 400, prelude).communicate(timeout=60)
    *written, complaint = out.splitlines()
    assert "full" in complaint, (out, err)
    assert str(path) in complaint
    assert whole_threads(path) == len(written) < 400


def whole_threads(path: Path) -> int:
    """Threads in the file, each with all its posts, words and its page."""
    with Store.open(path) as store:
        lines = store.threads()
        counts = store.counts()
        words = store._database().execute("SELECT count(*) FROM posts_fts").fetchone()[0]
        check = store._database().execute("PRAGMA integrity_check").fetchone()[0]
    assert {line.posts for line in lines} <= {REPLIES + 1}
    assert (counts.pages, counts.posts, words) == (len(lines), len(lines) * (REPLIES + 1), counts.posts)
    assert check == "ok"
    return len(lines)


@pytest.mark.parametrize("after", [0, 1, 3, 7])
def test_a_kill_leaves_no_half_page(path: Path, after: int) -> None:
    process = writer(path, 0, 10_000)
    assert process.stdout
    assert process.stderr
    with process, process.stdout, process.stderr:
        for _ in range(after):
            process.stdout.readline()
        time.sleep(0.003 * after)
        process.kill()
        done = after + len(process.stdout.readlines())
    assert done <= whole_threads(path) <= done + 1


def test_two_processes_make_and_fill_one_file(path: Path) -> None:
    both = [writer(path, first, first + 8) for first in (0, 100)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert whole_threads(path) == 16


def test_each_thread_has_its_own_connection(path: Path) -> None:
    with Store.open(path) as store:
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for n in range(5):
                    root = Post(n=0, id=f"{number}-{n}", title="泡沫")
                    save(store, Thread(site="s", board="b", url=None, root=root))
                    store.search("泡沫")
            except BaseException as error:  # noqa: BLE001 (handed to the test)
                failures.append(error)

        workers = [threading.Thread(target=work, args=[number]) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert failures == []
        assert store.counts().threads == 20


def test_a_reader_sees_what_was_there_while_a_page_is_written(path: Path) -> None:
    with Store.open(path) as store, Store.open(path, readonly=True) as reader:
        with store.writing():
            save(store, one_thread())
            assert reader.counts().posts == 0
        assert reader.counts().posts == 1


def test_sqlite_is_not_loaded_before_a_store_is_opened() -> None:
    code = "import sys, core.store; sys.exit('sqlite_utils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
