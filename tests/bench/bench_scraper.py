"""Measures reading, storing and asking; not part of the tests. Run: make bench-scraper

    python tests/bench/bench_scraper.py [--days 3]

Rates are per second of processor time on one core, the best of three, so that a busy machine changes them little. What
is compared does the same: the plain readers must give the same rows as ours before they are timed.
"""

import argparse
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from core.forum import Thread
from core.storage.rows import columns
from core.store import Store
from core.text import tokens
from scraper.crawl import Crawler, Options
from scraper.fetch import Fetcher
from scraper.page import Page, decode
from scraper.reparse import reparse
from scraper.sites import SITES, parse_page
from scraper.wanted import Wanted
from tests.bench.bench_report import thread
from tests.fuzz.targets import TARGETS
from tests.loopback import HOST
from tests.scraper.replica import BOARD, REAL, Replica
from tests.scraper.world import CFZH

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
Fields = tuple[str, str, str, int, str]
"""Id, title, author, size and time of a row, as it is printed."""

_ID = re.compile(r"/(\d+)\.html")
_SIZE = re.compile(r"\(([\d,]+) bytes")
_TIME = re.compile(r"(\d\d)/(\d\d)/(\d{4}).*?(\d\d:\d\d:\d\d)", re.DOTALL)


def rate(work: Callable[[], object], *, each: int = 1, least: float = 0.5) -> float:
    """How many a second of processor time; one call of `work` does `each`."""
    work()
    best = 0.0
    for _ in range(3):
        calls, start = 0, time.process_time()
        while (took := time.process_time() - start) < least:
            work()
            calls += 1
        best = max(best, calls * each / took)
    return best


def row(text: str, href: str, title: str, author: str) -> Fields:
    """A row from its printed parts."""
    id, size, stamp = _ID.search(href), _SIZE.search(text), _TIME.search(text)
    assert id is not None
    assert size is not None
    assert stamp is not None
    month, day, year, clock = stamp.groups()
    return id[1], title, author, int(size[1].replace(",", "")), f"{year}-{month}-{day}T{clock}"


def with_bs4(html: str) -> list[Fields]:
    """The rows of a page by BeautifulSoup and html.parser, and nothing besides."""
    soup = BeautifulSoup(html, "html.parser")
    return [
        row(line.get_text(), str(link["href"]), link.get_text(), line.select_one("a.username").get_text())  # type: ignore[union-attr]
        for line in soup.select("#postlist p")
        if (link := line.select_one("a.post"))
    ]


def with_selectolax(html: str) -> list[Fields]:
    """The same by selectolax."""
    tree = LexborHTMLParser(html)
    return [
        row(line.text(), link.attributes["href"] or "", link.text(), line.css_first("a.username").text())  # type: ignore[union-attr]
        for line in tree.css("#postlist p")
        if (link := line.css_first("a.post"))
    ]


def with_ours(page: Page) -> list[Fields]:
    """The same by paomo, which reads the tree, moments, marks and addresses too, and refuses what is no such page."""
    found = parse_page(page)
    posts = found.replies if isinstance(found, Thread) else found.entries
    return [
        (post.id or "", post.title, post.author or "", post.bytes or 0, (post.published_local or NOW).isoformat())
        for post in posts
    ]


def reading(replica: Replica) -> None:
    """Pages of the replica, then every recorded page."""
    print("\nread, pages/s" + " " * 23 + "paomo    bs4 + html.parser    selectolax")
    longest = max(replica.threads(), key=lambda id: len(list(replica.below(id))))
    for name, path in (("a list", f"/{BOARD}/"), ("a thread", f"/{BOARD}/{longest}.html")):
        body = replica.answer(path, {})[2]
        page, html = Page(body=body, url=REAL + path), body.decode()
        rows = with_ours(page)
        assert rows == with_bs4(html) == with_selectolax(html)
        ours, bs4, lexbor = (
            rate(work)
            for work in (lambda: with_ours(page), lambda: with_bs4(html), lambda: with_selectolax(html))  # noqa: B023
        )
        label = f"{name}, {len(rows)} rows, {len(body) // 1024} kB"
        print(f"  {label:30} {ours:8,.0f} {bs4:8,.0f} (ours {ours / bs4:4.2f}x) {lexbor:8,.0f} ({ours / lexbor:5.3f}x)")
    print("\nread, recorded pages" + " " * 16 + "paomo    bs4 makes the tree")
    for target in TARGETS:
        if target.name.split()[0] in {site.name for site in SITES} and target.seeds[0].lstrip().startswith(b"<"):
            page = Page(body=target.seeds[0], url=target.urls[0])
            text = decode(page)
            tree = rate(lambda: BeautifulSoup(text, "html.parser"), least=0.2)  # noqa: B023
            ours = rate(lambda: parse_page(page), least=0.2)  # noqa: B023
            print(f"  {target.name:30} {ours:8,.0f} {tree:8,.0f} (ours {ours / tree:4.2f}x)")


