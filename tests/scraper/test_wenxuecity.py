"""Recorded pages of our own writing, field by field, and what the site does that a parser may trip over."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import NotAThread
from core.forum import Index, Thread
from core.text import fold
from scraper.contract import to_json
from scraper.outcome import CutShort, Gone, LayoutChanged, Walled
from scraper.page import Page, read_file
from scraper.sites import parse_page, site_named
from scraper.sites.wenxuecity_cuts import left_margin

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
RECORDED = sorted(path for path in PAGES.iterdir() if path.suffix != ".json" and path.with_suffix(".json").exists())
HOME = "https://bbs.wenxuecity.com/gupiao/"


def thread(name: str, url: str | None = None) -> Thread:
    found = parse_page(read_file(PAGES / name, url=url))
    assert isinstance(found, Thread)
    return found


def test_there_are_recorded_pages() -> None:
    assert len(RECORDED) == 9


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_every_field_is_as_recorded(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert to_json(parse_page(read_file(path))) == expected


def test_the_tree_follows_the_margins() -> None:
    tree = [(post.id, post.parent_id, post.depth) for post in thread("thread.html").posts]
    assert tree == [
        ("399", None, 0),
        ("400", "399", 1),
        ("402", "400", 2),
        ("405", "402", 3),
        ("403", "400", 2),
        ("401", "399", 1),
    ]


def test_both_scripts_are_the_same_thread() -> None:
    hans, hant = thread("thread.html"), thread("thread.zh.html")
    for one, other in zip(hans.posts, hant.posts, strict=True):
        assert (one.id, one.author_key, one.published_utc, one.bytes) == (
            other.id,
            other.author_key,
            other.published_utc,
            other.bytes,
        )
        assert fold(one.title) == fold(other.title)
    assert hans.root.author != hant.root.author


def test_the_address_of_the_page_wins_over_its_canonical_link() -> None:
    found = thread("thread.zh.html", "https://zh.wenxuecity.com/bbs/gupiao/399.html")
    assert found.url == "https://zh.wenxuecity.com/bbs/gupiao/399.html"
    assert found.board == "gupiao"
    assert {post.url for post in found.replies} >= {"https://zh.wenxuecity.com/bbs/gupiao/405.html"}


def test_a_reply_page_names_its_parent_and_holds_its_sub_tree() -> None:
    found = thread("reply.html", HOME + "403.html")
    assert (found.root.id, found.root.parent_id, found.root.body) == ("403", "400", "")
    assert str(found.root.published_local) == "2025-03-03 08:31:30"
    assert str(found.root.edited_local) == "2025-03-03 08:45:01"
    assert [(post.id, post.parent_id) for post in found.replies] == [("409", "403"), ("410", "409")]


def test_nothing_is_guessed_where_the_page_has_no_address() -> None:
    found = thread("reply.html")
    assert (found.url, found.root.id, found.replies[0].parent_id) == (None, None, None)
    assert found.board == "gupiao"


def test_an_index_has_roots_at_depth_0() -> None:
    found = parse_page(read_file(PAGES / "index.html", url=HOME + "?page=2"))
    assert isinstance(found, Index)
    assert (found.board, found.page, found.pages) == ("gupiao", 2, 1037)
    assert [(post.id, post.parent_id, post.depth) for post in found.entries] == [
        ("420", None, 0),
        ("399", None, 0),
        ("400", "399", 1),
        ("402", "400", 2),
        ("401", "399", 1),
    ]


def test_the_skipped_hour_has_no_moment_and_the_repeated_one_is_the_first() -> None:
    found = parse_page(read_file(PAGES / "index.html"))
    assert isinstance(found, Index)
    assert str(found.entries[0].published_local) == "2025-03-09 02:30:00"
    assert found.entries[0].published_utc is None
    assert str(found.entries[4].published_utc) == "2025-11-02 08:30:00+00:00"


@pytest.mark.parametrize(
    ("style", "margin"),
    [
        ("margin:5px", 5),
        ("margin: 1px 20px", 20),
        ("margin:1px 40px 2px", 40),
        ("margin:1px 2px 3px 60px;width:3px", 60),
        ("MARGIN:0 0 0 0", 0),
        ("margin:0; margin-left:20PX", 20),
        ("margin:1px 2px 3px 60px !important", 60),
        ("margin-right:4px", None),
        ("margin:auto", None),
        ("margin:1em", None),
        ("", None),
    ],
)
def test_margins_come_in_all_shorthands(style: str, margin: float | None) -> None:
    assert left_margin(style) == margin


def test_without_margins_there_are_no_parents() -> None:
    found = thread("no_p.html")
    assert [(post.title, post.parent_id, post.depth) for post in found.replies] == [
        ("一", None, None),
        ("二", None, None),
    ]


def test_a_post_listed_twice_counts_once_and_keeps_the_tree_whole() -> None:
    body = (PAGES / "thread.html").read_bytes()
    row = body[body.index(b'<p style="margin:2px 0 2px 0px') : body.index(b'<p style="margin:2px 0 2px 20px')]
    again = body.replace(row, row + row.replace(b"2px 0px", b"2px 20px"))
    found = parse_page(Page(body=again))
    assert isinstance(found, Thread)
    assert [post.id for post in found.replies] == ["400", "402", "405", "403", "401"]
    depths = {post.id: post.depth for post in found.posts}
    assert all(post.depth == (depths[post.parent_id] or 0) + 1 for post in found.replies)


@pytest.mark.parametrize("name", ["half.html", "half_body.html"])
def test_half_a_page_is_no_success(name: str) -> None:
    with pytest.raises(CutShort, match="ends before"):
        parse_page(read_file(PAGES / name))


def test_wherever_a_page_is_cut_before_its_replies_end_it_is_refused() -> None:
    body = (PAGES / "thread.html").read_bytes()
    end = body.index(b'<div id="postreply">')
    for cut in range(body.index(b'<div id="content">'), end, 97):
        text = body[:cut].decode("utf-8", "ignore")
        with pytest.raises((CutShort, NotAThread)):
            parse_page(Page(body=text.encode()))


def test_a_list_that_is_cut_is_refused() -> None:
    body = (PAGES / "index.html").read_bytes()
    for cut in range(body.index(b'<div id="postlist">') + 20, body.index(b'<div id="postreply">'), 97):
        with pytest.raises(CutShort):
            parse_page(Page(body=body[:cut].decode("utf-8", "ignore").encode()))


def test_a_complete_page_without_replies_has_none() -> None:
    text = (PAGES / "gb18030.html").read_bytes().decode("gb18030")
    start, end = text.index('<div id="comment">'), text.index('<div id="postreply">')
    found = parse_page(
        Page(body=(text[:start] + text[end:]).encode(), headers={"content-type": "text/html; charset=utf-8"})
    )
    assert isinstance(found, Thread)
    assert found.replies == ()


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ('<div id="articleBody"><div id="msgbodyContent">', "<div><div>", None),
        ('class="post"', 'class="posting"', "links to its replies"),
    ],
)
def test_a_missing_part_is_named(old: str, new: str, missing: str | None) -> None:
    text = (PAGES / "thread.html").read_text("utf-8").replace(old, new)
    if missing is None:
        text = text.replace('<div id="postbody">', "<div>")
        missing = "body"
    with pytest.raises(LayoutChanged, match=missing) as caught:
        parse_page(Page(body=text.encode()))
    assert caught.value.kind == "thread"


@pytest.mark.parametrize(
    ("name", "outcome"), [("nothing.html", LayoutChanged), ("login.html", Walled), ("deleted.html", Gone)]
)
def test_a_page_without_any_field_says_what_it_is(name: str, outcome: type[Exception]) -> None:
    with pytest.raises(outcome):
        parse_page(read_file(PAGES / name, url=HOME + "1.html"))


def test_other_pages_are_not_threads() -> None:
    for body in (b"<html><body><p>hello</p></body></html>", b"just words", "只有字".encode()):
        with pytest.raises(NotAThread):
            parse_page(Page(body=body))


def test_addresses_of_a_site_lead_back_to_it() -> None:
    site = site_named("wenxuecity")
    assert site.index_url("cfzh", 3) == "https://bbs.wenxuecity.com/cfzh/?page=3"
    assert site.post_url("cfzh", "31152") == "https://bbs.wenxuecity.com/cfzh/31152.html"
