"""Who a text speaks of: scripts, spellings, word boundaries, capitals, offsets, and a table that is kept in order."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import aliases
from core.errors import CardError, NotFound

COMPANIES = ("company", "index", "asset")


def ids(text: str, *kinds: str) -> list[str]:
    return [mention.id for mention in aliases.find(text, kinds or None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("買NVDA吧", ["NVDA"]),
        ("英偉達、英伟达、輝達", ["NVDA"] * 3),
        ("open ai, OpenAI, Open-AI", ["OPENAI"] * 3),
        ("ＮＶＤＡ和ＭＥＴＡ", ["NVDA", "META"]),
        ("甲骨文跟OpenAI的合約", ["ORCL", "OPENAI"]),
        ("SPY 大跌，標普500也跌，S&P 500 too", ["SPY"] * 3),
        ("納指100和納指", ["QQQ", "NASDAQ"]),
        ("大餅又漲了", ["BTC"]),
        ("等下連Pepsi 和可口可樂都要跟AI關聯了", ["PEP", "KO"]),
        ("They put AI next to UNH - UnitedHealth tests AI system.", ["UNH", "UNH"]),
        ("$meta $t $ai", ["META", "T", "AI"]),
        ("T is a letter; KO means knocked out; $KO is a stock", ["T", "KO", "KO"]),
    ],
)
def test_companies_are_found_in_any_script_and_spelling(text: str, expected: list[str]) -> None:
    assert ids(text, *COMPANIES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "METAL, spying, Oraclebone, NVDA1, xNVDA, amdahl",
        "AI CEO IPO ETF PE GDP CPI USA LOL OK ATH DCA IV RSI IT ON ALL",
        "it now costs snow, so ko the t",
        "COST IT NOW: the capitals of a shout",
        "買 or 賣?",
    ],
)
def test_words_that_only_look_like_companies_are_left_alone(text: str) -> None:
    assert ids(text, *COMPANIES) == []


def test_people_go_by_their_nicknames() -> None:
    assert ids("老黃、黃教主、皮衣刀客、股神、木頭姐、Elon、Altman、茲威格、Tom Lee", "person") == [
        "HUANG", "HUANG", "HUANG", "BUFFETT", "CATHIE_WOOD", "MUSK", "ALTMAN", "ZWEIG", "TOM_LEE",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("margin debt 多少?", "margin_debt"),
        ("融資餘額創新高", "margin_debt"),
        ("利潤率降到30%", "margin"),
        ("at a margin of 30%", "margin"),
        ("資本支出占GDP多少", "capex_to_gdp"),
        ("OpenAI 一年燒多少錢?", "cash_burn"),
        ("量子計算股P/S多少?", "price_to_sales"),
        ("场外现金有几万亿", "money_market_assets"),
        ("What is Oracle's operating cash flow?", "operating_cash_flow"),
        ("自由现金流", "free_cash_flow"),
    ],
)
def test_the_longest_word_names_the_metric(text: str, metric: str) -> None:
    assert ids(text, "metric") == [metric]


def test_groups_and_themes() -> None:
    assert ids("五大科技巨頭 hyperscalers 量子股", "group") == [
        "FIVE_HYPERSCALERS",
        "FIVE_HYPERSCALERS",
        "QUANTUM_STOCKS",
    ]
    assert ids("這個loop確實有些嚇人", "theme") == ["circular_financing"]


def test_kinds_may_overlap_but_mentions_of_one_kind_never_do() -> None:
    mentions = aliases.find("融資餘額")
    assert [(mention.kind, mention.id) for mention in mentions] == [("metric", "margin_debt"), ("theme", "margin_debt")]


@given(st.text(alphabet=st.sampled_from("老黃NVDAnvda$ ﬁ㎏İé́融資餘額ＡＩ\u200b\t吧"), max_size=40))
def test_offsets_are_into_the_text_as_given(text: str) -> None:
    for kind in aliases.KINDS:
        end = 0
        for mention in aliases.find(text, [kind]):
            assert text[mention.start : mention.end] == mention.text
            assert mention.start >= end
            end = mention.end


def test_offsets_survive_characters_that_folding_lengthens_or_drops() -> None:
    text = "㎏ﬁ\u200bİ：NV\u200bDA，老黃"
    assert [mention.text for mention in aliases.find(text, ["company", "person"])] == ["NV\u200bDA", "老黃"]


def test_every_spelling_in_the_table_finds_its_own_alias() -> None:
    for kind in aliases.KINDS:
        for alias in aliases.every(kind):
            for word in alias.words:
                assert ids(word, kind) == [alias.id], word
            for ticker in alias.tickers:
                assert alias.id in ids(f"${ticker}", kind) + ids(ticker, kind), ticker


def test_get_names_in_three_languages() -> None:
    nvidia = aliases.get("nvda")
    assert [nvidia.name(lang) for lang in ("zh-Hant", "zh-Hans", "en")] == ["輝達", "英伟达", "Nvidia"]
    assert aliases.get("margin_debt", "theme").kind == "theme"
    with pytest.raises(NotFound) as caught:
        aliases.get("NVDIA")
    assert caught.value.hint
    assert "NVDA" in caught.value.hint


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('[[company]]\nid = "A"\nzh = "甲"\nen = "A"\nwords = ["aa"]\ncolour = "red"', "A: unknown key “colour”"),
        ('[[company]]\nid = "A"\nen = "A"\nwords = ["aa"]', "A: missing key “zh”"),
        ('[[company]]\nid = "A"\nzh = "甲"\nen = "A"', "none given"),
        ('[[company]]\nid = "A"\nzh = "甲"\nen = "A"\nwords = ["a a", "aa"]', "already a word of A"),
        ('[[company]]\nid = "A"\nzh = "甲"\nen = "A"\nwords = ["英偉達"]', "must be written “英伟达”"),
        ('[[company]]\nid = "A"\nzh = "甲"\nen = "A"\nwords = [7]', "must be a list of texts"),
        ('[[company]]\nid = "A"\nzh = "甲"\nen = "A"\nwords = ["a"]\n' * 2, "is there twice"),
        ('[[planet]]\nid = "A"', "unknown key “planet”"),
        ("id =", "is not TOML"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, table: str, message: str) -> None:
    file = tmp_path / "aliases.toml"
    file.write_text(table, encoding="utf-8")
    with pytest.raises(CardError, match=message) as caught:
        aliases.load(file)
    assert "aliases.toml" in str(caught.value)
