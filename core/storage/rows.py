"""What the store hands out, as small frozen rows, and how they stand in its tables."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from core.errors import StoreError
from core.forum import Board, Post
from core.sentiment import Evidence, Sentiment, Stance

Row = dict[str, Any]
Params = Sequence[object] | Mapping[str, object]

JUDGED: Final = "s.model, s.label, s.p_bearish, s.p_neutral, s.p_bullish, s.p_on_topic, s.margin, s.evidence"
"""What `sentiment_of` reads, of `sentiments s`."""


class Sql(Protocol):
    """What the modules around the store ask of a connection; `core.store` has the one that speaks SQLite."""

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """All rows that a query finds, by column name."""

    def each(self, sql: str, params: Params = ()) -> Iterator[Row]:
        """As `rows`, one at a time: more than fits into memory may match."""

    def tuples(self, sql: str, params: Params = ()) -> list[Any]:
        """As `rows`, without names: for many rows."""

    def run(self, sql: str, params: Params = ()) -> None:
        """A statement that finds nothing."""

    def insert(self, table: str, row: Row) -> int:
        """Add a row; returns its number."""

    def update(self, table: str, pk: int, row: Row) -> None:
        """Change columns of the row with a number; no columns change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one page brought.

    thread:    number of the thread in the store (`paomo thread N`)
    new:       posts not seen before
    changed:   posts whose title, body or size differs; what stood there before is kept as a revision
    filled:    posts of which more is known now: a body, an id, a parent
    unchanged: posts that were known as they are
    """

    thread: int
    title: str
    url: str | None
    new: int = 0
    changed: int = 0
    filled: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPost:
    """A post in the store. pk and parent number rows; `parent` is `None` where it is not known.

    forgotten: the entry in the list of forgotten authors whose words were removed from here; see `core.upkeep.forgetting`
    """

    pk: int
    thread: int
    parent: int | None
    key: str
    post: Post
    sentiment: Sentiment | None
    first_seen: datetime
    seen_at: datetime
    changed_at: datetime
    forgotten: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedList:
    """What one page of a board's list brought: threads on it, and posts as in `Saved`."""

    site: str
    board: str
    threads: int = 0
    new: int = 0
    changed: int = 0
    filled: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredThread:
    """A thread in the store with its posts in page order."""

    pk: int
    site: str
    board: str | None
    root_id: str | None
    title: str
    url: str | None
    first_seen: datetime
    last_seen: datetime
    posts: tuple[StoredPost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLine:
    """A thread in a list. posts, bearish, neutral, bullish: counts; latest: wall clock of the newest post."""

    pk: int
    site: str
    board: str | None
    title: str
    url: str | None
    latest: datetime | None
    posts: int
    bearish: int
    neutral: int
    bullish: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post found by its words. `url` is the post's address or, if it has none, its thread's."""

    pk: int
    thread: int
    thread_title: str
    site: str
    board: str | None
    url: str | None
    post: Post
    sentiment: Sentiment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """A post that the model has not judged yet.

    parent:           number of the post it replies to, if that is stored and not forgotten
    parent_text:      what that says; parent_sentiment: what it was judged to say, if it was
    """

    pk: int
    title: str
    body: str | None
    parent: int | None = None
    parent_text: str | None = None
    parent_sentiment: Sentiment | None = None

    @property
    def text(self) -> str:
        """Title and body, as a model reads them: the body goes on where the title stops."""
        return message(self.title, self.body)


def message(title: str, body: str | None) -> str:
    """A title and the body that goes on where it stops, as one text."""
    return f"{title}\n{body}" if body else title


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much is in the store."""

    threads: int
    posts: int
    scored: int
    revisions: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a post said before; seen_at: when it was last seen so."""

    seen_at: datetime
    title: str
    body: str | None
    bytes: int | None


def stamp(moment: datetime) -> str:
    """A moment as the store writes it: UTC, whole seconds, so that text order is time order.

    >>> from datetime import timezone, timedelta
    >>> stamp(datetime(2025, 10, 21, 16, 0, 33, tzinfo=timezone(timedelta(hours=-7))))
    '2025-10-21T23:00:33+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def moment(text: str | None) -> datetime | None:
    """A moment as the store holds it: aware as `stamp` writes it, naive on a forum's wall clock; `None` is not known."""
    return None if text is None else datetime.fromisoformat(text)


def of_board(board: Board | None) -> Row:
    """A board as the parameters `:site` and `:board`, both `None` for all boards."""
    return {"site": board and board.site, "board": board and board.name}


def columns(post: Post) -> Row:
    """A post as columns of the table `posts`; its place in the thread is not among them."""
    return {
        "post_id": post.id,
        "parent_id": post.parent_id,
        "depth": post.depth,
        "author": post.author,
        "author_key": post.author_key,
        "title": post.title,
        "body": post.body,
        "bytes": post.bytes,
        "reads": post.reads,
        "comments": post.comments,
        "points": post.points,
        "published_local": post.published_local and post.published_local.isoformat(timespec="seconds"),
        "published_utc": post.published_utc and stamp(post.published_utc),
        "tz": post.tz,
        "edited_local": post.edited_local and post.edited_local.isoformat(timespec="seconds"),
        "images": json.dumps(post.images, ensure_ascii=False),
        "url": post.url,
        "deleted": int(post.deleted),
    }


def post_of(row: Row) -> Post:
    """The inverse of `columns`, with the place `n`."""
    return Post(
        n=row["n"],
        id=row["post_id"],
        parent_id=row["parent_id"],
        depth=row["depth"],
        author=row["author"],
        author_key=row["author_key"],
        title=row["title"],
        body=row["body"],
        bytes=row["bytes"],
        reads=row["reads"],
        comments=row["comments"],
        points=row["points"],
        published_local=moment(row["published_local"]),
        published_utc=moment(row["published_utc"]),
        tz=row["tz"],
        edited_local=moment(row["edited_local"]),
        images=tuple(json.loads(row["images"])),
        url=row["url"],
        deleted=bool(row["deleted"]),
    )


def stored_post_of(row: Row) -> StoredPost:
    """A row of `posts`, joined with `sentiments` where there is one."""
    with readable("post", row["pk"]):
        return StoredPost(
            pk=row["pk"],
            thread=row["thread"],
            parent=row["parent"],
            key=row["key"],
            post=post_of(row),
            sentiment=sentiment_of(row),
            first_seen=datetime.fromisoformat(row["first_seen"]),
            seen_at=datetime.fromisoformat(row["seen_at"]),
            changed_at=datetime.fromisoformat(row["changed_at"]),
            forgotten=row["forgotten"],
        )


def hit_of(row: Row) -> Hit:
    """A row of `posts`, joined with its thread's title and address and with `sentiments`."""
    with readable("post", row["pk"]):
        return Hit(
            pk=row["pk"],
            thread=row["thread"],
            thread_title=row["thread_title"],
            site=row["site"],
            board=row["board"],
            url=row["url"] or row["thread_url"],
            post=post_of(row),
            sentiment=sentiment_of(row),
        )


def sentiment_of(row: Row) -> Sentiment | None:
    """The judgement in a row joined with `sentiments`, if there is one."""
    if row.get("label") is None:
        return None
    return Sentiment(
        label=Stance(row["label"]),
        p=(row["p_bearish"], row["p_neutral"], row["p_bullish"]),
        p_on_topic=row["p_on_topic"],
        margin=row["margin"],
        evidence=tuple(Evidence(term=term, weight=weight) for term, weight in json.loads(row["evidence"])),
        model=row["model"],
    )


@contextmanager
def readable(what: str, pk: int) -> Iterator[None]:
    """Turn a value that cannot be read back (a damaged or hand-edited row) into one that says which row."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"{what} {pk} in the database holds a value that cannot be read: {error}",
            hint="restore a backup, or delete that row",
        ) from error
