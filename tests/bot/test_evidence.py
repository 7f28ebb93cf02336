"""What carried a verdict, in the terminal: sums that hold, signs that say what colours say."""

import re

import pytest
from rich.console import Console

from bot.render.evidence import explained, marked, verdict
from core.sentiment import Evidence, Sentiment, Stance
from nlp.model import Model

TEXTS = [
    "margin創新高確實很不好",
    "NVDA看好，加倉，但是怕跌",
    "ＡＩ泡沫\x1b[31m要破",
    "🚀🚀",
    "+1",
    "ﷺ看多",
    "看多" * 400,
]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


def judged(model: Model, text: str) -> Sentiment:
    [one] = model.predict([text], evidence=8)
    return one


@pytest.mark.parametrize("text", TEXTS)
def test_the_weights_shown_sum_to_the_margin_shown(model: Model, text: str) -> None:
    one = judged(model, text)
    lines = [line.plain for line in explained(one, text)][1:]
    weights = [float(line.split()[0]) for line in lines]
    assert len(weights) == (len(one.evidence) + 1 if one.evidence else 0)
    if weights:
        assert sum(weights[:-1]) == pytest.approx(weights[-1], abs=0.005 * len(weights) + 1e-9)
        assert weights[-1] == pytest.approx(one.margin, abs=0.005 + 1e-9)


def test_words_that_can_be_read_come_first_and_the_rest_last() -> None:
    weights = {"跌": -1.2, "看好": 0.7, "nvda": -0.9, "!": 0.1, "(rest)": 2.0}
    evidence = tuple(Evidence(term=term, weight=weight) for term, weight in weights.items())
    one = Sentiment(label=Stance.BULLISH, p=(0.2, 0.3, 0.5), p_on_topic=1, margin=0.7, evidence=evidence, model="m")
    rows = [line.plain.split() for line in explained(one, "x")][1:]
    assert [row[1] for row in rows[:-1]] == ["nvda", "看好", "跌", "!", "(rest)"]
    assert rows[-1][0] == "+0.70"


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_stands_as_written_but_for_the_marks(text: str) -> None:
    terms = [Evidence(term=term, weight=weight) for term, weight in (("看好", 1.0), ("新高", 0.5), ("泡沫", -1.0))]
    plain = marked(text, terms).plain
    assert "\x1b" not in plain
    shown = re.sub(r"\[[+-](.*?)\]", r"\1", plain)
    assert shown.rstrip("…") in text.replace("\x1b", "")


def test_script_and_width_do_not_hide_a_word() -> None:
    terms = [Evidence(term="ai", weight=0.3), Evidence(term="创新高", weight=-0.5)]
    assert marked("ＡＩ創新高", terms).plain == "[+ＡＩ][-創新高]"


def test_signs_stand_without_colour_and_colours_with_it(model: Model) -> None:
    lines = [verdict(judged(model, TEXTS[1])), *explained(judged(model, TEXTS[1]), TEXTS[1])]
    plain, coloured = (
        Console(no_color=True, width=100),
        Console(force_terminal=True, width=100, color_system="standard"),
    )
    for console, colour in ((plain, False), (coloured, True)):
        with console.capture() as drawn:
            for line in lines:
                console.print(line)
        assert ("\x1b[" in drawn.get()) == colour
        assert "▲" in drawn.get()
        assert "▼" in drawn.get()


def test_the_wide_and_the_narrow_align() -> None:
    from rich.cells import cell_len

    one = Sentiment(
        label=Model.load().predict(["涨"])[0].label,
        p=(0.2, 0.3, 0.5),
        p_on_topic=1,
        margin=0.5,
        evidence=(Evidence(term="创历史新高", weight=1.0), Evidence(term="ai", weight=-0.5)),
        model="m",
    )
    rows = [line.plain for line in explained(one, "x")][1:-1]
    assert len({cell_len(row[: re.search("[▲▼]", row).start()]) for row in rows}) == 1  # type: ignore[union-attr]
