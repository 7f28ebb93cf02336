"""`paomo follow`, `forget`, `export`, `reparse`, `rescore` and `ingest FOLDER` as a user meets them."""

import csv
import io
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.export import COLUMNS, escaped, guarded
from core.forum import Post, Thread
from core.store import Store

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
NOW = datetime(2025, 10, 23, tzinfo=UTC)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "paomo.db"
    monkeypatch.setenv("PAOMO_DB", str(path))
    return path


@pytest.fixture
def mine(sample_db: Path, db: Path) -> Path:
    """The samples, judged, in a database that may be changed."""
    with Store.open(sample_db) as store, store.reading() as sql:
        sql.run("VACUUM INTO ?", [str(db)])
    return db


def test_following(db: Path, capsys: Captured) -> None:
    assert main(["follow", "list"]) == 4
    assert main(["follow", "add", "cfzh", "https://zh.wenxuecity.com/bbs/cfzh/5.html?x=1#y", "author:曉炎"]) == 0
    assert main(["follow", "add", "keyword:泡沫 破", "--board", "gupiao"]) == 0
    capsys.readouterr()
    assert main(["follow", "add", "author:晓炎"]) == 0
    assert "already followed" in capsys.readouterr().out
    assert main(["follow", "list"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        "wenxuecity:cfzh",
        "https://bbs.wenxuecity.com/cfzh/5.html",
        "author:曉炎",
        "'keyword:泡沫 破' --board wenxuecity:gupiao",
    ]
    assert main(["follow", "remove", *shown[:3]]) == 0
    assert main(["follow", "remove", "keyword:泡沫 破"]) == 4
    assert "--board wenxuecity:gupiao" in capsys.readouterr().err
    assert main(["follow", "remove", "keyword:泡沫 破", "--board", "wenxuecity:gupiao"]) == 0
    assert main(["follow", "list", "--json"]) == 4


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (["nope:x"], "no forum is called 'nope'"),
        (["https://evil.example/cfzh/1.html"], "no host of a forum"),
        (["https://bbs.wenxuecity.com/cfzh/"], "is no post of wenxuecity"),
        (["https://bbs.wenxuecity.com/cfzh/x1.html"], "is no post of wenxuecity"),
        (["https://[bad/"], "is no address"),
        (["author: "], "names nothing"),
        (["wenxuecity:"], "is no board"),
        (["a b"], "is no board"),
        (["cfzh", "--board", "cfzh"], "--board goes with"),
        (["author:x", "--board", "nope:y"], "no forum is called"),
    ],
)
def test_what_cannot_be_followed_is_said_and_nothing_stored(
    db: Path, capsys: Captured, what: list[str], said: str
) -> None:
    assert main(["follow", "add", *what]) == 2
    assert said in capsys.readouterr().err
    assert not db.exists()


def test_forgetting_asks_first(mine: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["forget", "author", "gridwatcher"]) == 2
    assert "say --yes" in capsys.readouterr().err
    asked: list[str] = []

    def answers(question: str, **_: object) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", answers)
    assert main(["forget", "author", "gridwatcher"]) == 130
    assert main(["search", "变压器"]) == 0
    assert main(["forget", "author", "gridwatcher"]) == 0
    assert "11 posts in" in asked[0]
    out, err = capsys.readouterr()
    assert "11 posts in" in out
    assert "are stubs now" in out
    assert "the file was rewritten" in err


def test_forgotten_is_forgotten_everywhere(mine: Path, capsys: Captured) -> None:
    assert main(["forget", "author", "GRIDWATCHER", "--yes"]) == 0
    assert main(["forget", "list"]) == 0
    assert "gridwatcher" not in capsys.readouterr().out.lower().partition("wenxuecity  since")[2]
    assert main(["forget", "list", "gridwatcher"]) == 0
    assert main(["forget", "list", "--json", "nobody"]) == 4
    assert main(["export", "--author", "gridwatcher"]) == 4
    assert (
        main(["ingest", "--no-score", *map(str, sorted((PAGES.parents[2] / "scraper" / "samples").glob("*.html")))])
        == 0
    )
    assert main(["export", "--author", "gridwatcher"]) == 4
    with Store.open(mine) as store:
        stub = next(line.pk for line in store.threads() if any(row.forgotten for row in store.thread(line.pk).posts))
    capsys.readouterr()
    assert main(["thread", str(stub)]) == 0
    assert "1 post whose author is forgotten" in capsys.readouterr().out
    assert main(["forget", "undo", "author", "gridwatcher"]) == 0
    assert main(["forget", "undo", "author", "gridwatcher"]) == 4
    assert main(["forget", "author", "nobody", "--yes"]) == 4
    assert main(["forget", "author", "nobody", "--yes", "--site", "wenxuecity"]) == 0
    assert main(["forget", "author", "nobody", "--yes", "--site", "nope"]) == 2


