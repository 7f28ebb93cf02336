"""Saving: the same page twice, edits, bodies that come later, other scripts, copied text, replies' own pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from core.errors import NotFound
from core.forum import Board, Post, Thread
from core.sentiment import Evidence, Sentiment, Stance
from core.storage.finding import find
from core.storage.rows import Saved, StoredThread
from core.store import Store

NOW = datetime(2025, 10, 23, 8, 0, tzinfo=UTC)
HOME = "https://bbs.wenxuecity.com/cfzh/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "paomo.db") as opened:
        yield opened


def post(n: int, title: str, **more: object) -> Post:
    """A post of a page: id 100 + n, written n minutes past eight."""
    local = datetime.fromisoformat(f"2025-10-21T08:{n:02}:17")
    facts: dict[str, object] = {
        "id": str(100 + n),
        "parent_id": "100" if n else None,
        "depth": 1 if n else 0,
        "author": "曉炎",
        "bytes": 0,
        "published_local": local,
        "published_utc": (local + timedelta(hours=7)).replace(tzinfo=UTC),
        "tz": "America/Los_Angeles",
        "url": f"{HOME}{100 + n}.html",
    }
    return Post(n=n, title=title, **(facts | more))  # type: ignore[arg-type] # facts by name


def page(*replies: Post, title: str = "AI 泡沫", body: str | None = "正文第一段，創曆史新高。") -> Thread:
    root = post(0, title, body=body, bytes=40, author="lionhill")
    return Thread(site="wenxuecity", board="cfzh", url=root.url, root=root, replies=replies)


REPLIES = (
    post(1, "沒什麽問題"),
    post(2, "不以為然", parent_id="101", depth=2, bytes=12),
    post(3, "借貸創新高", parent_id="102", depth=3, author="bogbog", bytes=213),
    post(4, "等著看"),
)
PAGE = page(*REPLIES)


def copied(thread: Thread) -> Thread:
    """The thread as text copied from the page: no ids, no tree, nothing about the first post but its words."""
    bare = {"id": None, "parent_id": None, "depth": None, "url": None}
    root = Post(n=0, title=thread.root.title, body=thread.root.body)
    replies = tuple(replace(reply, n=n, body=None, **bare) for n, reply in enumerate(thread.replies, 1))  # type: ignore[arg-type] # fields by name
    return Thread(site=thread.site, board=None, url=None, root=root, replies=replies)


def own_page(reply: Post, *below: Post, body: str) -> Thread:
    """A reply's own page: its root names the parent, depth counts from it."""
    root = replace(reply, n=0, depth=0, body=body)
    replies = tuple(replace(one, n=n) for n, one in enumerate(below, 1))
    return Thread(site="wenxuecity", board="cfzh", url=reply.url, root=root, replies=replies)


def save(store: Store, thread: Thread, *, hours: float = 0, fetched_hours: float | None = None) -> Saved:
    fetched = None if fetched_hours is None else NOW + timedelta(hours=fetched_hours)
    return store.save(
        thread, repr(thread).encode(), url=thread.url, headers={}, fetched_at=fetched, now=NOW + timedelta(hours=hours)
    )


def tally(saved: Saved) -> tuple[int, int, int, int]:
    return saved.new, saved.changed, saved.filled, saved.unchanged


def titles(thread: StoredThread) -> list[str]:
    return [row.post.title for row in thread.posts]


def test_a_page_comes_back_as_it_was(store: Store) -> None:
    saved = save(store, PAGE)
    assert tally(saved) == (5, 0, 0, 0)
    found = store.thread(saved.thread)
    assert tuple(replace(row.post, author_key=None) for row in found.posts) == PAGE.posts
    assert (found.site, found.board, found.root_id, found.title, found.url) == (
        "wenxuecity",
        "cfzh",
        "100",
        "AI 泡沫",
        f"{HOME}100.html",
    )
    pks = {row.post.id: row.pk for row in found.posts}
    assert [row.parent for row in found.posts] == [None, pks["100"], pks["101"], pks["102"], pks["100"]]
    assert found.posts[1].post.author_key == "晓炎"


def test_the_same_page_again_brings_nothing(store: Store) -> None:
    save(store, PAGE)
    before = store.counts()
    assert tally(save(store, PAGE, hours=1)) == (0, 0, 0, 5)
    assert store.counts() == before
    assert before.pages == 1


