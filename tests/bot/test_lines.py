"""Lines from a pipe, good and bad: what is left out is told by its number, and memory is bounded."""

import io
import json
import tracemalloc
from itertools import chain, repeat
from typing import Any

import pytest

from bot.cli.lines import MAX_LINE, batches
from core.errors import UsageError
from tests.bot.command import invoke


def skipped(given: bytes) -> tuple[list[str], list[str]]:
    """The texts of a stream, and what was told of the bad lines."""
    told: list[str] = []
    found = list(chain(*batches(io.BytesIO(given), bad=lambda error: told.append(str(error)))))
    return found, told


class Chopped(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(7)


LONG = b"x" * (MAX_LINE + 1)


@pytest.mark.parametrize(
    ("given", "texts", "numbers"),
    [
        (b"a\n\xff\nb\n", ["a", "b"], [2]),
        (b"\xff\na", ["a"], [1]),
        (b"a\r\n\r\nb\r\n", ["a", "", "b"], []),
        ("\ufeffa\n\ufeffb".encode(), ["a", "\ufeffb"], []),
        (b"a\x00b\n\n\n", ["a\x00b", "", ""], []),
        (b"a\n" + LONG + b"\nb\n", ["a", "b"], [2]),
        (LONG * 3 + b"\nb", ["b"], [1]),
        (b"a\n" + LONG * 2, ["a"], [2]),
        (b"a\n" + LONG, ["a"], [2]),
        (LONG[:MAX_LINE] + b"\nb", ["x" * MAX_LINE, "b"], []),
        (b'{"text": "a"}\n{"text"\n{"text": 5}\n[]\n\n{"text": "b"}', ["a", "b"], [2, 3, 4]),
        (b'\xff\n{"text": "a"}\n', ["a"], [1]),
        (b'{"text": "\\ud800a"}', ["\ud800a"], []),
        (b"\xfe\xff\x00a", [], [1]),
        (b"", [], []),
        (b"\n", [""], []),
    ],
)
def test_bad_lines_are_left_out_and_told(given: bytes, texts: list[str], numbers: list[int]) -> None:
    found, told = skipped(given)
    assert found == texts
    assert [int(line.split()[1]) for line in told] == numbers


@pytest.mark.parametrize("given", [b"\xe6\xb6\xa8\xe4\xba\x86\r\nb\n\xff\nc", b"a\n\n\nb"])
def test_however_it_is_chopped(given: bytes) -> None:
    told: list[UsageError] = []
    assert list(chain(*batches(Chopped(given), bad=told.append))) == skipped(given)[0]
    assert len(told) == len(skipped(given)[1])


def test_memory_does_not_grow_with_what_passes_through() -> None:
    """Forty megabytes, most of it one line."""

    class Endless(io.RawIOBase):
        blocks = chain(repeat(b"x" * 65_536, 512), repeat(("涨" * 300 + "\n").encode() * 70, 90))

        def read1(self, size: int = -1) -> bytes:
            return next(self.blocks, b"")

    tracemalloc.start()
    stream: Any = Endless()
    count = sum(len(texts) for texts in batches(stream, bad=lambda _: None))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 90 * 70 - 1
    assert peak < 8_000_000


def test_going_on_or_stopping_by_flag() -> None:
    given = b"a\n\xff\nb\n"
    stopped = invoke("score", "-", given=given)
    assert isinstance(stopped.exception, UsageError)
    assert "iconv" in str(stopped.exception.hint)
    assert stopped.stdout.count("\n") == 1
    went_on = invoke("score", "--on-error", "skip", "-", given=given)
    assert went_on.exit_code == 0
    assert [json.loads(line)["text"] for line in went_on.stdout.splitlines()] == ["a", "b"]
    assert "line 2 is not UTF-8: invalid start byte at byte 1; left out" in went_on.stderr


def test_a_flood_of_bad_lines_is_counted_not_told() -> None:
    result = invoke("score", "--on-error", "skip", "-", given=b"\xff\n" * 500)
    assert result.stderr.count("\n") == 21
    assert "500 lines were left out" in result.stderr


def test_anything_gets_a_verdict() -> None:
    odd = ["", "\x00", "🚀", "1" * 50_000, "x" * 500_000, "\u202eab", "ひらがな", "\ufeff", "\\ud800"]
    given = "\n".join(json.dumps({"text": text}) for text in odd).replace("\\\\ud800", "\\ud800").encode()
    found = [json.loads(line) for line in invoke("score", "-", given=given).stdout.splitlines()]
    assert len(found) == len(odd)
    assert found[-1]["text"] == "\ud800"
    assert all(max(item["p"].values()) < 0.9 for item in found)


def test_without_evidence() -> None:
    [item] = [
        json.loads(line)
        for line in invoke("score", "--no-evidence", "-", given="看多，滿倉".encode()).stdout.splitlines()
    ]
    assert (item["label"], item["evidence"]) == ("bullish", [])
