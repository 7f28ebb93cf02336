"""Judging a table of posts: what many machines do to their part of the posts, and one machine to all of them.

A table is a pyarrow table or a pandas frame; neither is needed to import this.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from core.errors import UsageError
from core.sentiment import Sentiment
from nlp.entities import mentions
from nlp.model import Model

EVIDENCE: Final = 8
COLUMNS: Final = ("label", "score", "margin", "p", "p_on_topic", "evidence", "tickers", "themes", "model")
Frame = TypeVar("Frame")


def to_json(text: str, judged: Sentiment) -> dict[str, Any]:
    """A judged text in the shape of the contract (docs/commands.md)."""
    tickers, themes = mentions(text)
    bearish, neutral, bullish = judged.p
    return {
        "text": text,
        "label": judged.label,
        "score": judged.score,
        "margin": judged.margin,
        "p": {"bullish": bullish, "neutral": neutral, "bearish": bearish},
        "p_on_topic": judged.p_on_topic,
        "evidence": [{"term": item.term, "weight": item.weight} for item in judged.evidence],
        "tickers": tickers,
        "themes": themes,
        "model": judged.model,
    }


def score_frame(frame: Frame, model: Model | None = None) -> Frame:
    """The table with the columns of `paomo score` (`COLUMNS`) behind its own, in the same order; the same kind of table.

    What is judged is `text` or, where there is no such column, `title` and `body` (as `paomo export` writes them) with
    a line break between. Columns of the same name are replaced. A null is a text without words. `UsageError` where
    none of these columns is there.

    >>> import pyarrow as pa
    >>> score_frame(pa.table({"text": ["看多NVDA，加倉"]})).to_pylist()[0]["label"]
    'bullish'
    """
    model = model or Model.load()
    texts = _texts(frame)
    rows = [to_json(text, judged) for text, judged in zip(texts, model.predict(texts, evidence=EVIDENCE), strict=True)]
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    columns["label"] = [label.value for label in columns["label"]]
    if hasattr(frame, "assign"):
        return frame.assign(**columns)  # type: ignore[no-any-return] # pandas
    import pyarrow as pa

    made: Any = frame
    made = made.drop_columns([name for name in made.column_names if name in COLUMNS])
    for name, kind in _kinds().items():
        made = made.append_column(name, pa.array(columns[name], kind))
    return made  # type: ignore[no-any-return] # pyarrow has no types


def _texts(frame: Any) -> list[str]:
    names = list(getattr(frame, "column_names", None) or frame.columns)
    if "text" in names:
        return [_said(text) for text in _values(frame, "text")]
    if "title" not in names:
        raise UsageError(
            f"the table has no column “text” and none “title”, but {', '.join(map(str, names)) or 'none at all'}",
            hint="paomo export --parquet writes one that fits",
        )
    titles = _values(frame, "title")
    bodies = _values(frame, "body") if "body" in names else [None] * len(titles)
    return [
        f"{_said(title)}\n{body}" if _said(body) else _said(title) for title, body in zip(titles, bodies, strict=True)
    ]


def _values(frame: Any, name: str) -> Sequence[Any]:
    column = frame[name]
    values = column.to_pylist() if hasattr(column, "to_pylist") else column.tolist()
    return list(values)


def _said(value: object) -> str:
    """A text as it stands; nulls of every kind (None, NaN) have no words."""
    return value if isinstance(value, str) else ""


def _kinds() -> dict[str, Any]:
    import pyarrow as pa

    real, text = pa.float64(), pa.string()
    return {
        "label": text,
        "score": real,
        "margin": real,
        "p": pa.struct([("bullish", real), ("neutral", real), ("bearish", real)]),
        "p_on_topic": real,
        "evidence": pa.list_(pa.struct([("term", text), ("weight", real)])),
        "tickers": pa.list_(text),
        "themes": pa.list_(text),
        "model": text,
    }
