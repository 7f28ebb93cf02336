"""`paomo parse` as people and scripts use it."""

import io
import json
import sys
from pathlib import Path

import pytest

from bot.cli import main

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"


def test_json_is_one_document_with_readable_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(PAGES / "thread.html"), "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["root"]["id"] == "399"
    assert "电网" in out


def test_standard_input_with_an_address(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((PAGES / "reply.html").read_bytes())))
    url = "https://bbs.wenxuecity.com/gupiao/403.html"
    assert main(["parse", "-", "--url", url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == url


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("thread.html", "5 replies by 4 authors"),
        ("index.html", "5 posts in 2 threads"),
        ("dump.txt", "who answers whom"),
    ],
)
def test_the_summary_counts(name: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(PAGES / name)]) == 0
    assert says in capsys.readouterr().out


def test_errors_are_one_line_and_a_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text("nothing of the kind", "utf-8")
    for file, code in ((tmp_path / "x.txt", 4), (tmp_path / "none", 4), (tmp_path, 1), (PAGES / "half.html", 1)):
        assert main(["parse", str(file)]) == code
        said = capsys.readouterr().err
        assert said.startswith("paomo: ")
        assert said.count("\n") == 1
