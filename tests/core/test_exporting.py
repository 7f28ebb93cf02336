"""What is exported: in order of time, as asked for, one at a time."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.forum import Board, Post, Thread
from core.storage import exporting
from core.storage.exporting import Wanted, posts
from core.store import Store
from core.upkeep import forgetting

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def post(minute: int, title: str, author: str = "甲", **more: object) -> Post:
    local = datetime.fromisoformat("2026-05-01T23:00:00") + timedelta(minutes=minute)
    facts: dict[str, object] = {"id": f"9{minute}", "parent_id": "90", "author": author, "published_local": local}
    return Post(n=minute, title=title, published_utc=local.replace(tzinfo=UTC), **(facts | more))  # type: ignore[arg-type] # facts by name


def put(store: Store, *found: Post, board: str | None = "b") -> None:
    root = replace(found[0], n=0, parent_id=None)
    thread = Thread(site="s", board=board, url="https://x/t", root=root, replies=found[1:])
    store.save(thread, repr(found).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)


def titles(store: Store, *, by_thread: bool = False, **wanted: object) -> list[str]:
    return [hit.post.title for hit in posts(store, Wanted(**wanted), by_thread=by_thread)]  # type: ignore[arg-type] # by name


def test_by_time_or_by_thread(store: Store) -> None:
    put(store, post(1, "b1"), post(5, "b5"))
    put(store, post(0, "a0"), post(9, "a9"), post(3, "a3"))
    assert titles(store) == ["a0", "b1", "a3", "b5", "a9"]
    assert titles(store, by_thread=True) == ["a0", "a9", "a3", "b1", "b5"]


def test_a_copied_first_post_stands_where_its_thread_begins(store: Store) -> None:
    put(store, post(0, "a0"), post(9, "a9"))
    copied = Post(n=0, title="copy")
    put(store, copied, replace(post(4, "c4"), id=None, parent_id=None), board=None)
    assert titles(store) == ["a0", "copy", "c4", "a9"]
    assert titles(store, since=date(2026, 5, 1)) == ["a0", "c4", "a9"]


def test_days_of_the_forums_clock_are_both_included(store: Store) -> None:
    put(store, post(0, "first"), post(59, "last"), post(60, "next day"), post(60 + 24 * 60, "third"))
    assert titles(store, since=date(2026, 5, 2), until=date(2026, 5, 2)) == ["next day"]
    assert titles(store, until=date(2026, 5, 1)) == ["first", "last"]
    assert titles(store, since=date(2026, 5, 4)) == []


def test_board_and_author(store: Store) -> None:
    put(store, post(0, "a0", "曉炎"), post(1, "a1", "乙", author_key="xiao"), post(2, "a2", "丙", author_key="xiao"))
    put(store, post(7, "b7", "晓炎"), board="c")
    assert titles(store, board=Board(site="s", name="b")) == ["a0", "a1", "a2"]
    assert titles(store, author="晓炎") == ["a0", "b7"]
    assert titles(store, author="丙") == titles(store, author="XIAO") == ["a1", "a2"]
    assert titles(store, author="丁") == []


def test_stubs_are_left_out(store: Store) -> None:
    put(store, post(0, "a0", "曉炎"), post(1, "a1", "乙"))
    forgetting.forget(store, "曉炎", site="s", now=NOW)
    assert titles(store) == ["a1"]


def test_every_post_has_a_link_to_its_source(store: Store) -> None:
    put(store, post(0, "a0", url="https://x/0"), post(1, "a1"))
    assert [hit.url for hit in posts(store, Wanted())] == ["https://x/0", "https://x/0"]


def test_memory_does_not_grow_with_the_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_CHUNK", 10)
    for number in range(40):
        put(store, *(post(n, "t", id=f"{number}-{n}", parent_id=f"{number}-0", body="字" * 5000) for n in range(10)))
    next(posts(store, Wanted()))
    tracemalloc.start()
    try:
        assert sum(1 for _ in posts(store, Wanted())) == 400
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_500_000, peak  # all bodies together have 4 MB
