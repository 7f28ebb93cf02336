"""Amounts as people write them, in both scripts, full width, mixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import find, read
from core.errors import QuantityError
from core.quantity import Kind, Quantity, Unit, exact, money


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4000億", 400, "USD_bn"),
        ("1.13萬億美元", 1130, "USD_bn"),
        ("4千億", 400, "USD_bn"),
        ("兩兆", 2000, "USD_bn"),
        ("两万亿", 2000, "USD_bn"),
        ("一萬二千億", 1200, "USD_bn"),
        ("1兆2000億", 1200, "USD_bn"),
        ("一百五十亿", 15, "USD_bn"),
        ("百億", 10, "USD_bn"),
        ("一兆二", 1200, "USD_bn"),
        ("$425bn", 425, "USD_bn"),
        ("US$1.5 trillion", 1500, "USD_bn"),
        ("7 Trillion", 7000, "USD_bn"),
        ("60B", 60, "USD_bn"),
        ("500m", 0.5, "USD_bn"),
        ("１．１３Ｔ", 1130, "USD_bn"),
        ("1,126,494 (百萬)", 1126.494, "USD_bn"),
        ("5.5倍", 5.5, "ratio"),
        ("三倍半", 3.5, "ratio"),
        ("三成半", 0.35, "ratio"),
        ("3成", 0.3, "ratio"),
        ("三成五", 0.35, "ratio"),
        ("兩成五", 0.25, "ratio"),
        ("百分之五", 0.05, "ratio"),
        ("三分之一", 1 / 3, "ratio"),
        ("50%", 0.5, "ratio"),
        ("thirty percent", 0.3, "ratio"),
        ("a third", 1 / 3, "ratio"),
        ("1/3", 1 / 3, "ratio"),
        ("負三成", -0.3, "ratio"),
        ("負百分之三十", -0.3, "ratio"),
        ("one trillion dollars", 1000, "USD_bn"),
        ("half a trillion", 500, "USD_bn"),
        ("半兆", 500, "USD_bn"),
        ("six years", 6, "years"),
        ("-50%", -0.5, "ratio"),
        ("５０％", 0.5, "ratio"),
        ("6年", 6, "years"),
        ("六年半", 6.5, "years"),
        ("18個月", 1.5, "years"),
        ("5 years", 5, "years"),
        ("2025年", 2025, "year"),
        ("二零二五年", 2025, "year"),
        ("50個百分點", 50, "points"),
        ("1,000", 1000, "count"),
    ],
)
def test_reads_what_people_write(text: str, value: float, unit: str) -> None:
    quantity = read(text)
    assert quantity.value == pytest.approx(value)
    assert quantity.unit_name == unit


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("130-145億", 13, 14.5), ("30到50%", 0.3, 0.5), ("$30 to 50bn", 30, 50), ("兩三年", 2, 3), ("5~6年", 5, 6)],
)
def test_reads_ranges(text: str, low: float, high: float) -> None:
    (reading,) = find(text)
    assert (reading.low, reading.high) == pytest.approx((low, high))
    assert reading.is_range
    with pytest.raises(QuantityError, match="range"):
        read(text)


def test_a_lost_character_between_year_and_month() -> None:
    assert [r.quantity.period for r in find("19993月到20003月的頂點")] == ["1999-03", "2000-03"]


def test_a_numeral_that_begins_another_word_is_not_taken_in() -> None:
    assert [r.text for r in find("跟文章的2萬億一樣嗎, 兩兆一起算, 一兆二千億")] == ["2萬億", "兩兆", "一兆二千億"]


def test_offsets_are_those_of_the_text() -> None:
    text = "人工智能資本支出，按照統計，現在高達４０００億美元。"
    (reading,) = find(text)
    assert text[reading.start : reading.end] == reading.text == "４０００億美元"


@pytest.mark.parametrize(
    "text",
    ["360bn a year", "$360B/yr", "360bn per annum", "360bn yearly", "per year 360bn", "3600億/年", "3600億每年", "每年3600億",
     "每年約3600億美元", "一年3600億", "年均3600億", "每一年 3600億"],
)  # fmt: skip
def test_a_yearly_amount_is_one_flow(text: str) -> None:
    quantity = read(text)
    assert (quantity.value, quantity.kind, quantity.period) == (360, Kind.FLOW, "a year")


@pytest.mark.parametrize(
    "text", ["360bn", "每年燒400億", "第一年400億", "近一年400億", "一年内400億", "11年400億", "2025年400億", "每年5%"]
)
def test_what_is_no_flow(text: str) -> None:
    assert all(reading.quantity.kind is None for reading in find(text))


def test_each_year_belongs_to_the_amount_behind_it() -> None:
    found = find("投2萬億每年400億, a sum of $3bn, $4bn a year")
    assert [(one.text, one.quantity.period) for one in found] == [
        ("2萬億", None), ("400億", "a year"), ("$3bn", None), ("$4bn a year", "a year"),
    ]  # fmt: skip
    assert find("400億每年3 brands")[0].text == "400億每年"
    for text in ("每年燒400億", "第一年400億", "每年400億 500億"):
        with pytest.raises(QuantityError):
            read(text)


@pytest.mark.parametrize(
    "text", ["", "  ", "nan", "inf", "1e400", "many", "12 apples and 3 pears", "billion", "十分好", "%"]
)
def test_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(QuantityError):
        read(text)


@pytest.mark.parametrize(
    ("text", "billions", "unit"),
    [("100億元", 10, "USD_bn"), ("4000亿元/年", 400, "USD_bn"), ("三十億塊錢", 3, "USD_bn")],
)
def test_yuan_behind_a_magnitude_names_no_currency(text: str, billions: float, unit: str) -> None:
    quantity = read(text)
    assert (quantity.value, quantity.currency, quantity.unit_name) == (billions, None, unit)
    assert [reading.text for reading in find("100億元旦")] == ["100億"]


@pytest.mark.parametrize("text", ["十幾億美元", "數千億", "幾百億", "上百億", "十幾年"])
def test_indefinite_amounts_are_no_numbers(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("A$5bn", "AUD"),
        ("R$5bn", "BRL"),
        ("US$5bn", "USD"),
        ("300億韓元", "KRW"),
        ("5bn Swiss francs", "CHF"),
        ("15 trillion yen", "JPY"),
        ("3兆日幣", "JPY"),
        ("3 trillion yuan", "CNY"),
        ("200 billion pounds", "GBP"),
        ("30bn new Taiwan dollars", "TWD"),
    ],
)
def test_a_dollar_is_not_always_american(text: str, currency: str) -> None:
    assert read(text).currency == currency


@pytest.mark.parametrize("text", ["H100", "5G", "Q3", "七大科技巨頭", "一些人", "十分", "A18"])
def test_names_are_not_amounts(text: str) -> None:
    assert find(text) == []


@given(st.text(max_size=200))
def test_never_crashes_and_keeps_its_places(text: str) -> None:
    for reading in find(text):
        assert text[reading.start : reading.end] == reading.text
        assert reading.low <= reading.high


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE, st.sampled_from(["USD", "CNY", "XAU", None]))
def test_exact_money_reads_back(value: float, currency: str | None) -> None:
    quantity = Quantity(value=value, unit=Unit.MONEY, currency=currency)
    assert read(exact(quantity)) == quantity


@given(FINITE, st.sampled_from([Unit.RATIO, Unit.YEARS, Unit.POINTS, Unit.COUNT]))
def test_exact_others_read_back(value: float, unit: Unit) -> None:
    assert read(exact(Quantity(value=value, unit=unit))) == Quantity(value=value, unit=unit)


@given(st.integers(min_value=1, max_value=9999))
def test_exact_years_read_back(year: int) -> None:
    assert read(exact(Quantity(value=year, unit=Unit.YEAR))) == Quantity(value=year, unit=Unit.YEAR)


@pytest.mark.parametrize(
    "quantity",
    [
        Quantity(value=2025.5, unit=Unit.YEAR),
        Quantity(value=-1, unit=Unit.YEAR),
        Quantity(value=1, unit=Unit.MONEY, currency="bucks"),
    ],
)
def test_what_cannot_be_written_exactly_is_refused(quantity: Quantity) -> None:
    with pytest.raises(QuantityError):
        exact(quantity)


def test_exact_money_example() -> None:
    assert read(exact(money(1130))) == money(1130)
    assert read(exact(money(1e308))) == money(1e308)


@pytest.mark.parametrize(
    "text",
    ["a" + " " * 19_000 + "b", "約" * 19_000, "$ " * 9_000, "1 " * 9_000, "-" * 19_000, "十" * 19_000, "1," * 9_000],
)
def test_long_rubbish_is_read_in_one_pass(text: str) -> None:
    find(text)  # once this took minutes: several optional spaces in a row are tried in every combination
