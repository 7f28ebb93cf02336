"""The page: whole by itself, in three languages, harmless whatever people wrote, and of bounded size."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.cli import report as command
from bot.cli.main import main
from bot.render.page import page
from bot.render.page.words import WORDS
from bot.report import build, to_json
from core import circular, figures, flow_cards, gauges
from core.forum import Post, Thread
from core.sentiment import Sentiment, Stance
from core.store import Store
from core.upkeep import forgetting

NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)
TODAY = date(2026, 11, 7)
VOID = {"meta", "br", "link", "img", "input"}
Made = Callable[..., str]


class Reader(HTMLParser):
    """What a browser would find: elements, links, texts; complains of tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def made(tmp_path: Path, sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setattr("bot.cli.report_page.today", lambda: TODAY)
    monkeypatch.setattr(command, "today", lambda: TODAY)

    def go(*args: str, lang: str = "zh-Hant", db: Path = sample_db) -> str:
        out = tmp_path / "page.html"
        assert main(["--db", str(db), "--lang", lang, "report", "--html", str(out), *args]) == 0
        return out.read_text(encoding="utf-8")

    return go


def store_of(path: Path, posts: list[tuple[Post, Stance]]) -> Path:
    with Store.open(path) as store:
        for at, (post, stance) in enumerate(posts):
            one = Thread(site="wenxuecity", board="cfzh", url=post.url, root=replace(post, id=f"{at}"))
            saved = store.save(one, str(at).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)
            said = Sentiment(label=stance, p=(0.1, 0.1, 0.8), p_on_topic=1, margin=0, model="m")
            store.put_sentiments([(row.pk, said) for row in store.thread(saved.thread).posts], now=NOW)
    return path


def post(day: date, title: str, author: str = "甲", body: str | None = None, url: str | None = None) -> Post:
    local = datetime(day.year, day.month, day.day, 8)  # noqa: DTZ001 (a wall clock)
    return Post(n=0, author=author, title=title, body=body, published_local=local, tz="America/Los_Angeles", url=url)


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_it_is_whole_by_itself(made: Made, lang: str) -> None:
    text = made("--days", "30", lang=lang)
    found = Reader(text)
    assert f'<html lang="{lang}">' in text
    for name in ("trend", "gauges", "flows", "evidence", "threads", "themes", "signals", "how"):
        assert WORDS[lang][name] in text
    assert not {"link", "img", "iframe", "object", "form", "base"} & set(found.tags)
    outside = {(tag, name) for tag, name, value in found.attributes if value.startswith(("http", "//", "data:"))}
    assert outside <= {("a", "href")}, "a page that is shared asks nobody for anything"
    assert not any(name in ("style", "src") or name.startswith("on") for _, name, _ in found.attributes)
    assert found.tags.count("tr") > 60
    assert "url(" not in text
    assert "@import" not in text


def test_words_are_there_in_every_language() -> None:
    assert WORDS["en"].keys() == WORDS["zh-Hant"].keys() == WORDS["zh-Hans"].keys()
    for name, word in WORDS["en"].items():
        for lang in ("zh-Hant", "zh-Hans"):
            assert set(re.findall(r"{(\w*)[:}]", word)) == set(re.findall(r"{(\w*)[:}]", WORDS[lang][name])), name


def test_only_our_own_style_and_script_may_act(made: Made) -> None:
    text = made()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        [inside] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "\"><img src=x onerror=alert(1)>'",
    "<!--<svg onload=alert(1)>",
    "\u202egnp.exe\u202c {{ 7 * 7 }} {% raw %} &amp; $x$",
    "]]>\x00\x1b[31m\ud7ff�",
)


def test_what_people_write_is_shown_and_never_acts(tmp_path: Path, made: Made) -> None:
    posts = [
        (post(TODAY, title, author=title[::-1] + title, body=title, url=f"https://x.example/?q={title}"), stance)
        for title in HOSTILE
        for stance in (Stance.BULLISH, Stance.BEARISH)
    ]
    db = store_of(
        tmp_path / "own.db", [*posts, (post(TODAY, "點我", url="javascript://x.example/%0aalert(1)"), Stance.BULLISH)]
    )
    text = made("--board", "cfzh", db=db)
    found = Reader(text)
    assert found.tags.count("script") == found.tags.count("style") == 1
    assert not {"img", "iframe"} & set(found.tags)
    assert not any(name.startswith("on") for _, name, _ in found.attributes)
    assert all(value.startswith(("https://", "#")) for tag, name, value in found.attributes if name == "href")
    assert "</script><script>alert(1)</script>" in found.texts, "shown as written"
    assert "{{ 7 * 7 }}" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", text)


