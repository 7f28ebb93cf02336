"""Labels: kept with the post as it stood, gone with it, never with its words."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotFound
from core.forum import Board, Post, Thread
from core.sentiment import Stance
from core.storage import labels
from core.storage.labels import Label
from core.store import Store
from core.upkeep import forgetting, retention

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = datetime.fromisoformat("2026-01-01")  # a forum's wall clock
THREAD = Thread(
    site="wenxuecity",
    board="cfzh",
    url="https://example.com/1",
    root=Post(n=0, id="1", title="泡沫來了", author="甲", author_key="a", published_local=DAY),
    replies=(
        Post(n=1, id="2", parent_id="1", title="+1", author="乙", author_key="b"),
        Post(n=2, id="3", parent_id="1", title="不同意", body="會漲的", author="丙", author_key="c"),
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "paomo.db") as store:
        keep(store, THREAD)
        yield store


def keep(store: Store, thread: Thread, page: bytes = b"page") -> None:
    store.save(thread, page, url=thread.url, headers={}, fetched_at=NOW, now=NOW)


def say(store: Store, pk: int, label: Stance | None, *, who: str = "me", again: bool = False) -> int:
    text = labels.post(store, pk).text
    return labels.put(store, Label(post=pk, mark=labels.mark(text), label=label, who=who, at=NOW, again=again))


def test_a_post_comes_with_what_it_replies_to(store: Store) -> None:
    newest, middle, root = labels.unlabelled(store, limit=10)
    assert (newest.text, newest.parent) == ("不同意\n會漲的", "泡沫來了")
    assert (middle.text, middle.url) == ("+1", THREAD.url)
    assert root.parent is None
    assert [one.text for one in labels.unlabelled(store, limit=1)] == ["不同意\n會漲的"]
    assert labels.unlabelled(store, limit=9, board=Board.parse("ptt:Stock")) == []


def test_the_last_label_counts_and_a_post_passed_over_is_not_shown_again(store: Store) -> None:
    say(store, 1, Stance.BULLISH)
    say(store, 1, Stance.BEARISH, who="telegram:7")
    say(store, 2, None)
    assert [(one.post.pk, one.label, one.who) for one in labels.labelled(store)] == [(1, Stance.BEARISH, "telegram:7")]
    assert [one.pk for one in labels.unlabelled(store, limit=10)] == [3]


def test_taking_back(store: Store) -> None:
    say(store, 1, Stance.BULLISH)
    say(store, 2, Stance.NEUTRAL)
    number, label = labels.last(store, "me") or (0, None)
    assert label is not None
    assert label.post == 2
    labels.take_back(store, number)
    assert [one.post.pk for one in labels.labelled(store)] == [1]
    assert labels.last(store, "nobody") is None


def test_an_edited_post_loses_its_label_until_it_is_looked_at_again(store: Store) -> None:
    say(store, 2, Stance.BULLISH)
    was = labels.post(store, 2)
    keep(store, replace(THREAD, replies=(replace(THREAD.replies[0], title="-1"), THREAD.replies[1])), b"later")
    assert labels.labelled(store) == []
    with pytest.raises(NotFound, match="says something else"):
        labels.put(store, Label(post=2, mark=was.mark, label=Stance.BULLISH, who="me", at=NOW))


def test_script_and_width_are_no_edit(store: Store) -> None:
    say(store, 1, Stance.BEARISH)
    keep(store, replace(THREAD, root=replace(THREAD.root, title="泡沫来了")), b"simplified")
    assert len(labels.labelled(store)) == 1


def test_a_forgotten_author_takes_his_labels_with_him(store: Store) -> None:
    for pk in (1, 2, 3):
        say(store, pk, Stance.NEUTRAL)
    forgetting.forget(store, "甲", site="wenxuecity", now=NOW)
    assert [one.post.pk for one in labels.labelled(store)] == [2, 3]
    assert len(labels.given(store, "me")) == 2
    assert labels.post(store, 2).parent is None
    with pytest.raises(NotFound, match="forgotten"):
        labels.post(store, 1)


def test_what_is_old_takes_its_labels_with_it(store: Store) -> None:
    say(store, 3, Stance.BULLISH)
    retention.remove_older(store, datetime(2026, 11, 24, tzinfo=UTC))
    assert labels.given(store, "me") == []


def test_no_words_stand_beside_a_label(store: Store) -> None:
    say(store, 3, Stance.BULLISH)
    with sqlite3.connect(store.path) as file:
        [row] = file.execute("SELECT * FROM labels").fetchall()
    file.close()
    assert "漲" not in str(row)


def test_two_rows_that_turn_out_to_be_one_post_keep_the_label(store: Store) -> None:
    """One source gives the id, another the author; a third has both."""
    known = Post(n=1, id="9", parent_id="1", title="牛市", author="丁", author_key="d", bytes=4, published_local=DAY)
    by_id = replace(known, author=None, author_key=None, bytes=None, published_local=None)
    by_name = replace(known, id=None, parent_id=None, author_key=None)
    for page, post in ((b"1", by_id), (b"2", by_name)):
        keep(store, replace(THREAD, replies=(post,)), page)
    double = labels.unlabelled(store, limit=1)[0].pk
    say(store, double, Stance.BULLISH)
    keep(store, replace(THREAD, replies=(known,)), b"3")
    [one] = labels.labelled(store)
    assert one.post.pk != double
    assert (one.post.text, one.label) == ("牛市", Stance.BULLISH)


def test_agreement_counts_only_what_was_asked_twice(store: Store) -> None:
    say(store, 1, Stance.BULLISH)
    say(store, 2, Stance.NEUTRAL)
    say(store, 1, Stance.BULLISH, again=True)
    say(store, 2, Stance.BEARISH, again=True)
    say(store, 3, None, again=True)
    assert labels.agreement(labels.given(store, "me")) == (1, 2)
