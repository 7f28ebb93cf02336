"""One page into the store: find its thread, know its posts again, write what is new.

Runs inside the caller's transaction, so a page is stored whole or not at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.forum import Post, Thread
from core.storage import identity, kept_out, merge, pages
from core.storage.finding import Known, find
from core.storage.rows import Row, Saved, Sql, StoredPost, columns
from core.text import fold, tokens

_PLACE = ("post_id", "parent_id", "depth", "published_local", "published_utc", "tz")  # all that a stub may learn


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """The bytes a thread was read from. fetched_at and now are written as `core.storage.rows.stamp` does."""

    body: bytes
    url: str | None
    headers: Mapping[str, str]
    fetched_at: str
    now: str


def save(sql: Sql, thread: Thread, page: RawPage, *, keep: bool = True, listed: bool = False) -> Saved:
    """Store a thread and the page it came from.

    keep: whether the bytes are kept for this thread; those of a list are kept once, for all threads on it
    listed: the thread is rows of a board's list, which know less than a post's own page: of a post whose text is
    stored they change nothing but its counts. Whoever saves them keeps the list's bytes with `keep_page`.
    """
    found = _without_repeats(thread)
    thread, whose = kept_out.drop(sql, found)
    known, foreign = find(sql, thread)
    if thread != found:  # a copy may be stored from which nobody could tell whose words they are
        known = sorted({one.pk: one for one in (*known, *find(sql, found)[0])}.values(), key=lambda one: one.pk)
    stubs = {post: who for post, who in zip(thread.posts, whose, strict=True) if who is not None}
    thread = replace(thread, replies=tuple(post for post in thread.replies if post.id not in foreign))
    pk = known[0].pk if known else _new_thread(sql, thread, page.now)
    saving = _Saving(sql=sql, thread=thread, page=page, pk=pk, listed=listed)
    saving.forgets = kept_out.is_answered(sql, thread)
    saving.keys.update(row.key for one in known[:1] for row in one.posts)
    for other in known[1:]:
        saving.take_over(other)
    tally: Counter[str] = Counter()
    order = []
    matches = identity.match(thread.posts, [row for one in known for row in one.posts])
    for post, rows in zip(thread.posts, matches, strict=True):
        row_pk, outcome = saving.post(post, rows, stubs.get(post))
        order.append(row_pk)
        tally[outcome] += 1
    saving.arrange(order, [[row.pk for row in one.posts] for one in known])
    line = saving.describe()
    if saving.forgets:
        pages.mark_partial(sql, pk)
    elif keep and not listed:
        keep_page(sql, page, kind=kind_of(thread), thread=pk)
    return Saved(thread=pk, title=line["title"], url=line["url"], **tally)


def save_list(sql: Sql, threads: Iterable[Thread], page: RawPage) -> list[Saved]:
    """Store the threads of a list's page; see `Store.save_list`."""
    threads = tuple(threads)
    saved = [save(sql, thread, page, listed=True) for thread in threads]
    if any(who is not None for thread in threads for who in kept_out.drop(sql, thread)[1]):
        for one in saved:
            pages.mark_partial(sql, one.thread)
    else:
        keep_page(sql, page, kind="index", thread=None)
    return saved


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
    """One page on its way into one thread.

    keys:    those taken in the thread
    listed:  see `save`
    forgets: whether a forgotten author is on the page, so that its bytes are not kept
    """

    sql: Sql
    thread: Thread
    page: RawPage
    pk: int
    listed: bool
    keys: set[str] = field(default_factory=set)
    forgets: bool = False

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

    def post(self, post: Post, rows: Sequence[StoredPost], who: int | None) -> tuple[int, str]:
        """Write one post; returns its row and what became of it, as a field of `Saved`.

        who: the forgotten author whose stub it is; a stored stub takes no words from a page that does not say whose
        they are
        """
        if identity.is_fragment(self.thread):
            post = replace(post, depth=None)  # counted from the fragment's own root
        who = next((row.forgotten for row in rows if row.forgotten is not None), who)
        if who is not None:
            return self._stub(kept_out.stub(post), rows, who)
        if not rows:
            return self._insert(post), "new"
        row, *doubles = rows
        before = row.post
        for double in doubles:
            if merge.edited(before, double.post):
                _keep_revision(self.sql, row.pk, double.post, double.seen_at.isoformat())
            before = merge.join(before, double.post, newer=False)
            self.sql.run("UPDATE revisions SET post = ? WHERE post = ?", [row.pk, double.pk])
            self.sql.run("UPDATE labels SET post = ? WHERE post = ?", [row.pk, double.pk])
            self.sql.run("DELETE FROM posts WHERE pk = ?", [double.pk])
        newer = self.page.fetched_at >= row.seen_at.isoformat()
        if self.listed and post.body is None:
            post = merge.counts_only(before, post)
        after = merge.join(before, post, newer=newer)
        changed = merge.edited(before, after)
        if changed:
            _keep_revision(self.sql, row.pk, before, row.seen_at.isoformat())
        elif not newer and merge.edited(before, post) and not (before.id and not post.id):
            _keep_revision(self.sql, row.pk, post, self.page.fetched_at)
        return row.pk, self._update(row, after, changed=changed)

    def _stub(self, post: Post, rows: Sequence[StoredPost], who: int) -> tuple[int, str]:
        """Write a post without its words; what was stored of it before its author was known goes too."""
        self.forgets = True
        if not rows:
            if kept_out.has_answers(self.sql, self.thread.site, post):  # their pages may print what they answer
                pages.drop(self.sql, "thread = :thread", {"thread": self.pk})
            pk = self._insert(post)
            kept_out.scrub(self.sql, pk, who)
            return pk, "new"
        row, *doubles = rows
        for double in doubles:
            self.sql.run("DELETE FROM posts WHERE pk = ?", [double.pk])
        if any(one.forgotten is None for one in rows):
            kept_out.scrub(self.sql, row.pk, who)
            pages.drop(self.sql, "thread = :thread", {"thread": self.pk})
        before, after = columns(row.post), columns(merge.join(kept_out.stub(row.post), post, newer=False))
        news: Row = {name: after[name] for name in _PLACE if after[name] != before[name]}
        seen = max(self.page.fetched_at, row.seen_at.isoformat())
        self.sql.update("posts", row.pk, news | {"seen_at": seen})
        return row.pk, "filled" if news.keys() - {"depth"} else "unchanged"

    def _insert(self, post: Post) -> int:
        if post.author_key is None and post.author:
            post = replace(post, author_key=fold(post.author))
        row = columns(post) | {"thread": self.pk, "site": self.thread.site, "board": self.thread.board, "n": post.n}
        seen = {"first_seen": self.page.now, "seen_at": self.page.fetched_at, "changed_at": self.page.now}
        pk = self.sql.insert("posts", row | seen | {"key": self._free_key(post)})
        index(self.sql, pk, post, new=True)
        return pk

    def _update(self, row: StoredPost, after: Post, *, changed: bool) -> str:
        """Write the columns that differ; new words are found by search and are to be judged again."""
        old, new = columns(row.post), columns(after)
        news: Row = {name: value for name, value in new.items() if value != old[name]}
        if identity.base_key(after) != row.key.partition(".")[0]:
            news["key"] = self._free_key(after)
        learned = {name for name in news if name not in {"reads", "comments", "points", "depth", "key"}}
        if {"title", "body"} & learned:
            index(self.sql, row.pk, after)
            if changed or not merge.same_words(row.post.body, after.body):
                self.sql.run("DELETE FROM sentiments WHERE post = ?", [row.pk])
        changed = changed or after.deleted != row.post.deleted
        if changed or learned:
            news["changed_at"] = self.page.now
        if not self.listed or after.body is None:
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
            turns = merge.in_turn(orders[1], orders[0], parents, {row["pk"]: row["time"] for row in rows})
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


