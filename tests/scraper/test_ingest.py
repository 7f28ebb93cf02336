"""From a source to rows: files, standard input, what is refused, and that a refusal stores nothing."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.errors import NotAThread, NotFound, PaomoError, SourceError
from core.forum import Index
from core.storage.listing import threads_of
from core.storage.rows import Saved, SavedList
from core.store import Store
from scraper.ingest import ingest, read_source
from scraper.page import Page
from scraper.sites import parse_page

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
NOW = datetime(2025, 10, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "paomo.db") as opened:
        yield opened


def clock() -> datetime:
    return NOW


def test_a_saved_page_is_stored_with_its_bytes_once(store: Store) -> None:
    page = read_source(str(PAGES / "thread.html"))
    first = ingest(store, page, clock=clock)
    assert first.new > 1
    again = ingest(store, page, clock=clock)
    assert (again.new, again.changed, again.filled, again.unchanged) == (0, 0, 0, first.new)
    assert store.counts().pages == 1


def stored(store: Store, page: Page) -> Saved:
    """The outcome for a page that is a thread."""
    saved = ingest(store, page, clock=clock)
    assert isinstance(saved, Saved)
    return saved


def test_page_other_script_reply_and_copy_are_one_thread(store: Store) -> None:
    names = ["dump.txt", "thread.html", "reply.html", "thread.zh.html", "dump.zh.txt", "dump.txt"]
    tallies = [stored(store, read_source(str(PAGES / name))) for name in names]
    by_title: dict[str, set[int]] = {}
    for saved in tallies:
        by_title.setdefault(saved.title, set()).add(saved.thread)
    assert all(len(threads) == 1 for threads in by_title.values())
    assert (tallies[-1].new, tallies[-1].changed) == (0, 0)
    assert (tallies[3].new, tallies[3].changed) == (0, 0)


def test_standard_input(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (PAGES / "dump.txt").read_bytes()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    assert ingest(store, read_source("-"), clock=clock).new > 1


def test_an_address_is_fetched_and_its_time_and_headers_kept(store: Store) -> None:
    body = (PAGES / "thread.html").read_bytes()
    asked: list[str] = []

    def fetch(url: str) -> Page:
        asked.append(url)
        return Page(url=url, body=body, headers={"ETag": "x"}, fetched_at=datetime(2025, 10, 20, tzinfo=UTC))

    saved = stored(store, read_source("https://bbs.wenxuecity.com/cfzh/400.html", fetch=fetch))
    assert asked == ["https://bbs.wenxuecity.com/cfzh/400.html"]
    assert store.thread(saved.thread).posts[0].seen_at == datetime(2025, 10, 20, tzinfo=UTC)


def test_a_list_is_stored_as_its_threads_and_once(store: Store) -> None:
    page = read_source(str(PAGES / "index.html"))
    listed = ingest(store, page, clock=clock)
    assert isinstance(listed, SavedList)
    assert (listed.board, listed.threads, listed.new) == ("gupiao", len(store.threads()), store.counts().posts)
    again = ingest(store, page, clock=clock)
    assert (again.new, again.changed, again.filled, again.unchanged) == (0, 0, 0, listed.new)
    assert store.counts().pages == 1


def test_a_list_never_takes_a_text_away(store: Store) -> None:
    index = parse_page(read_source(str(PAGES / "index.html")))
    assert isinstance(index, Index)
    first, *_ = threads_of(index.site, index.board, index.entries)
    store.save(
        replace(first, root=replace(first.root, body="正文")), b"x", url=None, headers={}, fetched_at=NOW, now=NOW
    )
    ingest(store, read_source(str(PAGES / "index.html")), clock=clock)
    assert store.thread(first.root.id or "").posts[0].post.body == "正文"


@pytest.mark.parametrize("name", ["nothing.html", "half.html", "login.html"])
def test_a_page_that_cannot_be_read_stores_nothing(store: Store, name: str) -> None:
    page = read_source(str(PAGES / name))
    with pytest.raises(PaomoError):
        ingest(store, page, clock=clock)
    with pytest.raises(NotAThread):
        ingest(store, Page(body=b"hello"), clock=clock)
    counts = store.counts()
    assert (counts.threads, counts.posts, counts.pages) == (0, 0, 0)


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        read_source(str(tmp_path / "nope.html"))
    with pytest.raises(SourceError, match="is a folder"):
        read_source(str(tmp_path))
    with pytest.raises(SourceError):
        read_source("ftp://bbs.wenxuecity.com/cfzh/1.html")
