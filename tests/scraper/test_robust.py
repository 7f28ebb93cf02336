"""Whatever comes in, what comes out is a thread, a list or an error of ours."""

import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PaomoError
from core.forum import Index, Thread
from scraper.contract import to_json
from scraper.page import Page
from scraper.sites import parse_page

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
SEEDS = [(PAGES / name).read_bytes() for name in ("thread.html", "reply.html", "index.html", "dump.txt")]
URL = "https://bbs.wenxuecity.com/gupiao/399.html"
PIECES = [
    b"", b"<", b">", b'"', b"<p>", b"</div>", b"<![OCTYPE x[ ]>", b"<!--", b"&#0;", b"&#xD800;", b"\xff", b"\0", b"<a class=post href=",
    b"http://[", b"?cid=%FF", b"99999999999999999999", b"99/99/9999", b"00:99:99", b"margin:1px 2px", b"<table><tr>", "﹪…".encode(),
]  # fmt: skip
calm = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def only_ours(body: bytes, url: str | None) -> None:
    try:
        found = parse_page(Page(body=body, url=url))
    except PaomoError:
        return
    assert isinstance(found, Thread | Index)
    assert to_json(found)["site"] == "wenxuecity"


@calm
@given(st.binary(max_size=400), st.sampled_from([None, URL, "http://[", "x"]))
def test_any_bytes(body: bytes, url: str | None) -> None:
    only_ours(body, url)


@calm
@given(
    st.text(max_size=300),
    st.sampled_from(['<div id="postlist">', '<p class="post">', "<h1 class=title>", "wenxuecity"]),
)
def test_any_text_in_the_sites_name(text: str, piece: str) -> None:
    only_ours(f"<html>{piece}{text}</html>".encode("utf-8", "ignore"), URL)


@calm
@given(st.sampled_from(SEEDS), st.data())
def test_mutated_pages(seed: bytes, data: st.DataObject) -> None:
    body = seed
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body)))
        length = data.draw(st.integers(0, 60))
        body = body[:start] + data.draw(st.sampled_from(PIECES)) + body[start + length :]
    only_ours(body, data.draw(st.sampled_from([None, URL])))


def test_a_deep_nest_is_read_or_refused() -> None:
    page = SEEDS[0].replace(b"<p>&nbsp;</p>", b"<div>" * 3000 + "深".encode() + b"</div>" * 3000)
    only_ours(page, URL)
    only_ours(SEEDS[0].replace(b"<p>&nbsp;</p>", b"<b>" * 250_000), URL)


def test_markup_that_would_take_for_ever_is_refused_or_read_quickly() -> None:
    started = time.perf_counter()
    for piece in (b'<a href="', b"<!--", b"<div>", b"</b ", b"&#x"):
        only_ours(b"<html>" + piece * 20_000, URL)
    only_ours(
        "题\n".encode() + "给 发送悄悄话".encode() * 20_000 + b" (0 bytes) () 10/21/2025 postreply 16:00:33", None
    )
    assert time.perf_counter() - started < 30  # seconds; the square of 20,000 takes minutes


@pytest.mark.parametrize(
    "piece",
    [
        '<a class="post" href="/cfzh/{n}.html">x',
        '<small>(0 bytes) x<a class="username" href="?cid=1">',
        '<p style="margin:{n}px"><a class="post" href="/cfzh/{n}.html">x',
        '<a href="?page=2">下一',
    ],
)
def test_elements_that_are_never_closed_take_no_longer_than_others(piece: str) -> None:
    """Each holds all that follow. Time is told by the number of steps that Python takes, so that no load counts."""
    few, many = (
        steps(f"<html><div id=postlist>{''.join(piece.format(n=n) for n in range(count))}") for count in (200, 800)
    )
    assert many < 6 * few  # the square would be sixteen times as many


def steps(page: str) -> int:
    """How many calls reading a page takes."""
    count = 0

    def counts(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counts)
    try:
        only_ours(f"{page}</div></html>".encode(), "https://bbs.wenxuecity.com/cfzh/")
    finally:
        sys.setprofile(before)
    return count