def test_an_edit_keeps_the_old_words_and_is_judged_again(store: Store) -> None:
    save(store, PAGE)
    rows = store.thread("100").posts
    store.put_sentiments([(row.pk, judged("m")) for row in rows], now=NOW)
    edit = page(replace(REPLIES[0], title="有大問題", bytes=99), *REPLIES[1:])
    assert tally(save(store, edit, hours=1)) == (0, 1, 0, 4)
    after = store.thread("100").posts[1]
    assert (after.post.title, after.post.bytes, after.pk) == ("有大問題", 99, rows[1].pk)
    assert [(old.title, old.bytes, old.seen_at) for old in store.revisions(after.pk)] == [("沒什麽問題", 0, NOW)]
    assert [one.pk for one in store.unscored("m", limit=9)] == [after.pk]
    assert store.search("没什么问题") == []
    assert [hit.pk for hit in store.search("大问题")] == [after.pk]


def test_a_body_survives_a_page_without_bodies_and_counts_as_filled(store: Store) -> None:
    save(store, PAGE)
    reply = own_page(REPLIES[2], body="1999, 2007, 2021 三次。")
    assert tally(save(store, reply, hours=1)) == (0, 0, 1, 0)
    assert tally(save(store, PAGE, hours=2)) == (0, 0, 0, 5)
    found = store.thread("103")
    assert found.posts[3].post.body == "1999, 2007, 2021 三次。"
    assert [row.post.depth for row in found.posts] == [0, 1, 2, 3, 1]
    assert store.counts().threads == 1
    assert store.revisions(found.posts[3].pk) == []


def test_nothing_known_is_forgotten(store: Store) -> None:
    save(store, page(replace(REPLIES[0], reads=7, images=("https://x/1.png",), edited_local=datetime(2025, 10, 21, 9))))  # noqa: DTZ001 (a wall clock)
    bare = Post(n=1, id="101", title="沒什麽問題")
    assert tally(save(store, page(bare), hours=1)) == (0, 0, 0, 2)
    kept = store.thread("100").posts[1].post
    assert (kept.reads, kept.images, kept.author, kept.bytes, kept.parent_id) == (
        7,
        ("https://x/1.png",),
        "曉炎",
        0,
        "100",
    )
    assert kept.edited_local is not None


def test_a_deleted_post_keeps_its_last_words(store: Store) -> None:
    save(store, PAGE)
    gone = page(replace(REPLIES[0], title="該帖已刪除", deleted=True), *REPLIES[1:])
    assert tally(save(store, gone, hours=1)) == (0, 1, 0, 4)
    kept = store.thread("100").posts[1].post
    assert (kept.title, kept.deleted) == ("沒什麽問題", True)


def test_another_script_is_the_same_thread_and_no_edit(store: Store) -> None:
    save(store, PAGE)
    simplified = page(
        replace(REPLIES[0], title="没什么问题", author="晓炎"), *REPLIES[1:], body="正文第一段,创历史新高。"
    )
    assert tally(save(store, simplified, hours=1)) == (0, 0, 0, 5)
    assert store.thread("100").posts[1].post.title == "沒什麽問題"
    assert store.counts().revisions == 0


def test_an_older_page_does_not_undo_a_newer_one(store: Store) -> None:
    save(store, page(replace(REPLIES[0], title="有大問題")), fetched_hours=2)
    for _ in range(2):
        assert tally(save(store, page(REPLIES[0]), hours=3, fetched_hours=1)) == (0, 0, 0, 2)
    found = store.thread("100").posts[1]
    assert found.post.title == "有大問題"
    assert [old.title for old in store.revisions(found.pk)] == ["沒什麽問題"]


def test_a_list_that_tells_of_an_edit_first_makes_no_second_revision_of_the_same_words(store: Store) -> None:
    for hour, (body, size) in enumerate([("看多", 6), (None, 12), ("看多，加倉", 12)]):
        said = page(post(1, "沒什麽問題", body=body, bytes=size))
        moment = NOW + timedelta(hours=hour)
        store.save(said, f"{hour}".encode(), url=f"{HOME}100.html", headers={}, fetched_at=moment, now=moment)
    after = store.thread("100").posts[1]
    assert (after.post.body, [(old.body, old.bytes) for old in store.revisions(after.pk)]) == (
        "看多，加倉",
        [("看多", 6)],
    )


def test_a_copied_text_after_the_page_adds_nothing(store: Store) -> None:
    save(store, PAGE)
    assert tally(save(store, copied(PAGE), hours=1)) == (0, 0, 0, 5)
    assert store.counts().threads == 1


