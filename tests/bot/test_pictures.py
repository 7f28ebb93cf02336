"""Every picture of an answer is a PNG with labels in the answer's language."""

import struct
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.cli.main import main
from bot.pictures.answers import DRAWN, WORDS, draw

QUESTIONS = {
    "surface": ("利潤率降到30%要多少年回本?", "利润率降到30%要多少年回本?", "payback if the margin falls to 30%?"),
    "ramps": ("收入照S曲線走,回本要多久?", "收入照S曲线走,回本要多久?", "payback on an S-curve?"),
    "trend": ("最近一個月情緒怎麼變化?", "最近一个月情绪怎么变化?", "sentiment trend over the last 30 days"),
    "gauges": ("現在是泡沫嗎?", "现在是泡沫吗?", "is it a bubble?"),
    "margin_debt": ("融資餘額多少?", "融资余额多少?", "how much is margin debt?"),
    "circular": ("英偉達投OpenAI的錢怎麼轉一圈?", "英伟达投OpenAI的钱怎么转一圈?", "how does the money go round?"),
}


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(("chart", "text"), [(chart, text) for chart, texts in QUESTIONS.items() for text in texts])
def test_a_picture_is_drawn_in_every_language(sample_engine: Engine, chart: str, text: str) -> None:
    answer = sample_engine.ask(text)
    assert answer.chart == chart
    picture = draw(answer)
    assert picture is not None
    assert size(picture) == ((1600, 1200) if chart == "circular" else (1600, 1000))


def test_every_kind_of_picture_is_asked_for_here() -> None:
    assert set(QUESTIONS) == {*DRAWN, "circular"}


def test_every_language_has_every_word() -> None:
    assert WORDS["en"].keys() == WORDS["zh-Hant"].keys() == WORDS["zh-Hans"].keys()


@pytest.mark.parametrize("text", ["1.13T 是多少億?", "利潤率0%幾年回本", "help"])
def test_other_answers_have_none(engine: Engine, text: str) -> None:
    assert draw(engine.ask(text)) is None


def test_another_point_changes_the_picture(engine: Engine) -> None:
    assert draw(engine.ask("利潤率30%要多少年回本?")) != draw(engine.ask("利潤率40%要多少年回本?"))


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "a.png"
    assert main(["ask", "幾年回本?", "--png", str(target)]) == 0
    assert size(target.read_bytes()) == (1600, 1000)
    assert main(["ask", "1.13T 是多少億?", "--png", str(target)]) == 4
    assert "no picture" in capsys.readouterr().err
    assert main(["ask", "幾年回本?", "--png", str(tmp_path / "nowhere" / "a.png")]) == 1
    assert main(["ask", "幾年回本?", "--png", "-"]) == 2
    assert main(["ask", "-", "--png", str(target)]) == 2