def keep_page(sql: Sql, page: RawPage, *, kind: str, thread: int | None) -> None:
    """Keep the bytes, under the kind of page they are; see `core.storage.pages.keep`."""
    pages.keep(sql, page.body, url=page.url, headers=page.headers, fetched_at=page.fetched_at, kind=kind, thread=thread)


def kind_of(thread: Thread) -> str:
    """The kind of page that a thread was read from, as in `core.storage.pages.keep`."""
    return "fragment" if identity.is_fragment(thread) else "thread" if identity.has_ids(thread) else "text"


def _keep_revision(sql: Sql, post: int, said: Post, seen_at: str) -> None:
    """Once for each wording, however often an old page is read again, and whatever size a list said it had meanwhile."""
    sql.run(
        "INSERT INTO revisions (post, seen_at, title, body, bytes) SELECT :post, :seen, :title, :body, :bytes"
        " WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE post = :post AND title = :title"
        " AND body IS :body AND (body IS NOT NULL OR bytes IS :bytes))",
        {"post": post, "seen": seen_at, "title": said.title, "body": said.body, "bytes": said.bytes},
    )


def index(sql: Sql, pk: int, post: Post, *, new: bool = False) -> None:
    """Make the words of a post findable, and those it had before no longer; new: it had none."""
    index_words(sql, pk, post.title, post.body, new=new)


def index_words(sql: Sql, pk: int, title: str, body: str | None, *, new: bool = False) -> None:
    """As `index`, of a row of `posts`."""
    words = [" ".join(tokens(text)) for text in (title, body or "")]
    if not new:
        sql.run("DELETE FROM posts_fts WHERE rowid = ?", [pk])
    sql.run("INSERT INTO posts_fts (rowid, title, body) VALUES (?, ?, ?)", [pk, *words])
