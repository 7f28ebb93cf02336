"""Search finds what a plain scan over folded tokens finds, no more and no less."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.forum import Board, Post, Thread
from core.store import Store
from core.text import tokens

NOW = datetime(2025, 10, 23, tzinfo=UTC)

# Few letters, so that words meet; and the kinds that trip tokenizers: both scripts, full width, marks, young characters.
LETTERS = "泡沫曆历高新AaＡ1１ßİé-_ .，。\"'*()🚀ςσ\u0301\u00a0\U00020000\U0001e900\u1c89กำ한"
texts = st.text(alphabet=LETTERS, max_size=12) | st.text(max_size=6)


def save(store: Store, title: str, body: str | None = None, *, number: int = 1, board: str = "cfzh") -> None:
    moment = NOW + timedelta(minutes=number)
    root = Post(n=0, id=str(number), title=title, body=body, published_utc=moment)
    thread = Thread(site="wenxuecity", board=board, url=f"https://x/{board}/{number}.html", root=root)
    store.save(thread, b"", url=thread.url, headers={}, fetched_at=NOW, now=NOW)


def scan(words: list[str], posts: list[tuple[str, str]]) -> set[int]:
    """Posts whose title or body holds each word's tokens in a row."""

    def holds(text: list[str], phrase: list[str]) -> bool:
        return any(text[at : at + len(phrase)] == phrase for at in range(len(text) - len(phrase) + 1))

    phrases = [phrase for phrase in map(tokens, words) if phrase]
    return {
        number
        for number, post in enumerate(posts, 1)
        if all(any(holds(tokens(text), phrase) for text in post) for phrase in phrases)
    }


@given(
    posts=st.lists(st.tuples(texts.map(lambda text: text or "題"), texts), min_size=1, max_size=4),
    words=st.lists(texts, min_size=1, max_size=2),
    pick=st.tuples(st.integers(0, 3), st.integers(0, 8), st.integers(1, 4)),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_search_equals_a_plain_scan(
    store: Store, posts: list[tuple[str, str]], words: list[str], pick: tuple[int, int, int]
) -> None:
    number, start, length = pick
    words = [*words, posts[number % len(posts)][0][start : start + length]]
    words = [word for word in (word.replace('"', "") for word in words) if tokens(word)]
    store._database().execute("DELETE FROM threads")  # posts and their words go with them
    for at, (title, body) in enumerate(posts, 1):
        save(store, title, body, number=at)
    if words:
        hits = store.search(" ".join(f'"{word}"' for word in words))
        assert {int(hit.post.id or 0) for hit in hits} == scan(words, posts)


def test_words_are_found_across_script_width_and_case(store: Store) -> None:
    save(store, "Margin借貸到了曆史新高", "ＳＰＹ大跌。1.13萬億")
    for words in ("历史新高", "曆史", "MARGIN", "spy", "margin 大跌", "1.13", '"1.13萬"', "“借貸到了”", "高"):
        assert len(store.search(words)) == 1, words
    for words in ("新史", "marg", '"margin 大跌"', "高 低"):
        assert store.search(words) == [], words


@pytest.mark.parametrize("words", ["", "  ", '""', "。。。", "🚀", '"'])
def test_nothing_to_look_for_is_said(store: Store, words: str) -> None:
    with pytest.raises(UsageError, match="nothing to look for"):
        store.search(words)


@pytest.mark.parametrize(
    "words", ["NEAR", "a AND b", "OR", "NOT x", "title:泡", "泡*", "^泡", "{a}", "a' OR 1=1 --", '"open']
)
def test_the_search_languages_own_words_are_only_words(store: Store, words: str) -> None:
    save(store, "無關")
    assert store.search(words) == []


def test_newest_first_with_limit_board_title_and_link(store: Store) -> None:
    for number in (2, 3, 1):
        save(store, f"泡沫 {number}", number=number)
    save(store, "泡沫", number=9, board="tzlc")
    hits = store.search("泡沫", limit=2)
    assert [hit.post.id for hit in hits] == ["9", "3"]
    on_board = store.search("泡沫", board=Board.parse("cfzh"))
    assert [hit.post.id for hit in on_board] == ["3", "2", "1"]
    assert (on_board[0].thread_title, on_board[0].url) == ("泡沫 3", "https://x/cfzh/3.html")


def test_a_copied_root_stands_where_its_replies_do(store: Store) -> None:
    save(store, "泡沫 新", number=5)
    reply = Post(n=1, title="泡沫 答", author="甲", published_utc=NOW + timedelta(minutes=2))
    dump = Thread(site="wenxuecity", board=None, url=None, root=Post(n=0, title="泡沫 舊"), replies=(reply,))
    store.save(dump, b"dump", url=None, headers={}, fetched_at=NOW, now=NOW)
    save(store, "泡沫 最舊", number=1)
    assert [hit.post.title for hit in store.search("泡沫")] == ["泡沫 新", "泡沫 答", "泡沫 舊", "泡沫 最舊"]


def test_merged_rows_leave_no_words_behind(store: Store) -> None:
    reply = Post(n=1, title="牛市", author="甲", published_local=datetime(2025, 10, 21, 8, 1, 5))  # noqa: DTZ001 (a wall clock)
    dump = Thread(site="s", board=None, url=None, root=Post(n=0, title="題", body="文"), replies=(reply,))
    whole = replace(dump, board="b", root=replace(dump.root, id="1"), replies=(replace(reply, id="2", parent_id="1"),))
    for thread in (dump, whole, dump):
        store.save(thread, repr(thread).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)
    assert len(store.search("牛市")) == 1
    assert store._database().execute("SELECT count(*) FROM posts_fts").fetchone()[0] == 2
