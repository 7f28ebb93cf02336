"""A store brought to what a repeated crawl found (`core.upkeep.replay`).

Numbers of threads and posts, judgements of unchanged words, the times of first sight, and marks that no page tells of
(deleted, forgotten) stay. In a thread whose bytes are all kept, the rest is as a fresh crawl would have it. In one
whose bytes are not (`partial`), what the kept pages say is joined with what is known, and nothing is removed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from core.forum import Board, Post
from core.storage import identity, kept_out, merge, saving
from core.storage.rows import Row, Sql, columns, post_of, stamp
from core.upkeep.replanning import Plan, plans_for

_LINE = ("board", "root_id", "title", "title_key", "url")
_SEEN = ("first_seen", "seen_at", "changed_at")
_SAID = ("seen_at", "title", "body", "bytes")
_WORDS = ("words_title", "words_body")
_POSTS = "SELECT p.*, f.title AS words_title, f.body AS words_body FROM posts p LEFT JOIN posts_fts f ON f.rowid = p.pk"


def reconcile(
    live: Sql, fresh: Sql, *, board: Board | None, moments: Set[str], unreadable: Iterable[int], now: datetime
) -> Mapping[str, int]:
    """Change `live` to what `fresh` says; returns posts new, changed, unchanged, removed, kept.

    moments:    when the pages were fetched that were read, as `core.storage.rows.stamp` writes it: a post that was last seen at
                another time was on a page that is not kept, so its thread counts as partial
    unreadable: pages that should have been read but could not be: their threads count as partial
    """
    partial = _partial(live, unreadable)
    plans = plans_for(live, fresh, board)
    tally: Counter[str] = Counter(dict.fromkeys(("new", "changed", "unchanged", "removed", "kept"), 0))
    matched = {pk for plan in plans for pk in plan.posts.values()}
    for plan in plans:
        work = _Work(
            live=live, fresh=fresh, plan=plan, moments=moments, partial=not partial.isdisjoint(plan.of), now=stamp(now)
        )
        tally.update(work.run(matched))
    for page in fresh.rows("SELECT pk FROM pages WHERE thread IS NULL"):
        live.run("UPDATE pages SET thread = NULL, kind = 'index' WHERE pk = ?", [page["pk"]])
    live.run("DELETE FROM threads WHERE NOT EXISTS (SELECT 1 FROM posts WHERE thread = threads.pk)")
    return dict(tally)


def _partial(live: Sql, unreadable: Iterable[int]) -> set[int]:
    """Threads that the pages at hand do not tell all of."""
    rows = live.rows(
        "SELECT DISTINCT thread, kind FROM pages WHERE pk IN (SELECT value FROM json_each(?)) AND kind <> 'unparsed'",
        [json.dumps(sorted(unreadable))],
    )
    everything = any(row["kind"] == "index" for row in rows)  # which threads a list told of is not recorded
    marked = live.rows("SELECT pk FROM threads WHERE partial OR ?", [everything])
    return {row["pk"] for row in marked} | {row["thread"] for row in rows if row["thread"] is not None}


_Said = tuple[object, ...]


@dataclass(slots=True, kw_only=True)
class _Work:
    """One fresh thread on its way into the live store.

    old:  live posts that it has or takes over, by number, as they stand in the table now
    said: revisions by post, of the live and of the fresh one
    keys: those given out in the thread
    """

    live: Sql
    fresh: Sql
    plan: Plan
    moments: Set[str]
    partial: bool
    now: str
    tally: Counter[str] = field(default_factory=Counter)
    old: dict[int, Row] = field(default_factory=dict)
    said: tuple[dict[int, list[_Said]], dict[int, list[_Said]]] = field(default_factory=lambda: ({}, {}))
    keys: set[str] = field(default_factory=set)

    def run(self, matched: set[int]) -> Counter[str]:
        """matched: live posts that some fresh thread has."""
        posts = self.fresh.rows(f"{_POSTS} WHERE p.thread = ? ORDER BY p.n, p.pk", [self.plan.fresh])
        self._load(posts)
        thread = self._line()
        if not self._settled(posts, thread):
            for pk, row in self.old.items():  # so that no key stands in another's way while they are given anew
                self._set(pk, row, {"key": f"~{pk}"})
        live_of = {post["pk"]: self._post(post, thread) for post in posts}
        rest = self._rest(thread, matched.union(live_of.values()))
        self._arrange(posts, live_of, rest)
        for page in self.fresh.rows("SELECT pk, kind FROM pages WHERE thread = ?", [self.plan.fresh]):
            self.live.run("UPDATE pages SET thread = ?, kind = ? WHERE pk = ?", [thread, page["kind"], page["pk"]])
        return self.tally

    def _load(self, posts: Sequence[Row]) -> None:
        rows = self.live.rows(
            _POSTS + " WHERE p.pk IN (SELECT value FROM json_each(?)) OR p.thread IN (SELECT value FROM json_each(?))"  # noqa: S608 (constant)
            " ORDER BY p.thread, p.n, p.pk",
            [json.dumps(list(self.plan.posts.values())), json.dumps(self.plan.taken)],
        )
        self.old = {row["pk"]: row for row in rows}
        self.partial |= not {row["seen_at"] for row in rows} <= self.moments
        self.said = _revisions(self.live, self.old), _revisions(self.fresh, (post["pk"] for post in posts))

    def _settled(self, posts: Sequence[Row], thread: int) -> bool:
        """Whether every post is there already, in its thread and under its key, and no other."""
        if self.partial or len(posts) != len(self.old):
            return False
        pairs = ((post, self.old.get(self.plan.posts.get(post["pk"], 0))) for post in posts)
        return all(old is not None and (old["thread"], old["key"]) == (thread, post["key"]) for post, old in pairs)

    def _set(self, pk: int, old: Row, new: Row) -> None:
        """Write the columns that differ."""
        if news := {name: value for name, value in new.items() if old[name] != value}:
            self.live.update("posts", pk, news)
            old.update(news)

    def _line(self) -> int:
        line = self.fresh.rows("SELECT * FROM threads WHERE pk = ?", [self.plan.fresh])[0]
        if self.plan.live is None:
            return self.live.insert("threads", {name: value for name, value in line.items() if name != "pk"})
        old = self.live.rows("SELECT * FROM threads WHERE pk = ?", [self.plan.live])[0]
        top = next((row for row in self.old.values() if row["thread"] == self.plan.live), None)
        new = {name: line[name] for name in _LINE} | {"last_seen": max(line["last_seen"], old["last_seen"])}
        if top and top["forgotten"] is not None:
            new |= {"title": "", "title_key": "", "url": old["url"]}
        if any(old[name] != value for name, value in new.items()):
            self.live.update("threads", self.plan.live, new)
        return self.plan.live

    def _post(self, post: Row, thread: int) -> int:
        """Write one post, without its place; returns its number in the live store."""
        place: Row = {"thread": thread, "site": post["site"], "board": post["board"], "key": post["key"]}
        pk = self.plan.posts.get(post["pk"])
        if pk is None:
            return self._insert(post, place)
        old = self.old[pk]
        if post["forgotten"] is not None or old["forgotten"] is not None:
            if old["forgotten"] is None:
                kept_out.scrub(self.live, pk, post["forgotten"])
                old["key"] = f"removed.{pk}"
            self._set(pk, old, place | {"key": f"removed.{pk}"})
            self.tally["unchanged"] += 1
            return pk
        before, after = post_of(old), post_of(post)
        if self.partial:
            after = merge.join(before, after, newer=post["seen_at"] >= old["seen_at"])
            place["key"] = self._key(after)
        new = columns(after)
        new["deleted"] = max(new["deleted"], old["deleted"])  # the forum's “gone” has no bytes that say so
        changed = any(old[name] != value for name, value in new.items())
        self._set(pk, old, new | place | {"seen_at": max(old["seen_at"], post["seen_at"])})
        if changed:
            self._set(pk, old, {"changed_at": self.now})
        if not all(merge.same_words(a, b) for a, b in ((before.title, after.title), (before.body, after.body))):
            self.live.run("DELETE FROM sentiments WHERE post = ?", [pk])
        if (after.title, after.body) != (post["title"], post["body"]):
            saving.index(self.live, pk, after)
        elif any(old[name] != post[name] for name in _WORDS):
            self._words(pk, post)
        self._revise(pk, post["pk"])
        self.tally["changed" if changed else "unchanged"] += 1
        return pk

    def _insert(self, post: Row, place: Row) -> int:
        if self.partial:
            place["key"] = self._key(post_of(post))
        seen = {name: post[name] for name in _SEEN}
        row = columns(post_of(post)) | place | seen | {"n": post["n"], "forgotten": post["forgotten"]}
        pk = self.live.insert("posts", row)
        self._words(pk, post)
        self._revise(pk, post["pk"])
        self.tally["new"] += 1
        self.old[pk] = row | {"parent": None}
        return pk

    def _words(self, pk: int, post: Row) -> None:
        """The search words, which were made with today's folding; forgotten posts have none."""
        self.live.run("DELETE FROM posts_fts WHERE rowid = ?", [pk])
        if post["words_title"] is not None:
            words = [post[name] for name in _WORDS]
            self.live.run("INSERT INTO posts_fts (rowid, title, body) VALUES (?, ?, ?)", [pk, *words])

    def _revise(self, pk: int, fresh: int) -> None:
        old, new = self.said[0].get(pk, []), self.said[1].get(fresh, [])
        if self.partial:
            wordings = {one[1:] for one in old}
            new = [*old, *(one for one in new if one[1:] not in wordings)]
        if new != old:
            self.live.run("DELETE FROM revisions WHERE post = ?", [pk])
            for one in new:
                self.live.insert("revisions", {"post": pk, **dict(zip(_SAID, one, strict=True))})

    def _rest(self, thread: int, matched: set[int]) -> dict[int, int | None]:
        """Live posts that no page has: kept, with their parent, in a thread of which bytes are missing, else removed."""
        kept: dict[int, int | None] = {}
        for pk, row in list(self.old.items()):
            if pk in matched:
                continue
            if self.partial or row["forgotten"] is not None:
                key = f"removed.{pk}" if row["forgotten"] is not None else self._key(post_of(row))
                self._set(pk, row, {"thread": thread, "key": key})
                kept[pk] = row["parent"]
                self.tally["kept"] += 1
            else:
                self.live.run("DELETE FROM posts WHERE pk = ?", [pk])
                self.tally["removed"] += 1
        return kept

    def _key(self, post: Post) -> str:
        """The key of a post that is known from elsewhere too, numbered where another has it."""
        base = identity.base_key(post)
        numbered = (base if n == 1 else f"{base}.{n}" for n in range(1, len(self.keys) + 2))
        key = next(key for key in numbered if key not in self.keys)
        self.keys.add(key)
        return key

    def _arrange(self, posts: Sequence[Row], live_of: Mapping[int, int], rest: Mapping[int, int | None]) -> None:
        """Places, parents and depths as in the fresh thread; where the live one has more, its order is the fuller one.

        rest: what only the live one has, with the parent that it had
        """
        parents = {live_of[post["pk"]]: live_of.get(post["parent"]) for post in posts}
        order = list(parents)
        if rest:
            known = parents.keys() | rest.keys()
            parents = merge.without_circles(parents | {pk: up if up in known else None for pk, up in rest.items()})
            before = set(self.plan.posts.values()) | rest.keys()
            fuller = [pk for pk in self.old if pk in before]
            order = merge.interleave(fuller, [order], parents)
        depth = {live_of[post["pk"]]: post["depth"] for post in posts}
        gone = self.old.keys() - parents.keys()
        for n, pk in enumerate(order):
            old = self.old[pk]
            if old["parent"] in gone:
                old["parent"] = None  # as the table has it since that post was removed
            self._set(pk, old, {"n": n, "parent": parents[pk], "depth": depth.get(pk, old["depth"])})


def _revisions(sql: Sql, posts: Iterable[int]) -> dict[int, list[_Said]]:
    rows = sql.rows(
        "SELECT post, seen_at, title, body, bytes FROM revisions WHERE post IN (SELECT value FROM json_each(?))"
        " ORDER BY post, seen_at, pk",
        [json.dumps(list(posts))],
    )
    found: dict[int, list[_Said]] = {}
    for row in rows:
        found.setdefault(row["post"], []).append(tuple(row[name] for name in _SAID))
    return found
