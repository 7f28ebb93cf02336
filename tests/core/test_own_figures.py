"""Own newer values: from a table to cards, all or nothing."""

from datetime import date
from pathlib import Path

import pytest

from core import figures, gauges
from core.errors import CardError, NotFound
from core.own_figures import update

TODAY = date(2026, 11, 23)
HEADER = "entity,metric,period,value,unit,as_of,source,publisher,published"
CAPE = "SPY,cape,2026-11-20,41.7,ratio,2026-11-20,Shiller data,Yale,2026-11-21"


def table(tmp_path: Path, text: str, name: str = "mine.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def put(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    folder = tmp_path / "cards"
    update(table(tmp_path, "\n".join([header, *rows]) + "\n"), folder, today=TODAY)
    return folder


def test_a_figure_becomes_a_card_that_the_gauge_reads(tmp_path: Path) -> None:
    register = figures.load(put(tmp_path, CAPE))
    figure = register.find("SPY", "cape")[0]
    assert (figure.value, figure.status, figure.period) == (41.7, "unverified", "2026-11-20")
    (source,) = figure.sources
    assert (source.title, source.publisher, source.published) == ("Shiller data", "Yale", "2026-11-21")
    assert source.checked_on == TODAY
    reading = next(r for r in gauges.read(register, TODAY).readings if r.gauge.id == "cape")
    assert (reading.value, reading.age) == (41.7, 3)


def test_names_are_read_and_money_takes_stock_or_flow_from_the_register(tmp_path: Path) -> None:
    register = figures.load(put(tmp_path, '甲骨文,資本支出,FY 2027,"60.5",USD_bn,2026-09,10-Q,Oracle,2026-09'))
    figure = register.find("ORCL", "capex", "FY2027")[0]
    assert (figure.stock_or_flow, figure.value, figure.id) == ("flow", 60.5, "own_orcl_capex_fy2027")


def test_the_same_table_twice_is_the_same_file_and_a_new_one_replaces_it(tmp_path: Path) -> None:
    folder = put(tmp_path, CAPE)
    first = (folder / "mine.toml").read_text(encoding="utf-8")
    put(tmp_path, CAPE)
    assert (folder / "mine.toml").read_text(encoding="utf-8") == first
    put(tmp_path, CAPE.replace("41.7", "42"))
    assert figures.load(folder).find("SPY", "cape")[0].value == 42
    assert [path.name for path in folder.iterdir()] == ["mine.toml"]


def test_finra_rows_newer_than_the_register(tmp_path: Path) -> None:
    text = (
        "Year-Month,Debit Balances in Customers' Securities Margin Accounts,Free Credit Balances\n"
        '2026-09,"1,502,345",1\n2026-08,"1,450,000",1\n2026-07,"1,417,225",1\n'
    )
    done = update(table(tmp_path, text, "margin statistics.csv"), tmp_path / "cards", today=TODAY)
    assert done.path.name == "margin_statistics.toml"
    assert [(row.as_of, row.value) for row in done.rows] == [("2026-09", 1502.345), ("2026-08", 1450.0)]
    assert figures.load(tmp_path / "cards").find("US_STOCKS", "margin_debt")[0].value == 1502.345


@pytest.mark.parametrize(
    ("head", "value"),
    [("Total Assets", "7810.5"), ("Total net assets (billions)", "7,810.5"), ("Assets: total, $ millions", "7810500")],
)
def test_ici_rows_in_billions_unless_the_header_says_millions(tmp_path: Path, head: str, value: str) -> None:
    text = f'Date,"{head}"\n11/18/2026,"{value}"\n10/15/2025,7367\n'
    (row,) = update(table(tmp_path, text), tmp_path / "cards", today=TODAY).rows
    assert (row.value, row.as_of, row.stock_or_flow) == (7810.5, "2026-11-18", "stock")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (CAPE.replace("41.7", "high"), "line 3: value: “high” is not a number"),
        (CAPE.replace("41.7", "1e400"), "line 3: value: “1e400” is not a number"),
        (CAPE.replace("41.7", "nan"), "line 3: value: “nan” is not a number"),
        (CAPE.replace("ratio", "percent"), "line 3: unit: unknown word “percent”"),
        (CAPE.replace("SPY", "ACME"), "line 3: entity: nothing is called “ACME”"),
        (CAPE.replace("cape", "beauty"), "line 3: metric: nothing is called “beauty”"),
        (CAPE.replace(",2026-11-20,Sh", ",,Sh"), "line 3: as_of: is empty"),
        (CAPE.replace(",2026-11-20,Sh", ",20 Nov,Sh"), "line 3: as_of: “20 Nov” is not a date"),
        (CAPE.replace(",2026-11-20,Sh", ",2027-01,Sh"), "line 3: as_of: 2027-01 is after today"),
        (CAPE.replace("Yale", ""), "line 3: publisher: is empty"),
        (CAPE + ",more", "line 3: has 10 cells, and the header 9"),
        (CAPE.replace("41.7", "-41.7"), "line 3: value: cape is never below zero"),
        (CAPE.replace("ratio", "years"), "line 3: unit: cape is in ratio, and not in years"),
        (CAPE.replace("41.7", "417"), "line 3: value: 417 ratio is 10.2 times the 40.9 of 2026-10-02"),
        (CAPE.replace("2026-11-20,41.7", "autumn,41.7"), "must be such as 2025"),
        ("OPENAI,cape,2026,5,ratio,2026,a,b,2026\nOPENAI,cape,2026,6,ratio,2026,a,b,2026", "line 4: says the same as line 3"),
        ("ORCL,cape,2026,5,USD_bn,2026,a,b,2026", "line 3: stock_or_flow: money is one or the other"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path: Path, row: str, message: str) -> None:
    good = "SPY,cape,2026-11-13,41.2,ratio,2026-11-13,Shiller data,Yale,2026-11-21"
    with pytest.raises(CardError) as caught:
        put(tmp_path, good, row)
    assert message in str(caught.value)
    assert str(caught.value).startswith("mine.")
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1"),
        (HEADER + "\n", "line 1: has no rows"),
        ("a,b\n1,2\n", "line 1: the columns are not those of a known table"),
        (HEADER + ",colour\n" + CAPE + ",red\n", "line 2: unknown column “colour”"),
        ("Month,Debit\nsoon,5\n", "line 2: “soon” is not a month or a day"),
        ("Month,Debit\n2026-10,\n", "line 2: value: “” is not a number"),
        ("Month,Debit (billions)\n2026-10,1500000\n", "times the 1417.2"),
    ],
)
def test_a_table_that_is_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CardError) as caught:
        update(table(tmp_path, text), tmp_path / "cards", today=TODAY)
    assert message in str(caught.value)


