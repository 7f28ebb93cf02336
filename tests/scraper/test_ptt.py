"""PTT: lists, articles, pushes. The pages are our own writing in the site's markup."""

from pathlib import Path

import pytest

from core.errors import NotFound, UsageError
from core.forum import Index, Thread
from scraper.outcome import CutShort, Gone, LayoutChanged, Walled
from scraper.page import Page, read_file
from scraper.sites import parse_page
from scraper.sites.ptt import Ptt
from scraper.sites.ptt_list import HOME

PAGES = Path(__file__).parents[1] / "pages" / "ptt"
ARTICLE = "M.1703855707.A.4D3"
BOARD = f"{HOME}bbs/Stock/"


def thread(text: str | None = None, name: str = "article.html", url: str | None = None) -> Thread:
    body = (PAGES / name).read_bytes() if text is None else text.encode()
    found = parse_page(Page(body=body, url=url))
    assert isinstance(found, Thread)
    return found


def index(name: str = "index.html", url: str = f"{BOARD}index.html") -> Index:
    found = parse_page(read_file(PAGES / name, url=url))
    assert isinstance(found, Index)
    return found


def source() -> str:
    return (PAGES / "article.html").read_text("utf-8")


def test_an_article_has_its_head_and_its_time_from_the_id() -> None:
    found = thread()
    root = found.root
    assert (found.board, root.id, found.url) == ("Stock", ARTICLE, f"{BOARD}{ARTICLE}.html")
    assert (root.author, root.author_key, root.title) == ("OldBull", "oldbull", "[心得] 電費才是門檻")
    assert (str(root.published_local), root.tz) == ("2023-12-29 21:15:07", "Asia/Taipei")  # the line says :00
    assert str(root.published_utc) == "2023-12-29 13:15:07+00:00"
    assert str(root.edited_local) == "2024-03-01 00:00:59"  # the later of two notes
    assert root.points == 1


def test_the_body_is_the_writers_own_words() -> None:
    assert thread().root.body == (
        "訂單不等於營收，先看電：\n一座機房 100MW，電費一年就要 30億。\nhttps://i.example.org/power.jpg\n"
        "詳見 https://example.org/r，來信 a@b\n--\n我的看法不變\n推 faker : 樓主說得對 12/29 21:16"
    )  # no quote, no signature; a `--` far above the end and a push that was typed are words


def test_pictures_of_the_article_are_listed_and_not_those_below() -> None:
    below = '<div class="richcontent"><img src="https://i.example.org/push.png"></div>'
    text = source().replace('<div class="push"><span class="f1 hl push-tag">→', below + '<div class="push"><span>→', 1)
    assert thread(text).root.images == ("https://i.example.org/chart.png", "https://i.example.org/power.jpg")


def test_pushes_become_replies_with_stable_ids() -> None:
    replies = [(post.id, post.points, post.author, post.title) for post in thread().replies]
    assert replies == [
        (f"{ARTICLE}#1", 1, "bull01", "電價凍漲，看多電力股 還有 TSMC NVDA 也一樣"),
        (f"{ARTICLE}#4", -1, "BearKing", "又在出貨文 https://example.org/x"),
        (f"{ARTICLE}#5", 0, "BearKing", "隔天再補一刀"),  # hours later: another comment
        (f"{ARTICLE}#5a", None, "OldBull", "回樓上：我沒有部位"),
        (f"{ARTICLE}#6", 2, "calm", "推 新年快樂"),
        (f"{ARTICLE}#8", -1, "calm", "但是泡沫"),  # another mark: another comment
        (f"{ARTICLE}#9", 0, "late", "回來看"),
    ]
    assert {(post.parent_id, post.depth, post.url) for post in thread().replies} == {
        (ARTICLE, 1, f"{BOARD}{ARTICLE}.html")
    }
    assert sum(post.points or 0 for post in thread().replies) == thread().root.points


def test_years_of_pushes_go_on_in_january_and_wait_for_a_leap_year() -> None:
    times = [str(post.published_local) for post in thread().replies if post.published_local]
    assert times[-3:] == ["2023-12-31 23:58:00", "2024-01-01 00:04:00", "2024-02-29 07:00:00"]
    later = thread(source().replace(" 02/29 07:00", " 02/28 07:00</span></div>" + push("x", "02/29 08:00")))
    assert str(later.replies[-1].published_local) == "2024-02-29 08:00:00"
    in_2022 = source().replace(ARTICLE, "M.1641000000.A.4D3")  # 1 January 2022: December is that year's
    assert [str(post.published_local)[:4] for post in thread(in_2022).replies if post.published_local] == [
        *["2022"] * 4,
        "2023",
        "2024",
    ]


def test_the_authors_words_between_pushes_are_a_reply_and_no_push() -> None:
    reply = thread().replies[3]
    assert reply.body == "純粹看財報\n推 faker : 假的一行 12/30 09:00"
    assert (reply.author_key, reply.published_local, reply.tz) == ("oldbull", None, None)


def push(user: str, when: str, text: str = "好") -> str:
    return (
        f'<div class="push"><span class="hl push-tag">推 </span><span class="push-userid">{user}</span>'
        f'<span class="push-content">: {text}</span><span class="push-ipdatetime"> {when}\n</span></div>'
    )


