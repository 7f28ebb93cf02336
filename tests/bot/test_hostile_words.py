"""What strangers write in a forum is shown as words: no terminal, spreadsheet, page or chat takes it for anything else."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.cli.main import main
from bot.pipeline import score_new
from bot.render import to_html
from core.config import Settings
from core.forum import Post, Thread
from core.store import Store

NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\x08\x7f\u202e\u200f"
MARKUP = "<b onclick=x>&amp;<script>alert(1)</script></b> [bold red]x[/] `id` *y*"
TITLE = f"泡沫要破了 {ESCAPES} {MARKUP}"
FORMULA = '=HYPERLINK("http://evil.example","看")'
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "paomo.db"
    when = NOW.replace(tzinfo=None)
    root = Post(
        n=0, id="1", title=TITLE, body=TITLE, author=f"惡{ESCAPES}{MARKUP}", url="javascript:alert(1)", published_local=when, published_utc=NOW,
    )  # fmt: skip
    reply = Post(
        n=1,
        id="2",
        parent_id="1",
        title=FORMULA,
        body=FORMULA,
        author="@SUM(1)",
        published_local=when,
        published_utc=NOW,
    )
    with Store.open(path) as store:
        thread = Thread(site="wenxuecity", board="cfzh", url="javascript:alert(2)", root=root, replies=(reply,))
        store.save(thread, b"x", url=None, headers={}, fetched_at=NOW, now=NOW)
        score_new(store, clock=lambda: NOW)
    monkeypatch.setenv("PAOMO_DB", str(path))
    return path


@pytest.mark.parametrize(
    "command",
    [
        ["thread", "1"],
        ["thread", "1", "--bodies"],
        ["search", "泡沫"],
        ["report", "--until", "2026-11-08"],
        ["export", "--format", "md"],
        ["ask", "論壇情緒如何"],
        ["ask", f"泡沫{ESCAPES}?"],
        ["search", f"nothing{ESCAPES}"],
        ["thread", f"nothing{ESCAPES}"],
        ["score", TITLE, "--explain"],
        ["ingest", f"https://evil{ESCAPES}.example/"],
        ["forget", "author", f"x{ESCAPES}", "--yes"],
        ["figures", "show", f"x{ESCAPES}"],
    ],
    ids=lambda command: " ".join(command)[:24].encode("ascii", "ignore").decode(),
)
def test_no_command_prints_what_a_terminal_obeys(db: Path, capsys: Captured, command: Sequence[str]) -> None:
    assert main(command) in {0, 1, 2, 4}
    said = capsys.readouterr()
    assert said.out + said.err
    assert not CONTROL.findall(said.out + said.err)


def test_messages_for_telegram_hold_no_markup_of_strangers(db: Path) -> None:
    engine = Engine(Settings(db=db, lang="zh-Hant"), today=NOW.date())
    for question in ("論壇情緒如何", "哪個帖子最悲觀", TITLE, FORMULA):
        html = to_html(engine.ask(question[:1999]))
        assert "<script" not in html
        assert "onclick" not in re.sub(r"&[^;]*;", "", re.sub(r"[^<]*(<[^>]*>)?", lambda found: found[1] or "", html))
        assert set(re.findall(r"</?([a-zA-Z]+)", html)) <= {"b", "i", "a", "code", "pre", "u", "s", "blockquote"}
        assert "javascript:" not in "".join(re.findall(r"href=\"([^\"]*)\"", html))


def test_no_cell_is_a_formula(db: Path, capsys: Captured) -> None:
    assert main(["export", "--format", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if re.match(r"\s*[=+@\t\r|%]", cell)]
    assert any(cell == f"'{FORMULA}" for row in rows for cell in row)


def test_links_are_of_the_web_alone(db: Path, capsys: Captured) -> None:
    assert main(["export", "--format", "md"]) == 0
    out = capsys.readouterr().out
    assert "](<javascript" not in out
    assert "<script>" not in out.replace("\\<", "")