def test_a_page_after_the_copied_text_fills_the_same_rows(store: Store) -> None:
    first = save(store, copied(PAGE))
    before = [row.pk for row in store.thread(first.thread).posts]
    assert tally(save(store, PAGE, hours=1)) == (0, 0, 5, 0)
    found = store.thread("100")
    assert [row.pk for row in found.posts] == before
    assert [row.post.depth for row in found.posts] == [0, 1, 2, 3, 1]
    assert (found.board, found.root_id, found.pk) == ("cfzh", "100", first.thread)
    assert store.daily_rows(board=Board(site="wenxuecity", name="cfzh")) == []
    assert store.last_seen(Board(site="wenxuecity", name="cfzh")) is not None


def test_a_longer_copy_adds_only_what_is_new_in_its_place(store: Store) -> None:
    save(store, copied(page(REPLIES[0], REPLIES[2])))
    assert tally(save(store, copied(PAGE), hours=1)) == (2, 0, 0, 3)
    assert titles(store.thread(1)) == [one.title for one in PAGE.posts]
    assert tally(save(store, copied(page(REPLIES[0])), hours=2)) == (0, 0, 0, 2)


def test_a_post_edited_between_copy_and_page_is_known_by_author_and_second(store: Store) -> None:
    save(store, copied(PAGE))
    edit = page(replace(REPLIES[0], title="改過的標題", bytes=500), *REPLIES[1:])
    assert tally(save(store, edit, hours=1)) == (0, 1, 4, 0)
    assert store.counts().posts == 5
    assert tally(save(store, copied(PAGE), hours=2)) == (0, 0, 0, 5)
    assert store.thread("100").posts[1].post.title == "改過的標題"


def test_equal_posts_are_counted_in_page_order(store: Store) -> None:
    twins = [replace(post(1, "+1"), id=str(200 + n), n=n) for n in (1, 2)]
    save(store, copied(page(*twins)))
    assert store.counts().posts == 3
    assert tally(save(store, page(*twins), hours=1)) == (0, 0, 3, 0)
    assert tally(save(store, copied(page(*twins)), hours=2)) == (0, 0, 0, 3)
    triplet = [*twins, replace(twins[0], n=3)]
    assert tally(save(store, copied(page(*triplet)), hours=3)) == (1, 0, 0, 3)


def test_threads_of_one_title_stay_apart(store: Store) -> None:
    monday = copied(page(REPLIES[0], REPLIES[1], title="今日大盤", body="週一"))
    tuesday = copied(page(REPLIES[2], REPLIES[3], title="今日大盤", body="週二"))
    lonely = Thread(site="wenxuecity", board=None, url=None, root=Post(n=0, title="今日大盤", body="週三"))
    assert len({save(store, one).thread for one in (monday, tuesday, lonely)}) == 3
    other_id = page(replace(REPLIES[0], id="901"), title="今日大盤", body="週四")
    other_id = replace(other_id, root=replace(other_id.root, id="900"), replies=())
    assert save(store, other_id).thread not in {1, 2, 3}


def test_a_text_without_replies_is_known_by_title_and_body(store: Store) -> None:
    alone = replace(PAGE, replies=())
    save(store, copied(alone))
    assert save(store, PAGE, hours=1).thread == 1
    assert save(store, copied(alone), hours=2).thread == 1
    assert store.counts().posts == 5


def test_a_title_edited_after_the_copy_is_the_same_thread_by_its_replies(store: Store) -> None:
    save(store, copied(PAGE))
    renamed = page(*REPLIES, title="AI 泡沫(更新)")
    assert tally(save(store, renamed, hours=1)) == (0, 1, 4, 0)
    assert store.counts().threads == 1
    assert [old.title for old in store.revisions(store.thread("100").posts[0].pk)] == ["AI 泡沫"]


def test_one_common_reply_does_not_join_threads_of_other_titles(store: Store) -> None:
    save(store, copied(PAGE))
    save(store, copied(page(REPLIES[0], post(9, "另一個話題"), post(10, "再一個"), title="黃金")), hours=1)
    assert store.counts().threads == 2


def test_a_reply_waits_for_its_thread(store: Store) -> None:
    reply = own_page(REPLIES[1], REPLIES[2], body="詳細說明")
    assert tally(save(store, reply)) == (2, 0, 0, 0)
    orphan = store.thread("102")
    assert (orphan.root_id, [row.post.depth for row in orphan.posts]) == (None, [None, None])
    assert tally(save(store, PAGE, hours=1)) == (3, 0, 0, 2)
    found = store.thread("102")
    assert (found.pk, found.root_id, found.title) == (orphan.pk, "100", "AI 泡沫")
    assert titles(found) == [one.title for one in PAGE.posts]
    assert [row.post.depth for row in found.posts] == [0, 1, 2, 3, 1]
    assert found.posts[2].post.body == "詳細說明"


