"""Which thread and which post it is: copied text, replies' own pages, edits in between, strangers, any order."""

from dataclasses import replace
from itertools import permutations

import pytest

from core.forum import Board, Post, Thread
from core.storage.finding import find
from core.store import Store
from tests.core.saved_threads import PAGE, REPLIES, copied, own_page, page, post, save, tally, titles


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
