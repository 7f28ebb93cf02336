"""`paomo gauges`, `sensitivity`, `montecarlo`, `explosive` and `figures update` as a user meets them."""

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from core.cards import DATA
from tests.bot.command import ran

NASDAQ = str(DATA / "series" / "nasdaq_month_end.csv")


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    for module in ("gauges", "figures", "uncertainty"):
        monkeypatch.setattr(f"bot.cli.{module}.today", lambda: date(2026, 11, 23))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh-Hant", ("紅", "綠", "黃自", "已查證", "這不是機率", "6 個可用量表中，紅燈 4 個")),
        ("zh-Hans", ("红", "绿", "黄自", "已查证", "这不是概率", "6 个可用量表中，红灯 4 个")),
        ("en", ("RED", "AMBER", "green", "corroborated", "This is not a probability", "4 of 6 live gauges are red")),
    ],
)
def test_gauges_read_without_colour(capsys: pytest.CaptureFixture[str], lang: str, words: tuple[str, ...]) -> None:
    out = ran(capsys, "--lang", lang, "gauges")
    for word in (*words, "40.9", "2026-10-02", "52 "):
        assert word in out
    assert "\x1b" not in out


def test_an_unknown_share_is_shown_with_its_reason_and_origin(capsys: pytest.CaptureFixture[str]) -> None:
    out = ran(capsys, "--lang", "en", "gauges")
    assert "no figure: amounts unknown" in out
    assert "a leg whose yearly amount nobody has stated" in out
    assert "沒有數字：金額未知" in ran(capsys, "--lang", "zh-Hant", "gauges")


def test_gauges_of_a_month_are_those_of_its_last_day(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(ran(capsys, "gauges", "--as-of", "2025-10", "--json"))
    assert document["as_of"] == "2025-10-31"
    assert document["is_probability"] is False
    assert [gauge["id"] for gauge in document["gauges"] if gauge["value"] is None] == [
        "capex_to_gdp",
        "revenue_doubling",
        "outside_finance",
        "circular_share",
    ]
    leap = json.loads(ran(capsys, "gauges", "--as-of", "2028-02", "--json"))
    assert (leap["as_of"], leap["mean"]) == ("2028-02-29", None)
    assert "Fewer than three can be read" in ran(capsys, "gauges", "--as-of", "2028")


def test_gauges_take_newer_figures_of_the_users_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, folder = tmp_path / "finra.csv", tmp_path / "cards"
    table.write_text('Year-Month,Debit Balances\n2026-10,"1,600,000"\n', encoding="utf-8")
    assert "1600 USD_bn, as of 2026-10" in ran(capsys, "figures", "update", str(table), "--to", str(folder))
    monkeypatch.setenv("PAOMO_FIGURES", str(folder))
    gauges = json.loads(ran(capsys, "gauges", "--json"))["gauges"]
    assert next(g["value"] for g in gauges if g["id"] == "margin_debt_to_gdp") == pytest.approx(1600 / 31856)
    assert "1,600 bn USD" in ran(capsys, "figures", "--metric", "margin_debt")
    assert "finra.csv" in ran(capsys, "figures", "show", "own_us_stocks_margin_debt_2026_10")
    ran(capsys, "figures", "update", str(table))  # the setting is the folder


def test_sensitivity_and_montecarlo_as_documents(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(ran(capsys, "sensitivity", "--json"))
    assert document["result"]["margin_low"] == pytest.approx(6.944, abs=1e-3)
    document = json.loads(ran(capsys, "montecarlo", "--json", "--seed", "7", "--draws", "5000", "--life", "5"))
    assert document["inputs"]["seed"] == 7
    assert document["result"]["p50_breakeven"] == pytest.approx(2000, rel=0.03)
    assert 0 < document["result"]["beyond_life"] < 1


def test_a_declared_range_takes_the_place_of_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    out = ran(capsys, "montecarlo", "--range", "margin", "20%", "60%", "--draws", "1000")
    assert "uniform, 20% to 60%" in out
    assert "A05" not in out
    out = ran(capsys, "sensitivity", "--range", "revenue", "1800億", "5400億", "--table")
    assert "$180bn → $540bn" in out
    assert "Years to pay back, by margin" in out


def test_explosive_prints_the_caution(capsys: pytest.CaptureFixture[str]) -> None:
    out = ran(capsys, "explosive", NASDAQ)
    for word in ("GSADF", "2.30", "2000-03-10", "tc 2000-", "a side note, not a forecast"):
        assert word in out
    document = json.loads(ran(capsys, "--lang", "zh-Hant", "explosive", NASDAQ, "--json", "--paths", "100"))
    assert document["tests"]["n"] == 75
    assert "不是預測" in document["caution"]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["gauges", "--as-of", "soon"], 2, "is not a date"),
        (["sensitivity", "--margin", "0"], 2, "never pays back"),
        (["sensitivity", "--range", "price", "1", "2"], 2, "there is no input “price”"),
        (["sensitivity", "--range", "margin", "60%", "30%"], 2, "must run upwards"),
        (["sensitivity", "--range", "margin", "30%", "130%"], 2, "above 100%"),
        (["sensitivity", "--spread", "100%"], 2, "below 100%"),
        (["montecarlo", "--draws", "5"], 2, "number of draws"),
        (["montecarlo", "--capex-sigma", "nan"], 2, "not a finite number"),
        (["montecarlo", "--capex", "0"], 2, "--capex must be above zero"),
        (["explosive", "none.csv"], 1, "cannot be read"),
        (["explosive", NASDAQ, "--paths", "1"], 2, "random walks"),
        (["figures", "update", "none.csv", "--to", "cards"], 1, "cannot be read"),
        (["figures", "update", "none.csv"], 2, "there is no folder"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], args: list[str], code: int, message: str) -> None:
    assert main(args) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["breakeven", "--margin", "1e-320"], "too small"),
        (["payback", "--years", "1e-320"], "too small"),
        (["payback", "--margin", "150%"], "--margin: a margin above 100%"),
        (["payback", "--margin", "0"], "--margin: a margin of 0 never pays back"),
        (["payback", "--life", "101"], "--life must be above 0 and at most 100 years"),
        (["payback", "--capex", "nan"], "--capex: not an amount"),
        (["montecarlo", "--life", "101"], "--life must be above 0 and at most 100 years"),
        (["montecarlo", "--margin-sigma", "nan"], "--margin-sigma is not a finite number"),
        (["sensitivity", "--range", "margin", "30%", "nan"], "--range margin: not an amount"),
        (["sensitivity", "--range", "capex", "0", "5bn"], "--range capex must be above zero"),
    ],
)
def test_bad_input_is_named_and_is_wrong_usage(capsys: pytest.CaptureFixture[str], args: list[str], said: str) -> None:
    assert main(args) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert not told.out


def test_a_range_may_reach_never(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "--range", "margin", "0", "50%"]) == 0
