"""The bundled sample pages are what their README says, and keep to the rules of a real thread page.

Read with bs4 and regular expressions alone, so that a mistake in the parser cannot hide one in the pages.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup, Tag

SAMPLES = Path(__file__).parents[2] / "scraper" / "samples"
PAGES = sorted(SAMPLES.glob("*.html"))
MARK = "Sample page, written for paomo; authors and posts are invented."
PACIFIC = ZoneInfo("America/Los_Angeles")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a row, or the head of the page, says about its post; `margin` is `None` for the root.

    `author` is the `cid` of the link, which the traditional host leaves alone.
    """

    id: int
    author: str
    title: str
    time: datetime
    margin: int | None
    bytes: int


def match(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    assert found, f"{pattern!r} not in {text!r}"
    return found


@cache
def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_bytes().decode("utf-8"), "html.parser")


def one(page: Path, selector: str) -> str:
    """The text of the only element that matches."""
    (element,) = soup(page).select(selector)
    return element.get_text()


def cid(link: Tag) -> str:
    return unquote(match(r"&cid=(.+)$", str(link["href"]))[1])


def canonical(page: Path) -> str:
    (link,) = soup(page).select('link[rel="canonical"]')
    return str(link["href"])


@cache
def root(page: Path) -> Row:
    (author,) = soup(page).select("#postmeta a.username")
    return Row(
        id=int(match(r"/(\d+)\.html$", canonical(page))[1]),
        author=cid(author),
        title=one(page, "#content h1.title"),
        time=datetime.fromisoformat(one(page, "#postmeta span.date")),
        margin=None,
        bytes=int(match(r"\((\d+) bytes\)", one(page, "#postmeta small"))[1]),
    )


@cache
def replies(page: Path) -> tuple[Row, ...]:
    rows = []
    for p in soup(page).select("#comment > #postlist > p"):
        (post,), (author,), (small,) = p.select("a.post"), p.select("a.nickname"), p.select("small")
        said = match(r"^\((\d+) bytes\) \(\) (\d\d/\d\d/\d{4})\xa0postreply (\d\d:\d\d:\d\d)$", small.get_text())
        rows.append(
            Row(
                id=int(match(r"/sample/(\d+)\.html$", str(post["href"]))[1]),
                author=cid(author),
                title=post.get_text(),
                time=datetime.strptime(f"{said[2]} {said[3]}", "%m/%d/%Y %H:%M:%S"),  # noqa: DTZ007
                margin=int(match(r"^margin:2px 0 2px (\d+)px;$", str(p["style"]))[1]),
                bytes=int(said[1]),
            )
        )
    return tuple(rows)


def everything() -> list[Row]:
    return [row for page in PAGES for row in (root(page), *replies(page))]


def test_the_folder_holds_eight_threads_of_a_readable_size() -> None:
    assert len(PAGES) == 8
    assert 150 <= len(everything()) <= 175
    assert 25 <= len({row.author for row in everything()}) <= 30


def test_the_readme_counts_what_the_pages_hold() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`(.+?)`\]\(\1\) \| (.+?) \| (\S+) \| (\d+) \|$", text, re.MULTILINE)
    assert listed == [
        (page.name, root(page).title, f"{root(page).time:%Y-%m-%d}", str(1 + len(replies(page)))) for page in PAGES
    ]
    assert int(match(r"\| total \| \| \| (\d+) \|", text)[1]) == len(everything())


@pages
def test_a_page_says_that_it_is_a_sample(page: Path) -> None:
    assert page.read_text(encoding="utf-8").startswith(f"<!-- {MARK} -->\n<!DOCTYPE html>")
    assert "Sample page: authors and posts are invented." in one(page, "#footer")


@pages
def test_a_page_has_the_parts_of_a_thread_page_and_its_decoys(page: Path) -> None:
    for selector in (
        "#header ul.nav",
        '#header form[action="/bbs/archive.php"]',
        "#countnum",
        "#postbody > #articleBody > #msgbodyContent",
        "#comment > h3",
        "#postreply",
        "#userpost a.post",
        "#buzzbox a.post",
    ):
        assert soup(page).select(selector), selector
    assert 'class="post"' in one(page, "head > script[type='text/javascript']")
    assert f"{root(page).time.isoformat()}Z" in one(page, 'script[type="application/ld+json"]')
    assert not {int(n) for n in re.findall(r"/sample/(\d+)\.html", str(soup(page).select("#postbody")))} & {
        row.id for row in everything()
    }


@pages
def test_the_size_printed_is_the_size_of_the_body(page: Path) -> None:
    raw = page.read_bytes().decode("utf-8")
    body = match(r'(?s)<div id="msgbodyContent">(.*?)</div>', raw)[1].strip()
    assert root(page).bytes == len(body.encode("utf-8"))


def test_ids_are_unique_and_rise_with_time_across_the_pages() -> None:
    by_time = sorted(everything(), key=lambda row: row.time)
    assert [row.id for row in by_time] == sorted({row.id for row in by_time})


def test_the_dates_span_three_weeks_and_leave_few_days_empty() -> None:
    times = [row.time for row in everything()]
    assert max(times) - min(times) >= timedelta(days=21)
    assert len({time.date() for time in times}) >= 22


def test_one_reply_stands_in_the_hour_that_comes_twice() -> None:
    twice = [
        row.time
        for row in everything()
        if row.time.replace(tzinfo=PACIFIC).utcoffset() != row.time.replace(tzinfo=PACIFIC, fold=1).utcoffset()
    ]
    assert [f"{time:%Y-%m-%d %H}" for time in twice] == ["2026-11-01 01"]


@pages
def test_margins_draw_a_tree(page: Path) -> None:
    margins = [row.margin for row in replies(page) if row.margin is not None]
    assert margins[0] == 0
    assert all(margin % 20 == 0 for margin in margins)
    assert all(after <= before + 20 for before, after in pairwise(margins))


@pages
def test_replies_come_after_their_parent_and_siblings_in_order(page: Path) -> None:
    above = [root(page)]
    last: dict[int, Row] = {}
    for row in replies(page):
        depth = (row.margin or 0) // 20 + 1
        parent = above[depth - 1]
        assert row.time > parent.time
        assert parent.id not in last or row.time > last[parent.id].time
        last[parent.id] = row
        above[depth:] = [row]


def test_the_site_s_oddities_are_all_there() -> None:
    assert max(row.margin or 0 for row in everything()) >= 100
    assert sum(root(page).bytes == 0 for page in PAGES) == 2
    assert sum(bool(soup(page).select("#msgbodyContent a > img")) for page in PAGES) == 1
    assert sum(bool(soup(page).select("#editmessage")) for page in PAGES) == 1
    assert sum(not one(page, "#countnum") for page in PAGES) == 1


def test_two_pages_are_in_the_traditional_host_s_characters() -> None:
    hosts = {page: canonical(page).removesuffix(f"{root(page).id}.html") for page in PAGES}
    zh = [page for page in PAGES if hosts[page] == "https://zh.wenxuecity.com/bbs/sample/"]
    assert len(zh) == 2
    assert all(hosts[page] == "https://bbs.wenxuecity.com/sample/" for page in PAGES if page not in zh)
    text = "".join(page.read_text(encoding="utf-8") for page in zh)
    assert set("隻麵曆係裏麽複") <= set(text)
    assert not set("只面历系里么复这个没为说对时") & set(text)
