"""What is told in English of one post by one author: “1 post”, and never “1 posts”."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.crawl_run import _line
from bot.cli.repair import _ONE
from core.forum import Board
from core.store import Store
from core.upkeep.repair import mend
from scraper.summary import BoardDone
from tests.bot.command import Done, Run

PLURAL = re.compile(
    r"\b1(?:</b>)? (?:\w+ )?(?:posts|threads|replies|authors|pages|labels|files|requests|texts|lines|rows|numbers|questions|bytes|days|years)\b"
)
PAGE = """<html><head><title>x</title><link rel="canonical" href="https://bbs.wenxuecity.com/cfzh/77.html" /></head><body>
<h1 class="title">AI泡沫要破，看空NVDA</h1>
<div id="postmeta">来源: <a class="username" href="//passport.wenxuecity.com/members/index.php?act=profile&amp;cid=a1"><span>大石</span></a> 于 <span class="date">2026-11-06 09:15:00</span></div>
<div id="postbody"><div id="articleBody"><div id="msgbodyContent">英伟达估值太高，泡沫要破，清仓。</div></div></div>
<div id="comment"><h3>所有跟帖：</h3><div id="postlist"></div></div></body></html>"""
COPY = "标题\n\n正文\n\n所有跟帖：\n\n好 -甲- 给 甲 发送悄悄话 (1 bytes) () 10/21/2025 postreply 16:00:33"


@pytest.fixture
def one(run: Run, report_day: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on one post; what it says must count it as one."""
    monkeypatch.setenv("PAOMO_LANG", "en")
    (tmp_path / "one.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "copy.txt").write_text(COPY, encoding="utf-8")

    def go(*args: str) -> Done:
        done = run(*(word.replace("HERE", str(tmp_path)) for word in args))
        assert not PLURAL.search(done.out + done.err), done
        return done

    assert "1 new" in go("ingest", str(tmp_path / "one.html"))[1]
    return go


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("parse HERE/copy.txt", "1 reply by 1 author"),
        ("thread 1", "1 post;"),
        ("search NVDA", "AI泡沫"),
        ("report --days 1 --words 3", "Euphoria"),
        ("report --author 大石", "bear"),
        ("report --days 1 --html -", "<b>1</b> post, <b>1</b> author<"),
        ("rescore", "1 post judged"),
        ("reparse --jobs 1", "1 page read,"),
        ("doctor", "database: 1 post, 1 page,"),
        ("backup HERE/copy.db", "1 thread, 1 post, 1 page,"),
        ("export --format csv --out HERE/posts.csv", ": 1 post\n"),
        ("ask bullish or bearish?", "1 post by 1 author:"),
        ("ask is the forum bullish on Nvidia?", "1 post that mentions"),
        ("ask what are people saying about NVDA?", "1 post mentions “nvda”"),
        ("ask how has sentiment changed?", "by 1 author"),
        ("ask what growth takes a P/S of 300 to 15 in 1 year?", "down to 15 in 1 year:"),
        ("forget author 大石 --yes", "1 post in 1 thread"),
        ("forget older 1d --yes", "removed 1 post in 1 thread, and 1 stored page ("),
    ],
)
def test_one_is_no_plural(one: Run, command: str, said: str) -> None:
    verb, *rest = command.split(" ", 1)
    done = one(verb, *(rest if verb == "ask" else rest[0].split() if rest else ()))
    assert said in done[1] + done[2], done


def test_a_crawl_of_one_page() -> None:
    requests = {"index": 1, "posts": 1, "threads": 2}
    said = _line(BoardDone(board=Board(site="wenxuecity", name="cfzh"), pages=1, threads=1, new=1, requests=requests))
    assert "1 followed thread, 1 page, 1 new" in said
    assert "requests: 1 index, 1 post, 2 threads" in said


def test_all_that_is_mended_has_words_for_one(tmp_path: Path) -> None:
    with Store.open(tmp_path / "paomo.db") as store, store.writing() as sql:
        found = {one.what for one in mend(sql, datetime(2026, 11, 7, tzinfo=UTC))}
    assert {*found, "entries of indexes"} == _ONE.keys()
