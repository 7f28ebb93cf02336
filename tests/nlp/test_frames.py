"""Tables of posts: the columns of `paomo score`, whatever kind of table, and folders of them, here and again."""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from bot.cli.main import main
from bot.cli.score import score
from core.errors import UsageError
from nlp.frames import COLUMNS, score_frame
from nlp.many import Judged, score_folder

TEXTS = ["看多NVDA，加倉", "AI泡沫要破了，快跑", "晚安", "", "梭哈甲骨文！"]


class Frame:
    """As much of a pandas frame as there need be: columns by name, `assign`, and NaN for what is missing."""

    def __init__(self, **columns: list[Any]) -> None:
        self.held = columns

    @property
    def columns(self) -> list[str]:
        return list(self.held)

    def __getitem__(self, name: str) -> "Column":
        return Column(self.held[name])

    def assign(self, **more: list[Any]) -> "Frame":
        return Frame(**{**self.held, **more})


class Column(list[Any]):
    def tolist(self) -> list[Any]:
        return list(self)


def test_the_columns_are_those_of_the_command() -> None:
    done = CliRunner().invoke(score, ["--json", "--", *TEXTS])
    assert done.exit_code == 0
    said = json.loads(done.output)
    judged = score_frame(pa.table({"text": TEXTS, "id": [1, 2, 3, 4, 5]}))
    assert judged.column_names == ["text", "id", *COLUMNS]
    for row, line in zip(judged.to_pylist(), said, strict=True):
        del line["targets"]  # the command's alone: a cell holds one stance
        assert row == {**line, "id": row["id"]}


def test_title_and_body_are_read_as_the_store_reads_them() -> None:
    posts = pa.table({"title": ["看多", "跌", None], "body": ["加倉NVDA", None, "正文"], "label": ["old", "old", None]})
    judged = score_frame(posts)
    assert judged.column_names == ["title", "body", *COLUMNS], "an older label is replaced"
    whole = score_frame(pa.table({"text": ["看多\n加倉NVDA", "跌", "\n正文"]}))
    assert judged.select(COLUMNS) == whole.select(COLUMNS)


def test_a_pandas_frame_comes_back_as_one() -> None:
    judged = score_frame(Frame(text=[*TEXTS, float("nan"), None], id=list(range(7))))
    assert isinstance(judged, Frame)
    assert judged.columns == ["text", "id", *COLUMNS]
    table = score_frame(pa.table({"text": [*TEXTS, None, None]}))
    assert {name: judged.held[name] for name in COLUMNS} == {name: table[name].to_pylist() for name in COLUMNS}


def test_a_table_without_text_is_refused() -> None:
    with pytest.raises(UsageError, match="no column “text” and none “title”, but id"):
        score_frame(pa.table({"id": [1]}))


def folder(path: Path, files: int = 3, rows: int = 5) -> Path:
    path.mkdir()
    for n in range(files):
        parquet.write_table(pa.table({"text": [f"{text} {n}" for text in TEXTS] * (rows // 5)}), path / f"p{n}.parquet")
    return path


def test_a_folder_is_judged_once_and_again_where_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nlp.many.BATCH", 7)
    posts, out = folder(tmp_path / "posts", rows=20), tmp_path / "judged"
    parquet.write_table(pa.table({"text": pa.array([], pa.string())}), posts / "p9.parquet")
    assert main(["score", "--parquet", str(posts), "--out", str(out)]) == 0
    done = capsys.readouterr()
    assert done.out == f"{out}: 60 posts in 4 files\n"
    assert "4 of 4: p9.parquet, 0 posts" in done.err
    for file in sorted(posts.glob("*")):
        judged = parquet.read_table(out / file.name)
        assert judged.replace_schema_metadata() == score_frame(parquet.read_table(file))
    assert [one.again for one in score_folder(posts, out)] == [True] * 4
    parquet.write_table(pa.table({"text": ["改了"]}), posts / "p1.parquet")
    os.utime(posts / "p1.parquet", ns=(1, 1))
    assert score_folder(posts, out) == [
        Judged(name="p0.parquet", rows=20, again=True),
        Judged(name="p1.parquet", rows=1, again=False),
        Judged(name="p2.parquet", rows=20, again=True),
        Judged(name="p9.parquet", rows=0, again=True),
    ]


def test_a_file_that_is_no_parquet_is_named_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posts, out = folder(tmp_path / "posts"), tmp_path / "judged"
    (posts / "p1.parquet").write_bytes(b"PAR1 and no more")
    assert main(["score", "--parquet", str(posts), "--out", str(out)]) == 1
    assert str(posts / "p1.parquet") in capsys.readouterr().err
    assert [file.name for file in out.iterdir()] == ["p0.parquet"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posts, file = folder(tmp_path / "posts"), tmp_path / "file"
    file.write_text("not a folder")
    assert main(["score", "--parquet", str(posts), "--out", str(file)]) == 1
    assert f"{file} cannot be made" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--parquet", "posts"], "go together"),
        (["--out", "out"], "go together"),
        (["--parquet", "none", "--out", "out"], "no folder with .parquet files"),
        (["--parquet", "posts", "--out", "posts"], "is the one that is read"),
        (["--parquet", "posts", "--out", "out", "--engine", "dask"], "--scheduler ADDRESS go together"),
        (["--parquet", "posts", "--out", "out", "--scheduler", "tcp://127.0.0.1:1"], "--scheduler ADDRESS go together"),
        (["--parquet", "posts", "--out", "out", "--json"], "judges folders"),
        (["看多", "--out", "out"], "judges folders"),
    ],
)
def test_what_does_not_go_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    monkeypatch.chdir(folder(tmp_path / "posts").parent)
    assert main(["score", *args]) == 2
    assert said in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = folder(tmp_path / "posts")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["score", "--parquet", str(posts), "--out", str(tmp_path / "out")]) == 2
    assert "pip install 'paomo[scale]'" in capsys.readouterr().err