def test_a_megabyte_of_a_title_is_a_line(sample_db: Path) -> None:
    with Store.open(sample_db, readonly=True) as store:
        made = build(store)
    assert made is not None
    document = to_json(made)
    long = {"title": "漲" * 1_000_000, "body": "x" * 1_000_000, "author": "乙" * 1_000_000, "url": "https://x.example/" + "y" * 9_999}  # fmt: skip
    for one in (*document["threads"], *document["evidence"]["bullish"], *document["evidence"]["bearish"]):
        one |= {name: value for name, value in long.items() if name in one}
    for one in (*document["writers"], *document["boards"]):
        one["id"] = "丙" * 1_000_000
    text = page(document, "zh-Hant", thermometer=None, flows=(), made_on=TODAY, scope="丁" * 1_000_000)
    assert len(text) < 100_000
    assert "漲" * 99 + "…" in text
    assert "x.example" not in text, "an endless address is no link"


def test_ten_years_of_days_stay_small(tmp_path: Path, made: Made) -> None:
    posts = [(post(TODAY - timedelta(days=9 * n), "看多"), Stance.BULLISH) for n in range(400)]
    text = made("--days", "3660", db=store_of(tmp_path / "own.db", posts))
    assert text.count("<tr data-say=") == 3660
    assert len(text.encode()) < 2_000_000


def test_one_post(tmp_path: Path, made: Made) -> None:
    text = made("--days", "1", db=store_of(tmp_path / "own.db", [(post(TODAY, "看多"), Stance.BULLISH)]))
    Reader(text)
    assert "不到 30 則" in text
    assert WORDS["zh-Hant"]["balance"] in text, "one post leans nowhere for sure"


def test_an_empty_day_is_a_gap(sample_db: Path) -> None:
    with Store.open(sample_db, readonly=True) as store:
        made = build(store)
    assert made is not None
    text = page(to_json(made), "en", thermometer=None, flows=(), made_on=TODAY)
    assert "2026-10-25: no posts" in text
    assert text.count('<path class="band"') == 2, "two stretches with a gap between them"
    assert WORDS["en"]["gauges"] not in text
    assert WORDS["en"]["flows"] not in text


def test_numbers_are_those_of_the_report(made: Made, sample_db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = made("--days", "30", lang="en")
    capsys.readouterr()
    assert main(["--db", str(sample_db), "report", "--days", "30", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    total = document["total"]
    assert f"{total['bullishness']:+.2f}".replace("-", "−") in text
    for day in document["days"]:
        if day["n"]:
            assert (
                f"{day['n']} posts, {day['bullish']} bullish, {day['neutral']} neutral, {day['bearish']} bearish"
                in text
            )
    for side in ("bullish", "bearish"):
        assert 0 < len(document["evidence"][side]) <= 4
        for one in document["evidence"][side]:
            assert one["label"] == side
            assert f'href="{one["url"]}"' in text
            assert "(rest)" not in one["terms"]


def test_the_thermometer_and_the_flows_are_todays(made: Made) -> None:
    text = made(lang="en")
    for reading in gauges.read(figures.load(), TODAY).readings:
        assert reading.gauge.name.text("en") in text
    for flow in circular.standing(flow_cards.load(), TODAY.isoformat()):
        assert flow.announced in text
    assert text.count('class="shaft"') == len(circular.standing(flow_cards.load(), TODAY.isoformat()))


def test_a_forgotten_author_is_nowhere(tmp_path: Path, made: Made) -> None:
    posts = [(post(TODAY, f"看多{n}", author=name), Stance.BULLISH) for n, name in enumerate(("記得", "忘了") * 5)]
    db = store_of(tmp_path / "own.db", posts)
    assert "忘了" in made(db=db)
    with Store.open(db) as store:
        forgetting.forget(store, "忘了", site="wenxuecity", now=NOW)
    text = made(db=db)
    assert "忘了" not in text
    assert "記得" in text


def test_an_authors_page_has_his_record(made: Made) -> None:
    text = made("--author", "山里人", lang="en")
    assert WORDS["en"]["record"] in text
    assert "山里人" in text
    assert WORDS["en"]["writers"] not in text


def test_a_page_goes_to_standard_output_and_a_folder_is_no_file(
    sample_db: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(sample_db), "report", "--html", "-"]) == 0
    assert capfd.readouterr().out.startswith("<!doctype html>")
    assert main(["--db", str(sample_db), "report", "--html", str(tmp_path / "no" / "page.html")]) == 1
    assert "cannot be written" in capfd.readouterr().err
    assert main(["--db", str(sample_db), "report", "--html", str(tmp_path)]) == 2
    assert main(["--db", str(sample_db), "report", "--html", str(tmp_path / "x"), "--watch"]) == 2
    assert main(["--db", str(sample_db), "report", "--dark"]) == 2
    for two in (["--html", "-", "--json"], ["--html", "-", "--png", "-"], ["--png", "-", "--format", "table"]):
        assert main(["--db", str(sample_db), "report", *two]) == 2
        assert "holds one thing" in capfd.readouterr().err


def test_a_file_is_written_beside_the_table_that_is_asked_for(
    sample_db: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ["--db", str(sample_db), "report", "--html", str(tmp_path / "page.html")]
    assert main(args) == 0
    done = capfd.readouterr()
    assert done.out == ""
    assert re.search(r"page\.html: \d+ kB", done.err)
    assert main([*args, "--csv"]) == 0
    assert capfd.readouterr().out.startswith("date,n,")
