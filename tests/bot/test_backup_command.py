"""`paomo backup`, `restore` and `doctor --repair` as a user meets them."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.lock import only_bot, only_crawl
from core.errors import Busy
from core.store import Store

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def db(sample_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The samples, in a database that may be damaged."""
    path = tmp_path / "paomo.db"
    shutil.copy(sample_db, path)
    monkeypatch.setenv("PAOMO_DB", str(path))
    return path


def posts(path: Path) -> int:
    with Store.open(path, readonly=True) as store:
        return store.counts().posts


def test_there_and_back(db: Path, tmp_path: Path, capsys: Captured) -> None:
    copy = str(tmp_path / "copy.db")
    assert main(["backup", copy]) == 0
    assert "backed up, 8 threads, 172 posts, 8 pages" in capsys.readouterr().out
    assert main(["backup", copy]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["backup", copy, "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["posts"] == 172
    assert main(["restore", copy, "--check"]) == 0
    with Store.open(db) as store, store.writing() as sql:
        sql.run("DELETE FROM threads WHERE pk > 3")
    assert posts(db) < 172
    assert main(["restore", copy, "--json"]) == 0
    document = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert document["path"] == str(db)
    assert posts(db) == 172
    assert posts(Path(document["aside"])) < 172
    assert main(["report", "--format", "csv"]) == 0


def test_what_is_no_backup(db: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "notes.txt").write_text("泡沫", encoding="utf-8")
    for name, code in (("none.db", 4), ("notes.txt", 1), ("paomo.db", 2)):
        assert main(["restore", str(tmp_path / name)]) == code
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
        assert name in said.err
    assert main(["backup", str(tmp_path / "no" / "such" / "folder.db")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert posts(db) == 172


@pytest.mark.parametrize("command", [["restore", "COPY"], ["doctor", "--repair"]])
def test_not_while_a_crawl_or_the_bot_runs(db: Path, tmp_path: Path, capsys: Captured, command: list[str]) -> None:
    copy = str(tmp_path / "copy.db")
    assert main(["backup", copy]) == 0
    command = [copy if word == "COPY" else word for word in command]
    with only_crawl(db):
        assert main(["backup", copy, "--force"]) == 0
        assert main(command) == 3
    with only_bot(db):
        assert main(command) == 3
    assert "already runs" in capsys.readouterr().err
    assert main(command) == 0


def test_repair_says_what_it_did(db: Path, capsys: Captured) -> None:
    assert main(["doctor", "--repair"]) == 0
    assert capsys.readouterr().out == "nothing to repair\n"
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("DELETE FROM posts_fts WHERE rowid < 4")
        connection.commit()
    assert main(["doctor", "--repair"]) == 0
    out = capsys.readouterr().out
    assert "mended: 3 posts whose search words were wrong" in out
    assert f"the original is {db}.before-repair-" in out


def test_a_damaged_file_is_told_and_salvaged_and_the_rest_comes_from_the_pages(db: Path, capsys: Captured) -> None:
    with closing(sqlite3.connect(db)) as connection:
        leaves = connection.execute("SELECT pageno FROM dbstat WHERE name = 'posts' AND pagetype = 'leaf'").fetchall()
    held = bytearray(db.read_bytes())
    for (page,) in leaves[2:5]:
        held[(page - 1) * 4096 : page * 4096] = bytes(4096)
    db.write_bytes(held)
    assert main(["doctor"]) == 1
    assert "doctor --repair" in capsys.readouterr().err
    assert main(["doctor", "--repair"]) == 0
    out = capsys.readouterr().out
    assert "read row by row: 8 threads" in out
    assert "rows of posts" in out
    assert posts(db) < 172
    assert main(["reparse", "--jobs", "1"]) == 0
    assert posts(db) == 172
    assert main(["doctor", "--repair"]) == 0
    assert capsys.readouterr().out.endswith("nothing to repair\n")


def test_rows_that_nothing_tells_of_are_not_counted_as_lost(db: Path, capsys: Captured) -> None:
    with closing(sqlite3.connect(db)) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'people'").fetchall()
    held = bytearray(db.read_bytes())
    held[(page - 1) * 4096 : page * 4096] = bytes(4096)
    db.write_bytes(held)
    assert main(["doctor", "--repair"]) == 0
    out = capsys.readouterr().out
    assert "lost: all that stood in damaged pages of people; nothing tells how many rows, if any" in out
    assert "rows of people" not in out


def test_without_its_beginning_only_a_backup_helps_and_that_is_said(db: Path, tmp_path: Path, capsys: Captured) -> None:
    copy = str(tmp_path / "copy.db")
    assert main(["backup", copy]) == 0
    db.write_bytes(bytes(4096) + db.read_bytes()[4096:])
    assert main(["doctor", "--repair"]) == 1
    assert "paomo restore FILE" in capsys.readouterr().err
    assert main(["restore", copy]) == 0
    assert posts(db) == 172


def test_a_lock_holds_though_the_number_of_the_process_cannot_be_written(db: Path, capsys: Captured) -> None:
    """As on a full disk."""
    db.with_name(f"{db.name}.crawl.pid").mkdir()
    assert main(["doctor", "--repair"]) == 0, capsys.readouterr().err
    with only_crawl(db):
        assert main(["doctor", "--repair"]) == 3


def test_repair_needs_a_database(tmp_path: Path, capsys: Captured) -> None:
    assert main(["--db", str(tmp_path / "none.db"), "doctor", "--repair"]) == 4
    assert list(tmp_path.glob("none*")) == []
    assert "no database" in capsys.readouterr().err


def test_one_database_by_two_names_has_one_bot(tmp_path: Path) -> None:
    (tmp_path / "real.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    with only_bot(tmp_path / "real.db"), pytest.raises(Busy, match="already runs"), only_bot(tmp_path / "link.db"):
        pass
