"""Writes a trained stance model: plain arrays, and beside them the card that says what it is.

The same weights give the same bytes; only the card's date differs.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from nlp.features import VIEWS
from nlp.labels import LABELS
from nlp.learning.labelled import Row
from nlp.learning.train import Trained
from nlp.lexicon import LIST
from nlp.model import Model, Weights


def pack(weights: Weights, *, dtype: str = "float16") -> bytes:
    """The arrays as .npz bytes, the same for the same weights; n-gram weights in `dtype`.

    In float16 a probability differs from scikit-learn's by up to 2e-3, in float32 by up to 1e-6.
    """
    whole = "float32" if dtype == "float16" else dtype
    arrays = {
        **{f"{view}.weights": weights.views[view].astype(dtype) for view in VIEWS},
        **{f"{view}.idf": weights.idf[view].astype(whole) for view in VIEWS},
        **{f"{view}.longest": np.int8(weights.longest[view]) for view in VIEWS},
        **{f"{view}.scale": np.float64(weights.scale[view]) for view in VIEWS},
        **{name: getattr(weights, name).astype(whole) for name in ("bias", "topic")},
        "sharpness": np.float64(weights.sharpness),
    }
    target = io.BytesIO()
    np.savez_compressed(target, allow_pickle=False, **arrays)
    return target.getvalue()


def write(trained: Trained, rows: Sequence[Row], path: Path, *, name: str, figures: Mapping[str, Any]) -> Model:
    """Write `path` (.npz) and its card beside it; returns the model as read back.

    What a person wrote into the card that stood there stays: keys that are not ours, and the notes on the data.
    """
    data = pack(trained.weights)
    digest = hashlib.sha256(data).hexdigest()
    before = _card_before(path.with_suffix(".json"))
    card: dict[str, Any] = {
        "name": name,
        "version": digest[:8],
        "date": datetime.now(UTC).date().isoformat(),
        "labels": list(LABELS),
        "data": [_described(source, rows) for source in dict.fromkeys((row.source, row.digest) for row in rows)],
        "lexicon_sha256": hashlib.sha256(LIST.read_bytes()).hexdigest(),
        "settings": asdict(trained.settings),
        "figures": rounded(figures),
        "bytes": len(data),
        "sha256": digest,
    }
    notes = {item["name"]: item["note"] for item in before.get("data", []) if "note" in item}
    card["data"] = [{**item, **_note(item["name"], notes)} for item in card["data"]]
    card = {**card, **{key: value for key, value in before.items() if key not in card}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.with_suffix(".json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return Model.load(path)


def _note(name: str, notes: Mapping[str, str]) -> dict[str, str]:
    return {"note": notes[name]} if name in notes else {}


def _card_before(path: Path) -> dict[str, Any]:
    """The card that stands at `path`; nothing if there is none, or none that can be read."""
    try:
        card = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def rounded(value: Any) -> Any:
    """Ratios to four decimals: more would claim more than a measurement knows."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value


def _described(source: tuple[str, str], rows: Sequence[Row]) -> dict[str, Any]:
    own = [row for row in rows if (row.source, row.digest) == source]
    part = {"split": "train"} if all(row.split == "train" for row in own) else {}
    return {"name": source[0], "sha256": source[1], **part, **counts_of(own)}


def counts_of(rows: Sequence[Row]) -> dict[str, int]:
    """How many posts there are, and of which labels, as a card says it."""
    counts = Counter(LABELS[row.label] for row in rows)
    return {
        "posts": len(rows),
        "off_topic": sum(bool(row.off) for row in rows),
        **{label.value: counts[label] for label in LABELS},
    }
