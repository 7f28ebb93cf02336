"""Posts as Parquet: the same as in JSON, typed; a group of rows at a time; refused where pyarrow is missing."""

import gc
import io
import json
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyarrow import concat_tables, parquet

from bot import export
from bot.cli.main import main
from bot.parquet import SCHEMA, write_posts


def test_it_holds_what_json_lines_hold(sample_db: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("posts.jsonl", "posts.parquet")]
    assert main(["--db", str(sample_db), "export", "--out", str(files[0])]) == 0
    assert main(["--db", str(sample_db), "export", "--parquet", "--out", str(files[1])]) == 0
    lines = [json.loads(line) for line in files[0].read_text(encoding="utf-8").splitlines()]
    table = parquet.read_table(files[1])
    assert table.column_names == list(export.COLUMNS) == list(SCHEMA)
    assert [str(field.type) for field in table.schema if field.name != "images"] == [
        kind for name, kind in SCHEMA.items() if name != "images"
    ]
    rows = table.to_pylist()
    assert len(rows) == len(lines) > 100
    for row, line in zip(rows, lines, strict=True):
        assert {name: row[name] for name in ("id", "author", "title", "body", "depth", "deleted", "url", "images")} == {
            name: line[name] for name in ("id", "author", "title", "body", "depth", "deleted", "url", "images")
        }
        assert row["published_utc"] == datetime.fromisoformat(line["published_utc"]).astimezone(UTC)
        assert row["published_local"] == datetime.fromisoformat(line["published_local"])
        assert (row["label"], row["p_bullish"]) == (line["sentiment"]["label"], line["sentiment"]["p"]["bullish"])


def test_parts_hold_together_what_one_file_holds(
    sample_db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def export_to(*args: str) -> int:
        return main(["--db", str(sample_db), "export", "--parquet", *args])

    assert export_to("--out", str(tmp_path / "all.parquet")) == 0
    folder = tmp_path / "parts"
    assert export_to("--out", str(folder), "--rows", "50") == 0
    whole = parquet.read_table(tmp_path / "all.parquet")
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"posts-{n:05}.parquet" for n in range(1, -(-whole.num_rows // 50) + 1)]
    tables = [parquet.read_table(file) for file in files]
    assert [table.num_rows for table in tables[:-1]] == [50] * (len(tables) - 1)
    assert concat_tables(tables) == whole
    for args, said in (
        (["--out", str(folder), "--rows", "50"], "parts of another export"),
        (["--out", str(folder)], "is a folder"),
        (["--rows", "50"], "goes with --parquet and --out"),
    ):
        assert export_to(*args) == 2
        assert said in capsys.readouterr().err
    assert main(["--db", str(sample_db), "export", "--rows", "5", "--out", str(folder)]) == 2


def test_memory_holds_one_group_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Row(dict[str, object]):
        """A dict that can be counted while it lives."""

    monkeypatch.setattr("bot.parquet.GROUP", 10)
    alive: weakref.WeakSet[Row] = weakref.WeakSet()
    monkeypatch.setattr(Row, "__hash__", object.__hash__, raising=False)
    most = 0

    def rows() -> Iterator[Row]:
        nonlocal most
        for n in range(95):
            row = Row(dict.fromkeys(SCHEMA) | {"n": n})
            alive.add(row)
            gc.collect(0)
            most = max(most, len(alive))
            yield row

    out = io.BytesIO()
    assert write_posts(out, rows()) == 95
    assert parquet.ParquetFile(out).metadata.num_row_groups == 10
    assert most <= 21, "this group and the one before"


def test_without_pyarrow_it_says_what_to_install(
    sample_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    out = tmp_path / "posts.parquet"
    assert main(["--db", str(sample_db), "export", "--format", "parquet", "--out", str(out)]) == 2
    assert "pip install 'paomo[parquet]'" in capsys.readouterr().err
    assert list(tmp_path.glob("*parquet*")) == [], "no empty file is left"
