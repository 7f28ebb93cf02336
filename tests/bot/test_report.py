"""`paomo report`: every form and filter, tables as they stand, forums of one post or of one author, and rubbish."""

import json
import math
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.cells import cell_len

from bot import pipeline
from bot.cli import report as command
from bot.cli.main import main
from bot.report import build, to_json
from core.forum import Board, Post, Thread
from core.models.prices import read_prices
from core.sentiment import Sentiment, Stance
from core.storage.rows import message
from core.store import Store
from nlp import entities

SNAPSHOTS = Path(__file__).parent / "snapshots"
NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)


class Done(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PAOMO_DB", str(tmp_path / "paomo.db"))
    monkeypatch.setattr(command, "today", lambda: date(2026, 11, 7))

    def go(*args: str) -> Done:
        code = main(list(args))
        done = capfd.readouterr()
        return Done(code, done.out, done.err)

    return go


@pytest.fixture
def samples(run: Run, sample_db: Path) -> Run:
    return lambda *args: run("--db", str(sample_db), *args)


def fill(path: Path, posts: Iterable[tuple[Post, Stance]], *, board: str | None = "cfzh") -> None:
    """Each post a thread of its own; stances as given, mentions as read."""
    with Store.open(path) as store:
        for at, (post, stance) in enumerate(posts):
            page = Thread(site="wenxuecity", board=board, url=None, root=replace(post, id=post.id or f"{at}"))
            saved = store.save(page, str(at).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)
            said = Sentiment(label=stance, p=(0.2, 0.2, 0.6), p_on_topic=1, margin=0, model="m")
            store.put_sentiments([(row.pk, said) for row in store.thread(saved.thread).posts], now=NOW)
        pipeline.read_names(store)


def post(day: str, author: str | None = "甲", title: str = "看好", hour: int = 8) -> Post:
    local = datetime.fromisoformat(f"{day}T{hour:02}:30:05")
    return Post(
        n=0, author=author, title=title, published_local=local, tz="America/Los_Angeles", url="https://x.example/1"
    )


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
    months = json.loads(samples("report", "--json", "--by", "month").out)
    assert months["from"].endswith("-01")
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


def test_a_board_with_one_post(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "paomo.db", [(post("2026-11-06"), Stance.BULLISH)])
    shown = run("--lang", "en", "report")
    assert shown.code == 0
    assert "Fewer than 30 posts: do not read much into it." in shown.out
    assert "have no posts to compare with" in shown.out
    document = json.loads(run("report", "--json").out)
    assert (document["n"], document["total"]["bullishness"]) == (1, pytest.approx(math.log(2), abs=1e-6))
    assert document["total"]["low"] < 0 < document["total"]["high"]
    assert document["change"] is document["before"] is document["divergence"] is None


def test_ten_thousand_posts_of_one_author_are_one_voice(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "paomo.db"
    crowd = [(post("2026-11-06", author=f"人{k}"), Stance.BEARISH) for k in range(12)]
    fill(path, [*crowd, (post("2026-11-06", author="大嗓門"), Stance.BULLISH)])
    with Store.open(path) as store, store.writing() as sql:
        loud = sql.rows("SELECT thread FROM posts WHERE author = '大嗓門'")[0]["thread"]
        sql.run(
            "WITH RECURSIVE k (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 9999)"
            " INSERT INTO posts (thread, site, board, key, n, author, author_key, title, published_local, first_seen,"
            " seen_at, changed_at) SELECT thread, site, board, 'k' || k.n, k.n, author, author_key, title,"
            " published_local, first_seen, seen_at, changed_at FROM k, posts WHERE thread = ?",
            [loud],
        )
        sql.run(
            "INSERT INTO sentiments SELECT p.pk, 'm', 'bullish', 0, 0, 1, 1, 0, 1, '[]', '', ? FROM posts p"
            " WHERE p.pk NOT IN (SELECT post FROM sentiments)",
            [entities.version()],
        )
    document = json.loads(run("report", "--json").out)
    assert (document["total"]["bullish"], document["authors"]) == (10_000, 13)
    assert document["total"]["high"] - document["total"]["low"] > 4, "as wide as a few authors make it"
    assert document["extremes"]["euphoria"]["high"] > 0.7, "10,012 posts are worth about one"
    assert document["writers"][0]["id"] == "大嗓門"


def test_names_with_markup_and_escapes_are_harmless(run: Run, tmp_path: Path) -> None:
    name = "[bold red]<b>壞\x1b[31m人\x1b]0;x\x07\n| x"
    url = "https://x.example/1"
    fill(tmp_path / "paomo.db", [(replace(post("2026-11-06", author=name, title=f"[link={url}]漲\x1b[2J"), url=url), Stance.BULLISH)])  # fmt: skip
    shown = run("--lang", "zh-Hant", "report").out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold red]<b>壞[31m人]0" in shown, "shown as it is, but for what moves a cursor"
    assert f"[link={url}]漲[2J" in shown
    record = run("--lang", "zh-Hant", "report", "--author", name).out
    assert "當時這麼說" in record
    assert "\x1b" not in record
    assert json.loads(run("report", "--json").out)["writers"][0]["id"] == name


def test_days_on_which_clocks_change(run: Run, tmp_path: Path) -> None:
    """The forum's wall clock makes the day: 23 or 25 hours long, each post on the date that it shows."""
    spring = [post("2026-03-08", hour=hour) for hour in (0, 1, 3, 23)]
    autumn = [post("2026-11-01", hour=hour) for hour in (0, 1, 1, 23)]
    twice = [replace(one, title=f"{one.title}{k}") for k, one in enumerate([*spring, *autumn])]
    fill(tmp_path / "paomo.db", [(one, Stance.BULLISH) for one in twice])
    for day in ("2026-03-08", "2026-11-01"):
        document = json.loads(run("report", "--json", "--days", "3", "--until", day).out)
        assert [one["n"] for one in document["days"]] == [0, 0, 4]
        assert [one["date"] for one in document["days"]][-1] == day


def test_names_of_posts_judged_before_an_update_are_read_first(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "paomo.db"
    fill(path, [(post("2026-11-06", title="英伟达要涨"), Stance.BULLISH)])
    with Store.open(path) as store, store.writing() as sql:
        sql.run("DELETE FROM mentions")
        sql.run("UPDATE sentiments SET names = NULL")
    document = json.loads(run("report", "--json").out)
    assert [row["id"] for row in document["tickers"]] == ["NVDA"]
    assert document["unread"] is False


def test_where_they_cannot_be_read_the_report_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import StoreError

    path = tmp_path / "paomo.db"
    fill(path, [(post("2026-11-06", title="英伟达要涨"), Stance.BULLISH)])
    with Store.open(path) as store, store.writing() as sql:
        sql.run("UPDATE sentiments SET names = 'old'")

    def busy(*args: object, **more: object) -> None:
        raise StoreError("another process is writing")

    monkeypatch.setattr(pipeline, "catch_up", busy)
    shown = run("--lang", "en", "report")
    assert shown.code == 0
    assert "counts of names are too low" in shown.out
    assert "another process is writing" in shown.err


def test_a_judgement_and_its_mentions_come_together(tmp_path: Path) -> None:
    class Scorer:
        name = "m"

        def predict(self, texts: Any, *, evidence: int = 0) -> list[Sentiment]:
            return [Sentiment(label=Stance.BULLISH, p=(0, 0, 1), p_on_topic=1, margin=0, model="m") for _ in texts]

    with Store.open(tmp_path / "paomo.db") as store:
        page = Thread(site="x", board="b", url=None, root=replace(post("2026-11-06", title="all in 英伟达"), id="1"))
        store.save(page, b"1", url=None, headers={}, fetched_at=NOW, now=NOW)
        assert pipeline.score_new(store, clock=lambda: NOW, scorer=Scorer()) == 1
        assert store.unread(entities.version(), limit=1) == []
        made = build(store, board=Board(site="x", name="b"))
        assert made is not None
        assert [one.id for one in made.of("company")] == ["NVDA"]
        assert to_json(made)["extremes"]["euphoria"]["n"] == 1
