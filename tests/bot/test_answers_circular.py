"""How the money goes round: the article's loop and its end, the question's own amounts, three languages."""

import re

import pytest

from bot.answers import Engine
from bot.answers.circular import read_flows
from bot.render import to_html, to_json, to_text


def figures(document: dict[str, object]) -> dict[str, float]:
    rows = document["figures"]
    assert isinstance(rows, list)
    return {row["name"]: row["value"] for row in rows}


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        ("黃仁勳投的錢繞一圈又回到輝達,是怎麼循環的?", "zh-Hant", ["1,000億美元", "300億美元", "2026-02", "600億美元", "意向書"]),
        ("OpenAI和甲骨文的钱是不是左手倒右手", "zh-Hans", ["1,000亿美元", "300亿美元", "2026-02", "600亿美元", "意向书"]),
        ("explain the circular deals between Nvidia and Oracle", "en", ["$100bn", "$30bn", "2026-02", "$60bn a year", "letter of intent"]),
        ("輝達投OpenAI的1000億怎麼轉一圈", "zh-Hant", ["1,000億美元", "300億美元"]),
        ("vendor financing: what goes round?", "en", ["$100bn", "$30bn"]),
    ],
)  # fmt: skip
def test_the_loop_and_what_became_of_it(engine: Engine, text: str, lang: str, said: list[str]) -> None:
    answer = engine.ask(text)
    document = to_json(answer)
    assert (document["intent"], document["lang"], document["chart"]) == ("circular_financing", lang, "circular")
    assert document["slots"]["companies"] == ["NVDA", "OPENAI", "ORCL"]
    values = figures(document)
    assert values["edges"] == 3
    assert values["nvda_to_openai"] == 100
    assert values["nvda_to_openai_later"] == 30
    assert values["openai_to_oracle_year"] == 60
    assert (values["goes_round_at_most_then"], values["goes_round_at_most"]) == (40, 30)
    for words in said:
        assert words in document["answer"]
    assert {"NVDALOI", "NVDA30", "WSJ"} <= {source["id"] for source in document["sources"]}


@pytest.mark.parametrize(
    "text",
    [
        "Nvidia puts $20bn a year into OpenAI and OpenAI pays Nvidia $15bn a year, what goes round?",
        "如果英偉達每年投200億給OpenAI，OpenAI每年付給英偉達150億，自己轉的有多少?",
    ],
)
def test_flows_of_the_asker_are_no_claim_to_be_checked(engine: Engine, text: str) -> None:
    document = to_json(engine.ask(text))
    assert document["intent"] == "circular_financing"
    assert document["slots"]["flows"] == ["NVDA>OPENAI:20", "OPENAI>NVDA:15"]


@pytest.mark.parametrize(
    "text", ["OpenAI每年向甲骨文買400億", "OpenAI向甲骨文每年買400億", "OpenAI buys $40bn yearly from Oracle"]
)
def test_an_amount_bought_each_year_is_no_sum(text: str) -> None:
    (flow,), _ = read_flows(f"如果{text}, 輝達每年投OpenAI")
    assert (flow.payer, flow.payee, flow.yearly, flow.total) == ("OPENAI", "ORCL", 40, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("假如輝達每年投OpenAI 100億美元，OpenAI每年付甲骨文200億，甲骨文每年買輝達150億的晶片，輝達年銷售2000億，錢怎麼循環?", "66.67%"),
        ("如果英伟达投OpenAI 100亿，OpenAI付给甲骨文200亿，甲骨文向英伟达采购150亿，英伟达销售额2000亿，循环多少", "66.67%"),
        ("Say Nvidia puts $10bn a year into OpenAI, OpenAI pays Oracle $100bn over 5 years, Oracle buys $15bn a year from Nvidia, Nvidia's sales are $200bn: how circular is that?", "66.67%"),
    ],
)  # fmt: skip
def test_amounts_of_the_question(engine: Engine, text: str, said: str) -> None:
    answer = engine.ask(text)
    values = figures(to_json(answer))
    assert (values["edges"], values["bottleneck"]) == (3, 10)
    assert values["round_trip_share"] == pytest.approx(30 / 45)
    assert values["self_funded_upper"] == pytest.approx(0.05)
    assert values["self_funded_proportional"] == pytest.approx(0.0375)
    assert values["self_funded_lower"] == pytest.approx(0.025)
    assert said in to_text(answer)


def test_one_amount_stands_among_the_cards(engine: Engine) -> None:
    values = figures(to_json(engine.ask("if Nvidia invests only $20bn in OpenAI, how circular is it?")))
    assert values["goes_round_at_most"] == 20
    assert "bottleneck" not in values  # over how many years was not said


def test_no_loop_is_said(engine: Engine) -> None:
    text = to_text(engine.ask("微軟投OpenAI 100億, OpenAI付甲骨文200億, 這樣有循環嗎?"))
    assert "沒有成圈" in text


def test_a_company_without_a_published_flow_is_said_to_be_left_out(engine: Engine) -> None:
    assert "微軟：沒有" in to_text(engine.ask("微軟和OpenAI的錢怎麼循環?"))


def test_an_amount_that_was_not_used_is_said(engine: Engine) -> None:
    assert "“$700bn” was not used" in to_text(engine.ask("is $700bn circular?"))


@pytest.mark.parametrize(
    ("text", "payments"),
    [
        ("Nvidia invests $10bn in OpenAI", [("NVDA", "OPENAI", 10.0)]),
        ("OpenAI raises $10bn from Nvidia", [("NVDA", "OPENAI", 10.0)]),
        ("OpenAI gets $10bn of equity from Nvidia", [("NVDA", "OPENAI", 10.0)]),
        ("Nvidia sells Oracle chips for $40bn", [("ORCL", "NVDA", 40.0)]),
        ("甲骨文向輝達買400億美元的晶片", [("ORCL", "NVDA", 40.0)]),
        ("OpenAI拿了輝達的300億投資", [("NVDA", "OPENAI", 30.0)]),
        ("輝達和OpenAI都很貴", []),
        ("英偉達投OpenAI的錢怎麼轉一圈?", []),
    ],
)
def test_who_pays_whom_is_read_from_a_clause(text: str, payments: list[tuple[str, str, float]]) -> None:
    found, sales = read_flows(text)
    assert [(flow.payer, flow.payee, flow.total) for flow in found] == payments
    assert sales is None


@pytest.mark.parametrize("text", ["錢怎麼循環?", "钱怎么循环", "circular?"])
def test_markup_is_balanced(engine: Engine, text: str) -> None:
    message = to_html(engine.ask(text))
    assert message.count("<b>") == message.count("</b>") > 0
    assert not re.search(r"None|\bnan\b|\binf\b", message)