def test_what_is_old(mine: Path, capsys: Captured) -> None:
    assert main(["forget", "older", "1d"]) == 2
    assert "say --yes" in capsys.readouterr().err
    assert main(["forget", "older", "99y", "--yes"]) == 4
    for age in ("x", "0d", "101y", "-5d", "1.5d"):
        assert main(["forget", "older", "--yes", "--", age]) == 2
    assert main(["reparse", "--no-score"]) == 0
    capsys.readouterr()


def written(path: Path, *posts: Post) -> None:
    root, *replies = posts
    thread = Thread(site="wenxuecity", board="cfzh", url="https://x/cfzh/100.html", root=root, replies=tuple(replies))
    with Store.open(path) as store:
        store.save(thread, b"", url=None, headers={}, fetched_at=None, now=NOW)


EVIL = '=HYPERLINK("http://evil","x")'


def test_export_as_a_table_for_spreadsheets(db: Path, capsys: Captured) -> None:
    local = datetime.fromisoformat("2025-10-21T08:00:00")
    written(
        db,
        Post(n=0, id="100", title=EVIL, author="+甲", body='行一\n@行二,"x"', published_local=local, points=-3),
        Post(n=1, id="101", parent_id="100", title="-5%", author="乙", images=("https://i/1.png", "https://i/2.png")),
    )
    out = db.with_name("posts.csv")
    assert main(["export", "--format", "csv", "--bom", "--out", str(out)]) == 0
    raw = out.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfpublished_local,")
    root, reply = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert tuple(root) == COLUMNS
    assert (root["title"], root["author"], root["points"]) == (f"'{EVIL}", "'+甲", "-3")
    assert (root["body"], root["url"]) == ('行一\n@行二,"x"', "https://x/cfzh/100.html")
    assert (reply["title"], reply["images"], reply["body"]) == ("'-5%", "https://i/1.png https://i/2.png", "")
    assert [entry.name for entry in db.parent.iterdir() if "posts.csv" in entry.name] == ["posts.csv"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\n=1", "＝1", "｜"])
def test_what_a_spreadsheet_might_run_is_guarded(text: str) -> None:
    assert guarded(text) in {text, f"'{text}"}
    assert guarded(text).startswith("'") == (text != "｜")


def test_export_as_json_lines(mine: Path, capsys: Captured) -> None:
    assert main(["export", "--since", "2026-11-02", "--until", "2026-11-02"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows
    assert [row["published_utc"] for row in rows] == sorted(row["published_utc"] for row in rows)
    assert {row["published_local"][:10] for row in rows} == {"2026-11-02"}
    assert all(row["url"].startswith("https://") and row["thread_title"] for row in rows)
    assert {row["sentiment"]["label"] for row in rows} <= {"bullish", "neutral", "bearish"}


def test_export_to_read(db: Path, capsys: Captured) -> None:
    written(
        db,
        Post(n=0, id="100", title="# no *head* <script>", author="[a](b)", body="1. one\n- two\n> three\n    code `x`"),
        Post(
            n=1, id="101", parent_id="100", depth=1, title="![i](https://evil)", author="乙", url="javascript:alert(1)"
        ),
    )
    assert main(["export", "--format", "md"]) == 0
    out = capsys.readouterr().out
    assert "## \\# no \\*head\\* \\<script\\>" in out
    assert "- **\\[a\\](b)** · [source](<https://x/cfzh/100.html>)" in out
    assert "\n  - **乙**" in out
    for line in ("  1\\. one", "  \\- two", "  \\> three", "  code \\`x\\`", "    \\!\\[i\\](https://evil)"):
        assert f"\n{line}\n" in out
    assert "javascript" not in out


@pytest.mark.parametrize(
    ("line", "shown"), [("+x", "\\+x"), ("2) y", "2\\) y"), ("a&lt;b", "a\\&lt;b"), ("x\ny", "x y")]
)
def test_lines_are_only_text(line: str, shown: str) -> None:
    assert escaped(line) == shown


def test_export_refuses(mine: Path, capsys: Captured, tmp_path: Path) -> None:
    assert main(["export", "--format", "xml"]) == 2
    assert main(["export", "--bom"]) == 2
    assert main(["export", "--since", "2026-11-02", "--until", "2026-11-01"]) == 2
    assert main(["export", "--board", "nothing-there"]) == 4
    nothing = tmp_path / "nothing.csv"
    assert main(["export", "--author", "nobody", "--out", str(nothing)]) == 4
    assert main(["export", "--out", str(tmp_path / "no" / "x.csv")]) == 1
    assert not nothing.exists()
    assert capsys.readouterr().out == ""


def test_a_pipe_is_written_to_and_a_link_leads_to_its_file(mine: Path, tmp_path: Path) -> None:
    pipe, real, link = tmp_path / "pipe", tmp_path / "real.csv", tmp_path / "link.csv"
    os.mkfifo(pipe)
    real.write_text("older", encoding="utf-8")
    link.symlink_to(real)
    few = ["export", "--format", "csv", "--until", "2026-10-14", "--out"]  # a pipe takes 64 kB before somebody reads
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        assert main([*few, str(pipe)]) == 0
        assert pipe.is_fifo()
        assert main([*few, str(link)]) == 0
        assert link.is_symlink()
        assert reader.read() == real.read_bytes()
    assert main(["report", "--png", str(tmp_path)]) == 2
    assert main(["export", "--out", str(tmp_path)]) == 2


def test_reparse_says_what_it_did(mine: Path, capsys: Captured) -> None:
    with Store.open(mine) as store, store.writing() as sql:
        sql.run("UPDATE posts SET title = 'x' WHERE n = 0")
    assert main(["reparse", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["pages"], done["changed"], done["scored"], done["unreadable"]) == (8, 8, 8, 0)
    assert main(["reparse", "--board", "sample"]) == 0
    assert "0 changed" in capsys.readouterr().out


def test_reparse_without_pages(db: Path, capsys: Captured) -> None:
    assert main(["reparse"]) == 4
    Store.open(db).close()
    assert main(["reparse"]) == 4
    assert main(["rescore"]) == 4
    assert capsys.readouterr().err.count("\n") == 3


def test_rescore_judges_everything_again(mine: Path, capsys: Captured) -> None:
    with Store.open(mine) as store, store.writing() as sql:
        before = sql.rows("SELECT post, label, margin FROM sentiments ORDER BY post")
        sql.run("UPDATE sentiments SET label = 'neutral', margin = 9")
    assert main(["rescore"]) == 0
    with Store.open(mine) as store, store.reading() as sql:
        assert sql.rows("SELECT post, label, margin FROM sentiments ORDER BY post") == before
    assert capsys.readouterr().out == f"{len(before)} posts judged\n"


def test_a_folder_of_saved_pages(db: Path, capsys: Captured, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    (folder / "more").mkdir(parents=True)
    for name in ("thread.html", "index.html", "dump.txt"):
        shutil.copy(PAGES / name, folder / "more" / name)
    assert main(["ingest", "--no-score", str(folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    (folder / "bad.html").write_text("hello")
    (folder / "empty.txt").touch()
    assert main(["ingest", "--no-score", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert all("0 new, 0 changed" in line for line in out.splitlines())
    assert (len(out.splitlines()), len(err.splitlines())) == (3, 2)
    shutil.rmtree(folder / "more")
    (folder / "bad.html").rename(folder / "bad.png")
    (folder / "empty.txt").unlink()
    assert main(["ingest", str(folder)]) == 4
    assert "no page in the folder" in capsys.readouterr().err
