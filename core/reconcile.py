"""A store brought to what a repeated crawl found (`core.replay`).

Numbers of threads and posts, judgements of unchanged words, the times of first sight, and marks that no page tells of
(deleted, forgotten) stay. In a thread whose bytes are all kept, the rest is as a fresh crawl would have it. In one
whose bytes are not (`partial`), what the kept pages say is joined with what is known, and nothing is removed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import identity, kept_out, merge
from core.forum import Board, Post
from core.replanning import Plan, plans_for
from core.rows import Row, Sql, columns, post_of, stamp

_LINE = ("board", "root_id", "title", "title_key", "url")
_SEEN = ("first_seen", "seen_at", "changed_at")
_SAID = ("seen_at", "title", "body", "bytes")


def reconcile(
    live: Sql, fresh: Sql, *, board: Board | None, unreadable: Iterable[int], now: datetime
) -> Mapping[str, int]:
    """Change `live` to what `fresh` says; returns posts new, changed, unchanged, removed, kept.

    unreadable: pages that should have been read but could not be: their threads count as partial
    """
    partial = _partial(live, unreadable)
    plans = plans_for(live, fresh, board)
    tally: Counter[str] = Counter(dict.fromkeys(("new", "changed", "unchanged", "removed", "kept"), 0))
    matched = {pk for plan in plans for pk in plan.posts.values()}
    for plan in plans:
        work = _Work(live=live, fresh=fresh, plan=plan, partial=partial, now=stamp(now))
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


@dataclass(slots=True, kw_only=True)
class _Work:
    """One fresh thread on its way into the live store. keys: those given out in the thread."""

    live: Sql
    fresh: Sql
    plan: Plan
    partial: set[int]
    now: str
    tally: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)

    def run(self, matched: set[int]) -> Counter[str]:
        """matched: live posts that some fresh thread has."""
        thread = self._line()
        partial = not self.partial.isdisjoint(self.plan.of)
        for taken in self.plan.taken:
            self.live.run("UPDATE posts SET key = '~' || pk WHERE thread = ?", [taken])  # the keys are given anew
        posts = self.fresh.rows(
            "SELECT p.*, f.title AS words_title, f.body AS words_body FROM posts p LEFT JOIN posts_fts f"
            " ON f.rowid = p.pk WHERE p.thread = ? ORDER BY p.n, p.pk",
            [self.plan.fresh],
        )
        live_of = {post["pk"]: self._post(post, thread, partial=partial) for post in posts}
        rest = self._rest(thread, matched.union(live_of.values()), partial=partial)
        self._arrange(posts, live_of, rest)
        for page in self.fresh.rows("SELECT pk, kind FROM pages WHERE thread = ?", [self.plan.fresh]):
            self.live.run("UPDATE pages SET thread = ?, kind = ? WHERE pk = ?", [thread, page["kind"], page["pk"]])
        return self.tally

    def _line(self) -> int:
        line = self.fresh.rows("SELECT * FROM threads WHERE pk = ?", [self.plan.fresh])[0]
        if self.plan.live is None:
            return self.live.insert("threads", {name: value for name, value in line.items() if name != "pk"})
        old = self.live.rows("SELECT * FROM threads WHERE pk = ?", [self.plan.live])[0]
        top = self.live.rows("SELECT forgotten FROM posts WHERE thread = ? ORDER BY n LIMIT 1", [self.plan.live])
        new = {name: line[name] for name in _LINE} | {"last_seen": max(line["last_seen"], old["last_seen"])}
        if top and top[0]["forgotten"] is not None:
            new |= {"title": "", "title_key": "", "url": old["url"]}
        self.live.update("threads", self.plan.live, new)
        return self.plan.live

    def _post(self, post: Row, thread: int, *, partial: bool) -> int:
        """Write one post, without its place; returns its number in the live store."""
        place: Row = {"thread": thread, "site": post["site"], "board": post["board"], "key": post["key"]}
        pk = self.plan.posts.get(post["pk"])
        if pk is None:
            seen = {name: post[name] for name in _SEEN}
            if partial:
                place["key"] = self._key(post_of(post))
            row = columns(post_of(post)) | place | seen | {"n": post["n"], "forgotten": post["forgotten"]}
            pk = self.live.insert("posts", row)
            self._words(pk, post)
            self._revisions(pk, post["pk"], partial=False)
            self.tally["new"] += 1
            return pk
        old = self.live.rows("SELECT * FROM posts WHERE pk = ?", [pk])[0]
        if post["forgotten"] is not None or old["forgotten"] is not None:
            if old["forgotten"] is None:
                kept_out.scrub(self.live, pk, post["forgotten"])
            self.live.update("posts", pk, place | {"key": f"removed.{pk}"})
            self.tally["unchanged"] += 1
            return pk
        new = columns(post_of(post))
        if partial:
            joined = merge.join(post_of(old), post_of(post), newer=post["seen_at"] >= old["seen_at"])
            new, place["key"] = columns(joined), self._key(joined)
        new["deleted"] = max(new["deleted"], old["deleted"])  # the forum's “gone” has no bytes that say so
        changed = any(old[name] != value for name, value in new.items())
        seen_at = {"seen_at": max(old["seen_at"], post["seen_at"])}
        self.live.update("posts", pk, new | place | seen_at | ({"changed_at": self.now} if changed else {}))
        if not all(merge.same_words(old[name], new[name]) for name in ("title", "body")):
            self.live.run("DELETE FROM sentiments WHERE post = ?", [pk])
        if new["title"] == post["title"] and new["body"] == post["body"]:
            self._words(pk, post)
        self._revisions(pk, post["pk"], partial=partial)
        self.tally["changed" if changed else "unchanged"] += 1
        return pk

    def _words(self, pk: int, post: Row) -> None:
        """The search words, which were made anew with today's folding; forgotten posts have none."""
        self.live.run("DELETE FROM posts_fts WHERE rowid = ?", [pk])
        if post["words_title"] is not None:
            self.live.run(
                "INSERT INTO posts_fts (rowid, title, body) VALUES (?, ?, ?)",
                [pk, post["words_title"], post["words_body"]],
            )

    def _revisions(self, pk: int, fresh: int, *, partial: bool) -> None:
        said = "SELECT seen_at, title, body, bytes FROM revisions WHERE post = ? ORDER BY seen_at, pk"
        old = [tuple(row[name] for name in _SAID) for row in self.live.rows(said, [pk])]
        new = [tuple(row[name] for name in _SAID) for row in self.fresh.rows(said, [fresh])]
        if partial:
            wordings = {one[1:] for one in old}
            add = [one for one in new if one[1:] not in wordings]
        elif new != old:
            self.live.run("DELETE FROM revisions WHERE post = ?", [pk])
            add = new
        else:
            add = []
        for one in add:
            self.live.insert("revisions", {"post": pk, **dict(zip(_SAID, one, strict=True))})

    def _rest(self, thread: int, matched: set[int], *, partial: bool) -> dict[int, int | None]:
        """Live posts that no page has: kept, with their parent, in a thread of which bytes are missing, else removed."""
        rows = self.live.rows(
            "SELECT * FROM posts WHERE thread IN (SELECT value FROM json_each(?)) ORDER BY thread, n, pk",
            [json.dumps([*self.plan.taken])],
        )
        kept: dict[int, int | None] = {}
        for row in rows:
            if row["pk"] in matched:
                continue
            if partial or row["forgotten"] is not None:
                key = f"removed.{row['pk']}" if row["forgotten"] is not None else self._key(post_of(row))
                self.live.update("posts", row["pk"], {"thread": thread, "key": key})
                kept[row["pk"]] = row["parent"]
                self.tally["kept"] += 1
            else:
                self.live.run("DELETE FROM posts WHERE pk = ?", [row["pk"]])
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
            before = parents.keys() - (set(live_of.values()) - set(self.plan.posts.values()))
            rows = self.live.rows(
                "SELECT pk FROM posts WHERE pk IN (SELECT value FROM json_each(?)) ORDER BY n, pk",
                [json.dumps(sorted(before))],
            )
            order = merge.interleave([row["pk"] for row in rows], [order], parents)
        depth = {live_of[post["pk"]]: post["depth"] for post in posts}
        for n, pk in enumerate(order):
            place: Row = {"n": n, "parent": parents[pk]}
            if pk in depth:
                place["depth"] = depth[pk]
            self.live.update("posts", pk, place)
