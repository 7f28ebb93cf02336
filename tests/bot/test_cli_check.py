"""`paomo check`: its shape, its exit codes, text and pages."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.cli.main import main
from core.figures import VERDICTS

TEXT = "木星的訂單有60億，是對手55億的兩倍多。\nOpenAI 2024年收入37億美元。\n"
ROOT = Path(__file__).parents[2]


def test_claims_in_the_shape_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert main(["check", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["claims"]
    for claim in document["claims"]:
        assert {"text", "start", "end", "value", "unit", "period", "relation", "verdict", "recheck", "sources"} <= set(
            claim
        )
        assert set(claim["recheck"]) == {"value", "unit", "how"}
        assert TEXT[claim["start"] : claim["end"]] == claim["text"]
        assert claim["verdict"] in VERDICTS
    ratio, revenue = document["claims"]
    assert (ratio["relation"], ratio["verdict"], ratio["value"], ratio["unit"]) == ("ratio", "fails", 2, "ratio")
    assert ratio["recheck"]["value"] == pytest.approx(60 / 55)
    assert (revenue["relation"], revenue["verdict"], revenue["value"], revenue["unit"]) == (
        None,
        "holds",
        3.7,
        "USD_bn",
    )
    assert revenue["period"] == "2024"
    assert revenue["sources"][0]["checked_on"].startswith("20")


def test_plain_lines_show_quote_arithmetic_and_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert main(["check", str(file)]) == 0
    out = capsys.readouterr().out
    assert "✗ fails  “是對手55億的兩倍多”" in out
    assert "60億 / 55億 = 1.091" in out
    assert "✓ holds" in out
    assert "[FTLEAK]" in out
    assert out.rstrip().endswith("2 claims, 1 wrong")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("買60億，是55億的兩倍多。".encode())))
    assert main(["check", "-"]) == 0
    assert "fails" in capsys.readouterr().out


def test_no_claim_is_not_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text.txt"
    file.write_text("週三晚上八點半，三十二號包廂。", encoding="utf-8")
    assert main(["check", str(file)]) == 4
    assert "no numeric claim" in capsys.readouterr().err


def test_a_saved_page_is_checked_post_by_post(capsys: pytest.CaptureFixture[str]) -> None:
    page = ROOT / "scraper" / "samples" / "2026-10-29-circular-money.html"
    assert main(["check", str(page), "--json"]) == 0
    claims = json.loads(capsys.readouterr().out)["claims"]
    assert {"post"} <= set(claims[0])
    assert any(claim["verdict"] == "holds" and claim["sources"] for claim in claims)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", 4), (b"\xff\xfe\x00", 1), (b"<html><body>no forum</body></html>", 4)]
)
def test_bad_files_end_with_one_line(
    content: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    assert main(["check", str(file)]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_last_year_is_told_from_the_day_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text.txt"
    file.write_text("OpenAI去年收入130億美元。", encoding="utf-8")
    assert main(["check", str(file), "--as-of", "2025-10-21"]) == 0
    assert "contradicted" in capsys.readouterr().out
    assert main(["check", str(file), "--as-of", "2025-13-21"]) == 2
    assert "is not a day" in capsys.readouterr().err
