"""Hacker News: JSON of searches and items, ours in the search's form."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import NotAThread, NotFound
from core.forum import Index, Thread
from scraper.outcome import CutShort, Gone, LayoutChanged, Retry, Unreadable
from scraper.page import Page
from scraper.sites import parse_page
from scraper.sites.hn import API, HackerNews

PAGES = Path(__file__).parents[1] / "pages" / "hn"
URL = f"{API}items/38000001#ai-bubble"


def item() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PAGES / "item.json").read_text("utf-8"))
    return loaded


def search() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PAGES / "search.json").read_text("utf-8"))
    return loaded


def thread(found: object, url: str | None = URL) -> Thread:
    parsed = parse_page(Page(body=json.dumps(found).encode(), url=url))
    assert isinstance(parsed, Thread)
    return parsed


def index(found: object, url: str | None = None) -> Index:
    parsed = parse_page(Page(body=json.dumps(found).encode(), url=url))
    assert isinstance(parsed, Index)
    return parsed


def test_a_story_has_its_whole_tree_with_exact_parents() -> None:
    found = thread(item())
    assert [(post.n, post.id, post.parent_id, post.depth, post.author) for post in found.posts] == [
        (0, "38000001", None, 0, "ledger"),
        (1, "38000002", "38000001", 1, "abe"),
        (2, "38000005", "38000002", 2, None),
        (3, "38000006", "38000005", 3, "cy"),
        (4, "38000003", "38000001", 1, "bea"),
    ]
    assert (found.board, found.root.title, found.root.points) == ("ai-bubble", "Who pays for the racks?", 128)
    assert found.root.body == "https://example.org/racks"
    assert (str(found.root.published_utc), found.root.tz) == ("2023-11-14 22:13:21+00:00", "UTC")
    assert found.replies[0].url == "https://news.ycombinator.com/item?id=38000002"


def test_text_is_plain_with_links_in_full_in_both_styles_of_paragraphs() -> None:
    _, first, _, old, short = thread(item()).posts
    assert (first.title, first.body) == (
        "Vendor financing isn't new.",
        "See https://example.org/a/very/long/address\nReally.",
    )
    assert (old.title, old.body) == ("The answer stays.", "In the old style.")
    assert (short.title, short.body) == ("Short.", "")


def test_a_deleted_comment_keeps_its_place() -> None:
    stub = thread(item()).replies[1]
    assert (stub.deleted, stub.title, stub.body, stub.author) == (True, "", None, None)
    with pytest.raises(Gone):
        thread(item() | {"author": None, "title": None, "children": []})


def test_a_comments_own_item_names_its_parent() -> None:
    found = thread(item()["children"][0])
    assert (found.root.id, found.root.parent_id, found.root.depth) == ("38000002", "38000001", 0)
    assert [post.depth for post in found.replies] == [1, 2]


def test_the_board_of_a_thread_is_the_search_it_was_found_by() -> None:
    assert thread(item(), f"{API}items/38000001").board is None
    assert thread(item(), None).board is None
    assert thread(item(), f"{API}items/38000001#%E6%B3%A1%E6%B2%AB").board == "泡沫"


def test_a_search_is_a_page_of_a_board() -> None:
    asked = HackerNews().index_url("ai-bubble")
    found = index(search(), asked)
    assert (found.board, found.page, found.pages) == ("ai-bubble", 1, 3)
    assert found.next_url == HackerNews().index_url("ai-bubble", 2)
    assert [(post.id, post.depth, post.points, post.comments, post.title) for post in found.entries] == [
        ("38000010", 0, 3, 0, "Ask HN: Is AI a bubble?"),
        ("38000001", 0, 128, 4, "Who pays for the racks?"),
        ("38000002", None, None, None, "Vendor financing isn't new."),
    ]
    assert [post.body for post in found.entries] == ["I mean it.\nDo you/we know?", None, "Really."]
    assert found.entries[2].parent_id == "38000001"
    assert found.entries[0].url == "https://news.ycombinator.com/item?id=38000010"  # for people
    assert index(search() | {"page": 2}, asked).next_url is None


def test_a_saved_search_says_its_board_itself() -> None:
    found = index(search())
    assert (found.board, found.next_url) == ("ai-bubble", HackerNews().index_url("ai-bubble", 2))


def test_a_search_without_words_is_the_board_all() -> None:
    assert index(search() | {"query": ""}, HackerNews().index_url("all")).board == "all"
    assert "query=&" in HackerNews().index_url("all")


def test_an_authors_page_leads_on_as_it_was_asked() -> None:
    url = HackerNews().author_url("ai-bubble", "abe")
    assert "tags=%28story%2Ccomment%29%2Cauthor_abe" in url
    following = index(search(), url).next_url
    assert following is not None
    assert following.replace("page=1", "page=0") == url


def test_addresses() -> None:
    site = HackerNews()
    assert site.index_url("ai-bubble", 3).startswith(
        f"{API}search_by_date?query=ai+bubble&tags=story&hitsPerPage=50&page=2#"
    )
    for post in (
        "38000001",
        "https://news.ycombinator.com/item?id=38000001",
        "news.ycombinator.com/item?id=38000001&p=2",
    ):
        assert site.post_url("ai-bubble", post) == URL
    assert site.post_url("", "1") == f"{API}items/1"
    assert "query=ai+bubble+nvda" in site.search_url("ai-bubble", "nvda")


def test_nothing_found_is_no_success() -> None:
    with pytest.raises(NotFound, match="nothing fits"):
        index(search() | {"hits": []}, HackerNews().index_url("x"))


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"title": None}, "title"),
        ({"author": 7}, "author"),
        ({"created_at_i": "yesterday"}, "date"),
        ({"created_at_i": 10**15}, "date"),
        ({"id": None}, "id"),
        ({"children": {}}, "children"),
        ({"children": [7]}, "id of an item"),
        ({"children": [{"id": 5, "type": "comment", "author": "x", "text": None, "created_at_i": 1}]}, "text"),
    ],
)
def test_a_missing_key_is_named(change: dict[str, object], missing: str) -> None:
    with pytest.raises(LayoutChanged, match=missing):
        thread(item() | change)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"children": [', CutShort),
        (b"[1, 2]", Unreadable),
        (b"nonsense}", Unreadable),
        (b"<html></html>", NotAThread),
        (b'{"status": 404, "error": "Not Found"}', Gone),
        (b'{"status": 503}', Retry),
        (b'{"message": "x"}', LayoutChanged),
        (b'{"hits": 3}', LayoutChanged),
        (b'{"hits": [3, {}, {"objectID": "1"}]}', LayoutChanged),
        (b'{"id": ' + b"9" * 5000 + b', "children": []}', Unreadable),
    ],
)
def test_rubbish_is_an_error_of_ours(body: bytes, outcome: type[Exception]) -> None:
    with pytest.raises(outcome):
        parse_page(Page(body=body, url=URL))


@pytest.mark.parametrize("levels", [250, 5000])
def test_answers_deeper_than_any_are_refused(levels: int) -> None:
    opened = b'{"id": 1, "type": "comment", "author": "a", "text": "t", "created_at_i": 1, "children": ['
    with pytest.raises(Unreadable, match="nested"):
        parse_page(Page(body=opened * levels + b"]}" * levels, url=URL))


def test_children_that_are_no_list_are_refused_however_deep() -> None:
    with pytest.raises((Unreadable, LayoutChanged)):  # Python 3.13 reads JSON deeper than 3.11 does
        parse_page(Page(body=b'{"id": 1, "children": ' * 5000 + b"[]" + b"}" * 5000, url=URL))


def test_control_characters_do_not_get_in() -> None:
    assert thread(item() | {"title": "a\x00b\ud800c"}).root.title == "abc"
