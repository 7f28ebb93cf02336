"""Training is repeatable, exports what scikit-learn learned, and beats what costs nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import UsageError
from nlp.evaluate import measure
from nlp.labelled import LABELS, Row, read
from nlp.model import Model
from nlp.train import CORPUS, Settings, figures, fit, fit_sharpness, folds, pack, pipeline, train, unseen, write

SMALL = Settings(bits=14, folds=3)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read([CORPUS])


def _as_model(data: bytes) -> Model:
    return Model.from_bytes(data, {"name": "", "version": ""})


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-6), ("float16", 2e-3)])
def test_the_export_says_what_scikit_learn_says(rows: list[Row], dtype: str, tolerance: float) -> None:
    settings = Settings(bits=14, word_weight=0)
    texts, labels = [row.text for row in rows[:800]], [row.label for row in rows[:800]]
    theirs = pipeline(settings).fit(texts, labels)
    model = _as_model(pack(fit(rows[:800], settings), dtype=dtype))
    tried = [row.text for row in rows[800:1600]]
    assert np.abs(model.probabilities(tried) - theirs.predict_proba(tried)).max() < tolerance


def test_the_same_rows_give_the_same_bytes(rows: list[Row]) -> None:
    first, second = (pack(train(rows[:500], SMALL).weights) for _ in range(2))
    assert first == second


def test_folds_keep_threads_and_copies_together(rows: list[Row]) -> None:
    for learned, kept_out in folds(rows, SMALL):
        assert not {rows[i].group for i in learned} & {rows[i].group for i in kept_out}
        assert not {rows[i].text for i in learned} & {rows[i].text for i in kept_out}
    assert sorted(i for _, kept_out in folds(rows, SMALL) for i in kept_out) == list(range(len(rows)))


def test_quality_on_unseen_threads(rows: list[Row]) -> None:
    """A floor, well below what was measured: a change that costs real quality must not pass."""
    settings = Settings(folds=3)
    judged = unseen(rows, settings)
    report = measure(rows, judged.p)
    plain = {other.name: other for other in report.baselines}
    assert report.accuracy.low > plain["always neutral"].accuracy + 0.08
    assert report.macro_f1.low > plain["lexicon"].macro_f1 + 0.08
    assert report.direction_errors < 0.28
    assert report.ece < 0.06
    off = np.array([bool(row.off) for row in rows])
    assert judged.on[~off].mean() - judged.on[off].mean() > 0.15


def test_sharpness_undoes_overconfidence(rows: list[Row]) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2000, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (p.cumsum(axis=1) > rng.random((2000, 1))).argmax(axis=1)
    drawn = [Row(text="", label=int(k), off=None, weight=1, group=0, source="", digest="") for k in labels]
    assert float(fit_sharpness(drawn, 4 * logits)) == pytest.approx(0.25, rel=0.15)


def test_write_and_read_back(tmp_path: Path, rows: list[Row]) -> None:
    some = rows[:600]
    trained = train(some, SMALL)
    model = write(trained, some, tmp_path / "new" / "own.npz", name="own", figures=figures(some, trained))
    card = json.loads((tmp_path / "new" / "own.json").read_text("utf-8"))
    assert model.name == f"own {card['version']}"
    assert card["data"][0]["posts"] == 600
    assert card["figures"]["corpus.jsonl"]["posts"] == 600
    assert model.predict(["看好,加仓"])[0].label in LABELS


def test_weights_count(rows: list[Row]) -> None:
    """A row of weight 2 is a row met twice, as far as the regression is concerned."""
    import dataclasses

    heavy = [dataclasses.replace(row, weight=50.0) if row.label == 2 else row for row in rows[:300]]
    plain, pulled = (_as_model(pack(fit(some, SMALL))) for some in (rows[:300], heavy))
    texts = [row.text for row in rows[300:400]]
    assert pulled.probabilities(texts)[:, 2].mean() != plain.probabilities(texts)[:, 2].mean()


def test_without_off_flags_every_post_is_likely_on_topic(rows: list[Row]) -> None:
    import dataclasses

    silent = [dataclasses.replace(row, off=None) for row in rows[:300]]
    model = _as_model(pack(train(silent, SMALL).weights))
    assert model.predict(["看好"])[0].p_on_topic == pytest.approx(0.5, abs=0.5)


def test_too_little_to_learn_from(rows: list[Row]) -> None:
    with pytest.raises(UsageError, match="too few"):
        train(rows[:4], SMALL)
    only_neutral = [row for row in rows if row.label == 1]
    with pytest.raises(UsageError, match="bearish"):
        fit(only_neutral, Settings(word_weight=0))
