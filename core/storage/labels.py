"""What a person says posts mean: labels given in the terminal or in Telegram, to learn from.

A label belongs to a post as it stood when it was given. No words are kept beside it, only a hash that tells whether
the post still says the same; it goes with the post, and when the post's author is forgotten.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from core.errors import NotFound
from core.forum import Board
from core.sentiment import Sentiment, Stance
from core.storage.rows import Row, Sql, message, of_board, readable, sentiment_of, stamp
from core.store import Store
from core.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post to label, with what is needed to understand it.

    parent: what it replies to, as text; `None` where it opens a thread or the parent is not known
    url:    its address or, if it has none, its thread's
    """

    pk: int
    thread: int
    text: str
    parent: str | None = None
    author_key: str | None = None
    url: str | None = None

    @property
    def mark(self) -> str:
        """The hash of what it says, see `mark`."""
        return mark(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What somebody said of a post.

    label: `None` for a post that he passed over
    off:   the post is off topic; its label is neutral then
    again: he had labelled it before, and was asked once more
    """

    post: int
    mark: str
    label: Stance | None
    off: bool = False
    who: str
    at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A post with its last label, to learn from."""

    post: Post
    label: Stance
    off: bool
    who: str
    at: datetime


def mark(text: str) -> str:
    """What tells whether a text still says the same; script, width and white space do not matter.

    >>> mark("泡沫，當然有") == mark("泡沫,当然有"), mark("涨") == mark("跌"), len(mark(""))
    (True, False, 32)
    """
    return hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def put(store: Store, label: Label) -> int:
    """Keep a label; returns its number, for `take_back`. Raises `NotFound` where the post is gone or says otherwise."""
    with store.writing() as sql:
        post = _post(sql, label.post)
        if post.mark != label.mark:
            raise NotFound(f"post {label.post} says something else by now", hint="look at it again")
        row: Row = {"post": label.post, "mark": label.mark, "label": label.label and label.label.value}
        row |= {"off": int(label.off), "who": label.who, "labelled_at": stamp(label.at), "again": int(label.again)}
        return sql.insert("labels", row)


def take_back(store: Store, number: int) -> None:
    """Remove a label by the number that `put` gave it."""
    with store.writing() as sql:
        sql.run("DELETE FROM labels WHERE pk = ?", [number])


def last(store: Store, who: str) -> tuple[int, Label] | None:
    """The last label that somebody gave, with its number."""
    with store.reading() as sql:
        rows = sql.rows("SELECT * FROM labels WHERE who = ? ORDER BY pk DESC LIMIT 1", [who])
    return (rows[0]["pk"], _label(rows[0])) if rows else None


def given(store: Store, who: str) -> list[Label]:
    """Every label that somebody gave, in order."""
    with store.reading() as sql:
        return [_label(row) for row in sql.rows("SELECT * FROM labels WHERE who = ? ORDER BY pk", [who])]


def of(store: Store, pk: int) -> Label | None:
    """The last label of a post, whoever gave it."""
    with store.reading() as sql:
        rows = sql.rows("SELECT * FROM labels WHERE post = ? ORDER BY pk DESC LIMIT 1", [pk])
    return _label(rows[0]) if rows else None


def judged(store: Store, pk: int) -> Sentiment | None:
    """What the model said of a post, if it was asked."""
    with store.reading() as sql:
        rows = sql.rows("SELECT * FROM sentiments WHERE post = ?", [pk])
    with readable("the judgement of post", pk):
        return sentiment_of(rows[0]) if rows else None


def labelled(store: Store) -> list[Labelled]:
    """Posts with their last label, whoever gave it, by number; of those that still say what was labelled.

    A post that its labeller passed over last is not among them.
    """
    with store.reading() as sql:
        rows = sql.rows(
            "SELECT l.* FROM labels l WHERE l.pk = (SELECT max(pk) FROM labels WHERE post = l.post) ORDER BY l.post"
        )
        found = []
        for label in map(_label, rows):
            post = _post(sql, label.post)
            if label.label is not None and post.mark == label.mark:
                found.append(Labelled(post=post, label=label.label, off=label.off, who=label.who, at=label.at))
    return found


def unlabelled(store: Store, *, limit: int, board: Board | None = None) -> list[Post]:
    """The newest posts that nobody has labelled or passed over; stubs and deleted posts are left out."""
    with store.reading() as sql:
        rows = sql.rows(
            _POST + _UNLABELLED,
            {**of_board(board), "limit": limit},
        )
    return [_of(row) for row in rows]


def post(store: Store, pk: int) -> Post:
    """One post. Raises `NotFound` where there is none, or it has no words."""
    with store.reading() as sql:
        return _post(sql, pk)


def posts(store: Store, pks: Collection[int]) -> list[Post]:
    """The posts of these numbers that are there, in their order."""
    with store.reading() as sql:
        return [_of(row) for pk in pks for row in sql.rows(_POST + " WHERE p.pk = ? AND p.forgotten IS NULL", [pk])]


def agreement(labels: Iterable[Label]) -> tuple[int, int]:
    """How often somebody said the same when he was asked again: (same, asked). Posts passed over do not count.

    >>> from dataclasses import replace
    >>> at = datetime(2026, 11, 23)
    >>> first = Label(post=1, mark="", label=Stance.BULLISH, who="me", at=at)
    >>> agreement([first, replace(first, again=True), replace(first, label=Stance.BEARISH, again=True)])
    (1, 2)
    """
    before: dict[int, tuple[Stance, bool]] = {}
    same = asked = 0
    for one in labels:
        if one.label is None:
            continue
        said = (one.label, one.off)
        if one.again and one.post in before:
            asked += 1
            same += said == before[one.post]
        before[one.post] = said
    return same, asked


_POST = (
    "SELECT p.pk, p.thread, p.title, p.body, p.author_key, coalesce(p.url, t.url) AS url,"
    " above.title AS above_title, above.body AS above_body, above.forgotten AS above_forgotten"
    " FROM posts p JOIN threads t ON t.pk = p.thread LEFT JOIN posts above ON above.pk = p.parent"
)

_UNLABELLED = (
    " WHERE NOT EXISTS (SELECT 1 FROM labels l WHERE l.post = p.pk) AND p.forgotten IS NULL"
    " AND p.deleted = 0 AND (:site IS NULL OR (p.site = :site AND p.board = :board))"
    " ORDER BY p.pk DESC LIMIT :limit"
)


def _post(sql: Sql, pk: int) -> Post:
    rows = sql.rows(_POST + " WHERE p.pk = ? AND p.forgotten IS NULL", [pk])
    if not rows:
        raise NotFound(f"there is no post {pk}, or its author is forgotten", hint="paomo search shows posts")
    return _of(rows[0])


def _of(row: Row) -> Post:
    above = None
    if row["above_title"] is not None and row["above_forgotten"] is None:
        above = message(row["above_title"], row["above_body"])
    return Post(
        pk=row["pk"],
        thread=row["thread"],
        text=message(row["title"], row["body"]),
        parent=above,
        author_key=row["author_key"],
        url=row["url"],
    )


def _label(row: Row) -> Label:
    return Label(
        post=row["post"],
        mark=row["mark"],
        label=None if row["label"] is None else Stance(row["label"]),
        off=bool(row["off"]),
        who=row["who"],
        at=datetime.fromisoformat(row["labelled_at"]),
        again=bool(row["again"]),
    )
