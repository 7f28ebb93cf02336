"""Discuz! boards: both generations of HTML, the JSON for phones, and hosts that only their owner can name."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from core.config import Settings, load
from core.errors import ConfigError, NotAThread, UsageError
from core.forum import Board, Index, Post, Thread
from core.store import Store
from scraper.fetch import Fetcher
from scraper.outcome import CutShort, Gone, LayoutChanged, OffLimits, Walled
from scraper.page import Page, read_file
from scraper.sites import heed, hosts, parse_page
from scraper.sites.discuz import Discuz

PAGES = Path(__file__).parents[1] / "pages" / "discuz"
X, OLD = "https://bbs.example.com/", "https://www.example.hk/"
PHONE = X + "api/mobile/index.php?version=4&module={}&{}&page=1"
ADDRESS = {
    "thread.html": X + "thread-500-1-1.html",
    "thread2.html": X + "thread-500-2-1.html",
    "list.gbk.html": X + "forum-12-1.html",
    "thread7.big5.html": OLD + "viewthread.php?tid=300",
    "list7.big5.html": OLD + "forumdisplay.php?fid=12&page=2",
    "thread.json": PHONE.format("viewthread", "tid=500"),
    "list.json": PHONE.format("forumdisplay", "fid=12"),
}
SITE = Discuz()


def page(name: str, url: str | None = None) -> Page:
    return read_file(PAGES / name, url=url or ADDRESS.get(name))


def thread(name: str) -> Thread:
    found = parse_page(page(name))
    assert isinstance(found, Thread)
    return found


def index(name: str) -> Index:
    found = parse_page(page(name))
    assert isinstance(found, Index)
    return found


def tree(found: Thread) -> list[tuple[str | None, str | None, int | None]]:
    return [(post.id, post.parent_id, post.depth) for post in found.posts]


def changed(name: str, *pairs: tuple[str, str]) -> Page:
    text = (PAGES / name).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return Page(body=text.encode(), url=ADDRESS[name])


def test_a_thread_and_its_replies_are_numbered_apart_and_quotes_make_the_tree() -> None:
    found = thread("thread.html")
    assert (found.board, found.url) == ("bbs.example.com/12", X + "forum.php?mod=viewthread&tid=500")
    assert tree(found) == [
        ("500", None, 0),
        ("pid1002", "500", 1),
        ("pid1003", None, None),
        ("pid1004", None, None),
        ("pid1005", None, None),
        ("pid1007", "pid1002", 2),
    ]
    assert found.replies[0].url == X + "forum.php?mod=redirect&goto=findpost&ptid=500&pid=1002"


def test_a_thread_and_a_reply_of_the_same_number_are_two_posts() -> None:
    found = parse_page(changed("thread.html", ("1002", "500")))
    assert isinstance(found, Thread)
    assert [post.id for post in found.posts[:2]] == ["500", "pid500"]


def test_what_is_put_between_the_lines_is_no_text() -> None:
    found = thread("thread.html")
    assert (found.root.title, found.root.body) == ("数据中心的折旧到底几年", "账面六年，芯片三年就旧了。\n两倍的差。")
    assert (str(found.root.published_local), str(found.root.edited_local)) == (
        "2015-09-21 08:47:50",
        "2015-09-21 09:05:00",
    )
    assert (found.root.author, found.root.author_key) == ("算盘", "71")
    quoting, anonymous = found.replies[:2]
    assert (quoting.title, quoting.body) == ("审计不会同意三年。", "")
    assert (anonymous.author, anonymous.author_key, anonymous.title, anonymous.body) == (
        "匿名",
        None,
        "不好说",
        "看二手价",
    )


def test_pictures_are_the_writers_own_in_full_size() -> None:
    found = thread("thread.html")
    assert found.root.images == (X + "data/attachment/forum/201509/21/a.png",)
    assert found.replies[0].images == ("https://img.example.net/b.jpg",)


def test_locked_posts_have_no_text_and_taken_away_ones_are_deleted() -> None:
    shut, hidden = thread("thread.html").replies[2:4]
    assert (shut.body, shut.deleted, shut.title) == (None, True, "")
    assert (hidden.body, hidden.deleted) == (None, False)


def test_a_time_given_in_words_is_the_one_in_its_title_or_none() -> None:
    found = thread("thread.html")
    assert str(found.replies[0].published_utc) == "2015-09-21 02:00:03+00:00"
    assert (found.replies[3].published_local, found.replies[3].tz) == (None, None)


def test_a_later_page_is_a_part() -> None:
    found = thread("thread2.html")
    assert (found.root.id, found.root.title, found.root.body, found.root.author) == (
        "500",
        "数据中心的折旧到底几年",
        None,
        None,
    )
    assert tree(found)[1:] == [("pid1010", "pid1007", None)]


def test_pages_lead_on_within_the_thread_only() -> None:
    asked = SITE.further(thread("thread.html"), page("thread.html"))
    assert asked is not None
    assert (asked.url, asked.referer, dict(asked.form)) == (X + "thread-500-2-1.html", ADDRESS["thread.html"], {})
    assert SITE.further(thread("thread2.html"), page("thread2.html")) is None
    for elsewhere in ("thread-501-2-1.html", "thread-500-1-1.html", "https://evil.example/thread-500-2-1.html"):
        led = changed(
            "thread.html", ('<a href="thread-500-2-1.html" class="nxt">', f'<a href="{elsewhere}" class="nxt">')
        )
        assert SITE.further(thread("thread.html"), led) is None


def test_version_7_in_big5() -> None:
    found = thread("thread7.big5.html")
    assert (found.board, found.url) == ("www.example.hk/12", OLD + "viewthread.php?tid=300")
    assert tree(found) == [("300", None, 0), ("pid301", "300", 1)]
    root, reply = found.posts
    assert (root.title, root.body, root.author, root.author_key) == (
        "恒指升穿三萬點，係咪泡沫",
        "大戶派貨\n睇淡",
        "茶客",
        "11",
    )
    assert (str(root.published_local), str(reply.published_local)) == ("2007-11-01 00:01:00", "2007-11-01 13:15:00")
    assert root.images == (OLD + "attachments/month_0711/chart.gif",)
    assert (reply.title, reply.images) == ("睇好，揸住", ())
    asked = SITE.further(found, page("thread7.big5.html"))
    assert asked is not None
    assert asked.url == OLD + "viewthread.php?tid=300&page=2"


def test_a_list_in_gbk_leaves_out_what_is_pinned() -> None:
    found = index("list.gbk.html")
    assert (found.board, found.page, found.pages, found.next_url) == (
        "bbs.example.com/12",
        1,
        40,
        X + "forum-12-2.html",
    )
    assert [(post.id, post.title, post.author_key, post.comments, post.reads) for post in found.entries] == [
        ("501", "朱镕基时代的债转股与今天", "73", 12, 3456),
        ("500", "数据中心的折旧到底几年", "71", 6, 1200),
        ("499", "匿名问一句", None, 0, 15),
    ]
    assert [str(post.published_local) for post in found.entries] == [
        "2015-09-22 07:30:00",
        "None",
        "2015-09-20 22:10:00",
    ]


def test_a_list_of_version_7() -> None:
    found = index("list7.big5.html")
    assert (found.board, found.page, found.next_url) == ("www.example.hk/12", 2, OLD + "forumdisplay.php?fid=12&page=3")
    assert [(post.id, post.author, post.comments, post.reads) for post in found.entries] == [
        ("300", "茶客", 25, 1830),
        ("299", "阿強", 0, 12),
    ]


def same(post: Post) -> tuple[object, ...]:
    return (
        post.id,
        post.parent_id,
        post.title,
        post.body,
        post.author,
        post.author_key,
        post.published_utc,
        post.edited_local,
    )


def test_the_phone_says_what_the_page_says() -> None:
    phone, html = thread("thread.json"), thread("thread.html")
    assert (phone.board, phone.url) == (html.board, html.url)
    assert [same(post) for post in phone.posts[:2]] == [same(post) for post in html.posts[:2]]
    assert phone.root.images == html.root.images
    assert (phone.replies[1].author, phone.replies[1].author_key) == ("匿名", None)
    found = index("list.json")
    assert (found.board, found.next_url) == ("bbs.example.com/12", PHONE.format("forumdisplay", "fid=12")[:-1] + "2")
    assert [(post.n, post.id, post.title) for post in found.entries] == [
        (1, "501", "债转股 & 今天"),
        (2, "500", "数据中心的折旧到底几年"),
    ]


def test_the_phones_pages_go_on_until_all_replies_are_there() -> None:
    first = page("thread.json")
    asked = SITE.further(thread("thread.json"), first)
    assert asked is not None
    assert asked.url.endswith("&page=2")
    third = Page(body=first.body, url=(first.url or "")[:-1] + "3")
    assert SITE.further(thread("thread.json"), third) is None


@pytest.mark.parametrize(
    ("name", "outcome"), [("gone.html", Gone), ("login.html", Walled), ("gone.json", Gone), ("login.json", Walled)]
)
def test_messages_in_place_of_a_page(name: str, outcome: type[Exception]) -> None:
    with pytest.raises(outcome):
        parse_page(page(name))


@pytest.mark.parametrize(
    ("name", "old", "new", "missing"),
    [
        ("thread.html", 'id="thread_subject"', 'class="x"', "title"),
        ("list.json", '"subject"', '"x"', "titles"),
        ("thread.json", '"pid"', '"x"', "posts"),
    ],
)
def test_a_missing_part_is_named(name: str, old: str, new: str, missing: str) -> None:
    pairs = [(old, new)] if name != "thread.html" else [(old, new), ('class="ts"', 'class="x"')]
    with pytest.raises(LayoutChanged, match=missing):
        parse_page(changed(name, *pairs))


@pytest.mark.parametrize("name", ["thread.html", "thread.json"])
def test_half_a_page_is_no_success(name: str) -> None:
    body = page(name).body
    for cut in range(body.index("折旧".encode()), len(body) - 30, 211):
        with pytest.raises((CutShort, NotAThread)):
            parse_page(Page(body=body[:cut].decode("utf-8", "ignore").encode(), url=ADDRESS[name]))


def test_a_page_that_does_not_tell_its_host_has_no_ids() -> None:
    text = (PAGES / "thread7.big5.html").read_bytes()
    found = parse_page(Page(body=text))
    assert isinstance(found, Thread)
    assert (found.board, found.url) == (None, None)
    assert {(post.id, post.parent_id, post.url) for post in found.posts} == {(None, None, None)}
    assert found.root.images == ()
    with pytest.raises(NotAThread, match="of which host"):
        parse_page(Page(body=(PAGES / "list7.big5.html").read_bytes()))


def test_a_saved_page_tells_its_host_itself() -> None:
    found = parse_page(Page(body=(PAGES / "thread.html").read_bytes()))
    assert found == thread("thread.html")


def test_a_board_is_named_by_host_folder_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board.parse("discuz:www.example.com/bbs/12")
    assert (board.site, board.name) == ("discuz", "www.example.com/bbs/12")
    assert SITE.index_url(board.name, 3).startswith("https://www.example.com/bbs/forum.php?mod=forumdisplay&fid=12&")
    assert SITE.index_url(board.name, 3).endswith("&page=3")
    assert SITE.post_url(board.name, "5") == "https://www.example.com/bbs/forum.php?mod=viewthread&tid=5"
    assert SITE.post_url(board.name, "pid5").endswith("goto=findpost&pid=5")
    monkeypatch.setattr(Discuz, "old", frozenset({"www.example.com"}))
    assert SITE.post_url(board.name, "5") == "https://www.example.com/bbs/viewthread.php?tid=5"
    assert SITE.index_url(board.name).startswith("https://www.example.com/bbs/forumdisplay.php?fid=12&")
    for wrong in ("12", "localhost/12", "example.com/", "example.com/x", "a@b.example.com/1", "example.com:80/1"):
        with pytest.raises(UsageError, match="no board of Discuz"):
            SITE.index_url(wrong)


def test_only_the_owner_adds_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Discuz, "hosts", Discuz.hosts)  # to be put back
    monkeypatch.setattr(Discuz, "old", Discuz.old)
    parse_page(page("thread.html"))
    assert "bbs.example.com" not in hosts()
    with Fetcher() as fetcher, pytest.raises(OffLimits, match="none of the known forums"):
        fetcher.fetch(ADDRESS["thread.html"])
    held = load({}, {"PAOMO_DISCUZ_HOSTS": "bbs.example.com, www.example.hk@7"})
    heed(held)
    assert {"bbs.example.com", "www.example.hk"} <= hosts()
    assert Discuz.old == {"www.example.hk"}
    heed(Settings(db=Path("x"), lang="en"))
    assert "bbs.example.com" not in hosts()


@pytest.mark.parametrize("text", ["http://bbs.example.com", "localhost", "10.0.0.1", "bbs.example.com@8", "a/b.com"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a host name"):
        load({}, {"PAOMO_DISCUZ_HOSTS": text})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "paomo.db") as opened:
        yield opened


@pytest.mark.parametrize("order", list(permutations(["thread.html", "thread2.html", "thread.json"])), ids="-".join)
def test_pages_and_phone_are_one_thread_in_any_order(store: Store, order: tuple[str, ...]) -> None:
    now = datetime(2025, 3, 5, tzinfo=UTC)
    for _ in range(2):
        for hours, name in enumerate(order):
            store.save(
                thread(name),
                page(name).body,
                url=ADDRESS[name],
                headers={},
                fetched_at=now + timedelta(hours=hours),
                now=now,
            )
    found = store.thread("500")
    assert store.counts().threads == 1
    assert store.counts().revisions == 0
    assert [row.post.id for row in found.posts] == [
        "500",
        "pid1002",
        "pid1003",
        "pid1004",
        "pid1005",
        "pid1007",
        "pid1010",
    ]
    assert [row.post.depth for row in found.posts if row.post.id in ("pid1007", "pid1010")] == [2, 3]
