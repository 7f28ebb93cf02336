"""Judging folders of Parquet files, here or on the workers of a Dask cluster. Needs the extra `scale`.

A file is one task: read a batch of rows at a time, judged, written beside its place and moved there when whole. So a
worker that dies loses nothing but time, a file is whole or not there, and a run that was stopped goes on where it was:
files that say by their metadata that this model has judged that very input are left alone.
"""

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from core import __version__
from core.errors import PaomoError, UsageError
from core.text import counted
from nlp.frames import score_frame
from nlp.model import Model

BATCH: Final = 2_000  # rows in memory at a time
PATIENCE: Final = "20s"  # to reach a scheduler
_MARK: Final = b"paomo.judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of a file. rows: how many it has; again: it was there already."""

    name: str
    rows: int
    again: bool


def score_folder(
    source: Path,
    target: Path,
    *,
    model: Path | None = None,
    scheduler: str | None = None,
    done: Callable[[Judged, int], None] = lambda _file, _of: None,
) -> list[Judged]:
    """Judge every `.parquet` file of a folder into one of the same name in another; returns them by name.

    model:     of your own; on a cluster every worker must find it, and both folders, at this path
    scheduler: address of a Dask scheduler, such as `tcp://10.0.0.1:8786`; `None` judges here
    done:      called with each file as it is finished, and how many there are
    Raises `UsageError` where nothing is to be judged, `PaomoError` for a file or a cluster that fails.
    """
    for package in ("pyarrow", *(("distributed",) if scheduler else ())):
        if importlib.util.find_spec(package) is None:
            raise UsageError(f"this needs {package}, which is not installed", hint="pip install 'paomo[scale]'")
    source, target = source.absolute(), target.absolute()
    names = sorted(file.name for file in source.glob("*.parquet")) if source.is_dir() else []
    if not names:
        raise UsageError(f"{source} is no folder with .parquet files", hint="paomo export --parquet writes one")
    if source == target:
        raise UsageError("the folder to write is the one that is read", hint="give another for --out")
    Model.load(model)  # a model that cannot be read is told before anything is begun
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PaomoError(
            f"{target} cannot be made: {error.strerror}", hint="name a folder that you may write"
        ) from error
    found: list[Judged] = []
    try:
        for one in (_on(scheduler) if scheduler else _here)(names, source, target, model):
            found.append(one)
            done(one, len(names))
    finally:
        for left in target.glob(".*.part"):
            left.unlink(missing_ok=True)  # of workers that died
    return sorted(found, key=lambda one: one.name)


def score_file(name: str, source: Path, target: Path, model: Path | None) -> Judged:
    """Judge one file of a folder; what a worker does."""
    from pyarrow import lib, parquet

    judge, came, goes = _model(model), source / name, target / name
    part = target / f".{name}.{os.getpid()}.part"
    try:
        stat = came.stat()
        mark = f"{fingerprint(model)}; {stat.st_size} {stat.st_mtime_ns}".encode()
        with parquet.ParquetFile(came) as read:
            rows = read.metadata.num_rows
            if goes.exists() and (parquet.read_schema(goes).metadata or {}).get(_MARK) == mark:
                return Judged(name=name, rows=rows, again=True)
            _write(part, _judged(read, judge), mark)
        part.replace(goes)
    except (OSError, lib.ArrowException) as error:
        raise PaomoError(f"{came}: {_line(error)}", hint="see whether the file is whole, the disk full") from error  # fmt: skip
    return Judged(name=name, rows=rows, again=False)


def _line(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _judged(read: Any, model: Model) -> Iterator[Any]:
    """The file's rows with their judgements, a table a batch; one empty table where there are no rows."""
    import pyarrow as pa

    count = 0
    for batch in read.iter_batches(batch_size=BATCH):
        count += 1
        yield score_frame(pa.Table.from_batches([batch]), model)
    if not count:
        yield score_frame(read.schema_arrow.empty_table(), model)


def _write(part: Path, tables: Iterable[Any], mark: bytes) -> None:
    from pyarrow import parquet

    writer = None
    try:
        for table in tables:
            marked = table.replace_schema_metadata({**(table.schema.metadata or {}), _MARK: mark})
            writer = writer or parquet.ParquetWriter(part, marked.schema, compression="zstd")
            writer.write_table(marked)
    finally:
        if writer is not None:
            writer.close()


@cache
def _model(path: Path | None) -> Model:
    return Model.load(path)


def _here(names: list[str], source: Path, target: Path, model: Path | None) -> Iterator[Judged]:
    for name in names:
        yield score_file(name, source, target, model)


def fingerprint(model: Path | None) -> str:
    """What a worker judges with: the version of paomo, and the model."""
    return f"paomo {__version__}, {_model(model).name}"


def _same(client: Any, scheduler: str, model: Path | None) -> None:
    """Raise `PaomoError` unless every worker would judge as this machine does."""
    try:
        told: dict[str, str] = client.run(fingerprint, model)
    except Exception as error:  # whatever goes wrong over there arrives here
        raise PaomoError(
            f"the workers at {scheduler} cannot judge: {type(error).__name__}: {_line(error)}",
            hint="every worker needs paomo[scale], and the model and both folders at the same paths",
        ) from error
    ours = fingerprint(model)
    if not told:
        raise PaomoError(f"the scheduler at {scheduler} has no workers", hint=f"dask worker {scheduler}")
    if odd := {worker: theirs for worker, theirs in told.items() if theirs != ours}:
        worker, theirs = next(iter(odd.items()))
        raise PaomoError(f"{len(odd)} of {counted(len(told), 'worker')} would judge differently: {worker} has {theirs}, here is {ours}", hint="install the same paomo everywhere")  # fmt: skip


def _on(scheduler: str) -> Callable[[list[str], Path, Path, Path | None], Iterator[Judged]]:
    def judged(names: list[str], source: Path, target: Path, model: Path | None) -> Iterator[Judged]:
        from distributed import Client, KilledWorker, as_completed

        try:
            client = Client(scheduler, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call] # its own
        except (OSError, ValueError) as error:
            raise PaomoError(
                f"no Dask scheduler at {scheduler}: {error}", hint="start one: dask scheduler; then dask worker ADDRESS"
            ) from error
        with client:
            _same(client, scheduler, model)
            tasks = client.map(score_file, names, source=source, target=target, model=model, pure=False)
            try:
                for task in as_completed(tasks, loop=client.loop):  # type: ignore[no-untyped-call] # its own
                    yield task.result()
            except KilledWorker as error:
                raise PaomoError(
                    f"four workers died over one file: {error.task}", hint="see their logs; they may lack memory"
                ) from error

    return judged
