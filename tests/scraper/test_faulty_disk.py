"""The disk fails under SQLite while the command crawls: what was acknowledged is there, and the next run goes on."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.store import Store
from tests.scraper.replica import BOARD, Replica
from tests.scraper.world import World

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="SQLite lets its calls be replaced on Unix alone, and the names differ elsewhere"
)
COMMAND = Path(__file__).with_name("replica_command.py")
DISK = Path(__file__).parents[1] / "faulty_disk.py"
LINES = {
    "ENOSPC": ("the disk is full", "cannot be read or written, or is full"),
    "EIO": ("the disk cannot be read or written", "the database is damaged"),
}


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica(posts=40).serve()


def crawl(replica: Replica, db: Path, *fault: str) -> tuple[int, str, str]:
    env = {**os.environ, "PAOMO_DB": str(db), "PAOMO_DELAY": "0", "PYTHONWARNINGS": "error"}
    script = [str(DISK), *fault, str(COMMAND)] if fault else [str(COMMAND)]
    done = subprocess.run(
        [sys.executable, *script, replica.url, "crawl", BOARD, "--no-score"],
        env=env, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def stored(db: Path) -> set[str]:
    """What a sound file holds; the file is looked at by SQLite's own check first."""
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_schema").fetchall():
            return set()
        return {id for (id,) in connection.execute("SELECT post_id FROM tasks WHERE state = 'done'")}


@pytest.mark.parametrize(
    ("call", "number", "after", "times"),
    [
        *(("write", number, after, 0) for number in ("ENOSPC", "EIO") for after in (0, 60, 400)),
        ("write", "ENOSPC", 400, 1),
        ("truncate", "EIO", 0, 0),
        ("read", "EIO", 3, 0),
    ],
)
def test_a_disk_that_fails(replica: Replica, tmp_path: Path, call: str, number: str, after: int, times: int) -> None:
    db = tmp_path / "paomo.db"
    code, _, err = crawl(replica, db, call, number, str(after), str(times))
    said = err.splitlines()
    assert code == 1, err
    assert said[-1].startswith(f"paomo: {db}"), err
    assert any(words in said[-1] for words in LINES[number]), err
    assert "Traceback" not in err
    told = set(re.findall(r" post \S+/(\d+)\.html", err))
    assert told <= stored(db)
    assert after < 400 or told
    asked = len(replica.asked)
    code, _, err = crawl(replica, db)
    assert code == 0, err
    assert len(replica.asked) < 2 * asked + 45
    again = {path.split("/")[-1].split(".")[0] for path in replica.asked[asked:] if path.endswith(".html")}
    assert not again & told  # what was told as stored is not asked for a second time
    with Store.open(db) as store:
        World(replica, store).check_all()
