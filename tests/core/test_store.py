"""Saving: the same page twice, edits, bodies that come later, other scripts; judgements, bytes, one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.errors import NotFound
from core.forum import Board, Post
from core.sentiment import Stance
from core.storage.ledger import Ledger
from core.store import Store
from tests.core.saved_threads import HOME, NOW, PAGE, REPLIES, judged, own_page, page, post, save, tally


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


def test_what_a_crawl_notes_and_what_it_found_are_one_transaction(store: Store) -> None:
    ledger, board = Ledger(store), Board(site="wenxuecity", name="cfzh")

    def stopped() -> None:
        with store.writing():
            save(store, PAGE)
            ledger.begin(board, NOW)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stopped()
    assert (store.counts().posts, ledger.boards()) == (0, [])
    with store.writing():
        save(store, PAGE)
        ledger.begin(board, NOW)
    assert (store.counts().posts, [state.board for state in ledger.boards()]) == (5, [board])


def test_the_bytes_are_kept(store: Store) -> None:
    save(store, PAGE)
    kept = Ledger(store).kept(f"{HOME}100.html")
    assert kept is not None
    assert kept.body == repr(PAGE).encode()
    assert Ledger(store).kept(f"{HOME}101.html") is None
