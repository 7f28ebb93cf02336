"""Guba: lists, posts and comments from recorded pages, decoys, and how the parts of a thread come together."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from core.config import Settings
from core.errors import NotAThread, SourceError
from core.forum import Board, Index, Thread
from core.storage.rows import StoredThread
from core.store import Store
from scraper.contract import to_json
from scraper.outcome import CutShort, Gone, LayoutChanged, Retry, Walled
from scraper.page import Page, read_file
from scraper.site import Request
from scraper.sites import heed, parse_page, site_named
from scraper.sites.guba import Guba

PAGES = Path(__file__).parents[1] / "pages" / "guba"
HOME = "https://guba.eastmoney.com/"
LIST, POST = HOME + "list,000858,f_1.html", HOME + "news,000858,1520000109.html"
ASKED = "https://guba.eastmoney.com/api/getData#bar=000858&postid=1520000109&p={}"
SITE = Guba()
WHOLE = ("post.html", "comments1.json", "comments2.json")
ADDRESS = {"post.html": POST, "comments1.json": ASKED.format(1), "comments2.json": ASKED.format(2)}


def thread(name: str, url: str | None = None) -> Thread:
    found = parse_page(read_file(PAGES / name, url=url or ADDRESS.get(name)))
    assert isinstance(found, Thread)
    return found


def index(name: str = "list.html", url: str | None = LIST) -> Index:
    found = parse_page(read_file(PAGES / name, url=url))
    assert isinstance(found, Index)
    return found


def listed(rows: list[dict[str, object]], url: str | None = LIST, **more: object) -> Index:
    box = json.dumps({"re": rows, "bar_code": "000858", **more})
    found = parse_page(Page(body=f"<script>var article_list={box};</script> eastmoney </html>".encode(), url=url))
    assert isinstance(found, Index)
    return found


def row(id: int, **more: object) -> dict[str, object]:
    time = f"2025-03-04 10:{id % 60:02}:00"
    return {"post_id": id, "post_title": f"t{id}", "stockbar_code": "000858", "post_publish_time": time} | more


def test_a_list_holds_the_bars_own_posts_and_where_it_goes_on() -> None:
    found = index()
    assert (found.site, found.board, found.page, found.pages) == ("guba", "000858", 1, None)
    assert found.next_url == HOME + "list,000858,f_2.html"
    assert [post.id for post in found.entries] == ["1520000109", "1520000108", "1520000101"]
    first = found.entries[0]
    assert (first.author, first.author_key, first.reads, first.comments, first.body) == (
        "股友aB12",
        "5001",
        820,
        3,
        None,
    )
    assert str(first.published_utc) == "2025-03-04 02:31:07+00:00"
    assert first.url == POST
    assert found.entries[1].title == "分红公告 & 股息率"


def test_a_title_as_long_as_lists_allow_is_marked_as_cut() -> None:
    long, cut, whole = "长" * 60, "长" * 40, "短" * 39
    assert [
        post.title
        for post in listed([row(3, post_title=cut), row(2, post_title=whole), row(1, post_title=long)]).entries
    ] == [
        cut + "…",
        whole,
        long + "…",
    ]


def test_a_saved_list_tells_its_bar_but_not_its_page() -> None:
    found = index(url=None)
    assert (found.board, found.page, found.next_url, found.url) == ("000858", None, None, None)


def test_the_end_of_a_list_is_an_end_and_an_empty_first_page_is_a_wall() -> None:
    assert listed([], HOME + "list,000858,f_99.html").next_url is None
    with pytest.raises(Walled, match="without rows"):
        listed([])


@pytest.mark.parametrize(
    ("rows", "more", "kind", "why"),
    [
        ([row(1)], {"bar_code": "600000"}, "", "it is the bar 600000"),
        ([row(1, stockbar_code="600000")], {}, "", "none of its 1 row "),
        (
            [row(i, post_publish_time=f"2025-03-{20 - i:02} 10:00:00") for i in range(1, 9)],
            {},
            "",
            "contradict each other",
        ),
        ([row(1, user_nickname="五粮液资讯")], {"count": 50_001}, ",1", "50,001 news"),
        ([row(1, user_nickname="散户")], {}, ",1", "not by news accounts"),
    ],
)
def test_decoys_are_walls(rows: list[dict[str, object]], more: dict[str, object], kind: str, why: str) -> None:
    with pytest.raises(Walled, match=why):
        listed(rows, HOME + f"list,000858{kind},f_1.html", **more)


def test_a_large_bar_is_no_decoy() -> None:
    assert listed([row(1)], count=2_000_000).entries
    assert listed([row(1, user_nickname="五粮液资讯")], HOME + "list,000858,1,f_1.html", count=50_000).entries


def test_a_post_has_its_text_as_a_reader_sees_it() -> None:
    found = thread("post.html").root
    assert found.body == "库存天数从$五粮液(SZ000858)$年报算，约 210天。[大笑]\n利润率36%\n不等于现金流。"
    assert found.images == ("https://gbres.dfcfw.com/Files/pic0.jpg", "https://gbres.dfcfw.com/Files/pic1.png")
    assert (found.id, found.author_key, found.reads, found.comments, found.points) == ("1520000109", "5001", 845, 33, 5)
    assert (str(found.published_local), found.tz) == ("2025-03-04 10:31:07", "Asia/Shanghai")


def test_the_older_form_is_wrapped_and_a_post_without_a_title_begins_with_its_first_line() -> None:
    found = thread("wrapped.html")
    assert (found.board, found.root.id, found.root.title, found.root.body) == (
        "000858",
        "900000001",
        "跌了很多",
        "还会再跌",
    )
    assert SITE.further(found, Page(body=b"")) is None  # the post says that it has no comments


@pytest.mark.parametrize(
    ("name", "url", "outcome"),
    [
        ("blocked.html", LIST, Walled),
        ("captcha.html", POST, Walled),
        ("decoy.html", LIST, Walled),
        ("not_found.html", POST, Gone),
        ("blocked.html", POST, LayoutChanged),
        ("blocked.html", "https://passport2.eastmoney.com/pub/login", Walled),
    ],
)
def test_what_is_no_page_says_why(name: str, url: str, outcome: type[SourceError]) -> None:
    with pytest.raises(outcome):
        parse_page(read_file(PAGES / name, url=url))


def test_a_post_that_is_gone() -> None:
    for script in ("post_article=null;", "post_article={};", 'post_article={"post":{"post_id":0}};'):
        with pytest.raises(Gone):
            parse_page(Page(body=f"<script>var {script}</script></html>".encode(), url=POST))


def test_a_missing_part_is_named() -> None:
    for key in ("post_content", "post_publish_time"):
        text = (PAGES / "post.html").read_text("utf-8").replace(f'"{key}"', '"x"')
        with pytest.raises(LayoutChanged, match=key):
            parse_page(Page(body=text.encode(), url=POST))


@pytest.mark.parametrize("name", ["post.html", "list.html", "comments1.json"])
def test_half_a_page_is_no_success(name: str) -> None:
    body = (PAGES / name).read_bytes()
    start = body.index(b"{", max(0, body.find(b"article")))
    for cut in range(start + 1, body.rindex(b"}") - 1, 61):
        with pytest.raises(SourceError):
            parse_page(Page(body=body[:cut].decode("utf-8", "ignore").encode(), url=ADDRESS.get(name, LIST)))
    with pytest.raises(CutShort):
        parse_page(Page(body=body[: start + 30], url=ADDRESS.get(name, LIST)))


def test_comments_are_two_levels_with_numbers_of_their_own() -> None:
    found = thread("comments1.json")
    assert (found.board, found.root.id, found.root.title, found.root.body, found.root.comments) == (
        "000858",
        "1520000109",
        "",
        None,
        33,
    )
    assert [(post.id, post.parent_id, post.depth) for post in found.replies[:5]] == [
        ("r501", "1520000109", 1),
        ("r503", "r501", 2),
        ("r509", "r503", 3),
        ("r1520000109", "1520000109", 1),
        ("r504", "1520000109", 1),
    ]
    first, deleted = found.replies[0], found.replies[4]
    assert (first.title, first.body, first.points, first.author_key) == ("同意，等半年报[赞]", "", 4, "5002")
    assert (deleted.deleted, first.deleted) == (True, False)
    assert str(first.published_utc) == "2025-03-04 02:40:00+00:00"


def test_an_answer_to_a_comment_that_is_not_shown_stands_below_its_comment() -> None:
    box = {
        "rc": 1,
        "re": [
            {
                "reply_id": 1,
                "reply_text": "a",
                "child_replys": [{"reply_id": 2, "reply_text": "b", "source_reply_id": 99}],
            }
        ],
    }
    found = parse_page(Page(body=json.dumps(box).encode(), url=ASKED.format(1)))
    assert isinstance(found, Thread)
    assert [(post.id, post.parent_id) for post in found.replies] == [("r1", "1520000109"), ("r2", "r1")]


def test_answers_that_are_none() -> None:
    for body, outcome in (
        (b'{"rc":0,"me":"busy","reply_total_count":0}', Retry),
        (b'{"rc":1,"re":[],"reply_total_count":9}', Walled),
        (b'{"rc":1,"re":[', CutShort),
    ):
        with pytest.raises(outcome):
            parse_page(Page(body=body, url=ASKED.format(1)))
    with pytest.raises(NotAThread, match="of which post"):
        parse_page(Page(body=(PAGES / "comments1.json").read_bytes()))


def ask(name: str, site: Guba = SITE) -> Request | None:
    return site.further(thread(name), read_file(PAGES / name, url=ADDRESS[name]))


def test_comments_are_asked_for_page_by_page_until_all_are_there() -> None:
    first = ask("post.html")
    assert first is not None
    assert first.url == ASKED.format(1)
    assert first.form["path"] == "reply/api/Reply/ArticleNewReplyList"
    assert first.form["param"] == "postid=1520000109&sort=1&sorttype=1&p=1&ps=30"
    assert (first.form["env"], first.referer) == ("2", POST)
    second = ask("comments1.json")
    assert second is not None
    assert second.url == ASKED.format(2)
    assert ask("comments2.json") is None


def test_comments_can_be_left_out_or_asked_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guba, "comments", None)
    assert ask("post.html") is None
    monkeypatch.setattr(Guba, "comments", "https://guba.eastmoney.com/interface/GetData.aspx")
    asked = ask("post.html")
    assert asked is not None
    assert asked.url.startswith("https://guba.eastmoney.com/interface/GetData.aspx#bar=000858&")


def test_what_the_owner_set_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guba, "comments", Guba.comments)  # to be put back
    heed(Settings(db=Path("x"), lang="en", guba_comments=None))
    assert ask("post.html") is None


def test_a_count_that_is_wrong_is_not_followed_for_ever() -> None:
    body = json.dumps({"rc": 1, "reply_total_count": 10**9, "re": [{"reply_id": 1, "reply_text": "a"}]}).encode()
    page = Page(body=body, url=ASKED.format(400))
    found = parse_page(page)
    assert isinstance(found, Thread)
    assert SITE.further(found, page) is None
    empty = Page(body=b'{"rc":1,"reply_total_count":1000,"re":[]}', url=ASKED.format(5))
    found = parse_page(empty)
    assert isinstance(found, Thread)
    assert SITE.further(found, empty) is None


NOW = datetime(2025, 3, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "paomo.db") as opened:
        yield opened


def save(store: Store, name: str, *, hours: float = 0) -> tuple[int, int, int, int, int]:
    found, body = thread(name), (PAGES / name).read_bytes()
    saved = store.save(found, body, url=ADDRESS[name], headers={}, fetched_at=NOW + timedelta(hours=hours), now=NOW)
    return saved.thread, saved.new, saved.changed, saved.filled, saved.unchanged


def shape(found: StoredThread) -> list[tuple[object, ...]]:
    return [(row.post.id, row.post.parent_id, row.post.depth, row.post.title, row.post.body) for row in found.posts]


@pytest.mark.parametrize("order", list(permutations(WHOLE)), ids=lambda order: "-".join(name[:9] for name in order))
@pytest.mark.parametrize("backwards", [False, True])
def test_post_and_comments_are_one_thread_in_any_order(store: Store, order: tuple[str, ...], backwards: bool) -> None:
    """Also where what is stored later was fetched earlier: what is empty is filled, never an edit."""
    whole = [post.id for name in WHOLE for post in thread(name).posts[int(name != "post.html") :]]
    for hours, name in enumerate(order):
        save(store, name, hours=-hours if backwards else hours)
    found = store.thread("1520000109")
    assert [row.post.id for row in found.posts] == whole
    assert (found.root_id, found.title) == ("1520000109", thread("post.html").root.title)
    assert store.counts().threads == 1
    assert store.counts().revisions == 0
    assert found.posts[0].post.body == thread("post.html").root.body
    assert [row.post.depth for row in found.posts[:4]] == [0, 1, 2, 3]
    before = shape(found)
    for name in order:
        thread_, new, changed, filled, unchanged = save(store, name, hours=9)
        assert (thread_, new, changed, filled, unchanged) == (found.pk, 0, 0, 0, len(thread(name).posts))
    assert shape(store.thread("1520000109")) == before


def test_a_cut_title_neither_overwrites_nor_counts_as_an_edit(store: Store) -> None:
    entry = index().entries[0]
    row_only = Thread(site="guba", board="000858", url=entry.url, root=entry)
    full = thread("post.html").root.title
    for hours, name in enumerate(("row", "post.html", "row")):
        found = row_only if name == "row" else thread(name)
        store.save(found, name.encode(), url=POST, headers={}, fetched_at=NOW + timedelta(hours=hours), now=NOW)
        assert store.thread("1520000109").title == (entry.title if not hours else full)
    assert entry.title.endswith("…")
    assert store.counts().revisions == 0


def test_the_site_is_in_the_table() -> None:
    site = site_named(Board.parse("guba:000858").site)
    assert site.index_url("000858", 3) == HOME + "list,000858,f_3.html"
    assert site.post_url("000858", "1") == HOME + "news,000858,1.html"
    assert to_json(thread("comments2.json"))["site"] == "guba"
