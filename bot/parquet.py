"""Posts as a Parquet file: typed columns, compressed, a group of rows at a time. Needs pyarrow (`pip install 'paomo[parquet]'`).

The schema, `SCHEMA`, is that of `bot.export.COLUMNS`, and docs/keeping.md shows it. Times on the forum's wall clock
have no zone; `published_utc` is the moment. What is not known is null.
"""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from core.errors import UsageError

GROUP: Final = 5_000  # rows held in memory at a time; a megabyte or ten
_WALL, _MOMENT, _WHOLE, _REAL, _TEXT = "timestamp[ms]", "timestamp[ms, tz=UTC]", "int64", "double", "string"
SCHEMA: Final[Mapping[str, str]] = {
    "published_local": _WALL, "tz": _TEXT, "published_utc": _MOMENT, "site": _TEXT, "board": _TEXT, "thread": _WHOLE,
    "thread_title": _TEXT, "n": _WHOLE, "id": _TEXT, "parent_id": _TEXT, "depth": _WHOLE, "author": _TEXT,
    "author_key": _TEXT, "title": _TEXT, "body": _TEXT, "bytes": _WHOLE, "reads": _WHOLE, "comments": _WHOLE,
    "points": _WHOLE, "edited_local": _WALL, "images": "list<string>", "deleted": "bool", "label": _TEXT,
    "score": _REAL, "p_bullish": _REAL, "p_neutral": _REAL, "p_bearish": _REAL, "p_on_topic": _REAL, "model": _TEXT,
    "url": _TEXT,
}  # fmt: skip


def write_posts(stream: BinaryIO, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows of `bot.export.flat` and return how many; memory holds one group of them."""
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError("Parquet needs pyarrow, which is not installed", hint="pip install 'paomo[parquet]'")
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {
        _WALL: pa.timestamp("ms"), _MOMENT: pa.timestamp("ms", tz="UTC"), _WHOLE: pa.int64(),
        _REAL: pa.float64(), _TEXT: pa.string(), "list<string>": pa.list_(pa.string()), "bool": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(name, kinds[kind]) for name, kind in SCHEMA.items()])
    count = 0
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(rows):
            count += len(group)
            columns = {name: [_value(row[name], kind) for row in group] for name, kind in SCHEMA.items()}
            writer.write_table(pa.table(columns, schema=schema))
    return count


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    every = iter(rows)
    while group := list(islice(every, GROUP)):
        yield group


def _value(value: Any, kind: str) -> Any:
    return datetime.fromisoformat(value) if kind in (_WALL, _MOMENT) and value is not None else value