def test_ids_stay_when_pushes_are_added_and_the_author_writes_between() -> None:
    before = {post.id: post.title for post in thread().replies}
    text = source().replace(
        '</div>\n    <div id="article-polling"', push("new", "03/01 10:00") + '</div>\n<div id="article-polling"'
    )
    text = text.replace('<div class="push"><span class="f1 hl push-tag">噓 </span><span class="f3 hl push-userid">BearKing',
                        '我先說\n<div class="push"><span class="f1 hl push-tag">噓 </span><span class="f3 hl push-userid">BearKing', 1)  # fmt: skip
    after = {post.id: post.title for post in thread(text).replies}
    assert after == before | {f"{ARTICLE}#3a": "我先說", f"{ARTICLE}#10": "好"}


def test_without_head_lines_the_text_the_title_and_the_id_must_do() -> None:
    plain = thread(name="no_head.html")
    assert (plain.board, plain.root.author, plain.root.title) == ("Stock", "plainman", "[請益] 折舊怎麼算")
    assert (plain.root.body, str(plain.root.published_local)) == ("六年還是四年？", "2023-12-30 09:00:01")
    assert plain.root.points is None  # the site left pushes out
    assert (plain.replies[0].published_local, plain.replies[0].id) == (None, None)
    bare = thread(name="bare.html", url=f"{BOARD}M.1703898000.A.0AB.html")
    assert (bare.root.title, bare.root.body, bare.root.author) == ("[其他] 無頭文", "只有一行", None)
    assert str(bare.root.published_local) == "2023-12-30 09:00:00"


def test_a_list_gives_the_newest_first_without_deleted_and_pinned_rows() -> None:
    found = index()
    assert [(post.n, post.id, post.points, post.author) for post in found.entries] == [
        (1, "M.1704038399.A.001", None, "calm"),
        (2, "M.1703900200.A.FFF", -100, "spam"),
        (3, "M.1703900100.A.ABC", -30, "BearKing"),
        (4, "M.1703900001.A.1F0", 100, "newsman"),
        (5, ARTICLE, 12, "OldBull"),
    ]
    assert found.entries[0].title == "[請益] 買 a@b 嗎"
    assert str(found.entries[0].published_local) == "2023-12-31 23:59:59"
    assert (found.page, found.pages, found.next_url) == (1, 8000, f"{BOARD}index7999.html")
    assert found.entries[4].url == f"{BOARD}{ARTICLE}.html"


def test_an_older_page_does_not_pretend_to_know_its_number() -> None:
    found = index(url=f"{BOARD}index8000.html")
    assert (found.page, found.pages, found.next_url) == (None, None, f"{BOARD}index7999.html")


def test_a_search_has_the_same_rows() -> None:
    found = index("search.html", f"{BOARD}search?page=2&q=author%3AOldBull")
    assert (found.board, found.page, [post.id for post in found.entries]) == ("Stock", 2, [ARTICLE])
    assert found.next_url == f"{BOARD}search?page=3&q=author%3AOldBull"
    with pytest.raises(NotFound, match="no article"):
        index("nothing.html", f"{BOARD}search?q=x")


def test_a_list_of_nothing_but_deleted_rows_leads_on() -> None:
    text = (PAGES / "index.html").read_text("utf-8")
    for link in ("4D3", "1F0", "ABC", "FFF", "001"):
        text = text.replace(f"{link}.html", "x")
    with pytest.raises(LayoutChanged, match="links to its articles"):
        parse_page(Page(body=text.encode(), url=f"{BOARD}index.html"))
    gone = text.replace("<a href", "<i href")
    found = parse_page(Page(body=gone.encode(), url=f"{BOARD}index.html"))
    assert isinstance(found, Index)
    assert (found.entries, found.next_url) == ((), f"{BOARD}index7999.html")


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("over18.html", Walled), ("challenge.html", Walled), ("gone.html", Gone), ("nothing.html", LayoutChanged)],
)
def test_what_is_neither_says_what_it_is(name: str, outcome: type[Exception]) -> None:
    with pytest.raises(outcome):
        parse_page(read_file(PAGES / name, url=f"{BOARD}index.html"))


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("作者</span>", "Author</span>", "author"),
        (ARTICLE, "x", "date"),
        ("電費才是門檻", "", "title"),
        ('id="main-content"', 'id="content"', "main-content"),
    ],
)
def test_a_missing_part_is_named(old: str, new: str, missing: str) -> None:
    text = source().replace(old, new)
    if missing == "date":
        text = text.replace("Fri Dec", "Fri Dez")
    if missing == "title":
        text = text.replace("[心得] ", "").replace("看板 Stock - 批踢踢實業坊", "批踢踢實業坊")
        text = text.replace("<title> - 批踢踢實業坊</title>", "")
    with pytest.raises(LayoutChanged, match=missing):
        thread(text, url=f"{BOARD}index.html")


def test_half_a_page_is_no_success() -> None:
    for name in ("article.html", "index.html"):
        text = (PAGES / name).read_text("utf-8")
        start = text.index("main-content" if name == "article.html" else "r-list-container")
        end = text.index("article-polling" if name == "article.html" else "bbs-footer-message")
        for cut in range(start + 30, end - 20, 211):
            with pytest.raises(CutShort):
                parse_page(Page(body=text[:cut].encode(), url=BOARD + name))


def test_addresses() -> None:
    site = Ptt()
    assert site.post_url("Stock", f"{ARTICLE}#12") == f"{BOARD}{ARTICLE}.html"
    assert site.author_url("Stock", "OldBull") == f"{BOARD}search?q=author%3AOldBull"
    assert site.search_url("Stock", "泡沫 AI") == f"{BOARD}search?q=%E6%B3%A1%E6%B2%AB%20AI"
    assert site.cookies == {"over18": "1"}
    with pytest.raises(UsageError, match="oldest"):
        site.index_url("Stock", 2)
