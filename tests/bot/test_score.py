"""`paomo score`: the shapes of the contract, streams in order, errors with their line."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.lines import MAX_LINE, batches
from bot.cli.score import score
from core.errors import UsageError

KEYS = ["text", "label", "score", "margin", "p", "p_on_topic", "evidence", "tickers", "themes", "model", "targets"]


def _run(*args: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(score, list(args), input=given, catch_exceptions=True)


def _lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.exception
    return [json.loads(line) for line in result.stdout_bytes.decode().splitlines()]


def test_the_shape() -> None:
    [item] = _lines(_run("--json", "看多NVDA，加倉"))
    assert list(item) == KEYS
    assert item["label"] == "bullish"
    assert list(item["p"]) == ["bullish", "neutral", "bearish"]
    assert sum(term["weight"] for term in item["evidence"]) == pytest.approx(item["margin"], abs=1e-6)
    assert item["score"] == pytest.approx(item["p"]["bullish"] - item["p"]["bearish"])


def test_several_texts() -> None:
    assert [item["text"] for item in json.loads(_run("--json", "涨", "跌").stdout)] == ["涨", "跌"]
    assert [item["text"] for item in _lines(_run("--jsonl", "涨", "跌"))] == ["涨", "跌"]


def test_plain_verdict() -> None:
    result = _run("牛市來了，滿倉")
    assert result.stdout.startswith("bullish ")
    assert result.stdout.count("\n") == 1
    assert "log-odds" in _run("--explain", "牛市來了，滿倉").stdout


def test_lines_keep_their_order_and_number() -> None:
    given = "\ufeff看多\r\n\n🚀\n跌了" + "\n晚安" * 500
    found = _lines(_run("-", given=given.encode()))
    assert [item["text"] for item in found] == ["看多", "", "🚀", "跌了", *["晚安"] * 500]


def test_jsonl_and_file(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"text": "看多\\n加仓", "id": 1}\n\n{"text": ""}\n', "utf-8")
    for result in (_run("--file", str(path)), _run("-", given=path.read_bytes())):
        assert [item["text"] for item in _lines(result)] == ["看多\n加仓", ""]


@pytest.mark.parametrize(
    ("given", "reason", "before"),
    [
        (b"\xe6\xb6\xa8\n\xff\n", "line 2 is not UTF-8", 1),
        (b'{"text": "a"}\n{"text"', "line 2 is not JSON", 1),
        (b'{"text": "a"}\n\n{"text": 5}\n', "line 3 has no text", 1),
        (b"a\nb\n" + b"x" * (MAX_LINE + 2), "line 3 is longer", 2),
    ],
)
def test_a_bad_line_is_named_after_what_came_before(given: bytes, reason: str, before: int) -> None:
    result = _run("-", given=given)
    assert isinstance(result.exception, UsageError)
    assert reason in str(result.exception)
    assert result.stdout.count("\n") == before


@pytest.mark.parametrize("args", [(), ("--json", "--jsonl", "a"), ("--json", "-"), ("--file", __file__, "a")])
def test_what_cannot_be_asked(args: tuple[str, ...]) -> None:
    assert isinstance(_run(*args).exception, UsageError)


def test_texts_are_judged_as_they_arrive() -> None:
    """A block is handed on before the next is read, and no more than a block is held."""
    blocks = iter([b"a\nb", b"c\n", b"d", b""])

    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            return next(blocks)

    assert list(batches(Slow())) == [["a"], ["bc"], ["d"]]


def test_the_program_itself() -> None:
    """Over real pipes, with bytes on the command line that are no text."""
    run = [sys.executable, "-m", "bot", "score"]
    done = subprocess.run([*run, "-"], input="看多\n".encode(), capture_output=True, check=True)
    assert json.loads(done.stdout)["text"] == "看多"
    odd = subprocess.run([*run, "--json", b"\xe6\xb6\xa8\xff"], capture_output=True, check=True)
    assert json.loads(odd.stdout)["text"].startswith("涨")
