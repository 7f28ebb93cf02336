"""Print pages, the archive search, and bodies and rows that are written in another way than usual."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotFound
from core.forum import Index, Thread
from core.store import Store
from scraper.outcome import CutShort, Gone, LayoutChanged, Retry, Walled
from scraper.page import Page, read_file
from scraper.sites import parse_page
from scraper.sites.wenxuecity import Wenxuecity

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
HOME = "https://bbs.wenxuecity.com/gupiao/"
PRINT = HOME + "399-print.html"
ARCHIVE = "https://bbs.wenxuecity.com/bbs/archive.php?SubID=gupiao&keyword=%E8%80%81%E7%94%B5%E5%B7%A5&username=on"
NOW = datetime(2025, 3, 4, tzinfo=UTC)


def thread(text: str, url: str | None = None) -> Thread:
    found = parse_page(Page(body=text.encode(), url=url))
    assert isinstance(found, Thread)
    return found


def index(text: str, url: str | None = ARCHIVE) -> Index:
    found = parse_page(Page(body=text.encode(), url=url))
    assert isinstance(found, Index)
    return found


def text(name: str = "thread.html") -> str:
    return (PAGES / name).read_text("utf-8")


def with_body(html: str) -> Thread:
    page = text("empty.html")
    return thread(page.replace('<div id="msgbodyContent">', f'<div id="msgbodyContent">{html}'))


def test_a_print_page_has_title_text_and_pictures_and_nothing_else() -> None:
    root = thread(text("print.html"), PRINT).root
    assert (root.id, root.url) == ("399", HOME + "399.html")
    assert root.title == "电网跟不上，机房先停工？"
    assert root.body == "先看电，再看芯片。\n变压器要等三年。\n线路更久。"
    assert root.images == ("https://bbs.wenxuecity.com/upload/album/1/2/3/grid.jpeg",)
    assert (root.author, root.published_local, root.parent_id, root.tz) == (None, None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("</html>", "", CutShort),
        ("<title>电网跟不上，机房先停工？ - 股票茶座 - 文学城</title>", "", LayoutChanged),
        ("<p>先看电，再看芯片。</p>\n<p>变压器要等<b>三年</b>。<br />线路更久。</p>", "该帖子已被删除", Gone),
    ],
)
def test_a_print_page_without_its_parts_is_no_success(old: str, new: str, outcome: type[Exception]) -> None:
    assert old in text("print.html")
    with pytest.raises(outcome):
        thread(text("print.html").replace(old, new), PRINT)


def save(store: Store, page: Page) -> int:
    found = parse_page(page)
    assert isinstance(found, Thread)
    saved = store.save(found, page.body, url=page.url, headers={}, fetched_at=NOW, now=NOW)
    assert saved.changed == 0
    return saved.thread


def test_a_print_page_fills_gaps_and_overwrites_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db") as store:
        pk = save(store, read_file(PAGES / "thread.html", url=HOME + "399.html"))
        before = store.thread(pk).posts[0].post
        assert save(store, read_file(PAGES / "print.html", url=PRINT)) == pk
        assert store.thread(pk).posts[0].post == before
        reply = read_file(PAGES / "print.html", url=HOME + "403-print.html")
        assert store.thread(pk).posts[4].post.body is None
        assert save(store, reply) == pk
        after = store.thread(pk).posts[4].post
        assert (after.id, after.title, after.body is None) == ("403", "锁价也只锁三年", False)


def test_archive_rows_are_a_list() -> None:
    found = index(text("archive.html"))
    assert [(post.n, post.id, post.depth, post.author, post.author_key, post.bytes) for post in found.entries] == [
        (1, "403", None, "老电工", "老电工", 0),
        (2, "399", 0, "老电工", "老电工", 1570),
    ]
    assert {(post.published_local, post.parent_id, post.body) for post in found.entries} == {(None, None, None)}
    assert found.entries[0].title == "锁价也只锁三年"
    assert found.entries[1].url == HOME + "399.html"
    assert (found.board, found.page, found.pages) == ("gupiao", 1, 3)


def test_the_archives_pages_count_from_0_in_its_addresses() -> None:
    second = index(text("archive.html")).next_url
    assert second == ARCHIVE + "&page=1"
    third = index(text("archive.html").replace("1/3", "2/3"), second).next_url
    assert third == ARCHIVE + "&page=2"
    assert index(text("archive.html").replace("1/3", "3/3"), third).next_url is None
    linked = text("archive.html").replace("每页", f'<a href="{ARCHIVE}&amp;page=7">下一页</a> 每页')
    assert index(linked).next_url == ARCHIVE + "&page=7"


def test_a_saved_archive_page_knows_its_board_by_its_form_or_rows() -> None:
    saved = index(text("archive.html"), None)
    assert (saved.board, saved.next_url, len(saved.entries)) == ("gupiao", None, 2)
    assert index(text("archive.html").replace('name="SubID"', 'name="x"'), None).board == "gupiao"


@pytest.mark.parametrize(
    ("name", "outcome", "says"),
    [("archive_form.html", Retry, "empty form"), ("archive_none.html", NotFound, "no post")],
)
def test_an_archive_without_rows_is_no_success(name: str, outcome: type[Exception], says: str) -> None:
    with pytest.raises(outcome, match=says):
        parse_page(read_file(PAGES / name, url=ARCHIVE))


def test_archive_rows_that_cannot_be_read_are_named() -> None:
    with pytest.raises(LayoutChanged, match=r"td\.cnLarge a"):
        index(text("archive.html").replace("href=", "data-href="))
    with pytest.raises(CutShort):
        index(text("archive.html").replace("</html>", ""))


def test_addresses_of_searches() -> None:
    site = Wenxuecity()
    assert site.author_url("gupiao", "老电工") == ARCHIVE + "&reply=on"
    assert site.search_url("gupiao", "AI 泡沫") == (
        "https://bbs.wenxuecity.com/bbs/archive.php?SubID=gupiao&keyword=AI%20%E6%B3%A1%E6%B2%AB&reply=on"
    )


def test_stickers_and_pictures_are_listed_beside_an_empty_body() -> None:
    found = with_body(
        '<p><img src="/images/smiley/good.gif" alt="赞" /><img data-src="/data/bbs/2025/03/03/a.png" /></p>'
    )
    assert found.root.body == ""
    assert [url.rsplit("/", 1)[1] for url in found.root.images] == ["good.gif", "a.png"]


@pytest.mark.parametrize(
    "player",
    [
        '<iframe src="//player.example.org/1">no frames</iframe>',
        '<audio controls><source src="a.mp3" />Your browser is too old.</audio>',
        '<video src="a.mp4">Your browser is too old.</video>',
        '<object data="a.swf"><embed src="a.swf" />no flash</object>',
    ],
)
def test_players_are_neither_text_nor_an_error(player: str) -> None:
    assert with_body(player).root.body == ""
    assert with_body(f"<p>听</p>{player}<p>完</p>").root.body == "听\n完"


@pytest.mark.parametrize("mark", ["♂", "♀", " M ", " F ", "♂ "])
def test_marks_of_sex_are_no_part_of_anything(mark: str) -> None:
    plain, marked = thread(text()), thread(text().replace(" </span>", f" </span>{mark}"))
    assert marked == plain
    assert thread(text().replace("</a>- ", f"{mark.strip()}</a>- ") if mark in "♂♀" else text()) == plain


@pytest.mark.parametrize("form", ["{home}{id}.html", "/gupiao/{id}.html", "./{id}.html", "{id}.html"])
def test_links_come_in_all_forms(form: str) -> None:
    page = text()
    for id_ in ("400", "401", "402", "403", "405"):
        for old in (f'"{HOME}{id_}.html"', f'"/gupiao/{id_}.html"', f'"./{id_}.html"', f'"{id_}.html"'):
            page = page.replace(f"<a href={old}", f'<a href="{form.format(home=HOME, id=id_)}"')
    found = thread(page, HOME + "399.html")
    assert [post.url for post in found.replies] == [HOME + f"{id_}.html" for id_ in (400, 402, 405, 403, 401)]


def test_the_skipped_and_the_repeated_hour_of_a_post() -> None:
    page = text("empty.html")
    skipped = thread(page.replace("2026-05-04 09:30:00", "2026-03-08 02:30:00")).root
    assert (str(skipped.published_local), skipped.published_utc) == ("2026-03-08 02:30:00", None)
    assert skipped.tz == "America/Los_Angeles"
    repeated = thread(page.replace("2026-05-04 09:30:00", "2026-11-01 01:30:00")).root
    assert str(repeated.published_utc) == "2026-11-01 08:30:00+00:00"


def test_a_list_without_one_row_is_named() -> None:
    page = text("index.html")
    start, end = page.index('<div class="odd">'), page.index('<div id="postreply">')
    with pytest.raises(LayoutChanged, match="a list without one row") as caught:
        index(page[:start] + "</div>\n" + page[end:], HOME)
    assert caught.value.kind == "index"


@pytest.mark.parametrize(
    ("old", "missing"),
    [
        ('<h1 class="title">', "title"),
        ('<a class="username"', "author"),
        ('<span class="date">2026', "date"),
        ('<div id="msgbodyContent">', "body"),
    ],
)
def test_every_required_part_of_a_thread_is_named(old: str, missing: str) -> None:
    page = text("empty.html")
    assert old in page
    page = page.replace(old, old.replace("class=", "data-c=").replace("id=", "data-i="))
    page = page.replace('property="og:title"', "")
    if missing == "body":
        page = page.replace('id="articleBody"', "").replace('id="postbody"', "")
    with pytest.raises(LayoutChanged, match=missing):
        thread(page)


def test_a_login_page_at_a_print_pages_address_is_no_post() -> None:
    page = Page(body=(PAGES / "login.html").read_bytes(), url=PRINT)
    with pytest.raises(Walled):
        parse_page(page)
