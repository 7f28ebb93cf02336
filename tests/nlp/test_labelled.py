"""Labelled files are read whole, or refused with the place of what is wrong."""

from pathlib import Path

import pytest

from core.errors import UsageError
from nlp.learning.labelled import read


def _file(folder: Path, *lines: str | bytes, name: str = "posts.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


def test_groups(tmp_path: Path) -> None:
    one = _file(
        tmp_path,
        '{"text": "看多", "label": "bullish", "thread": 1, "off": false, "weight": 0.5}',
        "",
        '{"text": "看空", "label": "bearish", "thread": 1}',
        '{"text": "晚安", "label": "neutral", "off": true}',
        '{"text": "看多！", "label": "bullish"}',
    )
    other = _file(
        tmp_path,
        '{"text": "跌", "label": "bearish", "thread": 1}',
        '{"text": "晚安", "label": "neutral"}',
        name="b.jsonl",
    )
    rows = read([one, other])
    assert [row.group for row in rows] == [1, 1, 3, 4, 5, 3]
    assert [row.off for row in rows] == [False, None, True, None, None, None]
    assert [row.weight for row in rows] == [0.5, 1, 1, 1, 1, 1]
    assert [row.source for row in rows] == ["posts.jsonl"] * 4 + ["b.jsonl"] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "no text"),
        ('{"label": "neutral"}', "no text"),
        ('{"text": 5, "label": "neutral"}', "no text"),
        ('{"text": "x", "label": "up"}', "label 'up'"),
        ('{"text": "x"}', "label None"),
        ('{"text": "x", "label": []}', "label"),
        ('{"text": "x", "label": "neutral", "weight": 0}', "weight"),
        ('{"text": "x", "label": "neutral", "weight": NaN}', "weight"),
        ('{"text": "x", "label": "neutral", "weight": true}', "weight"),
        ('{"text": "x", "label": "neutral", "off": 1}', "off"),
        ('{"text": "x", "label": "neutral", "split": "dev"}', "split"),
        ('{"text": "x", "label": "neutral", "split": []}', "split"),
        (b"\xff", "not UTF-8"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str | bytes, reason: str) -> None:
    path = _file(tmp_path, '{"text": "x", "label": "neutral"}', line)
    with pytest.raises(UsageError, match=rf"posts\.jsonl:2 .*{reason}"):
        read([path])


def test_an_empty_or_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no labelled post"):
        read([_file(tmp_path, "", "")])
    with pytest.raises(UsageError, match="cannot be read"):
        read([tmp_path / "none.jsonl"])
