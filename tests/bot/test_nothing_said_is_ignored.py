"""What a question says of a parameter is used, or the answer says that it was not understood."""

from pathlib import Path

import pytest

import bot.render
from bot.answers import Engine
from bot.answers.inputs import PARAMETERS
from bot.render import to_text
from bot.understanding import cues
from core.quantity import Kind

UNDERSTOOD = [
    ("payback if capex is one trillion dollars and margin thirty percent", 9.2593),
    ("breakeven revenue if margin is 0.4, how long?", 6.9444),
    ("利潤率 0.35 幾年回本", 7.9365),
    ("利潤率35 幾年回本", 7.9365),
    ("payback at a margin of a third", 8.3333),
    ("payback at 1/3 margin", 8.3333),
    ("payback with revenue of half a trillion a year", 4.0),
    ("毛利率30%要幾年回本", 9.2593),
    ("淨利率40%幾年回本", 6.9444),
    ("每月收入300億美元幾年回本", 5.5556),
    ("營收每季900億幾年回本", 5.5556),
    ("payback with quarterly revenue of $90bn", 5.5556),
    ("收入照S曲線走，上限7200億，幾年回本？", 7.69),
    ("payback on an S-curve with cap $720bn?", 7.69),
    ("营收每年增长20%，从3600亿起，几年回本", 3.84),
    ("資本支出一兆二、利潤率四成、年收入五千億,幾年回本", 6.0),
    ("payback 1000bn 50% 360bn", 5.5556),
    ("if revenue grows 30% a year from 100bn, margin 40%, capex 2 trillion, when is breakeven?", 10.09),
    ("資本支出2兆，收入從1000億起每年成長20%，利潤率40%，幾年回本?", 12.687),
    ("3000亿的GPU，年收入600亿，利润率50%，几年回本", 10.0),
    ("discounted payback at 8% with capex 900bn margin 50% revenue 400bn", 5.7991),
    ("利润率差不多25%，几年回本", 11.1111),
]
NOT_UNDERSTOOD = [
    ("payback if revenue is zero", "zero"),
    ("payback at nan% margin", "nan"),
    ("利潤率1e400%幾年回本", "1e400"),
    ("收入翻倍的話幾年回本?", "翻倍"),
    ("If capex doubles and margin halves, payback?", "halves"),
    ("利润率下降10个百分点几年回本", "10个百分点"),
    ("payback at a margin of 30% and 40% with a tax of 5%?", "5%"),
    ("利潤率30%和40%，稅率20%，幾年回本?", "20%"),
    ("税率20%，几年回本？", "20%"),
    ("what would payback be with opex of 50bn a year?", "50bn"),
    ("利潤率從50%降到30%，回本要多幾年?", "30%"),
    ("如果资本开支增加20%，几年回本", "20%"),
    ("收入再少三成，幾年回本?", "三成"),
    ("what if revenue is 20% lower, payback?", "20%"),
    ("if the margin falls by 10%, payback?", "10%"),
    ("每年赚500亿利润，投了6000亿，几年回本？", "500亿"),
    ("profit of 60bn a year on an outlay of 600bn: payback?", "60bn a year"),
    ("利潤率٣٠%回本", "٣٠"),
    ("payback at ๓๐% margin", "๓๐"),
    ("payback at a margin of ৩০%", "৩০"),
    ("每年投4000億，折現率8%，幾年回本?", "4000億"),
    ("capex of 400bn a year at a discount rate of 8%: payback?", "400bn a year"),
]


@pytest.mark.parametrize(("text", "years"), UNDERSTOOD)
def test_every_form_of_a_number_is_heeded(engine: Engine, text: str, years: float) -> None:
    answer = engine.ask(text)
    payback = next(shown.value for shown in answer.figures if shown.name == "payback")
    assert payback == pytest.approx(years, rel=1e-3)


