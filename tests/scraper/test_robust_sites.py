"""Pages of every forum, cut, shuffled and dirtied: a thread, a list or an error of ours, and never anything else."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PaomoError
from core.forum import Index, Thread
from scraper.contract import to_json
from scraper.page import Page
from scraper.sites import SITES, parse_page

PAGES = Path(__file__).parents[1] / "pages"
ADDRESSES = {
    "ptt": "https://www.ptt.cc/bbs/Stock/M.1703855707.A.4D3.html",
    "hn": "https://hn.algolia.com/api/v1/items/38000001#ai-bubble",
    "wenxuecity": "https://bbs.wenxuecity.com/bbs/archive.php?SubID=gupiao",
}
PRINT = "https://bbs.wenxuecity.com/gupiao/7-print.html"
SEEDS = [
    (site.name, path.read_text("utf-8"))
    for site in SITES
    if site.name in ADDRESSES
    for path in sorted((PAGES / site.name).iterdir())
    if path.name
    in {"article.html", "no_head.html", "index.html", "item.json", "search.json", "archive.html", "print.html"}
]
NOISE = [
    "", "<", ">", '"', "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "NaN", "true", "<div class=push>", "</div>", "</html>",
    '<span class="f2">※ 編輯: x, 99/99/9999 99:99:99</span>', "02/30 25:61", "--\n", "爆", "X", "M.99999999999.A.XYZ", "M.0.A.0",
    "\\ud800", "99999999999999999999", "http://[", "data-cfemail=zz", "<!--", "&#xD800;", "class=", "id=main-content", "　", "\r",
]  # fmt: skip
KEYS = [
    "id",
    "children",
    "hits",
    "text",
    "title",
    "author",
    "type",
    "created_at_i",
    "objectID",
    "comment_text",
    "status",
]
calm = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def only_ours(body: str, url: str | None) -> Thread | Index | None:
    try:
        found = parse_page(Page(body=body.encode("utf-8", "replace"), url=url))
    except PaomoError:
        return None
    assert json.dumps(to_json(found), ensure_ascii=False).encode("utf-8")  # no lone surrogate got in
    if isinstance(found, Thread):
        assert all(post.title or post.deleted or post.n for post in found.posts[:1])
    return found


def test_every_seed_is_read_as_it_is() -> None:
    assert len(SEEDS) == 8
    for name, text in SEEDS:
        found = only_ours(text, PRINT if "先看电" in text else None if name == "ptt" else ADDRESSES[name])
        assert found is not None
        assert found.site == name


@calm
@given(st.sampled_from(SEEDS), st.data())
def test_mutated_pages(seed: tuple[str, str], data: st.DataObject) -> None:
    name, body = seed
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(body)))
        length = data.draw(st.integers(0, 80))
        body = body[:start] + data.draw(st.sampled_from(NOISE)) + body[start + length :]
    only_ours(body, data.draw(st.sampled_from([None, ADDRESSES[name], ADDRESSES[name].replace(".html", "")])))


@calm
@given(st.sampled_from(SEEDS), st.data())
def test_shuffled_pages(seed: tuple[str, str], data: st.DataObject) -> None:
    name, body = seed
    lines = data.draw(st.permutations(body.splitlines()))
    only_ours("\n".join(lines[: data.draw(st.integers(1, len(lines)))]), ADDRESSES[name])


@calm
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYS),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json(value: object) -> None:
    only_ours(json.dumps(value), ADDRESSES["hn"])


@pytest.mark.parametrize("name", sorted(ADDRESSES))
@calm
@given(text=st.text(max_size=200))
def test_any_text_at_the_forums_address(name: str, text: str) -> None:
    only_ours(f"<html><div id=main-content>{text}</div></html>", ADDRESSES[name])
