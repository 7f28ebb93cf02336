"""A forum in memory whose list has threads only and whose threads come in parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from core.forum import Board, Index, Post, Thread
from core.store import Store
from scraper.crawl import BoardDone, Crawler, Options
from scraper.outcome import Gone
from scraper.page import Page
from scraper.site import Request, Site
from scraper.walk import Limits
from scraper.wanted import Wanted

TALK = Board(site="talk", name="b")
START = datetime(2026, 3, 2, 8)  # noqa: DTZ001 (a wall clock)
PART = 2


@dataclass
class Talk(Site):
    """Threads with a number of replies; the page is their names, the last bumped first."""

    name: ClassVar[str] = "talk"
    hosts: ClassVar[frozenset[str]] = frozenset({"talk.example"})
    tz: ClassVar[str] = "UTC"
    threads: dict[str, int] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.before: Callable[[str, str], None] = lambda *_: None

    def fetch_if_changed(self, what: str | Request, known: Mapping[str, str]) -> Page | None:
        """Stands in for the fetcher."""
        assert isinstance(what, Request)
        self.asked.append(what.url)
        if what.url.split("/")[-1] in self.gone:
            raise Gone("gone")
        return Page(url=what.url, body=f"{what.url} {self.threads}".encode(), fetched_at=datetime.now(UTC))

    def recognises(self, page: Page, text: str) -> bool:
        return True

    def parse(self, page: Page, text: str) -> Thread | Index:
        assert page.url is not None
        path, _, part = page.url.partition("#")
        name = path.split("/")[-1]
        if name.startswith("list"):
            number = int(name[4:])
            shown = self.order[(number - 1) * 3 : number * 3]
            following = self.index_url("b", number + 1) if number * 3 < len(self.order) else None
            rows = tuple(self.root(id, n) for n, id in enumerate(shown))
            return Index(site="talk", board="b", url=path, page=number, pages=None, next_url=following, entries=rows)
        first = int(part or 0)
        replies = tuple(
            Post(n=n + 1, id=f"{name}-{n}", parent_id=name, depth=1, title="", body=f"reply {n}", published_local=START)
            for n in range(first, min(first + PART, self.threads[name]))
        )
        root = self.root(name, 0)
        body = Post(n=0, id=name, title=root.title, body="text", published_local=root.published_local, depth=0)
        return Thread(site="talk", board="b", url=path, root=body, replies=replies)

    def root(self, id: str, n: int) -> Post:
        at = START + timedelta(hours=int(id[1:]))
        return Post(
            n=n,
            id=id,
            title=f"thread {id}",
            comments=self.threads[id],
            published_local=at,
            published_utc=at.replace(tzinfo=UTC),
        )

    def index_url(self, board: str, number: int = 1) -> str:
        return f"https://talk.example/{board}/list{number}"

    def post_url(self, board: str, post: str) -> str:
        return f"https://talk.example/{board}/{post}"

    def further(self, found: Thread, page: Page) -> Request | None:
        assert page.url is not None
        path, _, part = page.url.partition("#")
        following = int(part or 0) + PART
        return Request(url=f"{path}#{following}") if following < self.threads[found.root.id or ""] else None

    def bump(self, id: str, replies: int) -> None:
        self.threads[id] = replies
        self.order = [id, *(other for other in self.order if other != id)]


def crawl(talk: Talk, store: Store, days: float = 9) -> BoardDone:
    talk.asked.clear()
    options = Options(limits=Limits(days=days))
    crawler = Crawler(store, talk, clock=lambda: datetime(2026, 3, 2, 20, tzinfo=UTC), sites=[talk])
    return crawler.run(Wanted(boards=(TALK,)), options).boards[0]
