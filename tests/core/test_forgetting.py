"""Forgetting: no word of an author is left, in the tables or the file; the tree stands; he stays out until let in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import UsageError
from core.forum import Post, Thread
from core.sentiment import Evidence, Sentiment, Stance
from core.storage import following
from core.storage.following import Follow, Kind
from core.store import Store
from core.upkeep import forgetting
from core.upkeep.retention import shrink

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HIS = ("獨門見解", "藏在正文裏的話zanzibar", "改前的題目", "藏頭")


def post(n: int, title: str, author: str, **more: object) -> Post:
    local = datetime.fromisoformat(f"2025-10-21T08:{n:02}:17")
    facts: dict[str, object] = {
        "id": str(100 + n), "parent_id": str(99 + n) if n else None, "depth": n, "bytes": 9, "reads": 7, "body": "b",
        "published_local": local, "published_utc": (local + timedelta(hours=7)).replace(tzinfo=UTC),
        "url": f"https://bbs.wenxuecity.com/cfzh/{100 + n}.html", "images": (f"https://x/{n}.png",),
    }  # fmt: skip
    facts |= {"author": author, "author_key": f"key-{author}"}
    return Post(n=n, title=title, **(facts | more))  # type: ignore[arg-type] # facts by name


def thread(*posts: Post) -> Thread:
    return Thread(site="wenxuecity", board="cfzh", url=posts[0].url, root=posts[0], replies=posts[1:])


THREAD = thread(post(0, "大盤", "路人"), post(1, HIS[0], "曉炎", body=HIS[1]), post(2, "回他", "路人"))
OWN = thread(
    replace(post(10, HIS[3], "曉炎"), n=0, parent_id=None, depth=0),
    replace(post(11, "答", "路人"), n=1, parent_id="110"),
)


def save(store: Store, one: Thread, body: bytes = b"page", hours: int = 0) -> None:
    at = NOW + timedelta(hours=hours)
    store.save(one, body + repr(one).encode(), url=one.url, headers={}, fetched_at=at, now=at)


def fill(store: Store) -> None:
    """Both threads, an edit of his, a list that names him and one that does not, judgements."""
    save(store, replace(THREAD, replies=(replace(THREAD.replies[0], title=HIS[2]), THREAD.replies[1])))
    save(store, THREAD, hours=1)
    save(store, OWN)
    for n, row in enumerate((OWN, thread(replace(post(30, "別的", "路人"), n=0, parent_id=None)))):
        store.save_list(
            [row],
            f"list {n} {row.root.author}".encode("gb18030"),
            url=f"https://x/{n}",
            headers={},
            fetched_at=NOW,
            now=NOW,
        )
    for stored in store.thread("101").posts:
        evidence = (Evidence(term=stored.post.title, weight=1.0),)
        judged = Sentiment(
            label=Stance.BULLISH, p=(0.1, 0.2, 0.7), p_on_topic=1, margin=1, evidence=evidence, model="m"
        )
        store.put_sentiments([(stored.pk, judged)], now=NOW)


def everything(store: Store) -> str:
    """All text in all tables, search words among it, without spaces."""
    with store.reading() as sql:
        tables = [
            row["name"]
            for row in sql.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'posts_fts_%'")
        ]
        return "".join(str(sql.rows(f"SELECT * FROM {table}")) for table in tables).replace(" ", "")


@pytest.mark.parametrize("name", ["曉炎", "晓炎", "key-晓炎", "KEY-曉炎"])
def test_no_word_of_his_is_left_and_the_tree_stands(store: Store, name: str) -> None:
    fill(store)
    following.add(store, Follow(kind=Kind.AUTHOR, site=None, what=name), now=NOW)
    (found,) = forgetting.look(store, name)
    assert (found.posts, found.threads, found.names) == (2, 2, ("曉炎",))
    removed = forgetting.forget(store, name, site="wenxuecity", now=NOW)
    assert (removed.posts, removed.threads, removed.pages.pages) == (2, 2, 4)
    for words in (*HIS, "獨門见解", "独门见解", "藏头", "曉炎", "晓炎"):
        assert words not in everything(store)
    rows = store.thread("101").posts
    assert [row.post.title for row in rows] == ["大盤", "", "回他"]
    assert [row.parent for row in rows] == [None, rows[0].pk, rows[1].pk]
    assert (rows[1].post.id, rows[1].post.url, rows[1].post.images, rows[1].sentiment) == ("101", None, (), None)
    assert rows[1].post.published_local
    assert store.revisions(rows[1].pk) == []
    assert store.thread("110").title == ""
    assert not following.listed(store)
    assert store.counts().pages == 1


def test_the_file_itself_has_nothing_left(store: Store) -> None:
    fill(store)
    assert HIS[1].encode() in store.path.read_bytes() + store.path.with_name("paomo.db-wal").read_bytes()
    forgetting.forget(store, "曉炎", site="wenxuecity", now=NOW)
    shrink(store, always=True)
    left = store.path.read_bytes() + store.path.with_name("paomo.db-wal").read_bytes()
    for words in (*HIS, "曉炎", "晓炎", "独 门 见 解", "zanzibar"):
        assert words.encode() not in left
    assert "大盤".encode() in left


def test_he_stays_out(store: Store) -> None:
    fill(store)
    forgetting.forget(store, "曉炎", site="wenxuecity", now=NOW)
    pages = store.counts().pages
    new = replace(
        THREAD, replies=(*THREAD.replies, replace(post(3, HIS[0], "晓炎", author_key=None), parent_id="100", depth=1))
    )
    save(store, new, hours=2)
    save(store, OWN, hours=2)
    save(store, thread(replace(post(40, HIS[0], "曉炎"), n=0, parent_id=None, depth=0)), hours=2)
    store.save_list([OWN], b"list", url=None, headers={}, fetched_at=NOW, now=NOW)
    assert not any(words in everything(store) for words in (*HIS, "曉炎", "晓炎"))
    assert [row.post.title for row in store.thread("101").posts] == ["大盤", "", "回他", ""]
    assert store.thread("140").posts[0].forgotten == store.thread("101").posts[1].forgotten
    assert store.counts().pages == pages
    again = store.save(new, b"x", url=None, headers={}, fetched_at=NOW, now=NOW)
    assert (again.new, again.changed, again.filled) == (0, 0, 0)
    assert [one.title for one in store.unscored("m", limit=99) if not one.title] == []


def test_a_copied_text_does_not_bring_him_back(store: Store) -> None:
    fill(store)
    forgetting.forget(store, "曉炎", site="wenxuecity", now=NOW)
    bare = {"id": None, "parent_id": None, "depth": None, "url": None}
    for whole in (THREAD, OWN):
        root = Post(n=0, title=whole.root.title, body=whole.root.body)
        replies = tuple(replace(one, author_key=None, **bare) for one in whole.replies)  # type: ignore[arg-type] # fields by name
        copy = Thread(
            site="wenxuecity",
            board=None,
            url=None,
            root=root,
            replies=(*replies, Post(n=8, title="新", author="某", bytes=1)),
        )
        save(store, copy, hours=3)
    assert HIS[0] not in everything(store)
    assert len(store.thread("101").posts) == 4


def test_a_page_that_names_the_author_of_a_copied_text_removes_it(store: Store) -> None:
    forgetting.forget(store, "key-曉炎", site="wenxuecity", now=NOW)
    root = Post(n=0, title=HIS[3], body=HIS[1])
    reply = replace(OWN.replies[0], id=None, parent_id=None, depth=None, url=None)
    save(store, Thread(site="wenxuecity", board=None, url=None, root=root, replies=(reply,)))
    assert HIS[1] in everything(store)  # nothing says whose it is
    save(store, OWN, hours=1)
    assert not any(words in everything(store) for words in HIS)
    assert len(store.threads()) == 1
    assert store.counts().pages == 0


def test_undo_lets_him_in_again(store: Store) -> None:
    fill(store)
    forgetting.forget(store, "曉炎", site="wenxuecity", now=NOW)
    assert forgetting.is_forgotten(store, "晓炎") == forgetting.is_forgotten(store, "key-曉炎") == ["wenxuecity"]
    assert forgetting.let_in(store, "key-晓炎") == ["wenxuecity"]
    assert not forgetting.let_in(store, "晓炎")
    assert not forgetting.listed(store)
    assert store.thread("101").posts[1].post.title == ""
    save(store, THREAD, hours=4)
    row = store.thread("101").posts[1]
    assert (row.post.title, row.post.body, row.post.author, row.forgotten) == (HIS[0], HIS[1], "曉炎", None)
    assert store.revisions(row.pk) == []
    assert store.search(HIS[0])


def test_the_list_names_nobody(store: Store) -> None:
    fill(store)
    forgetting.forget(store, "曉炎", site="wenxuecity", now=NOW)
    forgetting.forget(store, "晓炎", site="wenxuecity", now=NOW)
    (line,) = forgetting.listed(store)
    assert (line.site, line.posts, line.added_at, len(line.marks)) == ("wenxuecity", 2, NOW, 2)
    assert forgetting.is_forgotten(store, "路人") == []


def test_another_forum_is_another_person(store: Store) -> None:
    forgetting.forget(store, "曉炎", site="ptt", now=NOW)
    fill(store)
    assert store.thread("101").posts[1].post.title == HIS[0]
    assert [one.site for one in forgetting.look(store, "曉炎")] == ["wenxuecity"]


def test_an_address_that_names_him_goes_with_him(store: Store) -> None:
    mine = replace(OWN, url="https://x/u/KEY-%E6%9B%89%E7%82%8E/110", root=replace(OWN.root, url=None))
    save(store, mine)
    forgetting.forget(store, "曉炎", site="wenxuecity", now=NOW)
    assert store.thread("110").url is None
    save(store, mine, hours=1)
    assert store.thread("110").url is None


def test_a_name_must_be_one(store: Store) -> None:
    with pytest.raises(UsageError, match="is no name"):
        forgetting.look(store, " \u200b")
    with pytest.raises(UsageError, match="is no name"):
        forgetting.forget(store, "", site="s", now=NOW)
