"""Explosive tests against another implementation, and a fit that finds what was put in."""

from datetime import date, timedelta
from pathlib import Path

import exuber
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.cards import DATA
from core.errors import QuantityError, SourceError
from core.models import explosive, lppls
from core.models.prices import Prices, read_prices

NASDAQ = DATA / "series" / "nasdaq_month_end.csv"


def prices(log_prices: NDArray[np.float64]) -> Prices:
    days = tuple(date(2000, 1, 1) + timedelta(days) for days in range(len(log_prices)))
    return Prices(name="made", days=days, closes=tuple(np.exp(log_prices).tolist()))


@given(seed=st.integers(0, 10_000), n=st.integers(30, 120), growth=st.floats(0, 0.05))
@settings(max_examples=15, deadline=None)
def test_statistics_equal_those_of_exuber(seed: int, n: int, growth: float) -> None:
    y = np.cumsum(np.random.default_rng(seed).standard_normal(n) * 0.05 + growth)
    window = explosive.smallest_window(n)
    theirs = exuber.radf(y, minw=window, lag=0)
    assert explosive.adf(y) == pytest.approx(theirs.adf[0], rel=1e-8)
    assert explosive.sadf(y) == pytest.approx(theirs.sadf[0], rel=1e-8)
    assert explosive.gsadf(y) == pytest.approx(theirs.gsadf[0], rel=1e-8)
    np.testing.assert_allclose(explosive.backward_sadf(y), np.ravel(theirs.bsadf), rtol=1e-7)
    assert window == exuber.psy_minw(n)


def test_critical_values_are_those_of_the_paper() -> None:
    # Phillips, Shi and Yu (2015), table 1, 100 observations: SADF 0.98 / 1.30 / 1.99, GSADF 1.65 / 2.00 / 2.57
    walk = np.cumsum(np.random.default_rng(5).standard_normal(100))
    critical = explosive.examine(prices(walk / 100), paths=2000).critical
    assert critical["sadf"][:2] == pytest.approx((0.98, 1.30), abs=0.12)
    assert critical["gsadf"][:2] == pytest.approx((1.65, 2.00), abs=0.12)


def test_the_nasdaq_to_its_top_of_2000() -> None:
    found = explosive.examine(read_prices(NASDAQ))
    assert found.gsadf == pytest.approx(2.3009, abs=1e-4)
    assert found.gsadf > found.critical["gsadf"][1]
    assert found.episodes[-1][1] == date(2000, 3, 10)
    assert found == explosive.examine(read_prices(NASDAQ))


def test_a_fall_back_to_the_mean_is_not_explosive() -> None:
    rng = np.random.default_rng(3)
    y = np.zeros(150)
    for t in range(1, 150):
        y[t] = 0.5 * y[t - 1] + rng.standard_normal() * 0.02
    found = explosive.examine(prices(y + 4))
    assert found.adf < found.critical["adf"][0]
    assert found.sadf < found.critical["sadf"][0]


def test_the_fit_finds_what_was_put_in() -> None:
    n, ahead, m, omega = 300, 0.08, 0.5, 8.0
    x = 1 + ahead - np.arange(n) / (n - 1)
    y = 7 - 0.9 * x**m + 0.06 * x**m * np.cos(omega * np.log(x) - 1)
    y = y + np.random.default_rng(1).standard_normal(n) * 0.002
    fit = lppls.fit(prices(y))
    assert (fit.tc - (date(2000, 1, 1) + timedelta(round((n - 1) * (1 + ahead))))).days == pytest.approx(0, abs=4)
    assert fit.m == pytest.approx(m, abs=0.12)
    assert fit.omega == pytest.approx(omega, abs=0.5)
    assert fit.b < 0
    assert fit.r2 > 0.999
    assert fit.at_bound == ()


