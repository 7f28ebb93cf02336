"""Retention: what is older goes with everything that hangs on it, nothing else does, and the file shrinks."""

from datetime import UTC, datetime, timedelta

import pytest

from core.config import Settings
from core.forum import Post, Thread
from core.store import Store
from core.upkeep import retention
from core.upkeep.retention import apply_retention, remove_older, shrink

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def put(store: Store, number: int, *ages: int | None, fetched: int = 0, body: bytes = b"page") -> int:
    """A thread whose posts are so many days old; `None` for one without a date."""
    moments = [None if age is None else NOW - timedelta(days=age) for age in ages]
    posts = [
        Post(
            n=n, id=f"{number}{n}", parent_id=f"{number}0" if n else None, title=f"{number} {n}",
            published_utc=moment, published_local=moment and moment.replace(tzinfo=None),
        )
        for n, moment in enumerate(moments)
    ]  # fmt: skip
    thread = Thread(site="s", board="b", url=None, root=posts[0], replies=tuple(posts[1:]))
    at = NOW - timedelta(days=fetched)
    return store.save(thread, body + str(posts).encode(), url=None, headers={}, fetched_at=at, now=at).thread


def left(store: Store) -> set[int]:
    return {line.pk for line in store.threads()}


def test_a_thread_is_as_old_as_its_newest_post(store: Store) -> None:
    old, answered, dateless, unseen = (
        put(store, 1, 400, 390), put(store, 2, 900, 10), put(store, 3, None), put(store, 4, None, fetched=500),
    )  # fmt: skip
    before = NOW - timedelta(days=365)
    assert retention.count_older(store, before).posts == 3
    removed = remove_older(store, before)
    assert (removed.threads, removed.posts, removed.pages.pages) == (2, 3, 2)
    assert removed.pages.size > 0
    assert left(store) == {answered, dateless}
    assert not {old, unseen} & left(store)
    with store.reading() as sql:
        assert sql.rows("SELECT count(*) AS n FROM posts_fts")[0]["n"] == store.counts().posts == 3
    assert not remove_older(store, before)


def test_only_the_bytes(store: Store) -> None:
    old, new = put(store, 1, 400), put(store, 2, 10)
    removed = remove_older(store, NOW - timedelta(days=365), pages_only=True)
    assert (removed.threads, removed.posts, removed.pages.pages) == (0, 0, 1)
    assert left(store) == {old, new}
    assert store.counts().pages == 1
    with store.reading() as sql:
        assert [row["partial"] for row in sql.rows("SELECT partial FROM threads ORDER BY pk")] == [1, 0]


def test_lists_go_by_when_they_were_last_fetched(store: Store) -> None:
    for days, body in ((400, b"old"), (400, b"seen again"), (10, b"seen again"), (10, b"new")):
        at = NOW - timedelta(days=days)
        store.save_list([], body, url="https://x/", headers={}, fetched_at=at, now=at)
    assert store.counts().pages == 3
    assert remove_older(store, NOW - timedelta(days=365)).pages.pages == 1


def test_settings_say_how_long(store: Store) -> None:
    put(store, 1, 400), put(store, 2, 100), put(store, 3, 10)
    keep = Settings(db=store.path, lang="en")
    assert not apply_retention(store, keep, NOW)
    done = apply_retention(store, Settings(db=store.path, lang="en", keep_days=365, keep_pages_days=30), NOW)
    assert (done.threads, done.posts, done.pages.pages) == (1, 1, 2)
    assert (store.counts().threads, store.counts().pages) == (2, 1)


def test_the_file_shrinks_when_much_of_it_is_empty(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_LEAST", 0)
    for number in range(40):
        put(store, number, 400 if number else 1, body=bytes(str([number * n for n in range(9999)]), "ascii"))
    assert shrink(store) == 0
    size = store.path.stat().st_size
    apply_retention(store, Settings(db=store.path, lang="en", keep_days=365), NOW)
    assert store.path.stat().st_size < size / 2
    assert left(store) == {1}
