"""A crawl of a board on which somebody is forgotten: no way leads him back into the file."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.forum import Board, Index, Post, Thread
from core.storage.following import Follow, Kind, add
from core.storage.ledger import Ledger
from core.storage.listing import Listed, note
from core.storage.saving import RawPage
from core.store import Store
from core.upkeep import forgetting
from core.upkeep.retention import shrink
from scraper.bodies import Amounts
from scraper.ingest import ingest
from scraper.page import Page
from scraper.reparse import reparse
from tests.scraper.replica import BOARD, REAL, Replica, Row
from tests.scraper.talk import TALK, Talk, crawl
from tests.scraper.world import World

HE = "晓炎"
SPELLINGS = ("晓炎", "曉炎", "%E6%99%93%E7%82%8E", "zanzibar", "藏头")
OPTIONS = {"amounts": Amounts(missing=50, recheck=50)}


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica(posts=40, etags=True).serve()


@pytest.fixture
def world(replica: Replica, tmp_path: Path) -> Iterator[World]:
    for row in replica.rows.values():
        if row.author == HE:
            row.author = "路人"
    with Store.open(tmp_path / "crawl.db") as store:
        yield World(replica, store)


def his(world: World, parent: int | None = None) -> Row:
    """He posts."""
    row = world.replica.write(parent, body="<p>zanzibar</p>", at=world.replica.now)
    row.author, row.title = HE, f"藏头{row.id}"
    return row


def found(store: Store) -> set[str]:
    """What is left of him: in the file, or in the bytes of a kept page."""
    shrink(store, always=True)
    held = b"".join(path.read_bytes() for path in store.path.parent.glob(f"{store.path.name}*") if path.is_file())
    with store.reading() as sql:
        held += b"".join(zlib.decompress(row["body"]) for row in sql.rows("SELECT body FROM pages"))
        for table in ("tasks", "boards", "pauses", "threads", "posts", "mentions", "judged", "writers"):
            held += str(sql.rows(f"SELECT * FROM {table}")).encode()
    return {word for word in SPELLINGS if word.lower().encode() in held.lower()}


def page_of(world: World, id: int) -> Page:
    """A post's page, as somebody would save it."""
    body = world.replica.answer(f"/{BOARD}/{id}.html", {})[2]
    return Page(url=f"{REAL}/{BOARD}/{id}.html", body=body, fetched_at=world.now)


def test_no_way_leads_him_back(world: World) -> None:
    replica = world.replica
    mine, answer = his(world), his(world, 1003)
    below = replica.write(mine.id, body="<p>answer</p>")
    world.crawl(**OPTIONS)
    assert found(world.store) == set(SPELLINGS) - {"曉炎"}
    forgetting.forget(world.store, HE, site="wenxuecity", now=world.now)
    assert found(world.store) == set()

    late, hidden = his(world, 1005), his(world, 1005)
    replica.delete(hidden.id)  # its number is a hole in the list
    world.later(hours=20)
    replica.write(None, body="<p>a root behind his</p>")
    done = world.crawl(**OPTIONS)
    assert found(world.store) == set()
    assert (done.new, done.error) == (2, None)
    stubs = [world.post(row.id) for row in (mine, answer, late)]
    assert [(row["title"], row["body"], row["author"]) for row in stubs] == [("", None, None)] * 3
    assert all(row["forgotten"] for row in stubs)
    assert world.post(below.id)["parent"] == stubs[0]["pk"]
    assert not {mine.id, answer.id, late.id} & set(world.posts_asked())
    world.crawl(amounts=Amounts(missing=0, recheck=0))
    assert world.posts_asked() == []  # his threads did not vanish

    hidden.deleted = False  # now his post itself stands behind a number that is asked for
    with world.store.writing() as sql:
        sql.run("UPDATE tasks SET state = 'due' WHERE why = 'missing' AND post_id = ?", [str(hidden.id)])
    replica.rows[below.id].author, below.title = HE, "藏头"  # and somebody's post turns out to be his
    for wave in range(2):
        replica.edit(mine.id, f"<p>zanzibar {wave}</p>")
        world.later(hours=20)
        world.crawl(**OPTIONS)
        assert found(world.store) == set()
    assert world.post(hidden.id)["forgotten"]

    for row in (mine, answer, replica.rows[1003]):
        ingest(world.store, page_of(world, row.id), clock=lambda: world.now)
    body = replica.answer(f"/{BOARD}/", {})[2]
    ingest(world.store, Page(url=f"{REAL}/{BOARD}/", body=body), clock=lambda: world.now)
    assert found(world.store) == set()
    reparse(world.store, clock=lambda: world.now)
    assert found(world.store) == set()
    assert world.post(1003)["title"] == replica.rows[1003].title
    assert not world.crawl(**OPTIONS).error


