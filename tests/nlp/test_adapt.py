"""A model corrected by a few labels: it learns them, and forgets nothing that they do not speak of."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError, UsageError
from core.sentiment import Stance
from core.storage.labels import Labelled, Post
from nlp.labels import LABELS
from nlp.learning import own
from nlp.learning.adapt import LEAST, Adapting, adapt, too_few
from nlp.learning.labelled import Row
from nlp.learning.own import gain, rows_of
from nlp.model import SHIPPED, Model
from nlp.normalise import comparable

SLANG = {  # words of a board of its own, which no model has met in this sense
    Stance.BULLISH: ["螃蟹上山", "开灶了", "老鹰出海"],
    Stance.BEARISH: ["螃蟹下锅", "关灶了", "老鹰折翅"],
    Stance.NEUTRAL: ["螃蟹睡觉", "灶边喝茶", "老鹰看海"],
}
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def labelled(count: int, *, threads: int = 30) -> list[Labelled]:
    """Posts in that slang."""
    found = []
    for n in range(count):
        stance = LABELS[n % 3]
        text = f"{SLANG[stance][n // 3 % 3]}，{chr(0x4E00 + 31 * n)}{chr(0x5E00 + 17 * n)}"
        post = Post(pk=n + 1, thread=n % threads, text=text)
        found.append(Labelled(post=post, label=stance, off=n % 10 == 1, who="me", at=NOW))
    return found


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


def right(model: Model, rows: list[Row]) -> float:
    p = model.probabilities([row.text for row in rows])
    return float((p.argmax(axis=1) == [row.label for row in rows]).mean())


def test_it_learns_the_words_of_the_board(model: Model) -> None:
    rows = rows_of(labelled(150))
    fresh = [comparable(f"{words[0]}！") for words in SLANG.values()]
    corrected = Model(adapt(model, rows), model.card)
    assert right(model, rows) < 0.6
    assert right(corrected, rows) > 0.95
    assert [LABELS[k] for k in corrected.probabilities(fresh).argmax(axis=1)] == list(SLANG)


def test_what_it_does_not_speak_of_keeps_its_stance(model: Model) -> None:
    corrected = Model(adapt(model, rows_of(labelled(150))), model.card)
    others = [comparable(text) for text in ("看多满仓", "崩盘要来了，清仓", "晚安各位", "+1")]
    assert (corrected.probabilities(others).argmax(axis=1) == model.probabilities(others).argmax(axis=1)).all()


def test_little_weight_changes_little_and_more_more(model: Model) -> None:
    rows = rows_of(labelled(150))
    texts = [row.text for row in rows]
    before = model.probabilities(texts)
    moved = [
        abs(Model(adapt(model, rows, Adapting(weight=weight)), model.card).probabilities(texts) - before).mean()
        for weight in (1e-4, 0.1, 1.0, 10.0)
    ]
    assert moved == sorted(moved)
    assert moved[0] < 0.01


def test_a_rows_own_weight_counts(model: Model) -> None:
    rows = rows_of(labelled(120))
    light = [replace(row, weight=0.01) for row in rows]
    assert right(Model(adapt(model, light), model.card), rows) < right(Model(adapt(model, rows), model.card), rows)


def test_off_topic_is_learned_too(model: Model) -> None:
    rows = [replace(row, off="喝茶" in row.text) for row in rows_of(labelled(150))]
    corrected = Model(adapt(model, rows), model.card)
    [tea] = corrected.predict(["灶边喝茶"])
    [crab] = corrected.predict(["螃蟹上山"])
    assert tea.p_on_topic < 0.5 < crab.p_on_topic


@pytest.mark.parametrize(
    ("count", "what", "message"),
    [
        (LEAST - 1, None, "1 more is needed"),
        (0, None, f"{LEAST} more are needed"),
        (LEAST * 2, Stance.BEARISH, "no post is labelled bearish"),
    ],
)
def test_too_few_says_how_many_more(model: Model, count: int, what: Stance | None, message: str) -> None:
    rows = [row for row in rows_of(labelled(count)) if what is None or LABELS[row.label] != what]
    assert message in str(too_few(rows))
    with pytest.raises(UsageError, match=message):
        adapt(model, rows)


def test_posts_of_a_thread_and_copies_are_one_group() -> None:
    found = labelled(6, threads=3)
    copy = replace(found[0], post=replace(found[0].post, pk=99, thread=77))
    rows = rows_of([*found, copy])
    assert [row.group for row in rows] == [0, 1, 2, 0, 1, 2, 0]


def test_a_label_that_is_in_a_file_too_counts_once() -> None:
    mine = rows_of(labelled(6, threads=3))
    exported = [replace(row, group=1 + row.group, source="mine.jsonl") for row in mine]
    assert own.together(mine, exported) == mine


def test_another_label_of_a_text_counts_and_stands_with_it() -> None:
    mine = rows_of(labelled(6, threads=3))
    theirs = [
        replace(mine[4], label=(mine[4].label + 1) % 3, group=7),
        replace(mine[0], text="同一帖的另一句", group=7),
        replace(mine[0], text="别处的一句", group=1),
    ]
    rows = own.together(mine, theirs)
    assert rows[:6] == mine
    assert [row.group for row in rows[6:8]] == [mine[4].group] * 2
    assert rows[8].group not in {row.group for row in rows[:8]}
    assert own.together([], theirs)[0].text == theirs[0].text


def test_the_gain_is_measured_on_threads_it_has_not_seen(model: Model) -> None:
    found = gain(model, rows_of(labelled(150)))
    assert found.after.accuracy.value > found.before.accuracy.value + 0.3
    assert 0 < found.accuracy.low <= found.accuracy.value <= found.accuracy.high <= 1
    assert found.accuracy.value == pytest.approx(found.after.accuracy.value - found.before.accuracy.value)
    lots = np.random.default_rng(1).permutation(150) % 3
    lie = [replace(row, label=int(label)) for row, label in zip(rows_of(labelled(150)), lots, strict=True)]
    assert gain(model, lie).accuracy.low < 0, "labels that say nothing gain nothing"


def test_the_model_is_written_whole_with_what_it_is(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "new" / "stance.npz"
    written, found = own.write(model, rows_of(labelled(150)), path)
    assert found is not None
    again = Model.load(path)
    assert again.name == written.name != model.name
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert card["corrects"] == {"model": model.name, "sha256": model.card["sha256"], "weight": 2.0, "balanced": 1.0}
    assert card["data"][-1] == {
        "name": "own labels",
        "posts": 150,
        "off_topic": 15,
        "bearish": 50,
        "neutral": 50,
        "bullish": 50,
    }
    assert card["figures"]["own labels"]["after"]["accuracy"] > card["figures"]["own labels"]["before"]["accuracy"]
    assert "螃蟹" not in path.with_suffix(".json").read_text("utf-8"), "no words of the board in the card"
    assert sorted(one.name for one in path.parent.iterdir()) == ["stance.json", "stance.npz"]
    assert SHIPPED.stat().st_size < 3_000_000


def test_labels_of_one_thread_are_learned_though_the_gain_cannot_be_measured(model: Model, tmp_path: Path) -> None:
    written, found = own.write(model, rows_of(labelled(LEAST, threads=1)), tmp_path / "own.npz")
    assert found is None
    assert "not measured" in written.card["figures"]["own labels"]["protocol"]


def test_where_nothing_can_be_written(model: Model, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match="cannot be written"):
        own.write(model, rows_of(labelled(LEAST)), tmp_path / "file" / "own.npz")


def test_probabilities_stay_probabilities(model: Model) -> None:
    corrected = Model(adapt(model, rows_of(labelled(150)), Adapting(weight=1000)), model.card)
    p = corrected.probabilities(["", "涨", "螃蟹", "x" * 1000])
    assert np.isfinite(p).all()
    assert p.sum(axis=1) == pytest.approx(1)
