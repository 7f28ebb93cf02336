"""`paomo report` on boards that are odd: of one post, of one author, with odd names, days and posts not read yet."""

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import pipeline
from bot.report import build, to_json
from core.forum import Board, Post, Thread
from core.sentiment import Sentiment, Stance
from core.store import Store
from nlp import entities
from tests.bot.command import Run

NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("report_day")


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
