"""Messages: the three locales agree, forum text cannot break out, nothing undefined is printed."""

import re
from pathlib import Path

import jinja2
import jinja2.meta
import pytest

import bot.render
from bot.answers import Engine
from bot.answers.base import Answer
from bot.answers.plain import example, examples
from bot.evaluation import numbers
from bot.questions import Question
from bot.render import strip, to_html, to_text

TEXTS = Path(bot.render.__file__).with_name("texts")
LOCALES = ("zh-Hant", "zh-Hans", "en")
NAMES = sorted(path.name for path in (TEXTS / "en").glob("*.j2"))


def variables(locale: str, name: str) -> set[str]:
    env = bot.render._environment(locale)
    return jinja2.meta.find_undeclared_variables(env.parse((TEXTS / locale / name).read_text(encoding="utf-8")))


def test_every_locale_has_every_message() -> None:
    for locale in LOCALES:
        assert sorted(path.name for path in (TEXTS / locale).glob("*.j2")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_message_uses_the_same_data_in_every_locale(name: str) -> None:
    assert variables("zh-Hant", name) == variables("zh-Hans", name) == variables("en", name)


@pytest.mark.parametrize("name", NAMES)
def test_messages_are_in_their_own_script(name: str) -> None:
    from core.text import to_simplified

    hans = (TEXTS / "zh-Hans" / name).read_text(encoding="utf-8")
    quoted = re.sub(r"「[^」]*」|兆|1 萬億 = 10,000 億|萬億", "", hans)
    assert to_simplified(quoted) == quoted, "a traditional character in a simplified message"
    assert re.search("指针|通膨|那斯达克|本益比|报酬率|认列|选择权", quoted) is None


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize(
    "text",
    [
        "AI資本支出要多少收入才能打平?",
        "利潤率降到30%要多少年回本?",
        "6年內回本每年要多少收入?",
        "收入照S曲線走,幾年回本?",
        "margin debt 多少?",
        "OpenAI 2024年收入是130億嗎?",
        "A18對嗎?",
        "A18誰說的?",
        "1.13T 是多少億?",
        "現在是泡沫嗎?",
        "help",
        "我該賣嗎",
    ],
)
def test_every_message_can_be_said_in_every_language(engine: Engine, text: str, lang: str) -> None:
    understood = engine.ask(text).question
    message = to_html(
        engine.answer(Question(text=understood.text, lang=lang, intent=understood.intent, slots=understood.slots))
    )
    assert len(message) > 20
    assert "None" not in message


def test_forum_text_cannot_break_out(sample_engine: Engine) -> None:
    answer = sample_engine.ask("大家看多還是看空?")
    evil = type(answer.data["latest"][0])
    line = answer.data["latest"][0]
    fields = {name: getattr(line, name) for name in line.__slots__} | {"title": "<b>&</b><script>"}
    message = to_html(
        Answer(question=answer.question, template="sentiment", data={**answer.data, "latest": [evil(**fields)]})
    )
    assert "<script>" not in message
    assert "&lt;script&gt;" in message
    assert "<b>&</b><script>" in strip(message)


@pytest.mark.parametrize("intent", sorted(examples()))
def test_the_locales_say_the_same_figures(engine: Engine, intent: str) -> None:
    """Every kind of answer: the same figures in each language, the first of them in the words, too."""
    asked = engine.ask(example(intent, "zh-Hant")).question
    answers = {
        lang: engine.answer(Question(text=asked.text, lang=lang, intent=asked.intent, slots=asked.slots))
        for lang in LOCALES
    }
    values = {lang: [shown.value for shown in answer.figures] for lang, answer in answers.items()}
    assert values["zh-Hant"] == values["zh-Hans"] == values["en"]
    for lang, answer in answers.items():
        said = numbers(to_text(answer))
        for value in values[lang][:1]:
            assert any(abs(one - value) <= 0.02 * abs(value) for one in said), (lang, value)
        assert len(answer.followups) <= 4
