"""Which stored threads and posts those of a repeated crawl are, so that their numbers stay."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.forum import Board
from core.storage.rows import Row, Sql, of_board


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of one fresh thread.

    live:  the live thread that it is; `None` for a new one
    taken: live threads that go into it; of: those and others that it has posts or pages from
    posts: fresh number to live number
    """

    fresh: int
    live: int | None
    taken: tuple[int, ...]
    of: frozenset[int]
    posts: Mapping[int, int]


def plans_for(live: Sql, fresh: Sql, board: Board | None) -> list[Plan]:
    """For each fresh thread the live one it is: that of its first post, else of its pages; and post for post."""
    lines = fresh.rows(
        "SELECT pk FROM threads WHERE :site IS NULL OR (site = :site AND board = :board) ORDER BY pk",
        of_board(board),
    )
    used_posts: set[int] = set()
    used_threads: set[int] = set()
    plans = []
    for line in lines:
        posts = fresh.rows(
            "SELECT pk, site, board, post_id, key, n FROM posts WHERE thread = ? ORDER BY n, pk", [line["pk"]]
        )
        found = _match(live, posts, _threads_by_pages(live, fresh, line["pk"]), used_posts)
        used_posts.update(pk for pk, _ in found.values())
        threads = [found[post["pk"]][1] for post in posts if post["pk"] in found]
        threads += _threads_by_pages(live, fresh, line["pk"])
        taken = tuple(dict.fromkeys(thread for thread in threads if thread not in used_threads))
        used_threads.update(taken[:1])
        plans.append(
            Plan(
                fresh=line["pk"],
                live=taken[0] if taken else None,
                taken=taken,
                of=frozenset(threads),
                posts={one: pk for one, (pk, _) in found.items()},
            )
        )
    return plans


def _threads_by_pages(live: Sql, fresh: Sql, thread: int) -> list[int]:
    pages = [row["pk"] for row in fresh.rows("SELECT pk FROM pages WHERE thread = ? ORDER BY pk", [thread])]
    rows = live.rows(
        "SELECT thread FROM pages WHERE pk IN (SELECT value FROM json_each(?)) AND thread IS NOT NULL ORDER BY pk",
        [json.dumps(pages)],
    )
    return list(dict.fromkeys(row["thread"] for row in rows))


def _match(live: Sql, posts: Sequence[Row], threads: Sequence[int], used: set[int]) -> dict[int, tuple[int, int]]:
    """For each fresh post the live one and its thread: by id, else by key, else by place among those without ids."""
    rows = live.rows(
        "SELECT pk, thread, board, post_id, key, n FROM posts WHERE +site = :site AND pk IN"  # + keeps off an index by site
        " (SELECT pk FROM posts WHERE thread IN (SELECT value FROM json_each(:threads))"
        " UNION SELECT pk FROM posts WHERE post_id IN (SELECT value FROM json_each(:ids)))"
        " ORDER BY board IS NOT :board, thread, n, pk",
        {
            "site": posts[0]["site"],
            "board": posts[0]["board"],
            "threads": json.dumps(list(threads)),
            "ids": json.dumps([post["post_id"] for post in posts if post["post_id"] is not None]),
        },
    )
    board = posts[0]["board"]
    found: dict[int, tuple[int, int]] = {}
    free = {
        row["pk"]: row
        for row in rows
        if row["pk"] not in used and (None in {board, row["board"]} or row["board"] == board)
    }
    for name in ("post_id", "key", "n"):
        known: dict[object, list[Row]] = {}
        for row in free.values():
            if row[name] is not None and (name != "n" or row["post_id"] is None):
                known.setdefault(row[name], []).append(row)
        for post in posts:
            if post["pk"] in found or (name == "n" and post["post_id"] is not None):
                continue
            if (alike := known.get(post[name])) and (name == "post_id" or _may_be(post, alike[0])):
                row = free.pop(alike.pop(0)["pk"])
                found[post["pk"]] = (row["pk"], row["thread"])
    return found


def _may_be(a: Row, b: Row) -> bool:
    return a["post_id"] is None or b["post_id"] is None