def test_two_waiting_replies_become_one_thread(store: Store) -> None:
    save(store, own_page(REPLIES[2], body="下層"))
    save(store, own_page(REPLIES[3], body="旁邊"))
    assert store.counts().threads == 2
    save(store, own_page(REPLIES[1], body="上層"), hours=1)
    assert store.counts().threads == 2
    assert titles(store.thread("102")) == ["不以為然", "借貸創新高"]
    save(store, PAGE, hours=2)
    assert (store.counts().threads, store.counts().posts) == (1, 5)
    assert titles(store.thread("100")) == [one.title for one in PAGE.posts]


def test_a_new_reply_stands_behind_what_its_parent_has(store: Store) -> None:
    save(store, PAGE)
    late = own_page(post(7, "晚來的", parent_id="102"), body="…")
    save(store, late, hours=1)
    found = store.thread("107")
    assert titles(found) == ["AI 泡沫", "沒什麽問題", "不以為然", "借貸創新高", "晚來的", "等著看"]
    assert found.posts[4].post.depth == 3


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_sources_gives_one_thread(store: Store, order: tuple[int, ...]) -> None:
    reply = own_page(REPLIES[1], REPLIES[2], body="詳細說明")
    sources = (copied(PAGE), PAGE, page(*REPLIES, body="正文第一段,创历史新高。"), reply)
    for hour, which in enumerate(order):
        save(store, sources[which], hours=hour)
    assert (store.counts().threads, store.counts().posts, store.counts().revisions) == (1, 5, 0)
    found = store.thread("100")
    assert titles(found) == [one.title for one in PAGE.posts]
    assert [row.post.depth for row in found.posts] == [0, 1, 2, 3, 1]
    assert found.posts[2].post.body == "詳細說明"
    assert [hit.pk for hit in store.search("详细")] == [found.posts[2].pk]


def test_two_rows_of_one_post_become_one(store: Store) -> None:
    """A copy and a reply's page with an edited title cannot be joined until the thread's page names both."""
    save(store, copied(PAGE))
    own = own_page(replace(REPLIES[1], title="不以為然(改)", bytes=90), body="詳細說明")
    own = replace(own, root=replace(own.root, parent_id="999"))
    save(store, own, hours=1)
    assert (store.counts().threads, store.counts().posts) == (2, 6)
    save(store, PAGE, hours=2)
    assert (store.counts().threads, store.counts().posts) == (1, 5)
    row = store.thread("102").posts[2]
    assert (row.post.title, row.post.body) == ("不以為然", "詳細說明")
    assert [old.title for old in store.revisions(row.pk)] == ["不以為然", "不以為然(改)"]


def test_a_page_that_lists_a_stranger_joins_nothing(store: Store) -> None:
    save(store, PAGE)
    root = replace(PAGE.root, id="500", title="別的", body="別的")
    stranger = replace(REPLIES[0], parent_id="500")
    saved = save(store, replace(PAGE, root=root, replies=(stranger, post(8, "自己的", parent_id="500"))), hours=1)
    assert tally(saved) == (2, 0, 0, 0)
    assert (store.counts().threads, len(store.thread("100").posts)) == (2, 5)


def test_a_forged_circle_is_cut(store: Store) -> None:
    save(store, own_page(post(1, "甲", parent_id="102"), body="…"))
    save(store, own_page(post(2, "乙", parent_id="101"), body="…"), hours=1)
    found = store.thread("101")
    assert sorted(titles(found)) == ["乙", "甲"]
    assert sum(row.parent is None for row in found.posts) == 1


def test_a_repeated_row_is_one_post(store: Store) -> None:
    assert tally(save(store, page(REPLIES[0], REPLIES[0]))) == (2, 0, 0, 0)


def test_ids_count_within_their_board(store: Store) -> None:
    save(store, PAGE)
    save(store, replace(PAGE, board="tzlc", root=replace(PAGE.root, url="https://bbs.wenxuecity.com/tzlc/100.html")))
    assert store.counts().threads == 2
    with pytest.raises(NotFound, match="2 threads"):
        store.thread("100")
    assert store.thread("tzlc/100.html").board == "tzlc"


