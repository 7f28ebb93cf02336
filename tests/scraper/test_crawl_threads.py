"""A crawl of a forum whose list has threads only and whose threads come in parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store
from tests.scraper.talk import PART, Talk, crawl


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    for number in range(8):
        talk.bump(f"t{number}", number)
    return talk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "talk.db") as store:
        yield store


def test_threads_come_whole_part_by_part(talk: Talk, store: Store) -> None:
    done = crawl(talk, store)
    assert (done.error, done.left["due"]) == (None, 0)
    for id, replies in talk.threads.items():
        posts = store.thread(id).posts
        assert [post.post.body for post in posts] == ["text", *(f"reply {n}" for n in range(replies))]
    parts = sum(max(1, -(-replies // PART)) for replies in talk.threads.values())
    assert len(talk.asked) == 3 + parts


def test_a_thread_is_asked_for_again_when_its_count_moves(talk: Talk, store: Store) -> None:
    crawl(talk, store)
    assert crawl(talk, store).requests == {}
    assert len(talk.asked) == 3
    talk.bump("t2", 5)
    done = crawl(talk, store)
    assert [url.split("/")[-1] for url in talk.asked if "list" not in url] == ["t2", "t2#2", "t2#4"]
    assert done.new == 3
    assert len(store.thread("t2").posts) == 6


def test_a_list_in_the_order_of_replies_makes_nothing_vanish(talk: Talk, store: Store) -> None:
    crawl(talk, store)
    talk.bump("t0", 1)
    talk.bump("t1", 2)
    crawl(talk, store, days=0.01)
    crawl(talk, store, days=0.01)
    with store.reading() as sql:
        assert sql.rows("SELECT 1 FROM tasks WHERE why = 'vanished'") == []


def test_a_thread_that_is_gone_keeps_its_words(talk: Talk, store: Store) -> None:
    crawl(talk, store)
    talk.gone.add("t6")
    talk.bump("t6", 9)
    assert crawl(talk, store).gone == 1
    root = store.thread("t6").posts[0].post
    assert (root.deleted, root.body) == (True, "text")
