"""Depreciation, cost of capital, rates of return, the capital cycle and multiples, asked in three languages."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers import Engine
from bot.questions import Question
from bot.render import to_html, to_json, to_text


def values(engine: Engine, text: str) -> dict[str, float]:
    return {figure["name"]: figure["value"] for figure in to_json(engine.ask(text))["figures"]}


@pytest.mark.parametrize(
    ("text", "intent", "figures", "said"),
    [
        ("設備4年折舊完,毛利四成,一年營收要多少才蓋得過?", "depreciation_breakeven", {"depreciation": 250, "revenue_year": 625}, "6,250億美元"),
        ("600bn written off over 6 years: what revenue covers the depreciation at a 25% margin?", "depreciation_breakeven", {"depreciation": 100, "revenue_year": 400}, "$400bn"),
        ("资金成本10%,芯片折旧5年,一年要多少营收", "depreciation_breakeven", {"revenue_year": 400, "revenue_year_annuity": 527.595, "revenue_year_simple": 600}, "5,276亿美元"),
        ("用年金法算,5年寿命每年要多少收入", "depreciation_breakeven", {"revenue_year_annuity": 527.595}, "资金成本 10%"),
        ("折舊5年每年要多少收入?現在年收入3600億", "depreciation_breakeven", {"covered": 0.9}, "90%"),
        ("贴现8%要几年收回来", "discounted_payback", {"payback": 7.6372, "irr_life6": 0.022442}, "7.64年"),
        ("資金成本5%,設備能用8年,回得了本嗎", "discounted_payback", {"payback": 6.66985, "irr_life8": 0.088995}, "回得了本"),
        ("payback with a cost of capital of 10% and a life of 10 years", "discounted_payback", {"payback": 8.508327, "irr_life10": 0.124148}, "it does pay back"),
        ("IRR,如果设备撑10年,寿命10年", "npv_irr", {"irr": 0.124148, "npv": 106.02}, "12.41%"),
        ("設備壽命5年的內部報酬率?", "npv_irr", {"irr": -0.034123}, "-3.412%"),
        ("NPV at 12% if the equipment lasts 8 years", "npv_irr", {"npv": -105.825, "irr": 0.088995}, "-$105.8bn"),
        ("净现值多少?折现率6%,寿命10年", "npv_irr", {"npv": 324.816}, "3,248亿美元"),
        ("we spend $90bn every year on kit that lasts 6 years: depreciation once steady?", "capital_cycle", {"depreciation": 90, "gross_base": 540, "net_base": 225}, "$540bn"),
        ("每年砸3000億,折舊年限4年,毛資產會停在多少", "capital_cycle", {"gross_base": 1200, "net_base": 450}, "1.2萬億美元"),
        ("一年花1000亿,支出每年增长50%,折旧5年,折旧反映多少", "capital_cycle", {"depreciation_share": 0.521}, "52.1%"),
        ("本益比80倍,獲利每年成長30%,幾年降到20倍?", "valuation_years", {"years": 5.2838}, "5.28年"),
        ("price to sales of 40, growth 25%, target 8: how long?", "valuation_years", {"years": 7.2126}, "7.21 years"),
        ("量子股的市销率几年才能降到10", "valuation_years", {"years": 15.517, "years_recheck": 9.792}, "15.52年"),
        ("市值540億,營收1億,P/S幾年降到10?", "valuation_years", {"years": 9.838}, "540"),
        ("P/S 100降到20,增長40%,股價每年漲10%,要幾年", "valuation_years", {"years": 6.6737}, "10%"),
        ("how long, and what growth, to bring a P/S of 300 to 15 within 5 years?", "valuation_years", {"growth": 0.8206}, "82.06%"),
        ("照紅杉的方法,GPU年銷2000億,打平要多少收入", "breakeven_revenue", {"breakeven_revenue": 800}, "8,000億美元"),
        ("Sequoia's arithmetic: what revenue breaks even?", "breakeven_revenue", {"breakeven_revenue": 600}, "AI's $600B Question"),
    ],
)  # fmt: skip
def test_figures_and_text(engine: Engine, text: str, intent: str, figures: dict[str, float], said: str) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == intent
    found = values(engine, text)
    assert {name: found.get(name) for name in figures} == pytest.approx(figures, rel=1e-4)
    assert said in to_text(answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("折現率25%回得了本嗎", "永遠回不了本"),
        ("资金成本18%还能回本吗", "永远回不了本"),
        ("payback at a discount rate of 30%?", "Never"),
        ("P/S 50 growing 10% a year, share price rises 12%: how many years until it falls to 20?", "never"),
    ],
)
def test_never_is_said(engine: Engine, text: str, said: str) -> None:
    answer = engine.ask(text)
    assert said in to_text(answer)
    assert "payback" not in values(engine, text)
    assert "years" not in values(engine, text)


def test_beyond_its_life_is_said(engine: Engine) -> None:
    assert "it does not pay back" in to_text(engine.ask("discounted payback at 10%, equipment lasts 7 years"))
    assert "Not within the 8 years" in to_text(
        engine.ask("discount rate 10%, life 12 years: paid back within 8 years?")
    )


@pytest.mark.parametrize("text", ["利潤率0%,5年折舊,每年要多少收入", "discounted payback at a margin of -20%"])
def test_no_margin_is_refused(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert (answer.question.intent, answer.template, answer.figures) == ("invalid_input", "never", ())


@pytest.mark.parametrize(
    "text", ["IRR over 300 years", "折旧500年要多少收入", "NPV at 5000%", "每年投2000億,5.5年折舊,穩定後折舊多少"]
)
def test_outside_the_limits_is_said(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "invalid"
    assert not answer.figures


def test_what_is_not_used_is_named(engine: Engine) -> None:
    assert "Not used in this calculation: growth a year 30%" in to_text(
        engine.ask("IRR over 6 years with growth of 30%")
    )
    text = to_text(engine.ask("每年投2000億,5年折舊,利潤率40%,穩定後折舊多少"))
    assert "這裡沒有用到：利潤率 40%" in text


def test_what_we_set_is_named_and_kept_out_of_the_slots(engine: Engine) -> None:
    answer = engine.ask("what's the IRR?")
    assert "Our assumption, as nothing was said: life of the equipment 6 years, cost of capital 10%" in to_text(answer)
    assert not {"life_years", "discount_rate"} & answer.question.slots.keys()
    assert answer.question.slots["capex_usd_bn"] == 1000


def test_the_price_to_sales_of_another_company_is_not_guessed(engine: Engine) -> None:
    assert engine.ask("英偉達的P/S要幾年才降到10").template == "unknown"


@pytest.mark.parametrize(
    ("texts", "name", "expected"),
    [
        (("IRR over 6 years?", "and over 10 years?"), "irr", 0.124148),
        (("IRR over 6 years?", "with an outlay of $800bn?"), "irr", 0.093124),
        (("IRR over 6 years?", "利潤率30%呢?"), "irr", -0.111453),
        (("NPV over 8 years?", "at a discount rate of 5%?"), "npv", 163.38),
        (("折現率10%要幾年回本?", "折現率8%呢?"), "payback", 7.6372),
        (("P/S 300降到15,增長80%要幾年?", "增長50%呢?"), "years", 7.3883),
        (("顯卡5年折舊,每年要多少收入?", "那利潤率25%呢?"), "revenue_year", 800),
    ],
)
def test_a_follow_up_changes_one_thing(engine: Engine, texts: tuple[str, str], name: str, expected: float) -> None:
    first, then = texts
    answer = engine.ask(then, last=engine.ask(first).question)
    found = {shown.name: shown.value for shown in answer.figures}
    assert found[name] == pytest.approx(expected, rel=1e-3)


AMOUNT = st.floats(min_value=-10, max_value=1e6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.sampled_from(["depreciation_breakeven", "discounted_payback", "npv_irr", "capital_cycle", "valuation_years"]),
    st.sampled_from(["zh-Hant", "zh-Hans", "en"]),
    st.dictionaries(
        st.sampled_from(
            ["capex_usd_bn", "margin", "annual_revenue_usd_bn", "life_years", "years", "discount_rate", "growth", "ps", "target", "price_return"]
        ),
        AMOUNT | st.sampled_from([0.1, 0.5, 1.0, 5.0, 10.0]),
    ),
)  # fmt: skip
def test_any_parameters_give_words_and_finite_figures(
    engine: Engine, intent: str, lang: str, slots: dict[str, float]
) -> None:
    answer = engine.answer(Question(text="", lang=lang, intent=intent, slots=slots))
    text = to_html(answer)
    assert text
    assert "nan" not in text
    assert all(math.isfinite(shown.value) for shown in answer.figures)
