"""Following: once each, found again in the other script, and what a crawler is told."""

from datetime import UTC, datetime

from core.forum import Board
from core.storage import following
from core.storage.following import Follow, Kind
from core.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOARD = Follow(kind=Kind.BOARD, site="wenxuecity", what="cfzh")
THREAD = Follow(kind=Kind.THREAD, site="wenxuecity", board="cfzh", what="https://bbs.wenxuecity.com/cfzh/1.html")
AUTHOR = Follow(kind=Kind.AUTHOR, site=None, what="曉炎")
WORDS = Follow(kind=Kind.KEYWORD, site="wenxuecity", board="gupiao", what="泡沫 破")


def test_each_once_and_listed_by_kind(store: Store) -> None:
    assert [following.add(store, one, now=NOW) for one in (WORDS, AUTHOR, THREAD, BOARD, BOARD)] == [True] * 4 + [False]
    found = following.listed(store)
    assert [one.follow for one in found] == [BOARD, THREAD, AUTHOR, WORDS]
    assert {one.added_at for one in found} == {NOW}


def test_names_and_words_are_the_same_in_either_script(store: Store) -> None:
    following.add(store, AUTHOR, now=NOW)
    assert not following.add(store, Follow(kind=Kind.AUTHOR, site=None, what="晓炎"), now=NOW)
    assert following.add(store, Follow(kind=Kind.AUTHOR, site="wenxuecity", board="cfzh", what="晓炎"), now=NOW)
    assert following.remove(store, Follow(kind=Kind.AUTHOR, site=None, what="晓炎"))
    assert not following.remove(store, AUTHOR)
    assert len(following.listed(store)) == 1


def test_a_board_is_taken_as_it_is_written(store: Store) -> None:
    following.add(store, BOARD, now=NOW)
    assert not following.remove(store, Follow(kind=Kind.BOARD, site="wenxuecity", what="CFZH"))


def test_what_a_crawler_is_told(store: Store) -> None:
    other = Follow(kind=Kind.BOARD, site="ptt", what="Stock")
    for one in (BOARD, other, THREAD, AUTHOR, WORDS):
        following.add(store, one, now=NOW)
    found = following.followed(store)
    cfzh, stock = Board(site="wenxuecity", name="cfzh"), Board(site="ptt", name="Stock")
    assert (found.boards, found.threads, found.authors, found.keywords) == (
        (cfzh, stock),
        (THREAD,),
        (AUTHOR,),
        (WORDS,),
    )
    assert found.where(AUTHOR) == (cfzh, stock)
    assert found.where(WORDS) == (Board(site="wenxuecity", name="gupiao"),)


def test_nothing_is_followed_at_first(store: Store) -> None:
    found = following.followed(store)
    assert (found.boards, found.threads, found.authors, found.keywords) == ((), (), (), ())