def test_a_page_that_cannot_be_read_is_not_kept_where_somebody_is_kept_out(world: World) -> None:
    mine = his(world)
    world.crawl()
    forgetting.forget(world.store, HE, site="wenxuecity", now=world.now)
    broken = f"<html><head><title>文学城</title></head><body>{HE} zanzibar</body></html>".encode()
    for path in (f"/{BOARD}/", f"/{BOARD}/{mine.id + 1}.html"):
        world.replica.faults[path] = lambda: (200, {}, broken)
    world.replica.write(None, body="<p>x</p>")
    world.crawl()
    assert world.rows("SELECT * FROM pauses")
    assert found(world.store) == set()
    assert world.rows("SELECT 1 FROM pages WHERE kind = 'unparsed'") == []


def test_a_trouble_that_names_him_goes_too(world: World) -> None:
    mine = his(world)
    world.crawl()
    add(world.store, Follow(kind=Kind.AUTHOR, site=None, what=HE), now=world.now)
    ledger = Ledger(world.store)
    said = f"{REAL}/bbs/archive.php?keyword=%E6%99%93%E7%82%8E: refused"
    ledger.failed(Board.parse(BOARD), said)
    ledger.pause("wenxuecity", said, now=world.now, seconds=60)
    with world.store.writing() as sql:
        sql.run("UPDATE tasks SET state = 'due', last_error = ? WHERE post_id = ?", [said, str(mine.id)])
    forgetting.forget(world.store, HE, site="wenxuecity", now=world.now)
    assert found(world.store) == set()
    assert world.task(mine.id)["state"] == "done"


@dataclass
class Named(Talk):
    """Every thread is by somebody; the first one by him."""

    def root(self, id: str, n: int) -> Post:
        who = HE if id == "t1" else "路人"
        title = "藏头" if id == "t1" else id
        return replace(Talk.root(self, id, n), title=title, author=who, author_key=who)

    def parse(self, page: Page, text: str) -> Thread | Index:
        found = Talk.parse(self, page, text)
        name = (page.url or "").split("/")[-1].partition("#")[0]
        if isinstance(found, Index) or name != "t1":
            return found
        return replace(found, root=replace(found.root, author=HE, author_key=HE, body="zanzibar"))


def test_others_below_his_thread_are_still_read(tmp_path: Path) -> None:
    talk = Named(threads={"t1": 1, "t2": 0}, order=["t2", "t1"])
    with Store.open(tmp_path / "x.db") as store:
        crawl(talk, store)
        forgetting.forget(store, HE, site="talk", now=datetime.now(UTC))
        crawl(talk, store)  # nothing is known of how the list showed it
        talk.asked.clear()
        crawl(talk, store)
        assert [url.split("/")[-1] for url in talk.asked] == ["list1"]
        talk.bump("t1", 2)
        crawl(talk, store)
        assert "t1" in {url.split("/")[-1] for url in talk.asked}
        with store.reading() as sql:
            rows = sql.rows("SELECT post_id, title, body, comments FROM posts WHERE post_id LIKE 't1%' ORDER BY n")
        assert [(row["post_id"], row["body"]) for row in rows] == [
            ("t1", None), ("t1-0", "reply 0"), ("t1-1", "reply 1"),
        ]  # fmt: skip
        assert found(store) == set()


def test_rows_of_a_list_say_whether_he_is_on_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db") as store, store.writing() as sql:
        rows = tuple(Post(n=n, id=str(n), depth=0, title=who, author=who) for n, who in enumerate((HE, "路人")))
        threads = [Thread(site="talk", board="b", url=None, root=row) for row in rows]
        moment = datetime(2026, 3, 2, tzinfo=UTC)
        listed = Listed(
            board=TALK, posts=rows, roots_only=False, empty=False, walk=1, clock=None, backfill=False, now=moment
        )
        page = RawPage(body=b"", url=None, headers={}, fetched_at=moment.isoformat(), now=moment.isoformat())
        assert not note(sql, listed, threads, page).hidden
        forgetting.forget(store, HE, site="talk", now=moment)
        assert note(sql, listed, threads, page).hidden
        assert sql.rows("SELECT partial FROM threads ORDER BY pk") == [{"partial": 1}, {"partial": 1}]


def test_an_answer_that_came_first_does_not_keep_his_title(world: World) -> None:
    forgetting.forget(world.store, HE, site="wenxuecity", now=world.now)
    mine = his(world, 1003)
    below = world.replica.write(mine.id, body="<p>answer</p>")
    ingest(world.store, page_of(world, below.id), clock=lambda: world.now)
    assert found(world.store) == {"藏头"}  # the page prints what it answers, and nothing says whose it is
    ingest(world.store, page_of(world, mine.id), clock=lambda: world.now)
    assert found(world.store) == set()
