"""Readers that others bring: found by their entry point, held to the protocol."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import ReaderError, UsageError
from nlp import readers
from nlp.model import Model
from nlp.readers import ByModel, Checked, Reader, installed, named

PLUGIN = """
import numpy as np

class Optimist:
    name = "optimist 1"
    def read(self, texts):
        return np.tile([0.0, 0.1, 0.9], (len(texts), 1))

class Nameless:
    def read(self, texts):
        return []

def broken():
    raise RuntimeError("no licence")
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution that brings readers."""
    (tmp_path / "optimist_for_paomo.py").write_text(PLUGIN, "utf-8")
    info = tmp_path / "optimist-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: optimist\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[paomo.readers]\n"
        "optimist = optimist_for_paomo:Optimist\n"
        "nameless = optimist_for_paomo:Nameless\n"
        "broken = optimist_for_paomo:broken\n"
        "gone = optimist_for_paomo:gone\n"
        "model = optimist_for_paomo:Optimist\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "optimist_for_paomo", raising=False)


@pytest.mark.usefixtures("plugin")
def test_an_installed_reader_is_found_by_name() -> None:
    reader = named("optimist")
    assert reader.name == "optimist 1"
    assert reader.read(["跌", "涨"]).argmax(axis=1).tolist() == [2, 2]
    assert reader.read([]).shape == (0, 3)


@pytest.mark.usefixtures("plugin")
def test_ours_cannot_be_taken_over() -> None:
    assert sorted(installed()) == ["broken", "gone", "nameless", "optimist"]


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("nobody", UsageError, "no reader 'nobody'"),
        ("nameless", ReaderError, "is no reader"),
        ("broken", ReaderError, "RuntimeError: no licence"),
        ("gone", ReaderError, "cannot be used: AttributeError"),
    ],
)
def test_readers_that_cannot_be_used(name: str, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        named(name)


class Fixed:
    """A reader that answers whatever it is given."""

    name = "fixed"

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.answer = answer

    def read(self, texts: object) -> Any:
        return self.answer()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: [[1, 0, 0]],
        lambda: [[1, 0, 0, 0]] * 2,
        lambda: [[0.5, 0.5, 0.5]] * 2,
        lambda: [[-1, 1, 1]] * 2,
        lambda: [[float("inf"), 0, 0]] * 2,
        lambda: [[float("nan"), 0, 1]] * 2,
        lambda: "bullish",
        lambda: None,
        lambda: 1 / 0,
    ],
)
def test_an_answer_that_is_none_is_refused(answer: Callable[[], Any]) -> None:
    with pytest.raises(ReaderError, match="the test"):
        Checked(Fixed(answer), "the test").read(["a", "b"])


def test_a_text_that_was_not_read_stays_so_and_the_rest_sums_to_one() -> None:
    p = Checked(Fixed(lambda: [[float("nan")] * 3, [0.333, 0.333, 0.333]]), "the test").read(["a", "b"])
    assert np.isnan(p[0]).all()
    assert p[1].sum() == pytest.approx(1)


def test_the_model_is_a_reader() -> None:
    model = Model.load()
    reader = ByModel(model)
    assert isinstance(reader, Reader)
    assert reader.name == model.name
    texts = ["看多", "", "跌了"]
    assert reader.read(texts).tolist() == [list(judged.p) for judged in model.predict(texts)]
    assert reader.read([]).shape == (0, 3)


def test_the_group_is_the_documented_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "readers.md").read_text("utf-8")
    assert f'entry-points."{readers.GROUP}"' in page