def test_the_fit_stays_within_its_bounds_and_says_when_it_leans_on_one() -> None:
    y = np.cumsum(np.random.default_rng(1).standard_normal(200)) * 0.01 + 4
    fit = lppls.fit(prices(y))
    assert lppls.M_BOUNDS[0] <= fit.m <= lppls.M_BOUNDS[1]
    assert lppls.OMEGA_BOUNDS[0] <= fit.omega <= lppls.OMEGA_BOUNDS[1]
    days = 199
    assert date(2000, 1, 1) + timedelta(days) < fit.tc <= date(2000, 1, 1) + timedelta(round(days * 1.25) + 1)
    straight = lppls.fit(prices(np.linspace(1, 2, 100)))
    assert straight.at_bound


@pytest.mark.parametrize(
    "call",
    [
        lambda: explosive.adf(np.zeros(50)),
        lambda: explosive.adf(np.full(50, np.nan)),
        lambda: explosive.adf(np.arange(5.0)),
        lambda: explosive.gsadf(np.arange(50.0) ** 1.1, window=3),
        lambda: explosive.gsadf(np.arange(50.0) ** 1.1, window=50),
        lambda: explosive.examine(prices(np.arange(50.0) ** 1.1 / 50), paths=10),
        lambda: lppls.fit(prices(np.ones(50))),
    ],
)
def test_what_cannot_be_tested_is_said(call: object) -> None:
    with pytest.raises(QuantityError):
        call()  # type: ignore[operator]


def rows(n: int = 40) -> list[str]:
    return [f"{date(2025, 1, 1) + timedelta(day)},{100 + day % 7}.5" for day in range(n)]


def written(path: Path, lines: list[str], header: str = "date,close") -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_reads_columns_in_any_order_and_case(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("\ufeffVolume,Close,Date\n" + "".join(f'9,"1,{day:03}.5",2025-02-{day + 1:02}\n' for day in range(28)) + '9,2,2025-03-01\n9,3,2025-03-02\n\n', encoding="utf-8")  # fmt: skip
    found = read_prices(path)
    assert (found.closes[1], found.days[-1], len(found.days)) == (1001.5, date(2025, 3, 2), 30)
    assert found.step == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: [*r[:5], "2025-01-06,n/a", *r[6:]], "line 7: “n/a” is not a price above zero"),
        (lambda r: [*r[:5], "2025-01-06,", *r[6:]], "line 7: “” is not a price above zero"),
        (lambda r: [*r[:5], "2025-01-06,-3", *r[6:]], "line 7: “-3” is not a price above zero"),
        (lambda r: [*r[:5], "2025-01-06,1e400", *r[6:]], "line 7: “1e400” is not a price above zero"),
        (lambda r: [*r[:5], "2025-01-06", *r[6:]], "line 7: has 1 cell,"),
        (lambda r: [*r[:5], "6 Jan,3", *r[6:]], "line 7: “6 Jan” is not a day"),
        (lambda r: [*r[:5], *r[15:], *rows(60)[40:]], "line 7: 11 days are missing before 2025-01-16"),
        (lambda r: [*r[:5], r[4], *r[6:]], "line 7: 2025-01-05 does not come after"),
        (lambda r: r[:10], "has 10 prices; the tests take 30 to 2,000"),
        (lambda r: [], "has 0 prices"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: object, message: str) -> None:
    path = written(tmp_path / "p.csv", change(rows()))  # type: ignore[operator]
    with pytest.raises(SourceError) as caught:
        read_prices(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith("p.csv: ")


def test_files_that_are_no_price_series(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="line 1: needs the columns date and close"):
        read_prices(written(tmp_path / "a.csv", rows(), header="day,price"))
    with pytest.raises(SourceError, match="cannot be read"):
        read_prices(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00date")
    with pytest.raises(SourceError, match="UTF-8"):
        read_prices(tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="line 1"):
        read_prices(tmp_path / "c.csv")
    with pytest.raises(SourceError, match="the tests take 30 to 2,000"):
        read_prices(written(tmp_path / "d.csv", rows(2001)))
