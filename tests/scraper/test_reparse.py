"""Reparse: what it makes equals a fresh crawl, whatever became of the rows; what no bytes say stays."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import Busy
from core.forum import Board, Index, Post, Thread
from core.sentiment import Sentiment, Stance
from core.storage import pages
from core.storage.listing import threads_of
from core.storage.rows import stamp
from core.store import Store
from core.upkeep import forgetting, retention
from core.upkeep.replay import Replay
from scraper import reparse as module
from scraper.ingest import ingest
from scraper.outcome import LayoutChanged
from scraper.page import Page
from scraper.reparse import reparse
from scraper.sites import parse_page

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
SAMPLES = Path(__file__).parents[2] / "scraper" / "samples"
START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=30)


def crawl() -> Iterator[Page]:
    """Pages as a crawl fetches them, an hour apart: lists, bodies, an edit that is taken back, a copy, other threads."""
    thread = (PAGES / "thread.html").read_bytes()
    edited = re.sub(rb'(<h1 class="title"[^>]*>)', rb"\1EDITED ", thread, count=1)
    assert edited != thread
    index, reply, dump = ((PAGES / name).read_bytes() for name in ("index.html", "reply.html", "dump.txt"))
    bodies = [
        index,
        dump,
        thread,
        edited,
        reply,
        thread,
        *(path.read_bytes() for path in sorted(SAMPLES.glob("*.html"))[:2]),
    ]
    for hour, body in enumerate(bodies):
        yield Page(
            body=body, headers={"Content-Type": "text/plain; charset=utf-8"}, fetched_at=START + timedelta(hours=hour)
        )


def filled(path: Path) -> Store:
    store = Store.open(path)
    for page in crawl():
        assert page.fetched_at
        ingest(store, page, clock=lambda page=page: page.fetched_at)  # type: ignore[misc] # bound in this round
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path / "paomo.db") as opened:
        yield opened


def tables(store: Store, *, bookkeeping: bool = False) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of threads, posts, revisions, search and pages, by what it says and not by its number."""
    seen = ", p.first_seen, p.seen_at, p.changed_at" if bookkeeping else ""
    name = "coalesce({0}.post_id, {0}.key)"
    thread = "(SELECT coalesce(o.post_id, o.key) FROM posts o WHERE o.thread = {}.pk AND o.n = 0)"
    with store.reading() as sql:
        found = {
            "threads": sql.rows(
                f"SELECT site, board, root_id, title, title_key, url, partial, {thread.format('t')} AS top"
                " FROM threads t ORDER BY top"
            ),
            "posts": sql.rows(
                f"SELECT p.site, p.board, p.post_id, p.key, p.n, p.parent_id, {name.format('u')} AS parent, p.depth, p.author,"
                " p.author_key, p.title, p.body, p.bytes, p.reads, p.comments, p.points, p.published_local, p.published_utc, p.tz,"
                f" p.edited_local, p.images, p.url, p.deleted, {thread.format('t')} AS thread, f.title AS words, f.body AS more"
                f"{seen} FROM posts p JOIN threads t ON t.pk = p.thread LEFT JOIN posts u ON u.pk = p.parent"
                " LEFT JOIN posts_fts f ON f.rowid = p.pk ORDER BY p.site, p.board, thread, p.n"
            ),
            "revisions": sql.rows(
                f"SELECT {name.format('p')} AS post, r.seen_at, r.title, r.body, r.bytes FROM revisions r"
                " JOIN posts p ON p.pk = r.post ORDER BY post, r.seen_at, r.title"
            ),
            "pages": sql.rows(
                f"SELECT g.kind, g.sha256, g.fetched_at, {thread.format('t')} AS thread FROM pages g"
                " LEFT JOIN threads t ON t.pk = g.thread ORDER BY g.sha256"
            ),
        }
    return {table: [tuple(row.values()) for row in rows] for table, rows in found.items()}


def run(store: Store, **more: Any) -> Any:
    return reparse(store, clock=lambda: LATER, **more)


def test_an_unharmed_store_is_left_as_it_is(store: Store) -> None:
    before, counts = tables(store, bookkeeping=True), store.counts()
    assert len(before["revisions"]) >= 2
    done = run(store)
    assert (done.new, done.changed, done.removed, done.kept, done.unreadable) == (0, 0, 0, 0, 0)
    assert (done.unchanged, done.pages) == (counts.posts, counts.pages)
    assert tables(store, bookkeeping=True) == before


