"""A real Dask cluster of two worker processes, one of them killed in the middle: the same files, row by row."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from bot.cli.main import main
from core.errors import PaomoError
from nlp.many import Judged, score_folder

FILES, ROWS = 8, 200
TITLES = (
    "看好英伟达, 明年還要漲",
    "AI泡沫什么时候破",
    "今天梭哈纳指",
    "割肉走人, 畢業了",
    "晚安",
    "甲骨文的資本支出誰來買單",
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50) as made:  # type: ignore[no-untyped-call] # its own  # fmt: skip
        yield made


@pytest.mark.e2e
def test_a_worker_that_is_killed_changes_nothing(cluster: Any, tmp_path: Path) -> None:
    posts, alone, together = (tmp_path / name for name in ("posts", "alone", "together"))
    posts.mkdir()
    for n in range(FILES):
        titles = [f"{TITLES[(n + row) % len(TITLES)]} {row}" for row in range(ROWS)]
        parquet.write_table(pa.table({"title": titles, "body": ["正文"] * ROWS}), posts / f"{n:02}.parquet")
    score_folder(posts, alone)
    killed: list[tuple[int, int]] = []

    def kill(_: Judged, of: int) -> None:
        if not killed:
            victim = next(iter(cluster.workers.values())).pid
            os.kill(victim, signal.SIGKILL)
            killed.append((victim, len(list(together.glob("*.parquet")))))

    found = score_folder(posts, together, scheduler=cluster.scheduler_address, done=kill)
    [(victim, finished)] = killed
    assert finished < FILES, "there was work left when the worker died"
    with pytest.raises(ProcessLookupError):
        os.kill(victim, 0)
    assert [(one.name, one.rows) for one in found] == [(f"{n:02}.parquet", ROWS) for n in range(FILES)]
    assert sorted(file.name for file in together.iterdir()) == sorted(file.name for file in posts.iterdir())
    for file in posts.iterdir():
        assert parquet.read_table(together / file.name) == parquet.read_table(alone / file.name)


def test_workers_with_another_version_are_not_used(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet.write_table(pa.table({"text": ["看多"]}), tmp_path / "p.parquet")
    monkeypatch.setattr("nlp.many.__version__", "9.9")
    with pytest.raises(
        PaomoError, match=r"1 of 1 worker would judge differently: .* has paomo 0\..*, here is paomo 9\.9"
    ):
        score_folder(tmp_path, tmp_path / "out", scheduler=cluster.scheduler_address)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_a_worker_cannot_read_is_named(cluster: Any, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"text": ["看多"]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(PaomoError, match=r"b\.parquet: .+") as caught:
        score_folder(tmp_path, tmp_path / "out", scheduler=cluster.scheduler_address)
    assert caught.value.hint
    assert {file.name for file in (tmp_path / "out").iterdir()} <= {"a.parquet"}


def test_a_scheduler_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    parquet.write_table(pa.table({"text": ["看多"]}), posts / "p.parquet")
    monkeypatch.setattr("nlp.many.PATIENCE", "0.2s")
    args = ["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"]
    assert main(["score", "--parquet", str(posts), "--out", str(tmp_path / "out"), *args]) == 1
    assert "no Dask scheduler at tcp://127.0.0.1:1" in capsys.readouterr().err
