"""Labels of public posts whose texts are not ours to give away.

`nlp/data/corpus/public.tsv` says of 2,860 posts, labelled for this project, a hash of the text and the label. Who
has the posts (nlp/data/model/full.json says where they come from) gets the labels back by the hash, and can train
the variant `full` anew; who has not learns nothing about a text that he does not have.

The table's first line calls this module by its old place, nlp/public.py: the model's card holds the table's hash.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.text import fold
from nlp.labels import LABELS
from nlp.learning.labelled import FOLDER, Source, lines_of

TABLE = FOLDER / "public.tsv"
_DIGITS = 32  # of SHA-256 that are kept


def key(text: str) -> str:
    """What a text is known by: the first 32 hexadecimal digits of the SHA-256 of its folded form (`core.text.fold`).

    >>> key("看好ＮＶＤＡ") == key("看好nvda")
    True
    """
    return hashlib.sha256(fold(text).encode()).hexdigest()[:_DIGITS]


def labelled(folder: Path, table: Path = TABLE) -> Iterator[tuple[Source, dict[str, Any]]]:
    """The posts of the table whose texts stand in the JSONL files of a folder, in the order of the table.

    Of a file's lines the `text` counts; what label it has there does not. `UsageError` if no text is known.
    """
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for _, value in lines_of(path):
            if isinstance(value, dict) and isinstance(value.get("text"), str):
                texts.setdefault(key(value["text"]), value["text"])
    source = Source(table.name, hashlib.sha256(table.read_bytes()).hexdigest())
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    if not any(digest in texts for digest, *_ in rows):
        raise UsageError(f"no JSONL file in {folder} holds a post that {table.name} knows", hint="docs/model.md")
    for digest, label, off in rows:
        if digest in texts:
            yield source, {"text": texts[digest], "label": LABELS[int(label)], "off": off == "1"}