DAMAGE = [
    "UPDATE posts SET title = title || 'x', body = 'rubbish' WHERE n % 2 = 0",
    "UPDATE posts SET body = NULL, author = NULL, bytes = NULL, published_local = NULL",
    "UPDATE posts SET parent = NULL, depth = 9, n = 100 - n",
    "UPDATE posts SET key = 'k' || pk, url = NULL, board = NULL",
    "UPDATE posts SET post_id = post_id || '9' WHERE n % 3 = 1",
    "DELETE FROM posts WHERE n % 3 = 2",
    "DELETE FROM posts WHERE n = 0",
    "DELETE FROM threads WHERE pk % 2 = 0",
    "DELETE FROM posts",
    "UPDATE threads SET title = 'x', title_key = 'y', url = NULL, root_id = NULL",
    "DELETE FROM revisions",
    "UPDATE revisions SET title = 'z'",
    "INSERT INTO revisions (post, seen_at, title) SELECT pk, first_seen, 'phantom' FROM posts",
    "DELETE FROM posts_fts WHERE rowid % 2",
    "UPDATE posts SET thread = (SELECT min(pk) FROM threads), key = key || pk",
    (
        "INSERT INTO posts (thread, site, key, n, title, first_seen, seen_at, changed_at)"
        " SELECT pk, site, 'phantom', 999, 'phantom', first_seen, last_seen, last_seen FROM threads"
    ),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_became_of_the_rows_it_equals_a_fresh_crawl(store: Store, damage: str) -> None:
    fresh = tables(store)
    with store.writing() as sql:
        sql.run(damage)
    assert tables(store) != fresh
    run(store)
    assert tables(store) == fresh


def test_bytes_that_came_back_are_the_last_word(store: Store) -> None:
    """The thread's page was A, B, then A again, which is kept once; its title is A's, and B's is a revision."""
    with store.writing() as sql:
        sql.run("UPDATE posts SET title = 'x'")
    run(store)
    assert not any("EDITED" in line.title for line in store.threads())
    assert any("EDITED" in str(row) for row in tables(store)["revisions"])


def test_pages_that_came_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as ordered, Store.open(tmp_path / "b.db") as shuffled:
        for page in sorted(crawl(), key=lambda page: page.body):
            ingest(shuffled, page, clock=lambda: LATER)
        run(shuffled)
        assert tables(shuffled) == tables(ordered)


def test_judgements_stay_where_the_words_do(store: Store) -> None:
    judgement = Sentiment(label=Stance.BULLISH, p=(0.1, 0.2, 0.7), p_on_topic=1, margin=1, evidence=(), model="m")
    with store.reading() as sql:
        pks = [row["pk"] for row in sql.rows("SELECT pk FROM posts ORDER BY pk")]
    store.put_sentiments([(pk, judgement) for pk in pks], now=START)
    with store.writing() as sql:
        sql.run("UPDATE posts SET title = 'other words' WHERE pk = ?", [pks[0]])
        sql.run("UPDATE posts SET reads = 7 WHERE pk = ?", [pks[1]])
    assert run(store).changed >= 1
    assert [one.pk for one in store.unscored("m", limit=9)] == [pks[0]]


def test_what_the_forum_said_is_gone_stays_gone(store: Store) -> None:
    with store.writing() as sql:
        sql.run("UPDATE posts SET deleted = 1 WHERE n = 1")
        marked = sql.rows("SELECT count(*) AS n FROM posts WHERE deleted")[0]["n"]
    run(store)
    with store.reading() as sql:
        assert sql.rows("SELECT count(*) AS n FROM posts WHERE deleted")[0]["n"] == marked


def test_numbers_of_threads_and_posts_stay(store: Store) -> None:
    with store.writing() as sql:
        before = sql.rows("SELECT pk, thread, post_id FROM posts ORDER BY pk")
        sql.run("UPDATE posts SET title = 'x', n = -n")
    run(store)
    with store.reading() as sql:
        assert sql.rows("SELECT pk, thread, post_id FROM posts ORDER BY pk") == before


def broken(when: Callable[[Page], bool]) -> Callable[[Page], Thread | Index]:
    def parse(page: Page) -> Thread | Index:
        if when(page):
            raise LayoutChanged(kind="thread", missing="body", where="page")
        return parse_page(page)

    return parse


def test_a_page_that_was_kept_unread_becomes_a_thread(tmp_path: Path) -> None:
    with filled(tmp_path / "a.db") as whole, Store.open(tmp_path / "b.db") as store:
        for page in crawl():
            assert page.fetched_at
            if b"EDITED" not in page.body:
                ingest(store, page, clock=lambda page=page: page.fetched_at)  # type: ignore[misc] # bound in this round
                continue
            with store.writing() as sql:
                pages.keep(
                    sql,
                    page.body,
                    url=None,
                    headers=page.headers,
                    fetched_at=stamp(page.fetched_at),
                    kind="unparsed",
                    thread=None,
                )
        done = run(store)
        assert (done.mended, done.unreadable) == (1, 0)
        assert tables(store) == tables(whole)


def test_a_parser_that_breaks_takes_nothing_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before, posts = tables(store), store.counts().posts
    monkeypatch.setattr(
        module, "parse_page", broken(lambda page: b"EDITED" in page.body or "postlist" not in page.body.decode())
    )
    done = run(store)
    assert done.unreadable > 0
    assert done.removed == 0
    assert store.counts().posts == posts
    monkeypatch.setattr(module, "parse_page", broken(lambda _: True))
    assert run(store).pages == 0
    monkeypatch.undo()
    run(store)
    assert tables(store)["posts"] == before["posts"]


def test_where_bytes_are_gone_what_is_known_stays(store: Store) -> None:
    before = tables(store)
    retention.remove_older(store, LATER + timedelta(days=999), pages_only=True)
    first = next(iter(crawl()))
    ingest(store, first, clock=lambda: START)  # one list came again
    done = run(store)
    assert (done.removed, done.pages) == (0, 1)
    assert tables(store)["posts"] == before["posts"]
    assert tables(store)["revisions"] == before["revisions"]


def test_a_list_that_was_not_kept_takes_nothing_with_it(tmp_path: Path) -> None:
    """A crawl keeps one list a day: a reply without a text that only an older one showed is on no page any more."""
    with filled(tmp_path / "paomo.db") as store:
        index = parse_page(next(iter(crawl())))
        assert isinstance(index, Index)
        first = threads_of(index.site, index.board, index.entries)[0]
        late = Post(n=1, id="999", parent_id=first.root.id, depth=1, title="late", author="x", bytes=0)
        store.save_list([replace(first, replies=(late,))], b"list", url="u", headers={}, fetched_at=LATER, now=LATER)
        with store.writing() as sql:
            sql.run("DELETE FROM pages WHERE url = 'u'")
        before = tables(store)
        assert run(store).kept == 1
        assert tables(store)["posts"] == before["posts"]


def test_forgotten_authors_stay_forgotten(store: Store) -> None:
    with store.reading() as sql:
        name = sql.rows("SELECT author FROM posts WHERE author IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")[
            0
        ]["author"]
    removed = forgetting.forget(store, name, site="wenxuecity", now=LATER)
    assert removed.posts > 1
    before = tables(store)
    assert run(store).removed == 0
    assert tables(store)["posts"] == before["posts"]


def test_one_board_alone(store: Store) -> None:
    with store.writing() as sql:
        sql.run("UPDATE posts SET body = 'rubbish' WHERE n = 0")
    before = {row for row in tables(store)["posts"] if row[1] != "sample"}
    done = run(store, board=Board(site="wenxuecity", name="sample"))
    assert done.changed == 2
    assert {row for row in tables(store)["posts"] if row[1] != "sample"} == before


def test_processes_give_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = tables(store)
    with store.writing() as sql:
        sql.run("DELETE FROM posts")
    monkeypatch.setattr(module, "_WORTH", 1)
    run(store, jobs=2)
    assert tables(store) == fresh


def test_a_stop_changes_nothing_and_leaves_nothing(store: Store) -> None:
    with store.writing() as sql:
        sql.run("UPDATE posts SET title = 'x'")
    before, files = tables(store), sorted(path.name for path in store.path.parent.iterdir())

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(store, progress=stop)
    assert tables(store) == before
    assert sorted(path.name for path in store.path.parent.iterdir()) == [*files, "paomo.db.reparse.lock"]
    run(store)
    assert tables(store) != before


def test_pages_that_come_in_meanwhile_are_read_too(store: Store) -> None:
    late = Page(body=(PAGES / "gb18030.html").read_bytes(), fetched_at=LATER)
    came: list[int] = []

    def meanwhile(done: int, total: int) -> None:
        if not came:
            came.append(done)
            with Store.open(store.path) as other:
                ingest(other, late, clock=lambda: LATER)

    done = run(store, progress=meanwhile)
    assert done.pages == store.counts().pages
    assert done.new == done.removed == 0


def test_two_at_once_is_one_too_many(store: Store) -> None:
    with Replay(store), pytest.raises(Busy, match="another paomo reparse"):
        run(store)
