"""Xueqiu: files that a person saved, whole lists stored post by post, and that nothing is ever fetched."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from bot.cli import main
from core.errors import NotAThread
from core.forum import Index, Thread
from core.storage import saving
from core.storage.rows import Saved, Sql
from core.store import Store
from scraper.ingest import ingest, read_source
from scraper.outcome import LayoutChanged, Walled
from scraper.page import Page, read_file
from scraper.sites import hosts, parse_page
from scraper.sites.xueqiu import Xueqiu

PAGES = Path(__file__).parents[1] / "pages" / "xueqiu"


def index(name: str = "status.json") -> Index:
    found = parse_page(read_file(PAGES / name))
    assert isinstance(found, Index)
    return found


def thread(name: str) -> Thread:
    found = parse_page(read_file(PAGES / name))
    assert isinstance(found, Thread)
    return found


def clock() -> datetime:
    return datetime(2025, 3, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "paomo.db") as opened:
        yield opened


def test_a_list_holds_whole_posts() -> None:
    found = index()
    assert (found.site, found.board, found.page, found.pages, found.next_url) == ("xueqiu", "all", 1, 100, None)
    assert [(post.n, post.id, post.depth) for post in found.entries] == [
        (1, "330000101", 0),
        (2, "330000102", 0),
        (3, "330000103", 0),
    ]
    first = found.entries[0]
    assert (first.title, first.body) == ("$贵州茅台(SH600519)$ 批价跌破关口[笑]", "先减一半。")
    assert (first.author, first.author_key, first.points, first.comments, first.reads) == (
        "慢慢变富",
        "7001",
        9,
        2,
        1500,
    )
    assert (str(first.published_local), str(first.published_utc)) == (
        "2025-03-04 10:30:00",
        "2025-03-04 02:30:00+00:00",
    )
    assert (first.url, first.images) == (
        "https://xueqiu.com/7001/330000101",
        ("https://xqimg.imedao.com/a.png!custom.jpg",),
    )


def test_a_chain_of_posts_is_cut_to_the_writers_own_words() -> None:
    assert (index().entries[2].title, index().entries[2].body) == ("说得好，我加仓", "")


def test_an_address_in_a_text_is_no_chain() -> None:
    text = "见 https://@x.example/a 与 http://y.example//@b"
    body = {"id": 1, "text": text, "created_at": 1741055400000, "user": {"id": 2, "screen_name": "甲"}}
    found = parse_page(Page(body=json.dumps(body).encode()))
    assert isinstance(found, Thread)
    assert found.root.title == "见 https://@x.example/a 与 http://y.example"


def test_a_cut_post_gives_way_to_the_whole_one(store: Store) -> None:
    cut, whole = index("user_timeline.json").entries[0], thread("show.json").root
    assert (cut.title, cut.body) == ("三费 & 现金流", "营收增速8%，销售费用降了很多…")
    assert whole.body == "营收增速8%，销售费用降了很多\n经营现金流却没跟上。"
    for name in ("user_timeline.json", "show.json", "user_timeline.json"):
        ingest(store, read_file(PAGES / name), clock=clock)
    assert store.thread("330000102").posts[0].post.body == whole.body
    assert store.counts().revisions == 0


def test_comments_have_parents_and_numbers_of_their_own() -> None:
    found = thread("comments.json")
    assert (found.root.id, found.root.title, found.root.comments) == ("330000101", "", 3)
    assert [(post.id, post.parent_id, post.depth) for post in found.replies] == [
        ("c330000101", "330000101", 1),
        ("c880000002", "c330000101", 2),
        ("c880000003", "c879999999", None),
    ]
    assert found.replies[1].title == "是的[大笑]"
    assert found.replies[0].points == 3


@pytest.mark.parametrize("order", list(permutations(["status.json", "comments.json"])), ids="-".join)
def test_posts_and_comments_meet_in_either_order(store: Store, order: tuple[str, ...]) -> None:
    tally: list[tuple[int, int, int]] = []
    for name in (*order, *order):
        one = ingest(store, read_file(PAGES / name), clock=clock)
        tally.append((one.new, one.changed, one.filled))
    assert tally[2:] == [(0, 0, 0)] * 2
    counts = store.counts()
    assert (counts.threads, counts.posts, counts.revisions, counts.pages) == (3, 6, 0, 2)
    found = store.thread("330000101")
    assert (found.title, found.url) == (index().entries[0].title, "https://xueqiu.com/7001/330000101")
    assert [row.post.id for row in found.posts] == ["330000101", "c330000101", "c880000002", "c880000003"]


def test_a_list_is_stored_whole_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = saving.save
    done: list[object] = []

    def breaks(sql: Sql, thread: Thread, page: saving.RawPage, **more: bool) -> Saved:
        if len(done) == 2:
            raise KeyError("a fault in the middle")
        done.append(thread)
        return kept(sql, thread, page, **more)

    monkeypatch.setattr(saving, "save", breaks)
    with pytest.raises(KeyError):
        ingest(store, read_file(PAGES / "status.json"), clock=clock)
    assert len(done) == 2
    assert store.counts().threads == 0


@pytest.mark.parametrize("host", sorted(Xueqiu.shut))
def test_nothing_is_ever_fetched(host: str) -> None:
    assert host not in hosts()

    def fetch(url: str) -> Page:
        raise AssertionError(url)

    with pytest.raises(Walled, match="logged in") as caught:
        read_source(f"https://{host}/7001/330000101", fetch=fetch)
    assert "paomo ingest" in (caught.value.hint or "")
    with pytest.raises(Walled):
        Xueqiu().index_url("all")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ((PAGES / "refused.json").read_bytes(), Walled),
        (b"<html>_waf_</html>", Walled),
        (b'{"list":[]}', NotAThread),
        (b'{"x":1}', LayoutChanged),
        (b'{"comments":[{"id":1,"root_in_reply_to_status_id":1},{"id":2,"root_in_reply_to_status_id":2}]}', NotAThread),
        (b'{"comments":[{"id":1,"text":"a"}]}', NotAThread),
    ],
)
def test_what_holds_no_posts_says_why(body: bytes, outcome: type[Exception]) -> None:
    with pytest.raises(outcome):
        parse_page(Page(body=body, url="https://xueqiu.com/x.json"))


def test_weibo_is_not_taken_for_it() -> None:
    weibo = {
        "statuses": [
            {"id": 1, "text": "a", "created_at": "Tue Mar 04 10:30:00 +0800 2025", "user": {"screen_name": "b"}}
        ]
    }
    with pytest.raises(NotAThread, match="no forum page"):
        parse_page(Page(body=json.dumps(weibo).encode()))


def test_the_command_stores_each_post_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAOMO_DB", str(tmp_path / "x.db"))
    assert main(["ingest", "--no-score", str(PAGES / "status.json")]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(": list of xueqiu:all with 3 threads: 3 new, 0 changed, 0 unchanged")
    assert (
        main(["ingest", "--no-score", "--json", str(PAGES / "status.json"), "https://xueqiu.com/7001/330000101"]) == 1
    )
    sources = json.loads(capsys.readouterr().out)["sources"]
    assert [one.get("unchanged") for one in sources] == [3, None]
    assert "logged in" in sources[1]["error"]
