"""The newest threads are the head of the whole list, whatever the posts' times and boards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.forum import Board, Post, Thread
from core.store import Store

NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)
BOARDS = ("cfzh", "tzlc")
MINUTES = st.one_of(st.none(), st.integers(0, 6))  # few, so that many are alike


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(BOARDS), st.lists(MINUTES, min_size=1, max_size=14)), max_size=8))
def test_the_head_of_the_list_is_the_list_cut_short(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, list[int | None]]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "paomo.db"
    with Store.open(path) as store:
        for number, (board, minutes) in enumerate(made):
            store.save(
                page(number, board, minutes), str(number).encode(), url=None, headers={}, fetched_at=NOW, now=NOW
            )
        for board_asked in (None, *(Board(site="wenxuecity", name=name) for name in BOARDS)):
            everything = store.threads(board=board_asked)
            for limit in (0, 1, 2, 3, 9):
                assert store.threads(limit=limit, board=board_asked) == everything[:limit]


def page(number: int, board: str, minutes: list[int | None]) -> Thread:
    posts = [
        Post(
            n=n,
            id=f"{number}{n:02}",
            parent_id=f"{number}00" if n else None,
            depth=int(n > 0),
            title=f"標題 {number} {n}",
            published_local=None if minute is None else datetime(2026, 11, 7, 8) + timedelta(minutes=minute),  # noqa: DTZ001 (a wall clock)
        )
        for n, minute in enumerate(minutes)
    ]
    return Thread(site="wenxuecity", board=board, url=None, root=posts[0], replies=tuple(posts[1:]))


def test_a_long_thread_does_not_hide_the_others(tmp_path: Path) -> None:
    with Store.open(tmp_path / "paomo.db") as store:
        for number, posts in enumerate((3, 90)):
            one = page(number, "cfzh", [number * 30] * posts)
            store.save(one, str(number).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)
        assert [line.posts for line in store.threads(limit=2)] == [90, 3]
