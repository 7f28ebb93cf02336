"""docs/model.md says what the models' cards say."""

import json
from pathlib import Path
from typing import Any

import pytest

from nlp.learning.contrast import read_pairs
from nlp.learning.evaluate import evaluate_pairs
from nlp.model import FOLDER, VARIANTS, Model

DOCS = Path(__file__).parents[2] / "docs" / "model.md"
CARDS = {variant: json.loads((FOLDER / f"{variant}.json").read_text("utf-8")) for variant in VARIANTS}
MEASURED = [(variant, name) for variant in VARIANTS for name in CARDS[variant]["figures"] if "pairs" not in name]


def _cells(first: str) -> list[str]:
    """The cells after the first of the one table row that starts so."""
    [row] = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith(f"| {first}")]
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f}"


@pytest.mark.parametrize(("variant", "name"), MEASURED)
def test_figures(variant: str, name: str) -> None:
    figures = CARDS[variant]["figures"][name]
    file, _, part = name.partition(", ")
    how = part or ("5 folds" if figures["protocol"].startswith("5") else "")
    spans = [
        f"{_percent(rate['value'])} ({_percent(rate['low'])} to {_percent(rate['high'])})"
        for rate in (figures["accuracy"], figures["macro_f1"])
    ]
    rest = [_percent(figures[key]) for key in ("direction_errors", "missed", "ece")]
    [sure] = [_percent(right) for share, right in figures["coverage"] if share == 0.6]
    plain = [f"{_percent(other['accuracy'])} / {_percent(other['macro_f1'])}" for other in figures["baselines"][:2]]
    row = f"{variant}: `{file}`" + (f", {how}" if how else "") + " |"
    assert _cells(row) == [str(figures["posts"]), *spans, *rest, sure, *plain]


@pytest.mark.parametrize("data", CARDS["full"]["data"], ids=lambda data: str(data["name"]))
def test_data(data: dict[str, Any]) -> None:
    counts = [str(data[key]) for key in ("posts", "bearish", "neutral", "bullish", "off_topic")]
    assert _cells(f"`{data['name']}` |")[:5] == counts


def test_figures_of_the_contrast_pairs() -> None:
    """Measured anew."""
    kept = [pair for pair in read_pairs() if pair.a.split == "test"]
    own, full = (evaluate_pairs(Model.load(Path(variant)), kept) for variant in VARIANTS)
    for mine, theirs in zip(full, own, strict=True):
        counts = [mine.pairs, mine.both, theirs.both, mine.ordered, theirs.ordered]
        assert _cells(f"{mine.phenomenon} |") == [str(count) for count in counts]
    corpus = DOCS.with_name("corpus.md").read_text("utf-8")
    assert f"{len(read_pairs())} pairs of posts" in corpus
