"""`paomo report`: every form and filter, tables as they stand, and rubbish."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from bot.cli import report as command
from core.storage.rows import message
from core.store import Store
from core.text import fold
from nlp import entities
from tests.bot.command import Run

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_tables_stand_as_they_stood(samples: Run, lang: str) -> None:
    """After a change that is meant: delete the file, run once, look at what it wrote."""
    shown = samples("--lang", lang, "report").out
    kept = SNAPSHOTS / f"report-{lang}.txt"
    if not kept.exists():
        kept.write_text(shown, encoding="utf-8")
        pytest.fail(f"{kept} was written: look at it, then run again")
    assert shown == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [24, 33, 47, 60, 80, 132])
@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_tables_fit_and_align_at_any_width(
    samples: Run, monkeypatch: pytest.MonkeyPatch, lang: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shown = samples("--lang", lang, "report", "--days", "20").out.splitlines()
    table = shown[1:22]
    assert len({cell_len(line) for line in table if len(line.split()) == len(table[0].split())}) == 1, table
    assert all(cell_len(line) <= width for line in table)
    low, high = {"en": ("low", "high"), "zh-Hant": ("下限", "上限"), "zh-Hans": ("下限", "上限")}[lang]
    assert (low in table[0]) == (high in table[0]), "half an interval says nothing"
    assert any(line.startswith("  https://") and line.endswith(".html") for line in shown), "addresses stay whole"


def test_empty_days_are_empty(samples: Run) -> None:
    shown = samples("--lang", "en", "report").out
    assert "\n2026-10-25\n" in shown
    day = json.loads(samples("report", "--json").out)["days"][1]
    assert (day["date"], day["n"], day["bullishness"], day["low"], day["agreement"]) == (
        "2026-10-25",
        0,
        None,
        None,
        None,
    )


def test_json_says_what_the_contract_says_and_more(samples: Run) -> None:
    document = json.loads(samples("report", "--json").out)
    assert set(document) >= {"from", "to", "n", "days", "themes", "tickers", "threads", "extremes"}
    assert list(document["days"][0]) == ["date", "n", "bullish", "neutral", "bearish", "bullishness", "agreement", "low", "high"]  # fmt: skip
    assert document["change"]["chance"] is True
    assert sum(board["n"] for board in document["boards"]) == document["n"]
    assert {"thread", "title", "url", "n", "bullish", "moved"} <= set(document["threads"][0])
    assert {"id", "n", "bullish", "low", "share", "rise", "buzz"} <= set(document["themes"][0])
    assert document["extremes"]["euphoria"]["n"] == 2


def test_words_that_mark_the_posts(samples: Run, sample_db: Path) -> None:
    done = json.loads(samples("report", "--words", "9", "--json").out)
    said = done["words"]
    assert said["posts"] == done["n"]
    assert len(said["words"]) == 9
    for row in said["words"]:
        assert row["n"] == row["bullish"] + row["neutral"] + row["bearish"] > 0
        found = [post for post in _texts(sample_db) if row["word"] in fold(post)]
        assert len(found) >= row["n"]
    assert json.loads(samples("report", "--json").out)["words"] is None
    table = samples("report", "--words", "9").out
    assert f"Words that mark the newest {done['n']} posts" in table
    assert all(re.search(rf"^{re.escape(row['word'])} +{row['n']} ", table, re.MULTILINE) for row in said["words"])
    page = samples("report", "--words", "9", "--html", "-").out
    assert all(f"<bdi>{row['word']}</bdi></th>" in page for row in said["words"])


def _texts(db: Path) -> list[str]:
    with Store.open(db, readonly=True) as store, store.reading() as sql:
        return [message(row["title"], row["body"]) for row in sql.rows("SELECT title, body FROM posts")]


def test_weeks_and_months(samples: Run) -> None:
    weeks = json.loads(samples("report", "--json", "--by", "week", "--days", "20").out)["days"]
    assert [(week["date"], week["to"]) for week in weeks] == [
        ("2026-10-18", "2026-10-18"),
        ("2026-10-19", "2026-10-25"),
        ("2026-10-26", "2026-11-01"),
        ("2026-11-02", "2026-11-06"),
    ]
    whole = json.loads(samples("report", "--json", "--by", "week").out)
    assert date.fromisoformat(whole["from"]).weekday() == 0
    assert len(whole["days"]) == 12
    months = json.loads(samples("report", "--json", "--by", "month").out)
    assert (months["from"], len(months["days"])) == ("2025-12-01", 12)
    assert sum(month["n"] for month in months["days"]) == months["n"] == sum(week["n"] for week in whole["days"])
    assert samples("report", "--csv", "--by", "month").out.splitlines()[0].endswith(",agreement,to")


def test_filters_count_what_the_texts_name(samples: Run, sample_db: Path) -> None:
    with Store.open(sample_db, readonly=True) as store:
        with store.reading() as sql:
            dated = sql.rows(
                "SELECT title, body FROM posts JOIN sentiments ON post = pk WHERE published_local IS NOT NULL"
            )
        named = [set(entities.entities(message(row["title"], row["body"]))) for row in dated]
    for option, value, wanted in (
        ("--theme", "折旧", {"theme:depreciation"}),
        ("--ticker", "nvda", {"company:NVDA"}),
        ("--company", "甲骨文", {"company:ORCL"}),
    ):
        document = json.loads(samples("report", "--json", "--days", "100", option, value).out)
        assert document["n"] == sum(wanted <= one for one in named) > 0
        assert not any(row["id"] in {one.partition(":")[2] for one in wanted} for row in document["themes"])
    both = samples("report", "--json", "--days", "100", "--company", "NVDA", "--theme", "depreciation")
    expected = sum({"company:NVDA", "theme:depreciation"} <= one for one in named)
    assert (json.loads(both.out)["n"] if both.code == 0 else 0) == expected


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--json", "--csv"], 2, "cannot both hold"),
        (["--watch", "--json"], 2, "goes with no other format"),
        (["--watch", "0"], 2, "range"),
        (["--days", "0"], 2, "range"),
        (["--until", "yesterday"], 2, "yesterday"),
        (["--until", "0001-01-02"], 2, "no day on which"),
        (["--until", "9999-12-31"], 2, "no day on which"),
        (["--until", "1999-01-01"], 4, "no judged posts"),
        (["--theme", "foo"], 4, "“foo” is not the name of a theme"),
        (["--ticker", ""], 4, "is not the name of"),
        (["--company", "\x00"], 4, "is not the name of"),
        (["--author", "誰也不是"], 4, "nobody called"),
        (["--author", ""], 4, "nobody called"),
        (["--board", "ptt:None"], 4, "no judged posts"),
        (["--prices", "none.csv"], 1, "cannot be read"),
        (["--by", "year"], 2, "year"),
        (["--words", "5", "--csv"], 2, "--words is of the table"),
        (["--words", "5", "--png", "words.png"], 2, "--words is of the table"),
    ],
)
def test_what_cannot_be_asked(samples: Run, args: list[str], code: int, said: str) -> None:
    done = samples("report", *args)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_watch_draws_until_it_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    drawn: list[int] = []
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    command.repeat(lambda: drawn.append(1), 7, sleep)
    assert (len(drawn), waits) == (3, [7, 7, 7])
    assert capsys.readouterr().out == "\n"


def test_watch_ends_cleanly_on_the_command_line(samples: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def once(draw: Callable[[], None], seconds: float) -> None:
        def stop(_: float) -> None:
            raise KeyboardInterrupt

        assert seconds == 30
        command_repeat(draw, seconds, stop)

    command_repeat = command.repeat
    monkeypatch.setattr(command, "repeat", once)
    done = samples("--lang", "en", "report", "--watch")
    assert done.code == 0
    assert done.out.startswith("2026-10-24 to 2026-11-06")
