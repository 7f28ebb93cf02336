"""Stock and flow are kept apart; money of two currencies is not mixed."""

import pytest

from core.errors import QuantityError, UnitMismatch
from core.quantity import Kind, Quantity, Unit, money, write

TWO_TRILLION = money(2000, kind=Kind.STOCK)
A_YEAR = money(360, kind=Kind.FLOW, period="a year")


def test_a_stock_over_a_yearly_flow_is_years() -> None:
    assert (TWO_TRILLION / A_YEAR).unit is Unit.YEARS
    assert (TWO_TRILLION / A_YEAR).value == pytest.approx(5.5556, abs=1e-4)


def test_the_same_kind_divides_to_a_ratio() -> None:
    assert (money(60, kind=Kind.FLOW) / money(55, kind=Kind.FLOW)).value == pytest.approx(1.0909, abs=1e-4)


def test_stock_and_flow_are_neither_added_nor_compared() -> None:
    with pytest.raises(UnitMismatch, match="stock and a flow"):
        _ = TWO_TRILLION + A_YEAR
    with pytest.raises(UnitMismatch, match="flow and a stock"):
        _ = A_YEAR < TWO_TRILLION


def test_half_a_year_is_not_added_to_a_year() -> None:
    with pytest.raises(UnitMismatch, match="spans differ"):
        _ = money(5, kind=Kind.FLOW, period="a year") + money(5, kind=Kind.FLOW, period="2025H1")


def test_two_currencies_are_not_mixed() -> None:
    yuan = Quantity(value=100, unit=Unit.MONEY, currency="CNY")
    for mix in (lambda: money(1) + yuan, lambda: money(1) / yuan, lambda: money(1) > yuan):
        with pytest.raises(UnitMismatch, match="exchange rate"):
            mix()


def test_nothing_infinite_gets_in() -> None:
    for value in (float("nan"), float("inf"), float("-inf")):
        with pytest.raises(QuantityError, match="finite"):
            money(value)
    with pytest.raises(QuantityError, match="zero"):
        _ = money(1) / 0


@pytest.mark.parametrize(
    ("quantity", "hant", "hans", "en"),
    [
        (money(2000), "2萬億美元", "2万亿美元", "$2,000bn"),
        (money(13.07), "130.7億美元", "130.7亿美元", "$13.07bn"),
        (money(-23.7), "-237億美元", "-237亿美元", "-$23.7bn"),
        (money(1126.494), "1.126萬億美元", "1.126万亿美元", "$1,126bn"),
        (Quantity(value=1.09, unit=Unit.RATIO), "1.09倍", "1.09倍", "1.09x"),
        (Quantity(value=0.037, unit=Unit.RATIO), "3.7%", "3.7%", "3.7%"),
        (Quantity(value=5.5556, unit=Unit.YEARS), "5.56年", "5.56年", "5.56 years"),
        (Quantity(value=5048.62, unit=Unit.POINTS), "5,049點", "5,049点", "5,049 points"),
        (Quantity(value=2025, unit=Unit.YEAR), "2025年", "2025年", "2025"),
    ],
)
def test_each_language_writes_its_own_way(quantity: Quantity, hant: str, hans: str, en: str) -> None:
    assert [write(quantity, lang) for lang in ("zh-Hant", "zh-Hans", "en")] == [hant, hans, en]
