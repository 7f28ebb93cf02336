"""Training is repeatable, exports what scikit-learn learned, and beats what costs nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import UsageError
from nlp.arrays import softmax
from nlp.labels import LABELS
from nlp.learning.labelled import CORPUS, Row, read
from nlp.learning.packing import pack, write
from nlp.learning.train import (
    Settings,
    View,
    figures,
    fit,
    fit_sharpness,
    folds,
    pipeline,
    train,
    weights_of,
)
from nlp.model import Model

FEW = View(longest=3, bits=14, scale=1.0)
SMALL = Settings(chars=FEW, folds=3)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read([CORPUS])


def _as_model(data: bytes) -> Model:
    return Model.from_bytes(data, {"name": "", "version": ""})


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-6), ("float16", 2e-3)])
def test_the_export_says_what_scikit_learn_says(rows: list[Row], dtype: str, tolerance: float) -> None:
    settings = Settings(chars=FEW, word_weight=0)
    texts, labels = [row.text for row in rows[:800]], [row.label for row in rows[:800]]
    weight = {"regression__sample_weight": [1 / texts.count(text) for text in texts]}
    theirs = pipeline(settings, labels).fit(texts, labels, **weight)
    model = _as_model(pack(fit(rows[:800], settings), dtype=dtype))
    tried = [row.text for row in rows[800:1600]]
    assert np.abs(softmax(model.logits(tried)[:, :3]) - theirs.predict_proba(tried)).max() < tolerance


def test_the_same_rows_give_the_same_bytes(rows: list[Row]) -> None:
    first, second = (pack(train(rows[:500], SMALL).weights) for _ in range(2))
    assert first == second


def test_folds_keep_threads_and_copies_together(rows: list[Row]) -> None:
    for learned, kept_out in folds(rows, SMALL):
        assert not {rows[i].group for i in learned} & {rows[i].group for i in kept_out}
        assert not {rows[i].text for i in learned} & {rows[i].text for i in kept_out}
    assert sorted(i for _, kept_out in folds(rows, SMALL) for i in kept_out) == list(range(len(rows)))


def test_sharpness_undoes_overconfidence(rows: list[Row]) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2000, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (p.cumsum(axis=1) > rng.random((2000, 1))).argmax(axis=1)
    drawn = [Row(text="", label=int(k), off=None, weight=1, group=0, source="", digest="") for k in labels]
    assert float(fit_sharpness(drawn, 4 * logits)) == pytest.approx(0.25, rel=0.15)


def test_what_was_written_into_a_card_by_hand_stays(tmp_path: Path, rows: list[Row]) -> None:
    path, some = tmp_path / "own.npz", rows[:300]
    trained = train(some, SMALL)
    write(trained, some, path, name="own", figures={})
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    card["data"][0]["note"], card["limits"] = "written by hand", ["irony"]
    path.with_suffix(".json").write_text(json.dumps(card), "utf-8")
    write(trained, some, path, name="own", figures={"x": {}})
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert (card["data"][0]["note"], card["limits"], card["figures"]) == ("written by hand", ["irony"], {"x": {}})


def test_write_and_read_back(tmp_path: Path, rows: list[Row]) -> None:
    some = rows[:600]
    trained = train(some, SMALL)
    model = write(trained, some, tmp_path / "new" / "own.npz", name="own", figures=figures(some, trained))
    card = json.loads((tmp_path / "new" / "own.json").read_text("utf-8"))
    assert model.name == f"own {card['version']}"
    assert card["data"][0]["posts"] == 600
    assert card["figures"]["corpus.jsonl"]["posts"] == 600
    assert model.predict(["看好,加仓"])[0].label in LABELS


@pytest.mark.parametrize("heavy", [0, 2])
def test_weights_count(rows: list[Row], heavy: int) -> None:
    """Of two readings of one text, the one that weighs more is learned."""
    text = "甲乙丙丁戊己"
    readings = [
        Row(text=text, label=k, off=None, weight=30.0 if k == heavy else 1.0, group=0, source="", digest="")
        for k in (0, 2)
    ] * 2
    model = _as_model(pack(fit([*rows[:300], *readings], SMALL)))
    assert model.probabilities([text])[0].argmax() == heavy


def test_without_off_flags_every_post_is_likely_on_topic(rows: list[Row]) -> None:
    import dataclasses

    silent = [dataclasses.replace(row, off=None) for row in rows[:300]]
    model = _as_model(pack(train(silent, SMALL).weights))
    assert model.predict(["看好"])[0].p_on_topic > 0.9


def test_copies_of_a_post_weigh_as_one(rows: list[Row]) -> None:
    """And posts of pairs as much as the settings say."""
    first, other = rows[:2]
    learned = [first, first, first, replace(first, weight=6.0), other, replace(other, text="x", pair=True)]
    assert weights_of(learned, Settings(pair_weight=4.0)).tolist() == [0.25, 0.25, 0.25, 1.5, 1.0, 4.0]


def test_posts_of_pairs_do_not_calibrate(rows: list[Row]) -> None:
    logits = np.random.default_rng(0).normal(size=(40, 4))[:, :3]
    pairs = [replace(row, pair=True) for row in rows[20:40]]
    assert fit_sharpness([*rows[:20], *pairs], logits) == fit_sharpness(rows[:20], logits[:20])
    assert fit_sharpness(pairs, logits[20:]) > 0


def test_too_little_to_learn_from(rows: list[Row]) -> None:
    with pytest.raises(UsageError, match="too few"):
        train(rows[:4], SMALL)
    only_neutral = [row for row in rows if row.label == 1]
    with pytest.raises(UsageError, match="bearish"):
        fit(only_neutral, Settings(word_weight=0))