def storing(folder: Path, count: int = 200) -> dict[str, float]:
    """Threads of 20 posts into an empty store; beside it the rows alone, in one transaction. Posts a second, by way."""
    threads = [thread(number, 20, date(2026, 3, 1)) for number in range(count)]
    posts = [post for one in threads for post in one.posts]
    names = list(columns(posts[0]))
    rows = [tuple(columns(post).values()) for post in posts]
    words = [(n, " ".join(tokens(post.title)), " ".join(tokens(post.body or ""))) for n, post in enumerate(posts)]
    files = iter(range(10**6))

    def ours() -> None:
        with Store.open(folder / f"{next(files)}.db") as store:
            start = time.process_time()
            for one in threads:
                store.save(one, b"x", url=one.url, headers={}, fetched_at=NOW, now=NOW)
            took.append(time.process_time() - start)
            start = time.process_time()
            for one in threads:
                store.save(one, b"x", url=one.url, headers={}, fetched_at=NOW, now=NOW)
            again.append(time.process_time() - start)

    def plain() -> None:
        with sqlite3.connect(folder / f"{next(files)}.db") as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"CREATE TABLE posts (pk INTEGER PRIMARY KEY, {', '.join(names)})")
            db.execute("CREATE VIRTUAL TABLE fts USING fts5 (title, body)")
            start = time.process_time()
            db.executemany(f"INSERT INTO posts ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)
            bare.append(time.process_time() - start)
            db.executemany("INSERT INTO fts (rowid, title, body) VALUES (?, ?, ?)", words)
            db.commit()
            searched.append(time.process_time() - start)
        db.close()

    took, again, bare, searched = list[float](), list[float](), list[float](), list[float]()
    for _ in range(3):
        ours()
        plain()
    return {
        name: len(posts) / min(times)
        for name, times in (
            ("paomo, a transaction a page", took),
            ("paomo, the same pages again", again),
            ("executemany, one transaction", bare),
            ("executemany, with search words", searched),
        )
    }


@contextmanager
def board(posts: int, per_page: int) -> Iterator[Replica]:
    """A replica that is served."""
    yield from Replica(posts=posts, per_page=per_page, seed=5).serve()


def asking(folder: Path, days: int) -> None:
    """A board of some 200 posts a day, looked at every half hour; then what was stored is read again."""
    now = NOW
    with (
        board(1000, 50) as replica,
        Store.open(folder / "crawl.db") as store,
        Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), now=lambda: now) as fetcher,
    ):

        def crawl() -> tuple[int, int, int]:
            summary = Crawler(store, fetcher, clock=lambda: now, sites=[replica.site()]).run(
                Wanted(boards=(CFZH,)), Options()
            )
            (one,) = summary.boards
            assert one.error is None
            return summary.requests, one.new, one.requests.get("index", 0) + one.requests.get("robots", 0)

        print("\nasked                             requests   new posts   a new post   list and robots.txt")

        def told(name: str, runs: list[tuple[int, int, int]]) -> None:
            asked, new, lists = (sum(one[place] for one in runs) for place in range(3))
            each = f"{asked / new:10.2f}" if new else " " * 10
            print(f"  {name:30} {asked:8,} {new:10,}   {each} {lists:12,}")

        told("first run", [crawl()])
        now += timedelta(hours=1)
        told("quiet run", [crawl()])
        runs = []
        for half_hour in range(48 * days):
            now += timedelta(minutes=30)
            replica.later(minutes=30)
            recent = sorted(replica.rows)[-60:]
            for _ in range(replica.random.choice((2, 3, 4, 5, 6))):
                replica.write(replica.random.choice(recent) if replica.random.random() < 0.7 else None)
            if half_hour % 12 == 11:
                replica.edit(replica.random.choice(recent), f"<p>改于 {replica.now}</p>")
            runs.append(crawl())
        told(f"{days} busy days, every 30 min", runs)
        again(store, sum(1 for _ in replica.rows))


def again(store: Store, posts: int) -> None:
    """The whole store from its kept bytes, by one process."""
    start = time.process_time()
    done = reparse(store, jobs=1, clock=lambda: NOW + timedelta(days=9))
    took = time.process_time() - start
    with store.reading() as sql:
        (row,) = sql.rows("SELECT count(*) AS pages, sum(kind = 'index') AS lists FROM pages")
    print(f"\nreparsed: {row['pages']:,} pages ({row['lists']:,} of them lists), {posts:,} posts, {row['pages'] / took:,.0f} pages/s")  # fmt: skip
    assert done.pages


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=3, help="simulated days of a busy board")
    days = parser.parse_args().days
    print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    reading(Replica(posts=400, per_page=50, seed=5))
    with tempfile.TemporaryDirectory() as folder:
        print("\nstored, posts/s")
        speeds = storing(Path(folder))
        mine = speeds["paomo, a transaction a page"]
        for name, speed in speeds.items():
            print(f"  {name:30} {speed:8,.0f}" + (f" (ours {mine / speed:4.2f}x)" if "executemany" in name else ""))
        asking(Path(folder), days)


if __name__ == "__main__":
    main()
