"""Figures of a measurement, against cases worked by hand."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from core.sentiment import Stance
from nlp.learning.contrast import Pair
from nlp.learning.evaluate import OfPairs, by_phenomenon, evaluate, in_thread, measure, snownlp
from nlp.learning.labelled import Row
from nlp.model import Model

SURE = np.eye(3)


def _rows(labels: list[int], text: str = "") -> list[Row]:
    return [Row(text=text, label=k, off=None, weight=1, group=i, source="", digest="") for i, k in enumerate(labels)]


def test_by_hand() -> None:
    report = measure(_rows([0, 0, 1, 1, 2, 2]), SURE[[0, 2, 1, 1, 2, 1]])
    assert report.confusion == ((1, 0, 1), (0, 2, 0), (0, 1, 1))
    assert report.accuracy.value == pytest.approx(4 / 6)
    assert [item.f1 for item in report.classes] == pytest.approx([2 / 3, 4 / 5, 1 / 2])
    assert report.macro_f1.value == pytest.approx((2 / 3 + 4 / 5 + 1 / 2) / 3)
    assert (report.direction_errors, report.missed) == (0.25, 0.25)
    assert report.ece == pytest.approx(1 - 4 / 6)
    assert [(b.name, b.accuracy) for b in report.baselines] == [("always neutral", 2 / 6), ("lexicon", 2 / 6)]
    assert report.accuracy.low <= report.accuracy.value <= report.accuracy.high
    assert report.classes[0].label is Stance.BEARISH


def test_calibration_error() -> None:
    p = np.tile([0.2, 0.2, 0.6], (10, 1))
    assert measure(_rows([2] * 6 + [0] * 4), p).ece == pytest.approx(0)
    assert measure(_rows([2] * 9 + [0]), p).ece == pytest.approx(0.3)


def test_the_lexicon_baseline_reads_the_text() -> None:
    report = measure(_rows([2, 2], "看好"), SURE[[0, 0]])
    assert report.baselines[1].accuracy == 1
    assert report.direction_errors == 1


def test_a_thread_is_drawn_whole() -> None:
    """Posts that err together say less: the interval is wider than with every post on its own."""
    import dataclasses

    rows, p = _rows([0, 1] * 50), SURE[[0] * 100]
    alone = measure(rows, p).accuracy
    paired = [dataclasses.replace(row, group=(i % 2) * 5 + i // 20) for i, row in enumerate(rows)]
    together = measure(paired, p).accuracy
    assert together.value == alone.value == 0.5
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_pairs_by_hand() -> None:
    """Right twice; once, by saying neutral of all; never, though in the right order; never, in the wrong one."""
    labels = [(2, 0), (1, 0), (2, 0), (0, 2)]
    rows = [_rows(list(two)) for two in labels]
    names = ["x", "y", "y", "y"]
    pairs = [Pair(id="", phenomenon=name, a=a, b=b) for name, (a, b) in zip(names, rows, strict=True)]
    p = [*SURE[[2, 0]], *SURE[[1, 1]], [0.1, 0.6, 0.3], [0.3, 0.6, 0.1], *SURE[[2, 0]]]
    assert by_phenomenon(pairs, np.array(p)) == (
        OfPairs(phenomenon="x", pairs=1, both=1, one=0, neither=0, ordered=1),
        OfPairs(phenomenon="y", pairs=3, both=0, one=1, neither=2, ordered=1),
    )


def test_the_surest_posts_come_first() -> None:
    p = np.array([[0.1, 0.1, 0.8], [0.3, 0.3, 0.4], [0.1, 0.2, 0.7], [0.2, 0.3, 0.5], [0.0, 0.1, 0.9]])
    report = measure(_rows([2, 0, 2, 1, 0]), p)
    assert report.coverage == ((0.2, 0.0), (0.4, 0.5), (0.6, 2 / 3), (0.8, 0.5), (1.0, 0.4))


def test_other_ways_stand_beside_the_baselines() -> None:
    report = measure(_rows([2, 0]), SURE[[2, 0]], others={"guess": np.array([2, 2])})
    assert (report.baselines[-1].name, report.baselines[-1].accuracy) == ("guess", 0.5)


def test_a_reply_is_measured_as_one() -> None:
    """+1 has the stance of what it replies to."""
    model = Model.load()
    rows = [
        Row(text="+1", label=k, off=None, weight=1, group=k, source="", digest="", parent=parent)
        for k, parent in ((0, "要崩盘了,清仓快跑"), (2, "看好,满仓,继续加仓"))
    ]
    assert in_thread(model, rows).argmax(axis=1).tolist() == [0, 2]
    assert evaluate(model, rows).accuracy.value == 1


def test_snownlp_stands_beside_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = {"跌": 0.1, "平": 0.5, "涨": 1.0}

    class Judge:
        def __init__(self, text: str) -> None:
            self.sentiments = scores[text]

    monkeypatch.setitem(sys.modules, "snownlp", SimpleNamespace(SnowNLP=Judge))
    rows = [row for text in ["跌", "平", "涨", ""] for row in _rows([1], text)]
    labels = snownlp(rows)
    assert labels is not None
    assert labels.tolist() == [0, 1, 2, 1]
    monkeypatch.setitem(sys.modules, "snownlp", None)
    assert snownlp(rows) is None


def test_one_post() -> None:
    report = measure(_rows([1]), SURE[[1]])
    assert (report.accuracy.value, report.direction_errors, report.missed) == (1, 0, 0)