@pytest.mark.parametrize(("text", "named"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_named_and_nothing_computed(engine: Engine, text: str, named: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "unread"
    assert not answer.figures
    assert named in to_text(answer)


@pytest.mark.parametrize("form", ["{}%", "百分之{}", "{} percent", "0.{}"])
@pytest.mark.parametrize(
    "order",
    [
        "利潤率{m}、資本支出8000億,幾年回本?",
        "資本支出8000億,利潤率{m},要多久回本",
        "payback of $800bn at a margin of {m}?",
        "at a margin of {m}, how long until $800bn is paid back?",
    ],
)
@pytest.mark.parametrize("percent", [15, 25, 40, 65])
def test_margin_and_outlay_in_any_order_and_form(engine: Engine, form: str, order: str, percent: int) -> None:
    answer = engine.ask(order.format(m=form.format(percent)))
    payback = next(shown.value for shown in answer.figures if shown.name == "payback")
    assert payback == pytest.approx(800 / (percent / 100) / 360, rel=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "資本支出8000億人民幣，幾年回本？",
        "payback of €500bn at 50%",
        "甲骨文2024年收入550亿人民币对吗",
        "capex of 15 trillion yen, payback?",
        "payback of 900bn taiwan dollars",
    ],
)
def test_no_exchange_rate_is_assumed(engine: Engine, text: str) -> None:
    assert engine.ask(text).template == "currency"


@pytest.mark.parametrize(
    "text", ["微軟的資本支出幾年回本？", "OpenAI 幾年回本?", "What revenue would Oracle need to break even?"]
)
def test_a_company_is_not_answered_with_the_industrys_outlay(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "whose_outlay"
    assert not answer.figures


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("what margin is needed to pay back in 5 years?", "margin", 0.5556),
        ("利潤率要多少才能6年回本？", "margin", 0.463),
        ("capex 最多多少才能5年回本", "capex", 900),
        ("how much capex can 360bn revenue pay for in 6 years?", "capex", 1080),
        ("十年回本，利润率30%，收入3600亿，最多能投多少?", "capex", 1080),
        ("at 25% margin and 400bn revenue what capex can be paid back in 8 years?", "capex", 800),
    ],
)
def test_the_question_turned_round(engine: Engine, text: str, name: str, value: float) -> None:
    first = engine.ask(text).figures[0]
    assert first.name == name
    assert first.value == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "outlay"),
    [
        ("3000億的GPU用四年折舊，每年要多少收入才打平?", 300),
        ("$400bn worth of GPUs, 3 years life, margin 60%, revenue to cover depreciation?", 400),
    ],
)
def test_gpus_bought_are_an_outlay(engine: Engine, text: str, outlay: float) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == "depreciation_breakeven"
    assert answer.data["given"]["capex_usd_bn"] == outlay
    assert not answer.data["unused"]


def test_every_parameter_that_can_be_said_can_be_named_as_unused() -> None:
    said = {name for roles in cues.ROLES.values() for name, _ in roles}
    assert said <= set(PARAMETERS)
    for lang in ("zh-Hant", "zh-Hans", "en"):
        names = (Path(bot.render.__file__).with_name("texts") / lang / "_cash.j2").read_text("utf-8")
        assert [name for name in PARAMETERS if f'"{name}": ' not in names] == []


def test_a_margin_of_half_is_heard_and_not_assumed(engine: Engine) -> None:
    for text in (
        "投入兩兆美元、毛利一半、年營收四千億，多少年打平？",
        "capex 2tn, margin half, revenue 400bn, payback?",
    ):
        answer = engine.ask(text)
        assert answer.figures[0].value == pytest.approx(10)
        assert not answer.data["claims"], text


@pytest.mark.parametrize(
    ("text", "outlay", "revenue"),
    [
        ("每年400億要多久回本?", 1000, 40),
        ("payback at $400B/yr?", 1000, 400),
        ("投資2萬億,每年400億,幾年回本", 2000, 40),
        ("2萬億,每年400億,幾年回本", 2000, 40),
        ("payback of 2tn at 400bn a year", 2000, 400),
        ("payback 1000bn 50% 360bn a year", 1000, 360),
    ],
)
def test_an_amount_a_year_pays_back_and_is_not_what_is_paid_back(
    engine: Engine, text: str, outlay: float, revenue: float
) -> None:
    answer = engine.ask(text)
    slots = answer.question.slots
    assert (answer.template, slots["capex_usd_bn"], slots["annual_revenue_usd_bn"]) == ("payback", outlay, revenue)


@pytest.mark.parametrize(
    "text", ["每年400億電費要多久回本", "payback with taxes of 20bn a year", "每年400億,每年500億,多久回本"]
)
def test_an_amount_a_year_of_something_else_is_not_taken_for_revenue(engine: Engine, text: str) -> None:
    assert engine.ask(text).template in ("unread", "own_amounts")


@pytest.mark.parametrize(
    ("text", "wanted", "covered"),
    [
        ("每年投4000億，利潤率50%，年收入3600億，幾年回本?", 800, 0.45),
        ("capex of 400bn a year, margin 50%, revenue 360bn: payback?", 800, 0.45),
        ("AI一年花4000億,利潤率50%,要多少收入才打平", 800, None),
        ("每年4000亿资本支出要多少收入才能打平", 800, None),
        ("400 billion a year capex, 40% margin, what revenue is needed", 1000, None),
    ],
)
def test_what_is_spent_every_year_wants_its_revenue_every_year(
    engine: Engine, text: str, wanted: float, covered: float | None
) -> None:
    """The article's own 400 billion a year: there is no payback in years, and no refusal either."""
    answer = engine.ask(text)
    assert answer.template == "yearly_outlay"
    revenue, *rest = [one for one in answer.figures if one.status == "computed"]
    assert (revenue.name, revenue.quantity.kind) == ("annual_revenue", Kind.FLOW)
    assert revenue.value == pytest.approx(wanted)
    assert [one.value for one in rest] == ([] if covered is None else [pytest.approx(covered)])


