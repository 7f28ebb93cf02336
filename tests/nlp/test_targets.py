"""A post on two companies has a stance on each."""

import pytest

from core.sentiment import Stance
from nlp.model import Model
from nlp.targets import MOST, targets

UP, FLAT, DOWN = Stance.BULLISH, Stance.NEUTRAL, Stance.BEARISH


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


def _said(model: Model, text: str) -> dict[str, Stance]:
    [judged] = model.predict([text])
    return {one.id: one.label for one in targets(model, text, judged)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("英伟达会大涨,加仓,特斯拉要完蛋,快跑", {"NVDA": UP, "TSLA": DOWN}),
        ("特斯拉要完蛋,快跑,英偉達看好,繼續加倉", {"TSLA": DOWN, "NVDA": UP}),
        ("看空TSLA,清仓 但看好NVDA,满仓", {"TSLA": DOWN, "NVDA": UP}),
        ("英伟达看好,滿倉,谷歌在哪里上班", {"NVDA": UP, "GOOGL": FLAT}),
    ],
)
def test_each_has_its_clause(model: Model, text: str, said: dict[str, Stance]) -> None:
    assert _said(model, text) == said


def test_one_has_the_whole_post(model: Model) -> None:
    text = "要崩盘了,清仓快跑,英伟达"
    [judged] = model.predict([text])
    [one] = targets(model, text, judged)
    assert (one.id, one.label, one.score) == ("NVDA", DOWN, judged.score)


def test_a_comparison_says_the_opposite_of_the_second(model: Model) -> None:
    text = "英伟达比特斯拉强,看好,满仓"
    said = _said(model, text)
    assert said["NVDA"] is UP
    assert said["TSLA"] is DOWN


@pytest.mark.parametrize("text", ["", "今天吃面", "🚀", "AI CEO ETF LOL ATH", "\ud800,\x00,"])
def test_nobody_named_is_no_target(model: Model, text: str) -> None:
    assert _said(model, text) == {}


def test_a_list_of_names_is_cut(model: Model) -> None:
    text = "NVDA, TSLA, AAPL, MSFT, GOOGL, AMZN, META, AMD, INTC, ORCL, 看好"
    assert len(_said(model, text)) == MOST
    assert _said(model, "NVDA,,,TSLA, ,")
