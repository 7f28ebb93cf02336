"""Contrast pairs: two posts that differ in a few characters and in what they say.

A model can be right on most posts by the words that usually stand in bullish or bearish ones. A pair takes that
away: both posts share nearly all words, and who calls them the same is wrong on one (Gardner and others 2020,
“Evaluating models' local decision boundaries via contrast sets”). The pairs of the project are in
`nlp/data/corpus/contrast.jsonl`, see docs/corpus.md.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UsageError
from nlp.labels import LABELS
from nlp.learning.labelled import FOLDER, Row, read

PAIRS = FOLDER / "contrast.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two posts, `a` and `b`, with different labels; `phenomenon` names what makes the difference."""

    id: str
    phenomenon: str
    a: Row
    b: Row


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of a file of labelled posts with `pair`, `side` (a or b) and `phenomenon`, in the file's order.

    `UsageError` names the line that cannot be read, or the pair that is not two posts with different labels.

    >>> pair = read_pairs()[0]
    >>> pair.id, pair.phenomenon, pair.a.label != pair.b.label
    ('bad_noun-01', 'bad_noun', True)
    """
    rows = read([path])
    lines = [line for line in path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    sides: dict[str, dict[Any, tuple[Row, Any]]] = {}
    for row, line in zip(rows, lines, strict=True):
        item = json.loads(line)
        if item.get("pair") is None:
            raise UsageError(
                f"{path} has a post of no pair: {line.decode()[:60]}", hint='a line says "pair" and "side"'
            )
        own = sides.setdefault(str(item["pair"]), {})
        side = str(item.get("side"))
        if side in own:
            raise UsageError(f"{path}: pair {item['pair']} has side {side} twice", hint="a pair has sides a and b")
        own[side] = (row, item.get("phenomenon"))
    return [_pair(path, id, own) for id, own in sides.items()]


def _pair(path: Path, id: str, sides: dict[Any, tuple[Row, Any]]) -> Pair:
    if set(sides) != {"a", "b"}:
        raise UsageError(f"{path}: pair {id} has the sides {', '.join(sides)}", hint="a pair has sides a and b")
    (a, phenomenon), (b, other) = sides["a"], sides["b"]
    if not isinstance(phenomenon, str) or phenomenon != other:
        raise UsageError(f"{path}: the posts of pair {id} do not name one phenomenon")
    if a.label == b.label:
        raise UsageError(f"{path}: both posts of pair {id} are {LABELS[a.label]}", hint="a pair's labels differ")
    return Pair(id=id, phenomenon=phenomenon, a=a, b=b)