def test_an_outlay_in_all_takes_the_place_of_one_a_year(engine: Engine) -> None:
    first = engine.ask("每年投4000億，利潤率50%，年收入3600億，幾年回本?")
    second = engine.ask("那一共投9000億呢?", last=first.question)
    assert second.figures[0].value == pytest.approx(5.0)


def test_a_follow_up_with_years_turns_the_calculation_round(engine: Engine) -> None:
    first = engine.ask("利潤率30%要多少年回本?")
    second = engine.ask("那10年內呢?", last=first.question)
    assert second.figures[0].name == "annual_revenue"
    assert second.figures[0].value == pytest.approx(1000 / 0.3 / 10)


def test_a_bare_source_has_no_subject(engine: Engine) -> None:
    assert engine.ask("source?").template == "ambiguous"
    assert engine.ask("来源?").template == "ambiguous"


def test_a_thread_that_is_not_stored_is_said(sample_engine: Engine) -> None:
    assert sample_engine.ask("thread 999999 sentiment?").template == "no_thread"
    assert sample_engine.ask("https://evil.example/x 看多看空").template == "no_thread"


def test_the_mood_of_a_company_counts_only_its_posts(sample_engine: Engine) -> None:
    all_posts = sample_engine.ask("大家看多還是看空?").question.slots["n"]
    about = sample_engine.ask("大家看多還是看空英偉達?")
    assert about.template == "sentiment"
    assert 0 < about.question.slots["n"] < all_posts


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("年收入3600億,6年內能回本嗎?", "可以"),
        ("年收入3600億,5年內能回本嗎?", "不行"),
        ("with revenue of $360bn, does it pay back within 5 years?", "no"),
    ],
)
def test_a_time_beside_a_revenue_is_a_limit_to_hold_the_answer_to(engine: Engine, text: str, word: str) -> None:
    answer = engine.ask(text)
    assert answer.figures[0].name == "payback"
    assert word in to_text(answer)


def test_a_period_without_posts_is_not_an_empty_store(sample_engine: Engine) -> None:
    assert sample_engine.ask("was the forum bullish in March 2019?").template == "no_mentions"


def test_a_measure_behind_one_amount_is_not_of_the_next(engine: Engine) -> None:
    answer = engine.ask("$1 trillion capex, 360bn a year revenue, 40% margin, payback?")
    assert answer.figures[0].quantity.value == pytest.approx(1000 / 0.4 / 360)
    assert answer.data["claims"] == []


def test_what_is_spent_every_year_is_named_once(engine: Engine) -> None:
    answer = engine.ask("discounted payback at 8%: capex of 40bn a year and 50bn costs")
    assert answer.template == "unread"
    assert len(set(answer.data["unread"])) == len(answer.data["unread"])
    assert engine.ask("payback of $40bn a year").template == "yearly_outlay"


@pytest.mark.parametrize(
    "asked",
    [
        "60是55的兩倍多嗎",
        "60是55的两倍多，对吗？",
        "is 60 more than twice 55?",
        "60bn is over two times 55bn, right?",
        "Is a contract of 60bn twice as much as 55bn?",
        "甲骨文一年600億的合約是年收入550億的兩倍多嗎",
    ],
)
def test_a_multiple_that_is_asked_about_is_computed(engine: Engine, asked: str) -> None:
    """The amount alone is right, so that its row of the register would have said that all is well."""
    answer = engine.ask(asked)
    assert (answer.question.intent, answer.template) == ("claim_check", "text_check")
    [ratio] = [one for one in answer.figures if one.name == "claim_1_recheck"]
    assert ratio.quantity.value == pytest.approx(60 / 55)
    assert answer.data["wrong"] == 1


@pytest.mark.parametrize("asked", ["OpenAI 2024年收入是130億嗎?", "利潤率是兩倍的話多少年回本?", "A17 是真的嗎"])
def test_what_states_no_multiple_goes_its_way(engine: Engine, asked: str) -> None:
    assert engine.ask(asked).template != "text_check"


@pytest.mark.parametrize("filler", [" ", ",", "? ", "is a "])
def test_a_long_filler_costs_no_time(engine: Engine, filler: str) -> None:
    """Two thousand spaces in the midst took a pattern the cube of their number: this would not end."""
    assert engine.ask(f"60是55{filler * (1900 // len(filler))}x").template
