"""The models that ship are as good as their cards say, and anyone can make them anew."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import UsageError
from nlp.learning.contrast import PAIRS, read_pairs
from nlp.learning.evaluate import evaluate, evaluate_pairs
from nlp.learning.labelled import CORPUS, Row, read
from nlp.learning.packing import pack
from nlp.learning.public import TABLE, key, labelled
from nlp.learning.train import Settings, fit
from nlp.model import FOLDER, SHIPPED, VARIANTS, Model

SLACK = 0.005  # another numpy may round a post or two the other way


def _card(variant: str) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((FOLDER / f"{variant}.json").read_text("utf-8"))
    return card


@pytest.fixture(scope="module")
def test_part() -> list[Row]:
    return [row for row in read([CORPUS]) if row.split == "test"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_worse_than_the_card_says(variant: str, test_part: list[Row]) -> None:
    report, said = evaluate(Model.load(Path(variant)), test_part), _card(variant)["figures"]["corpus.jsonl, test part"]
    assert report.posts == said["posts"]
    assert report.accuracy.value >= said["accuracy"]["value"] - SLACK
    assert report.macro_f1.value >= said["macro_f1"]["value"] - SLACK
    assert report.direction_errors <= said["direction_errors"] + SLACK
    assert report.ece <= said["ece"] + SLACK


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_worse_on_contrast_pairs(variant: str) -> None:
    pairs = [pair for pair in read_pairs() if pair.a.split == "test"]
    found = evaluate_pairs(Model.load(Path(variant)), pairs)
    for of, said in zip(found, _card(variant)["figures"]["contrast.jsonl, pairs"]["pairs"], strict=True):
        assert of.pairs == said["pairs"]
        assert of.both >= said["both"] - 1, of.phenomenon


def test_the_shipped_model_beats_what_costs_nothing(test_part: list[Row]) -> None:
    report = evaluate(Model.load(), test_part)
    plain = {other.name: other for other in report.baselines}
    assert report.accuracy.low > plain["always neutral"].accuracy + 0.08
    assert report.macro_f1.low > plain["lexicon"].macro_f1 + 0.08
    model = Model.load()
    on = np.array([judged.p_on_topic for judged in model.predict([row.text for row in test_part])])
    off = np.array([bool(row.off) for row in test_part])
    assert on[~off].mean() - on[off].mean() > 0.15


def test_the_own_variant_is_made_from_the_repository_alone(test_part: list[Row]) -> None:
    shipped = Model.load(Path("own"))
    rows = [row for row in read([CORPUS, PAIRS]) if row.split == "train"]
    weights = replace(fit(rows, Settings()), sharpness=shipped.weights.sharpness)
    made = Model.from_bytes(pack(weights), {"name": "", "version": ""})
    texts = [row.text for row in test_part]
    ours, theirs = made.probabilities(texts), shipped.probabilities(texts)
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() > 0.998
    assert np.abs(ours - theirs).max() < 0.01


def test_the_cards_name_the_files_as_they_are() -> None:
    rows = {row.source: row for row in read([CORPUS, PAIRS])}
    for variant in VARIANTS:
        for data in _card(variant)["data"]:
            if data["name"] in rows:
                assert data["sha256"] == rows[data["name"]].digest
            assert data["note"]


def test_labels_of_public_posts_come_back_by_their_texts(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(f"# what\n{key('看好')}\t2\t0\n{key('吃面')}\t1\t1\n{key('没有')}\t0\t0\n", "utf-8")
    posts = [{"text": "吃麵", "label": "bullish"}, {"text": "不知道"}, {"text": "看好"}, {"label": "x"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, posts)), "utf-8")
    found = list(labelled(tmp_path, table))
    assert [item for _, item in found] == [
        {"text": "看好", "label": "bullish", "off": False},
        {"text": "吃麵", "label": "neutral", "off": True},
    ]
    rows = read([], found)
    assert [(row.label, row.off, row.source) for row in rows] == [(2, False, "table.tsv"), (1, True, "table.tsv")]
    with pytest.raises(UsageError, match="no JSONL file"):
        list(labelled(tmp_path / "none", table))


def test_the_table_of_public_labels_is_what_the_card_says() -> None:
    lines = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    [said] = [data for data in _card("full")["data"] if data["name"] == TABLE.name]
    assert len({digest for digest, *_ in lines}) == len(lines) == said["posts"]
    assert sum(label == "0" for _, label, _ in lines) == said["bearish"]
    assert sum(off == "1" for *_, off in lines) == said["off_topic"]
    assert SHIPPED.stem in VARIANTS
