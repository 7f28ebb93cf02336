"""One page into the store: find its thread, know its posts again, write what is new.

Runs inside the caller's transaction, so a page is stored whole or not at all.
"""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core import identity, merge
from core.finding import Known, find
from core.forum import Post, Thread
from core.rows import Row, Saved, Sql, StoredPost, columns
from core.text import fold, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """The bytes a thread was read from. fetched_at and now are written as `core.rows.stamp` does."""

    body: bytes
    url: str | None
    headers: Mapping[str, str]
    fetched_at: str
    now: str


def save(sql: Sql, thread: Thread, page: RawPage) -> Saved:
    """Store a thread and the page it came from."""
    thread = _without_repeats(thread)
    known, foreign = find(sql, thread)
    thread = replace(thread, replies=tuple(post for post in thread.replies if post.id not in foreign))
    pk = known[0].pk if known else _new_thread(sql, thread, page.now)
    saving = _Saving(sql=sql, thread=thread, page=page, pk=pk)
    saving.keys.update(row.key for one in known[:1] for row in one.posts)
    for other in known[1:]:
        saving.take_over(other)
    tally: Counter[str] = Counter()
    order = []
    matches = identity.match(thread.posts, [row for one in known for row in one.posts])
    for post, rows in zip(thread.posts, matches, strict=True):
        row_pk, outcome = saving.post(post, rows)
        order.append(row_pk)
        tally[outcome] += 1
    saving.arrange(order, [[row.pk for row in one.posts] for one in known])
    line = saving.describe()
    saving.keep_bytes()
    return Saved(thread=pk, title=line["title"], url=line["url"], **tally)


def _without_repeats(thread: Thread) -> Thread:
    """A page that lists a post twice says nothing new the second time."""
    seen = {thread.root.id} - {None}
    replies = []
    for reply in thread.replies:
        if reply.id is None or reply.id not in seen:
            replies.append(reply)
            seen.add(reply.id)
    return replace(thread, replies=tuple(replies))


def _new_thread(sql: Sql, thread: Thread, now: str) -> int:
    line = {"site": thread.site, "board": thread.board, "title": thread.root.title, "title_key": "", "first_seen": now}
    return sql.insert("threads", {**line, "last_seen": now})


