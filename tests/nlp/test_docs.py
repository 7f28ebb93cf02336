"""docs/model.md says what the model's card says."""

import json
from pathlib import Path
from typing import Any

import pytest

from nlp.contrast import read_pairs
from nlp.evaluate import evaluate_pairs
from nlp.model import SHIPPED, Model

DOCS = Path(__file__).parents[2] / "docs" / "model.md"
CARD = json.loads(SHIPPED.with_suffix(".json").read_text("utf-8"))


def _cells(first: str) -> list[str]:
    """The cells after the first of the one table row that starts so."""
    [row] = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith(f"| {first}")]
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f}"


def _expected(figures: dict[str, Any]) -> list[str]:
    spans = [
        f"{_percent(rate['value'])} ({_percent(rate['low'])} to {_percent(rate['high'])})"
        for rate in (figures["accuracy"], figures["macro_f1"])
    ]
    rest = [_percent(figures[name]) for name in ("direction_errors", "missed", "ece")]
    return [str(figures["posts"]), *spans, *rest]


@pytest.mark.parametrize("name", CARD["figures"])
def test_figures_of_the_shipped_model(name: str) -> None:
    figures = CARD["figures"][name]
    plain = [f"{_percent(other['accuracy'])} / {_percent(other['macro_f1'])}" for other in figures["baselines"]]
    assert _cells(f"`{name}`,") == [*_expected(figures), *plain]


@pytest.mark.parametrize("name", CARD["without_xueqiu"]["figures"])
def test_figures_of_the_own_corpus(name: str) -> None:
    assert _cells(f"own corpus alone: `{name}`,") == _expected(CARD["without_xueqiu"]["figures"][name])


@pytest.mark.parametrize("data", CARD["data"], ids=lambda data: str(data["name"]))
def test_data(data: dict[str, Any]) -> None:
    counts = [str(data[key]) for key in ("posts", "bearish", "neutral", "bullish", "off_topic")]
    assert _cells(f"`{data['name']}` |")[:5] == counts


def test_figures_of_the_contrast_pairs() -> None:
    """Measured anew: the card does not hold them."""
    figures = evaluate_pairs(Model.load(), read_pairs())
    rows = [f"| {of.phenomenon} | {of.pairs} | {of.both} | {of.one} | {of.neither} | {of.ordered} |" for of in figures]
    assert "\n".join(rows) in DOCS.read_text("utf-8")
    corpus = DOCS.with_name("corpus.md").read_text("utf-8")
    assert f"{sum(of.pairs for of in figures)} pairs of posts" in corpus
