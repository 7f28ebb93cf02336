"""The two public series, and files that are no series."""

from pathlib import Path

import pytest

from core import series
from core.errors import CardError, NotFound

CARD = """[[series]]
id = "rain"
value = "mm"
scale = 0.5
unit = "points"
zh = "雨"
en = "rain"
title = "Rain"
publisher = "the sky"
published = "2025"
checked_on = 2025-10-21
"""


def written(folder: Path, rows: str, card: str = CARD) -> Path:
    (folder / "series.toml").write_text(card, encoding="utf-8")
    (folder / "rain.csv").write_text(rows, encoding="utf-8")
    return folder


def test_margin_debt_runs_month_by_month_in_billions() -> None:
    debt = series.load("finra_margin_debt")
    assert (debt.months[0], debt.months[-1], len(debt.values)) == ("1997-01", "2026-07", 355)
    assert debt.at("2000-03") == 299.933
    assert debt.unit == "USD_bn"


def test_the_nasdaq_ends_at_its_top() -> None:
    nasdaq = series.load("nasdaq_month_end")
    assert max(nasdaq.values) == nasdaq.at("2000-03") == 5048.62


def test_rows_are_scaled(tmp_path: Path) -> None:
    rain = series.load("rain", written(tmp_path, "month,mm\n1999-12,4\n2000-01,5\n"))
    assert dict(zip(rain.months, rain.values, strict=True)) == {"1999-12": 2.0, "2000-01": 2.5}
    assert rain.name.text("zh-Hant") == "雨"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("month,mm\n2000-01,1\n2000-03,1\n", r"rain.csv: line 3: 2000-03 follows 2000-01, expected 2000-02"),
        ("month,mm\n2000-01,1\n2000-01,1\n", r"line 3: 2000-01 follows 2000-01"),
        ("month,mm\n2000-01,wet\n", r"line 2: “wet” is not a number"),
        ("month,mm\n2000-01,nan\n", r"line 2: “nan” is not a number"),
        ("month,mm\n2000-01\n", r"line 2: “” is not a number"),
        ("month,mm\n2000-13,1\n", r"line 2: “2000-13” is not a month"),
        ("month,mm\n2000,1\n", r"line 2: “2000” is not a month"),
        ("month,inch\n2000-01,1\n", r"line 1: needs the columns month and mm"),
        ("", r"line 1: needs the columns"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(CardError, match=message):
        series.load("rain", written(tmp_path, rows))


def test_a_card_without_its_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "series.toml").write_text(CARD, encoding="utf-8")
    with pytest.raises(CardError, match=r"rain\.csv: cannot be read"):
        series.load("rain", tmp_path)


def test_a_card_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"series\.toml: rain: unknown key “colour”"):
        series.load("rain", written(tmp_path, "month,mm\n2000-01,1\n", CARD + 'colour = "grey"\n'))


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="no series “rain”") as caught:
        series.load("rain")
    assert caught.value.hint == "there are finra_margin_debt, nasdaq_month_end"
    with pytest.raises(NotFound, match="runs from 1997-01 to 2026-07"):
        series.load("finra_margin_debt").at("1996-12")
