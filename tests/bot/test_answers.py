"""Answers hold the figures that were asked for, in figures and in the text, in every language."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers import Engine
from bot.render import to_html, to_json, to_text


def value(document: dict[str, object], name: str) -> float:
    figures = document["figures"]
    assert isinstance(figures, list)
    return float(next(figure["value"] for figure in figures if figure["name"] == name))


@pytest.mark.parametrize(
    ("text", "name", "expected", "said"),
    [
        ("AI資本支出要多少收入才能打平?", "breakeven_revenue", 2000, "2萬億美元"),
        ("投8000亿、毛利四成,打平要多少收入", "breakeven_revenue", 2000, "2万亿美元"),
        ("revenue to break even at a margin of 40%?", "breakeven_revenue", 2500, "$2,500bn"),
        ("按文章的算法幾年能回本?", "payback", 5.5556, "5.56年"),
        ("利潤率降到30%要多少年回本?", "payback", 9.2593, "9.26年"),
        ("payback of $600bn?", "payback", 3.3333, "3.33 years"),
        ("一年只賺1800億要多久回本", "payback", 11.1111, "11.11年"),
        ("6年内回本每年要多少收入", "annual_revenue", 333.333, "3,333亿美元"),
        ("收入照S曲線走,回本要多久?", "payback", 9.12, "9.12年"),
        ("利润率30%的S曲线要几年回本", "payback", 12.9229, "12.92年"),
        ("from 13bn to 100bn in 5 years?", "cagr", 0.5039, "50.39%"),
    ],
)
def test_calculations(engine: Engine, text: str, name: str, expected: float, said: str) -> None:
    document = to_json(engine.ask(text))
    assert value(document, name) == pytest.approx(expected, rel=2e-4)
    assert said in str(document["answer"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OpenAI 2025年收入多少?", 13.07),
        ("OpenAI 2024 revenue", 3.7),
        ("openai 上半年2025虧多少", 7.8),
        ("OpenAI上半年收入多少", 4.3),
        ("how much did OpenAI lose in the first half?", 7.8),
        ("Oracle's operating cash flow?", 31.98),
        ("margin debt多少", 1417.225),
        ("場外現金多少", 7367),
        ("五大巨头2026年capex多少", 768),
    ],
)
def test_figures_by_company_measure_and_period(engine: Engine, text: str, expected: float) -> None:
    document = to_json(engine.ask(text))
    assert any(figure["value"] == pytest.approx(expected) for figure in document["figures"])
    assert document["sources"]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("利潤率30到50%要多少年回本?", 9.2593, 5.5556),
        ("payback for an outlay of $600 to 900bn", 3.3333, 5.0),
        ("三四年內回本每年要多少收入", 666.67, 500),
    ],
)
def test_a_range_is_answered_at_both_ends(engine: Engine, text: str, low: float, high: float) -> None:
    figures = to_json(engine.ask(text))["figures"][:2]
    assert [figure["value"] for figure in figures] == pytest.approx([low, high], rel=1e-4)


def test_losses_of_several_definitions_are_told_apart(engine: Engine) -> None:
    values = {round(figure["value"], 2) for figure in to_json(engine.ask("OpenAI 一年燒多少錢?"))["figures"]}
    assert {8.0, 20.92, 38.53} <= values


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("OpenAI 2024年收入是130億嗎?", "contradicted"),
        ("OpenAI 2025年收入是130億嗎?", "holds"),
        ("OpenAI revenue 2025 was 1.3bn, right?", "fails_by_power_of_ten"),
        ("OpenAI 2025年收入是1300億嗎?", "fails_by_power_of_ten"),
        ("OpenAI 2025年收入140億對嗎", "holds_approximately"),
        ("OpenAI 2019年收入是130億嗎?", "unverified"),
    ],
)
def test_is_that_figure_right(engine: Engine, text: str, verdict: str) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == "claim_check"
    assert answer.data["check"].verdict == verdict


def test_a_slip_of_year_names_the_year_that_fits(engine: Engine) -> None:
    answer = engine.ask("OpenAI 2024年收入是130億嗎?")
    assert answer.data["check"].other.period == "2025"
    assert "37億美元" in to_text(answer)
    assert "2025" in to_text(answer)


@pytest.mark.parametrize("text", ["利潤率0%幾年回本", "利潤率-50%", "payback at a margin of 0%"])
def test_no_margin_is_an_answer_not_an_error(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert (answer.question.intent, answer.template) == ("invalid_input", "never")


@pytest.mark.parametrize("text", ["利潤率150%幾年回本", "capex 99999999999999999999999999999999億要多久回本"])
def test_outside_the_limits_is_said(engine: Engine, text: str) -> None:
    assert engine.ask(text).template == "invalid"


@pytest.mark.parametrize(
    "text",
    [
        "what's the weather in Taipei?",
    ],
)
def test_what_cannot_be_answered_has_no_figure(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "unknown"
    assert not answer.figures


def test_an_unknown_company_is_not_guessed(engine: Engine) -> None:
    answer = engine.ask("可口可樂2025年營收多少")
    assert answer.template == "no_figure"
    assert not answer.figures


@pytest.mark.parametrize(
    "text", ["was Nvidia's revenue 61bn in 2023?", "Oracle市值是不是5000億?", "微软投了OpenAI 130亿对不对?"]
)
def test_a_measure_that_is_not_known_is_not_answered_with_claims_about_another(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "no_figure"
    assert not answer.figures


def test_mood_without_posts_says_so(engine: Engine) -> None:
    assert engine.ask("大家看多還是看空?").template == "no_posts"


def test_mood_is_counted_from_the_store(sample_engine: Engine) -> None:
    document = to_json(sample_engine.ask("大家看多還是看空?"))
    total = sum(figure["value"] for figure in document["figures"])
    assert total == document["slots"]["n"] > 30
    assert all(figure["unit"] == "count" for figure in document["figures"])


def test_mood_of_one_thread(sample_engine: Engine) -> None:
    document = to_json(sample_engine.ask("50347這樓看多還是看空?"))
    assert document["slots"]["scope"] == "thread"
    assert document["slots"]["n"] == 23


def test_units_are_those_asked_for(engine: Engine) -> None:
    (figure,) = to_json(engine.ask("1.13T 是多少億?"))["figures"]
    assert (figure["value"], figure["unit"]) == (11300, "億")


def test_json_is_the_contract(engine: Engine) -> None:
    document = to_json(engine.ask("利潤率降到30%要多少年回本?"))
    assert list(document) == [
        "question",
        "lang",
        "intent",
        "slots",
        "answer",
        "figures",
        "sources",
        "followups",
        "chart",
    ]
    assert all(list(figure) == ["name", "value", "unit", "as_of", "source", "status"] for figure in document["figures"])
    json.dumps(document, allow_nan=False)


@given(st.text(max_size=120))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_any_text_gets_an_answer_whose_markup_is_balanced(tmp_path: Path, text: str) -> None:
    from datetime import date

    from core.config import Settings

    answer = Engine(Settings(db=tmp_path / "none.db", lang="en"), today=date(2026, 11, 23)).ask(text)
    message = to_html(answer)
    assert message
    for tag in ("b", "i", "code"):
        assert message.count(f"<{tag}>") == message.count(f"</{tag}>")
    json.dumps(to_json(answer), allow_nan=False)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("甲骨文的合約年值是營收的幾倍?", {1.091, 1.133, 1.045}),
        ("how many times its operating cash flow is Oracle's capex?", {1.741}),
    ],
)
def test_one_measure_over_another(engine: Engine, text: str, values: set[float]) -> None:
    answer = engine.ask(text)
    assert answer.template == "ratio"
    assert values <= {round(shown.value, 3) for shown in answer.figures if shown.name.startswith("ratio_")}
    assert any(shown.name.startswith("total_over_") for shown in answer.figures)


def test_the_same_number_of_two_kinds_is_told_apart(engine: Engine) -> None:
    answer = engine.ask("Bain's 2 trillion, is it the same as the article's 2 trillion?")
    assert answer.template == "same"
    assert "Not the same" in to_text(answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("什麼是IRR", ("內部報酬率", "Σ CFₜ / (1 + IRR)ᵗ = 0", "可以問")),
        ("what is NPV", ("net present value", "NPV = −K + Σ CFₜ / (1 + r)ᵗ", "You can ask")),
        ("AIAE是什麼意思", ("股票市值 / (股票市值 + 借款者的負債)",)),
        ("什么是回本年限", ("资本支出除以每年留下的现金", "T = K / (m · R)")),
        ("what's the CAPE?", ("ten years", "Now: 40.9x (as of 2026-10-02")),
    ],
)
def test_a_term_is_explained_with_its_formula(engine: Engine, text: str, said: tuple[str, ...]) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == "explain_term"
    assert answer.found
    for words in said:
        assert words in to_text(answer)