def test_nothing_newer_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing in it is newer"):
        update(table(tmp_path, "Month,Debit\n2026-07,1417225\n"), tmp_path / "cards", today=TODAY)
    assert not (tmp_path / "cards").exists()


def test_a_file_of_other_hands_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "mine.toml").write_text("# my own notes\n", encoding="utf-8")
    with pytest.raises(CardError, match="in the way"):
        put(tmp_path, CAPE)
    assert (folder / "mine.toml").read_text(encoding="utf-8") == "# my own notes\n"


def test_cards_that_clash_are_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    folder = put(tmp_path, CAPE)
    before = (folder / "mine.toml").read_text(encoding="utf-8")
    with pytest.raises(CardError, match="two figures with this id"):
        update(table(tmp_path, f"{HEADER}\n{CAPE}\n", "other.csv"), folder, today=TODAY)
    assert [path.name for path in folder.iterdir()] == ["mine.toml"]
    assert (folder / "mine.toml").read_text(encoding="utf-8") == before


def test_text_cannot_break_out_of_its_card(tmp_path: Path) -> None:
    folder = put(tmp_path, CAPE.replace("Shiller data", '"a ""b"" \\ 席勒"'))
    assert figures.load(folder).find("SPY", "cape")[0].sources[0].title == 'a "b" \\ 席勒'
