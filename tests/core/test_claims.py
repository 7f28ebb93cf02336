"""The claims checker on texts of its own; how often it is right is measured in tests/bench."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.claims.checker import CHUNK, WRONG, CheckedClaim, check
from core.figures import VERDICTS, load

REGISTER = load()


def one(text: str) -> CheckedClaim:
    """The claim that states a relation, else the only one."""
    claims = check(text, REGISTER)
    related = [claim for claim in claims if claim.relation]
    assert len(related or claims) == 1, claims
    return (related or list(claims))[0]


@pytest.mark.parametrize(
    ("text", "relation", "verdict", "value"),
    [
        ("河馬影業票房28億，是對手20億的兩倍多。", "ratio", "fails", 1.4),
        ("Hippo Films took $28m, more than twice the $10m of its rival.", "ratio", "holds", 2.8),
        ("河馬影業有120間戲院，是獵豹影城30間的四倍。", "ratio", "holds", 4),
        ("票房由6億增至18億，增長兩倍。", "growth", "holds", 3),
        ("票房由6億增至12億，增長兩倍。", "growth", "fails", 2),
        ("Admissions doubled from 6 million to 12 million.", "growth", "holds", 2),
        ("The $50m lease would double its annual rent of $48m.", "growth", "holds", 98 / 48),
        ("市占率由20%升至25%，提高5%。", "growth", "fails", 0.25),
        ("市占率由20%升至25%，提高5個百分點。", "points", "holds", 5),
        ("A levy of $9bn, of which $3bn goes to the towns, that is 40%.", "share", "fails", 1 / 3),
        ("票房28億，淨利7億，營收35億，淨利率20%。", "margin", "holds", 0.2),
        ("東岸賣出12億，西岸8億，合計25億。", "sum", "fails", 2),
        ("今年投入80億，比去年的65億多出15億。", "difference", "holds", 1.5),
        ("片商借了300億美元（30 billion）。", "conversion", "holds", 30),
        ("片商借了300億美元（300 billion）。", "conversion", "fails_by_power_of_ten", 30),
        ("現金36億，每年燒9億，夠用4年。", "years", "holds", 4),
        ("合約總值480億，為期6年，平均每年60億。", "per_year", "fails", 8),
        ("投資800億，以利潤率40%計算，要2000億收入才能打平。", "breakeven", "holds", 200),
        ("片商承諾未來五年累計投入500億，遠超過它一年80億的營收。", "comparison", "category_error", 6.25),
        ("Cash of $40bn plus annual sales of $10bn, $50bn in total.", "sum", "category_error", 50),
        ("2023年收入50億，2024年上半年收入12億，全年將是去年的三倍。", "growth", "fails", 0.48),
        ("2020年有4000名會員，2023年有5000名會員，成長40%。", "growth", "fails", 0.25),
        ("河馬2019年票房10億，2023年票房20億，年均成長19%。", "growth", "holds", 2 ** (1 / 4) - 1),
        ("Rent was $2m in 2020 and $3m in 2024, up 25%.", "growth", "fails", 0.5),
        ("片單由8部增至原來的3倍，達到32部。", "growth", "fails", 4),
        ("Screens rose by a factor of four, from 30 to 90.", "growth", "fails", 3),
        ("Screens grew fivefold from 30 to 150.", "growth", "holds", 5),
        ("欠款30億，是淨值的五倍，淨值只有10億。", "ratio", "fails", 3),
        ("全國有20家影城，獵豹有5家，占全國的四成。", "share", "fails", 0.25),
        ("Matinees account for 140% of all tickets sold.", "share", "fails", 1),
        ("東岸占50%，西岸占40%，北岸占30%。", "share", "fails", 1.2),
        ("六家戲院各花2億，合計15億。", "sum", "fails", 1.2),
        ("上半年賣4億，下半年賣5億，全年賣9億。", "sum", "holds", 0.9),
        ("營收9億，成本6億，獲利5億。", "difference", "fails", 0.3),
        ("The hall cost $60m; at a 20% margin it needs $300m of sales to earn that back.", "breakeven", "holds", 0.3),
        ("With capex of $60m, at a 20% margin the hall needs $200m in revenue.", "breakeven", "fails", 0.3),
        ("現金24億，每季虧2億，能撐12年。", "years", "fails", 3),
        ("It burns $3m a month and holds $72m, which lasts 24 months.", "years", "holds", 2),
    ],
)
def test_relations(text: str, relation: str, verdict: str, value: float) -> None:
    claim = one(text)
    assert (claim.relation, claim.verdict) == (relation, verdict)
    assert claim.recheck.value == pytest.approx(value)
    assert any(char.isdigit() for char in claim.recheck.how)


@pytest.mark.parametrize(
    ("text", "verdict", "names"),
    [
        ("Alphabet's capex in 2025 was $91.4bn.", "holds", "GOOGL"),
        ("Alphabet's capex in 2025 was $9.14bn.", "fails_by_power_of_ten", "GOOGL"),
        ("甲骨文2026財年營收574億美元。", "contradicted", "FY2025"),
        ("OpenAI 2025年淨損209億美元。", "contradicted", "營業虧損"),
        ("OpenAI lost $7.8bn in the first half of 2025.", "holds", "operating loss"),
        ("OpenAI的合約每年要付1.4萬億美元，這是它的承諾。", "unverified", ""),
        ("席勒本益比在2000年是44倍。", "holds", "2000"),
        ("OpenAI's operating loss for all of 2025 was $7.8bn.", "contradicted", "2025"),
        ("OpenAI 2025年平均每月營收20億美元。", "contradicted", "× 12"),
        ("OpenAI's revenue averaged $3.3bn a quarter in 2025.", "holds_approximately", "× 4"),
        ("OpenAI's revenue in Q4 2025 was $15bn.", "contradicted", "2025"),
        ("Meta 2025年每季資本支出720億美元。", "contradicted", "× 4"),
        ("甲骨文向英偉達下了400億美元的晶片訂單。", "unverified", "oracle_nvda_chips"),
        ("IonQ 2024年營收4.3億美元。", "unverified", "未經查證"),
        ("Microsoft's capex in 2025 was $130bn.", "unverified", "estimate"),
        ("Microsoft's capex in 2025 was $190bn.", "contradicted", "estimate"),
    ],
)
def test_amounts_against_the_register(text: str, verdict: str, names: str) -> None:
    claim = one(text)
    assert claim.verdict == verdict
    assert names in claim.recheck.how or names in {source.id for source in claim.sources} or names == "GOOGL"
    assert bool(claim.sources) or verdict == "unverified"


@pytest.mark.parametrize(
    "text",
    [
        "2021年賣3萬張票，2024年賣9萬張票，票價上漲12%。",
        "Debt stands at 140% of GDP.",
        "China made up 120% of the growth in ticket sales.",
        "營收80億，成本65億，研發9億，獲利4億。",
        "前三季營收10億、12億、15億，全年目標60億。",
        "60億並不是55億的兩倍。",
        "It is a myth that OpenAI's revenue in 2024 was $13bn.",
        "有人說OpenAI 2024年營收130億美元，這是錯的。",
        "OpenAI 2025年平均每季營收約33億美元。",
        "OpenAI那一季虧115億美元。",
        "三家可能合計上看兩百億，目前是30億和40億。",
    ],
)
def test_what_claims_nothing_wrong_is_not_flagged(text: str) -> None:
    assert not [claim for claim in check(text, REGISTER) if claim.is_wrong]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("OpenAI 2025年營收不是131億美元，而是37億美元。", "contradicted"),
        ("說OpenAI 2024年收入130億美元是錯的，其實是37億美元。", "holds"),
        ("OpenAI's 2024 revenue was not $13bn but $3.7bn.", "holds"),
    ],
)
def test_what_is_put_in_the_place_of_a_denied_number_is_the_claim(text: str, verdict: str) -> None:
    claim = one(text)
    assert (claim.verdict, claim.value) == (verdict, 3.7)


@pytest.mark.parametrize(
    ("text", "day", "period", "verdict"),
    [
        ("OpenAI去年營收130億美元。", date(2025, 10, 21), "2024", "contradicted"),
        ("OpenAI去年營收130億美元。", date(2026, 10, 21), "2025", "holds"),
        ("2025-10-21\nOpenAI去年營收130億美元。", None, "2024", "contradicted"),
        ("2025-10-21\nOpenAI去年營收130億美元。", date(2026, 1, 1), "2025", "holds"),
        ("OpenAI今年上半年營收43億美元。", date(2025, 10, 21), "2025H1", "holds"),
        ("OpenAI's revenue was $13bn last year.", date(2026, 1, 5), "2025", "holds"),
        ("OpenAI lost $5bn last month.", date(2026, 1, 5), "2025-12", "unverified"),
        ("OpenAI去年營收130億美元。", None, None, "holds"),
    ],
)
def test_last_year_is_told_from_a_day_and_never_from_the_clock(
    text: str, day: date | None, period: str | None, verdict: str
) -> None:
    claims = [claim for claim in check(text, REGISTER, as_of=day) if claim.value]
    assert [(claim.period, claim.verdict) for claim in claims] == [(period, verdict)]
    assert ("--as-of" in claims[0].recheck.how) == (period is None)


@pytest.mark.parametrize("text", ["7" * 10_000, "(" * 5000 + "5億" + ")" * 5000, "1" * 5000 + "." + "2" * 5000])
def test_a_wall_of_digits_or_brackets_is_read_at_once(text: str) -> None:
    start = time.perf_counter()
    check(text, REGISTER)
    assert time.perf_counter() - start < 1.0  # a hundredth of that; as a square of the length it was three seconds


def test_a_text_that_contradicts_itself() -> None:
    claims = check("獵豹影城2022年營收30億，2023年營收45億。封面卻寫：2022年營收45億。", REGISTER)
    wrong = [claim for claim in claims if claim.is_wrong]
    assert [(claim.text, claim.verdict, claim.recheck.value) for claim in wrong] == [
        ("2022年營收45億", "contradicted", 3)
    ]


def test_a_firm_beside_a_known_one_is_not_taken_for_it() -> None:
    for text in (
        "OpenAI 2025年收入130億美元。獵豹影城2025年收入80億美元。",
        "OpenAI的供應商獵豹2025年營收80億美元，其2024年營收60億美元。",
        "OpenAI supplier Cheetah posted revenue of $8bn in 2025.",
        "韓國的融資餘額2025年9月為200億美元。",
    ):
        assert not [claim for claim in check(text, REGISTER) if claim.is_wrong], text


def test_always_is_set_against_the_series() -> None:
    claim = one("每逢融資餘額創新高，標普必定大跌。")
    assert (claim.relation, claim.verdict, claim.recheck.value) == ("rule", "contradicted", 0.037)
    assert not check("每逢週五，老闆必定請客。", REGISTER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "沒有數字。",
        "甲骨文2025年營收有574億嗎？",
        "如果營收從10億翻倍到30億呢",
        "Is $60bn twice $55bn?",
        "🚀" * 50,
    ],
)
def test_nothing_is_claimed(text: str) -> None:
    assert check(text, REGISTER) == ()


def test_how_is_in_the_language_of_the_text() -> None:
    texts = {
        "河馬影業票房28億，是對手20億的兩倍多。": "文中說",
        "河马影业票房28亿，是对手20亿的两倍多。": "文中说",
        "Hippo took $28m, more than twice the $20m of its rival.": "stated",
    }
    for text, word in texts.items():
        assert word in one(text).recheck.how


PIECES = st.sampled_from(
    [
        "OpenAI",
        "甲骨文",
        "星河",
        "它",
        "2024年",
        "上半年",
        "FY2026",
        "營收",
        "亏损",
        "市值",
        "80億",
        "$5bn",
        "30%",
        "三倍",
        "兩倍多",
        "twice",
        "half",
        "從",
        "增至",
        "to",
        "from",
        "占",
        "的",
        "合計",
        "每年",
        "承諾",
        "遠超過",
        "夠燒",
        "6年",
        "以利潤率",
        "打平",
        ",",
        "。",
        "、",
        "（",
        "）",
        "\n",
        "?",
        "每次新高",
        "SPY",
        "大跌",
        "比",
        "多出",
        "-1e9億",
        "0",
        "0億",
        "0%",
        "e300億",
        "́",
        "İ",
        "ﬀ",
    ]
)


@given(st.lists(PIECES, max_size=30).map(" ".join) | st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_checked_without_a_crash(text: str) -> None:
    for claim in check(text, REGISTER):
        assert text[claim.start : claim.end] == claim.text
        assert claim.verdict in VERDICTS
        for value in (claim.value, claim.recheck.value):
            assert value is None or abs(value) < float("inf")
        assert "nan" not in claim.recheck.how
        assert "inf" not in claim.recheck.how.replace("information", "")


def test_a_long_text_is_cut_between_paragraphs_and_its_places_hold() -> None:
    line = "河馬影業票房28億，是對手20億的兩倍多。\n"
    text = "前言。\n" * 300 + line * (3 * CHUNK // len(line))
    claims = check(text, REGISTER)
    assert len(claims) == text.count("兩倍多")
    assert all(text[claim.start : claim.end] == claim.text and claim.verdict == "fails" for claim in claims)


@pytest.mark.parametrize(
    "unit", ["10億、", "1 2 3 ", "twice 5bn ", "營收80億，占", "2024年營收80億比2025年營收90億多", "去年5億，今年6億，"]
)
def test_no_text_costs_more_than_its_length(unit: str) -> None:
    def seconds(characters: int) -> float:
        text = (unit * characters)[:characters]
        start = time.perf_counter()
        check(text, REGISTER)
        return time.perf_counter() - start

    seconds(1000)
    small, large = seconds(4000), seconds(16_000)
    assert large < 16 * small + 0.5  # four times the text; a square would be sixteen times and more


def test_wrong_verdicts_are_of_the_list() -> None:
    assert set(WRONG) < set(VERDICTS)