@pytest.mark.parametrize(
    "which",
    ["103", "1", f"{HOME}103.html", "cfzh/103", "https://zh.wenxuecity.com/bbs/cfzh/103.html", f"{HOME}103-print.html"],
)
def test_a_thread_is_found_by_id_number_or_address(store: Store, which: str) -> None:
    save(store, PAGE)
    assert store.thread(which).root_id == "100"


@pytest.mark.parametrize("which", ["999", "cfzh/999.html", "", "泡沫", "%", "9" * 40, "http://["])
def test_an_unknown_thread_is_not_found(store: Store, which: str) -> None:
    save(store, PAGE)
    with pytest.raises(NotFound, match="no thread"):
        store.thread(which)


def judged(model: str, label: Stance = Stance.BEARISH) -> Sentiment:
    return Sentiment(
        label=label,
        p=(0.7, 0.2, 0.1),
        p_on_topic=0.9,
        margin=-1.5,
        evidence=(Evidence(term="崩", weight=-1.5),),
        model=model,
    )


def test_judgements_are_kept_and_replaced(store: Store) -> None:
    save(store, PAGE)
    first, second = store.unscored("m 1", limit=2)
    assert first.text == "AI 泡沫\n正文第一段，創曆史新高。"
    assert second.text == "沒什麽問題"
    assert store.unscored("m 1", limit=9, after=second.pk)[0].pk > second.pk
    assert store.put_sentiments([(first.pk, judged("m 1")), (4711, judged("m 1"))], now=NOW) == 1
    assert store.thread("100").posts[0].sentiment == judged("m 1")
    assert first.pk not in {one.pk for one in store.unscored("m 1", limit=9)}
    assert first.pk in {one.pk for one in store.unscored("m 2", limit=9)}
    store.put_sentiments([(first.pk, judged("m 2", Stance.BULLISH))], now=NOW)
    assert store.thread("100").posts[0].sentiment == judged("m 2", Stance.BULLISH)
    line = store.threads()[0]
    assert (line.posts, line.bullish, line.neutral, line.bearish) == (5, 1, 0, 0)


def test_daily_rows_are_of_the_forums_calendar(store: Store) -> None:
    late = post(5, "深夜", published_local=datetime(2025, 10, 22, 23, 59))  # noqa: DTZ001 (a wall clock)
    save(store, page(*REPLIES, late))
    store.put_sentiments([(row.pk, judged("m")) for row in store.thread("100").posts], now=NOW)
    rows = store.daily_rows()
    assert [row.date for row in rows] == [date(2025, 10, 21)] * 5 + [date(2025, 10, 22)]
    assert (rows[0].label, rows[0].author_key, rows[0].p_on_topic) == (Stance.BEARISH, "lionhill", 0.9)
    assert rows[0].score == pytest.approx(-0.6)
    assert len(store.daily_rows(since=date(2025, 10, 22))) == 1
    assert len(store.daily_rows(until=date(2025, 10, 21))) == 5
    assert store.daily_rows(board=Board(site="wenxuecity", name="tzlc")) == []


def test_state_and_rows_are_one_transaction(store: Store) -> None:
    def stopped() -> None:
        with store.transaction():
            save(store, PAGE)
            store.put_state("cfzh", "104")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stopped()
    assert (store.counts().posts, store.state("cfzh")) == (0, None)
    with store.transaction():
        save(store, PAGE)
        store.put_state("cfzh", "104")
    assert (store.counts().posts, store.state("cfzh")) == (5, "104")


def test_the_bytes_are_kept(store: Store) -> None:
    import hashlib

    save(store, PAGE)
    body = repr(PAGE).encode()
    assert store.page(hashlib.sha256(body).hexdigest()) == body
    with pytest.raises(NotFound):
        store.page("0" * 64)


def test_a_page_is_found_without_going_through_the_whole_site(store: Store) -> None:
    """SQLite's planner takes any index on the site for a good one; saving would take longer with every post stored."""
    save(store, PAGE)
    plans: list[str] = []
    with store.reading() as sql:
        asked = sql.rows

        def explained(query: str, params: object = ()) -> list[dict[str, object]]:
            if "json_each" in query:
                plans.extend(row["detail"] for row in asked(f"EXPLAIN QUERY PLAN {query}", params))  # type: ignore[arg-type]
            return asked(query, params)  # type: ignore[arg-type]

        sql.rows = explained  # type: ignore[method-assign,assignment]
        find(sql, PAGE)
    assert any("posts_by_id" in plan for plan in plans)
    assert not [plan for plan in plans if "SCAN posts" in plan or "(site=?)" in plan]