@dataclass(slots=True, kw_only=True)
class _Saving:
    """One page on its way into one thread. keys: those taken in the thread."""

    sql: Sql
    thread: Thread
    page: RawPage
    pk: int
    keys: set[str] = field(default_factory=set)

    def take_over(self, other: Known) -> None:
        """Hand another thread's posts and pages over and drop its line."""
        for row in other.posts:
            self.sql.update("posts", row.pk, {"thread": self.pk, "key": self._free_key(row.post)})
        self.sql.run("UPDATE pages SET thread = ? WHERE thread = ?", [self.pk, other.pk])
        self.sql.run("DELETE FROM threads WHERE pk = ?", [other.pk])

    def _free_key(self, post: Post) -> str:
        """The post's key, numbered where the thread has it already; noted as taken."""
        base = identity.base_key(post)
        numbered = (base if ordinal == 1 else f"{base}.{ordinal}" for ordinal in range(1, len(self.keys) + 2))
        key = next(key for key in numbered if key not in self.keys)
        self.keys.add(key)
        return key

    def post(self, post: Post, rows: Sequence[StoredPost]) -> tuple[int, str]:
        """Write one post; returns its row and what became of it, as a field of `Saved`."""
        if identity.is_fragment(self.thread):
            post = replace(post, depth=None)  # counted from the fragment's own root
        if not rows:
            return self._insert(post), "new"
        row, *doubles = rows
        before = row.post
        for double in doubles:
            if merge.edited(before, double.post):
                _keep_revision(self.sql, row.pk, double.post, double.seen_at.isoformat())
            before = merge.join(before, double.post, newer=False)
            self.sql.run("UPDATE revisions SET post = ? WHERE post = ?", [row.pk, double.pk])
            self.sql.run("DELETE FROM posts WHERE pk = ?", [double.pk])
        newer = self.page.fetched_at >= row.seen_at.isoformat()
        after = merge.join(before, post, newer=newer)
        changed = merge.edited(before, after)
        if changed:
            _keep_revision(self.sql, row.pk, before, row.seen_at.isoformat())
        elif not newer and merge.edited(before, post) and not (before.id and not post.id):
            _keep_revision(self.sql, row.pk, post, self.page.fetched_at)
        return row.pk, self._update(row, after, changed=changed)

    def _insert(self, post: Post) -> int:
        if post.author_key is None and post.author:
            post = replace(post, author_key=fold(post.author))
        row = columns(post) | {"thread": self.pk, "site": self.thread.site, "board": self.thread.board, "n": post.n}
        seen = {"first_seen": self.page.now, "seen_at": self.page.fetched_at, "changed_at": self.page.now}
        pk = self.sql.insert("posts", row | seen | {"key": self._free_key(post)})
        _index(self.sql, pk, post)
        return pk

    def _update(self, row: StoredPost, after: Post, *, changed: bool) -> str:
        """Write the columns that differ; new words are found by search and are to be judged again."""
        old, new = columns(row.post), columns(after)
        news: Row = {name: value for name, value in new.items() if value != old[name]}
        if identity.base_key(after) != row.key.partition(".")[0]:
            news["key"] = self._free_key(after)
        learned = {name for name in news if name not in {"reads", "comments", "points", "depth", "key"}}
        if {"title", "body"} & learned:
            _index(self.sql, row.pk, after)
            if changed or not merge.same_words(row.post.body, after.body):
                self.sql.run("DELETE FROM sentiments WHERE post = ?", [row.pk])
        changed = changed or after.deleted != row.post.deleted
        if changed or learned:
            news["changed_at"] = self.page.now
        news["seen_at"] = max(self.page.fetched_at, row.seen_at.isoformat())
        self.sql.update("posts", row.pk, news)
        return "changed" if changed else "filled" if learned else "unchanged"

    def arrange(self, incoming: Sequence[int], before: Iterable[Sequence[int]]) -> None:
        """Give every post its place, its parent and its depth."""
        rows = self.sql.rows(
            "SELECT pk, post_id, parent_id, parent, n, depth, coalesce(published_utc, published_local) AS time"
            " FROM posts WHERE thread = ? ORDER BY n, pk",
            [self.pk],
        )
        by_id = {row["post_id"]: row["pk"] for row in rows if row["post_id"] is not None}
        parents = merge.without_circles({row["pk"]: by_id.get(row["parent_id"]) for row in rows})
        earlier = [[one for one in order if one in parents] for order in before]
        part = bool(earlier) and (
            identity.is_fragment(self.thread) or any(incoming[0] in order[1:] for order in earlier)
        )
        orders = [order for order in ([*earlier, incoming] if part else [incoming, *earlier]) if order]
        if len(orders) == 2 and not part:
            turns = merge.in_turn(orders[0], orders[1], parents, {row["pk"]: row["time"] for row in rows})
            orders = orders if turns is None else [turns]
        orders.sort(key=lambda order: parents[order[0]] is not None)  # a sub-tree goes where its parent is
        orphans = {row["pk"] for row in rows if row["parent_id"] is not None}
        behind = {one for order in orders for one in order[1:]}
        top = next((order[0] for order in orders if order and order[0] not in orphans | behind), None)
        if top is not None and orders[0][0] != top:
            orders.insert(0, [top])
        order = merge.interleave(orders[0], orders[1:], parents)
        places = {one: n for n, one in enumerate(order)}
        depth = {} if top is None else merge.depths(parents, top)
        for row in rows:
            place: Row = {"n": places[row["pk"]], "parent": parents[row["pk"]], "depth": row["depth"]}
            if row["post_id"] is not None:
                place["depth"] = depth.get(row["pk"], row["depth"])
            if any(row[name] != value for name, value in place.items()):
                self.sql.update("posts", row["pk"], place)

    def keep_bytes(self) -> None:
        """Keep the bytes; the same bytes of the same address once."""
        kind = (
            "fragment" if identity.is_fragment(self.thread) else "thread" if identity.has_ids(self.thread) else "text"
        )
        self.sql.run(
            "INSERT INTO pages (thread, kind, url, sha256, headers, fetched_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [
                self.pk,
                kind,
                self.page.url,
                hashlib.sha256(self.page.body).hexdigest(),
                json.dumps(dict(self.page.headers), ensure_ascii=False),
                self.page.fetched_at,
                zlib.compress(self.page.body),
            ],
        )

    def describe(self) -> Row:
        """The thread's line, after its first post as known now."""
        top = self.sql.rows(
            "SELECT post_id, parent_id, title, url FROM posts WHERE thread = ? ORDER BY n LIMIT 1", [self.pk]
        )[0]
        old = self.sql.rows("SELECT board, url FROM threads WHERE pk = ?", [self.pk])[0]
        own_url = self.thread.url if top["post_id"] == self.thread.root.id else None
        line = {
            "board": old["board"] or self.thread.board,
            "root_id": top["post_id"] if top["parent_id"] is None else None,
            "title": top["title"],
            "title_key": identity.flat(top["title"]),
            "url": top["url"] or own_url or old["url"] or self.thread.url,
            "last_seen": self.page.now,
        }
        self.sql.update("threads", self.pk, line)
        self.sql.run("UPDATE posts SET board = ? WHERE thread = ? AND board IS NULL", [line["board"], self.pk])
        return line


def _keep_revision(sql: Sql, post: int, said: Post, seen_at: str) -> None:
    """Once for each wording, however often an old page is read again."""
    sql.run(
        "INSERT INTO revisions (post, seen_at, title, body, bytes) SELECT :post, :seen, :title, :body, :bytes"
        " WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE post = :post AND title = :title"
        " AND body IS :body AND bytes IS :bytes)",
        {"post": post, "seen": seen_at, "title": said.title, "body": said.body, "bytes": said.bytes},
    )


def _index(sql: Sql, pk: int, post: Post) -> None:
    words = [" ".join(tokens(text)) for text in (post.title, post.body or "")]
    sql.run("DELETE FROM posts_fts WHERE rowid = ?", [pk])
    sql.run("INSERT INTO posts_fts (rowid, title, body) VALUES (?, ?, ?)", [pk, *words])
