"""Guba, Discuz! and Xueqiu: whatever comes in, what comes out is a thread, a list or an error of ours."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PaomoError
from core.forum import Thread
from scraper.contract import to_json
from scraper.page import Page
from scraper.sites import parse_page, site_named

PAGES = Path(__file__).parents[1] / "pages"
URLS = {
    "guba": [
        "https://guba.eastmoney.com/list,000858,f_1.html",
        "https://guba.eastmoney.com/news,000858,1.html",
        "https://guba.eastmoney.com/api/getData#bar=000858&postid=1&p=1",
    ],
    "discuz": [
        "https://bbs.example.com/thread-500-1-1.html",
        "https://bbs.example.com/forum.php?mod=forumdisplay&fid=12&page=99999999999999",
        "https://bbs.example.com/api/mobile/index.php?module=viewthread&tid=500",
    ],
    "xueqiu": ["https://xueqiu.com/statuses/comments.json?id=1"],
}
SEEDS = [(site, path.read_bytes()) for site in URLS for path in sorted((PAGES / site).iterdir())]
NOISE = [
    b"", b"<", b">", b'"', b"'", b"{", b"}", b"[", b"]", b":", b",", b"null", b"-1", b"1e999", b"NaN", b"true", b'"\\ud800"', b"\\u0000", b"&#0;", b"\xff",
    b"99999999999999999999999999999999999999", b'<td class="t_f">', b"</div>", b"<blockquote class=quote>", b"http://[", b'<script src="', b"//@", "回复@".encode(),
    b"2015-99-99 99:99:99", b"post_", b"normalthread_", b'"re":', b'"Variables":',
]  # fmt: skip
calm = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["1", "2015-9-21 08:47:50", "<b>"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def only_ours(site: str, body: bytes, url: str | None) -> None:
    page = Page(body=body, url=url)
    try:
        found = parse_page(page)
        if isinstance(found, Thread):
            site_named(found.site).further(found, page)
    except PaomoError:
        return
    shown = to_json(found)
    json.dumps(shown, ensure_ascii=False).encode("utf-8")
    assert shown["site"] in (site, "wenxuecity", *URLS)


@calm
@given(st.sampled_from(SEEDS), st.data())
def test_mutated_pages(seed: tuple[str, bytes], data: st.DataObject) -> None:
    site, body = seed
    for _ in range(data.draw(st.integers(1, 6))):
        start, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 60))
        body = body[:start] + data.draw(st.sampled_from(NOISE)) + body[start + length :]
    only_ours(site, body, data.draw(st.sampled_from([None, "http://[", *URLS[site]])))


@calm
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False))
def test_shuffled_pages(seed: tuple[str, bytes], chance: random.Random) -> None:
    site, body = seed
    pieces = body.split(b"<" if body.lstrip().startswith(b"<") else b'"')
    chance.shuffle(pieces)
    only_ours(site, b"<".join(pieces), chance.choice(URLS[site]))
    only_ours(site, b'"'.join(pieces), chance.choice(URLS[site]))


@pytest.mark.parametrize(("site", "body"), SEEDS)
def test_pages_cut_anywhere(site: str, body: bytes) -> None:
    for cut in range(0, len(body), max(1, len(body) // 40)):
        only_ours(site, body[:cut], URLS[site][0])


def replaced(tree: Any, place: list[int], value: object) -> Any:
    """The tree with one of its values, found by following the numbers down, in place of which stands another."""
    if not place or not isinstance(tree, dict | list) or not tree:
        return value
    keys: list[Any] = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = keys[place[0] % len(keys)]
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[key] = replaced(copy[key], place[1:], value)
    return copy


JSONS = [(site, json.loads(body)) for site, body in SEEDS if body.startswith(b"{")]
SCRIPTS = [
    ({"re": [{"post_id": 1, "post_title": "a", "stockbar_code": "000858", "user_id": 1, "post_click_count": 1}], "count": 9, "bar_code": "000858"}, "article_list", 0),
    ({"post_id": 1, "post_title": "a", "post_content": "<p>b", "post_publish_time": "2025-03-04 10:00:00", "post_user": {"user_id": "1"}, "post_pic_url": ["x"], "post_guba": {"stockbar_code": "1"}}, "post_article", 1),
]  # fmt: skip


@calm
@given(st.sampled_from(JSONS), st.lists(st.integers(0, 40), min_size=1, max_size=6), values)
def test_json_with_a_value_of_another_kind(seed: tuple[str, Any], place: list[int], value: object) -> None:
    site, tree = seed
    body = json.dumps(replaced(tree, place, value)).encode()
    for url in (None, *URLS[site]):
        only_ours(site, body, url)


@calm
@given(st.sampled_from(SCRIPTS), st.lists(st.integers(0, 40), min_size=1, max_size=4), values)
def test_scripts_with_a_value_of_another_kind(seed: tuple[Any, str, int], place: list[int], value: object) -> None:
    tree, name, url = seed
    body = f"<html>eastmoney<script>var {name}={json.dumps(replaced(tree, place, value))};</script></html>"
    only_ours("guba", body.encode(), URLS["guba"][url])


@pytest.mark.parametrize("site", URLS)
@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_a_deep_nest_is_read_or_refused(site: str, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    nests = (
        f'{{"re":{deep},"reply_text":1}}',
        f'{{"Version":"4","Variables":{{"postlist":{deep}}}}}',
        f'{{"list":{deep},"screen_name":1,"created_at":1741055400000}}',
        f'<html>eastmoney var article_list={{"re":{deep}}};</html>',
        '{"a":' * depth + "1" + "}" * depth,
    )
    for body in nests:
        only_ours(site, body.encode(), URLS[site][0])


def test_deep_markup_is_read_or_refused() -> None:
    tags = "<div>" * 5_000 + "深" + "</div>" * 5_000
    for name in ("thread.html", "thread.json"):
        body = (PAGES / "discuz" / name).read_text("utf-8").replace("账面六年", tags)
        only_ours("discuz", body.encode(), URLS["discuz"][0])
    post = (PAGES / "guba" / "post.html").read_text("utf-8").replace("利润率", tags)
    only_ours("guba", post.encode(), URLS["guba"][1])


def test_deep_quotes_and_locks_take_no_longer_than_other_markup() -> None:
    started = time.perf_counter()
    for nest in ('<div class="quote"><span style="font-size:0">', '<div class="locked"><img src="a.png">'):
        body = (PAGES / "discuz" / "thread.html").read_text("utf-8").replace("账面六年", nest * 10_000)
        only_ours("discuz", body.encode(), URLS["discuz"][0])
    assert time.perf_counter() - started < 60  # seconds; the square of 10,000 takes minutes


def test_numbers_too_long_for_an_integer_are_refused_or_read() -> None:
    for site, tree in JSONS:
        body = json.dumps(tree).replace("1741055400000", "9" * 5_000).replace('"count": 33', f'"count": {"9" * 5_000}')
        only_ours(site, body.encode(), URLS[site][-1])


def test_nothing_takes_for_ever() -> None:
    started = time.perf_counter()
    many = "<td class=t_f id=postmessage_1>" * 5_000
    for piece in (
        '<div id="post_1">',
        "Discuz! id=postmessage_1 ",
        "a(",
        "post_article = ",
        "<meta generator Powered by <",
        "回复@",
        "//@",
    ):
        for site in URLS:
            only_ours(site, f"<html>{piece * 20_000}</html>".encode(), URLS[site][0])
    only_ours("discuz", f"<html>{many}</html>".encode(), URLS["discuz"][0])
    assert time.perf_counter() - started < 60  # seconds; the square of 20,000 takes minutes
