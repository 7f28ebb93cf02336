"""`paomo report`: what stands beside the days: authors with their record, posts as evidence, an index."""

import json
import math
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.report import build
from core.models.prices import read_prices
from core.store import Store
from tests.bot.command import Run


def test_an_authors_record(samples: Run, tmp_path: Path) -> None:
    shown = samples("--lang", "en", "report", "--author", "山里人")
    assert "Said so on:" in shown.out
    assert "2026-11-04  bull  " in shown.out
    prices = tmp_path / "index.csv"
    days = [date(2026, 9, 1) + timedelta(days=k) for k in range(100)]
    prices.write_text("date,close\n" + "\n".join(f"{day},{100 + k}" for k, day in enumerate(days)))
    record = json.loads(samples("report", "--json", "--author", "山里人", "--prices", str(prices)).out)["record"]
    first = record["said"][0]
    at = days.index(date.fromisoformat(first["post"]["day"]))
    assert first["after"]["5"] == pytest.approx((105 + at) / (100 + at) - 1, abs=1e-6)
    assert first["post"]["url"].startswith("https://")
    [five, *_] = record["scores"]
    assert five["of"] == len(record["said"])
    assert five["right"]["n"] == sum(one["post"]["label"] == "bullish" for one in record["said"])
    assert (
        "no proof of skill"
        in samples("--lang", "en", "report", "--author", "山里人", "--prices", str(prices)).out.lower()
    )


def test_an_author_who_asked_is_left_out(sample_db: Path) -> None:
    def asked(site: str, key: str) -> bool:
        return key == "山里人"

    with Store.open(sample_db, readonly=True) as store:
        everybody, others = build(store), build(store, left_out=asked)
        assert everybody is not None
        assert others is not None
        assert "山里人" in {one.id for one in everybody.writers}
        assert "山里人" not in {one.id for one in others.writers}
        assert others.total == everybody.total, "counts keep him"
        assert build(store, writers=[("wenxuecity", "山里人")], left_out=asked) is None


def test_the_evidence_is_what_speaks_most_clearly(sample_db: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(sample_db, tmp_path / "own.db"))
    with Store.open(path) as store:
        made = build(store)
        assert made is not None
        threads = [one.thread for one in made.threads]
        with store.reading() as sql:
            judged = sql.rows(
                "SELECT p.pk, p.author_key, s.label, abs(s.score) * s.p_on_topic AS clear, p.thread FROM posts p"
                " JOIN sentiments s ON s.post = p.pk WHERE substr(p.published_local, 1, 10) >= ? ORDER BY clear DESC, pk",
                [made.start.isoformat()],
            )
        for label, voices in made.evidence.items():
            clearest = [row for row in judged if row["label"] == label and row["thread"] in threads]
            first = {row["author_key"]: row["pk"] for row in reversed(clearest)}  # the clearest of each author
            expected = [row["pk"] for row in clearest if first[row["author_key"]] == row["pk"]][:4]
            assert [one.pk for one in voices] == expected
            assert all(one.terms for one in voices)
        top = made.evidence["bearish"][0]
        with store.writing() as sql:
            sql.run("UPDATE posts SET deleted = 1 WHERE pk = ?", [top.pk])
        without = build(store)
        assert without is not None
        assert top.pk not in {one.pk for one in without.evidence["bearish"]}, "the forum took it down"
        author = made.evidence["bullish"][0].author_key
        others = build(store, left_out=lambda site, key: key == author)
        assert others is not None
        assert author not in {one.author_key for side in others.evidence.values() for one in side}


def test_an_index_beside(samples: Run, tmp_path: Path) -> None:
    prices = tmp_path / "index.csv"
    days = [date(2026, 9, 1) + timedelta(days=k) for k in range(67)]
    prices.write_text(
        "date,close\n" + "\n".join(f"{day},{100 + 5 * math.sin(day.day)}" for day in days if day.weekday() < 5)
    )
    shown = samples("--lang", "en", "report", "--days", "5", "--prices", str(prices))
    assert "close" in shown.out
    assert "too few for a correlation" in shown.out
    shown = samples("--lang", "en", "report", "--days", "60", "--prices", str(prices))
    assert "It means nothing: fewer than 60 days." in shown.out
    document = json.loads(samples("report", "--json", "--days", "9", "--prices", str(prices)).out)
    by_day = {day["date"]: day for day in document["days"]}
    assert by_day["2026-10-31"]["close"] is None, "a Saturday"
    friday, monday = 100 + 5 * math.sin(30), 100 + 5 * math.sin(2)
    assert by_day["2026-11-02"]["close_change"] == pytest.approx(monday / friday - 1, abs=1e-6)
    assert document["prices"]["lead_lag"]["days"] <= 9
    lines = samples("report", "--csv", "--days", "9", "--prices", str(prices)).out.splitlines()
    assert lines[0].endswith(",agreement,close,close_change")


def test_weekly_prices_are_no_days(samples: Run, tmp_path: Path) -> None:
    prices = tmp_path / "weekly.csv"
    prices.write_text(
        "date,close\n" + "\n".join(f"{date(2026, 9, 4) + timedelta(weeks=k)},{100 + k}" for k in range(10))
    )
    shown = samples("--lang", "en", "report", "--prices", str(prices))
    assert "weekly.csv has no daily prices: no correlation." in shown.out


def test_a_long_holiday_is_a_gap_that_an_index_may_have(tmp_path: Path) -> None:
    path = tmp_path / "index.csv"
    path.write_text("date,close\n2026-09-30,3000\n2026-10-12,3100\n")
    assert read_prices(path, least=2, most=None, gaps=True).closes == (3000.0, 3100.0)
