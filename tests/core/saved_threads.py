"""A thread as pages, lists and copies show it, and how it is saved: for the tests of the store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.forum import Post, Thread
from core.sentiment import Evidence, Sentiment, Stance
from core.storage.rows import Saved, StoredThread
from core.store import Store

NOW = datetime(2025, 10, 23, 8, 0, tzinfo=UTC)
HOME = "https://bbs.wenxuecity.com/cfzh/"


def post(n: int, title: str, **more: object) -> Post:
    """A post of a page: id 100 + n, written n minutes past eight."""
    local = datetime.fromisoformat(f"2025-10-21T08:{n:02}:17")
    facts: dict[str, object] = {
        "id": str(100 + n),
        "parent_id": "100" if n else None,
        "depth": 1 if n else 0,
        "author": "曉炎",
        "bytes": 0,
        "published_local": local,
        "published_utc": (local + timedelta(hours=7)).replace(tzinfo=UTC),
        "tz": "America/Los_Angeles",
        "url": f"{HOME}{100 + n}.html",
    }
    return Post(n=n, title=title, **(facts | more))  # type: ignore[arg-type] # facts by name


def page(*replies: Post, title: str = "AI 泡沫", body: str | None = "正文第一段，創曆史新高。") -> Thread:
    root = post(0, title, body=body, bytes=40, author="lionhill")
    return Thread(site="wenxuecity", board="cfzh", url=root.url, root=root, replies=replies)


REPLIES = (
    post(1, "沒什麽問題"),
    post(2, "不以為然", parent_id="101", depth=2, bytes=12),
    post(3, "借貸創新高", parent_id="102", depth=3, author="bogbog", bytes=213),
    post(4, "等著看"),
)
PAGE = page(*REPLIES)


def copied(thread: Thread) -> Thread:
    """The thread as text copied from the page: no ids, no tree, nothing about the first post but its words."""
    bare = {"id": None, "parent_id": None, "depth": None, "url": None}
    root = Post(n=0, title=thread.root.title, body=thread.root.body)
    replies = tuple(replace(reply, n=n, body=None, **bare) for n, reply in enumerate(thread.replies, 1))  # type: ignore[arg-type] # fields by name
    return Thread(site=thread.site, board=None, url=None, root=root, replies=replies)


def own_page(reply: Post, *below: Post, body: str) -> Thread:
    """A reply's own page: its root names the parent, depth counts from it."""
    root = replace(reply, n=0, depth=0, body=body)
    replies = tuple(replace(one, n=n) for n, one in enumerate(below, 1))
    return Thread(site="wenxuecity", board="cfzh", url=reply.url, root=root, replies=replies)


def save(store: Store, thread: Thread, *, hours: float = 0, fetched_hours: float | None = None) -> Saved:
    fetched = None if fetched_hours is None else NOW + timedelta(hours=fetched_hours)
    return store.save(
        thread, repr(thread).encode(), url=thread.url, headers={}, fetched_at=fetched, now=NOW + timedelta(hours=hours)
    )


def tally(saved: Saved) -> tuple[int, int, int, int]:
    return saved.new, saved.changed, saved.filled, saved.unchanged


def titles(thread: StoredThread) -> list[str]:
    return [row.post.title for row in thread.posts]


def judged(model: str, label: Stance = Stance.BEARISH) -> Sentiment:
    return Sentiment(
        label=label,
        p=(0.7, 0.2, 0.1),
        p_on_topic=0.9,
        margin=-1.5,
        evidence=(Evidence(term="崩", weight=-1.5),),
        model=model,
    )
