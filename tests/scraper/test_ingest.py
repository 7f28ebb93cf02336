"""From a source to rows: files, standard input, what is refused, and that a refusal stores nothing."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.errors import NotAThread, NotFound, PaomoError, SourceError, UsageError
from core.store import Store
from scraper.ingest import ingest, read_source
from scraper.page import Page

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


def test_page_other_script_reply_and_copy_are_one_thread(store: Store) -> None:
    names = ["dump.txt", "thread.html", "reply.html", "thread.zh.html", "dump.zh.txt", "dump.txt"]
    tallies = [ingest(store, read_source(str(PAGES / name)), clock=clock) for name in names]
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

    saved = ingest(store, read_source("https://bbs.wenxuecity.com/cfzh/400.html", fetch=fetch), clock=clock)
    assert asked == ["https://bbs.wenxuecity.com/cfzh/400.html"]
    assert store.thread(saved.thread).posts[0].seen_at == datetime(2025, 10, 20, tzinfo=UTC)


def test_a_list_is_refused_with_the_way_out(store: Store) -> None:
    page = read_source(str(PAGES / "index.html"))
    with pytest.raises(UsageError, match="is a list of the board wenxuecity:") as caught:
        ingest(store, page, clock=clock)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["nothing.html", "half.html", "login.html", "index.html"])
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
