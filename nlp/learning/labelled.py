"""Labelled posts for training and measuring: one JSON object a line.

`text` and `label` (bearish, neutral, bullish) are wanted; `thread` (anything that tells threads of one file
apart), `off` (the post is off topic), `weight` (how much the row counts, 1 if absent) and `split` (train or
test) may stand beside them. Other keys are left alone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import UsageError
from nlp.labels import LABELS
from nlp.normalise import comparable

FOLDER = Path(__file__).parents[1] / "data" / "corpus"
CORPUS = FOLDER / "corpus.jsonl"  # the threads that were written for this project
SPLITS = ("train", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled post.

    text:   comparable, see `nlp.normalise`
    label:  place in `LABELS`
    off:    whether the post is off topic; `None` where nobody said
    weight: how much the row counts in training, more than 0
    group:  rows of one group must not stand on both sides of a measurement: copies of a text and the posts
            of one thread
    source: name of the file; digest: its SHA-256
    split:  `train`, or `test` for a row to measure on and not to learn; `None` where nobody said
    pair:   whether the post was written as one of a contrast pair (`nlp.learning.contrast`)
    parent: the post that it replies to, comparable; `None` where the row does not carry its words
    raw:    the text as written, for readers that do not read the comparable form
    """

    text: str
    label: int
    off: bool | None
    weight: float
    group: int
    source: str
    digest: str
    split: str | None = None
    pair: bool = False
    parent: str | None = None
    raw: str = ""


class Source(NamedTuple):
    """Where rows are from: a file's name and SHA-256."""

    name: str
    digest: str


def read(paths: Sequence[Path], more: Iterable[tuple[Source, Mapping[str, Any]]] = ()) -> list[Row]:
    """The rows of all files; `UsageError` names file and line of the first that cannot be read.

    more: rows that stand in no file, behind the others
    """
    groups = _Groups()
    rows = [row for path in paths for row in _file(path, groups)]
    return rows + [_row(item, f"{source.name}, row {n}", source, groups) for n, (source, item) in enumerate(more, 1)]


def lines_of(path: Path) -> Iterator[tuple[str, Any]]:
    """The JSON values of a file with one a line, each with where it stands; empty lines are left out."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield f"{path}:{number}", _value(line, f"{path}:{number}")


def _file(path: Path, groups: "_Groups") -> list[Row]:
    values = list(lines_of(path))
    if not values:
        raise UsageError(f"{path} holds no labelled post", hint='one JSON object a line, {"text": …, "label": …}')
    source = Source(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    return [_row(value, where, source, groups) for where, value in values]


def _value(line: bytes, where: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is not UTF-8: {error.reason} at byte {error.start + 1}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is not JSON: {error}") from error


def _row(item: Any, where: str, source: Source, groups: "_Groups") -> Row:
    if not isinstance(item, Mapping) or not isinstance(item.get("text"), str):
        raise UsageError(f"{where} has no text", hint='one JSON object a line, {"text": …, "label": …}')
    label = item.get("label")
    if label not in LABELS:
        raise UsageError(f"{where} has the label {label!r}", hint="labels are " + ", ".join(LABELS))
    weight, off, split = item.get("weight", 1), item.get("off"), item.get("split")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1e6:
        raise UsageError(f"{where} has the weight {weight!r}", hint="a weight is a number above 0")
    if not (off is None or isinstance(off, bool)):
        raise UsageError(f"{where} has off = {off!r}", hint="off is true or false")
    if split is not None and split not in SPLITS:
        raise UsageError(f"{where} has the split {split!r}", hint="a split is train or test")
    text = comparable(item["text"])
    return Row(
        text=text,
        label=LABELS.index(label),
        off=off,
        weight=float(weight),
        group=groups.of(text, source, item.get("thread")),
        source=source.name,
        digest=source.digest,
        split=split,
        pair=item.get("pair") is not None,
        parent=comparable(item["parent"]) if isinstance(item.get("parent"), str) else None,
        raw=item["text"],
    )


class _Groups:
    """Numbers for threads; a text that stands in several threads belongs to the first it was met in."""

    def __init__(self) -> None:
        self._of_text: dict[str, int] = {}
        self._of_thread: dict[tuple[Source, str], int] = {}
        self._next = 0

    def of(self, text: str, source: Source, thread: Any) -> int:
        if text in self._of_text:
            return self._of_text[text]
        self._next += 1
        group = self._next if thread is None else self._of_thread.setdefault((source, str(thread)), self._next)
        self._of_text[text] = group
        return group
