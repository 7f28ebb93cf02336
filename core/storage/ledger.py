"""The typed door to the crawl tables: boards, tasks, pauses, requests.

What a crawl has done and has still to do stands in the database beside what it found, so that both are written in
one transaction: a killed crawl loses nothing and asks for nothing twice. How rows of a list become tasks is in
`core.storage.listing`; how healthy it all is, in `core.upkeep.health`.
"""

import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.forum import Board
from core.storage import kept_out, saving
from core.storage.rows import Row, Sql, moment, of_board, stamp
from core.store import Store

TRIES = 5
"""How often a post is asked for before it is given up."""

_FIRST_DELAY = timedelta(minutes=10)  # then four times as long after each try: 10 min, 40 min, 2 h 40 min, 10 h 40 min


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a walk under way is. Times are the forum's wall clock, naive.

    url:     the last page that was read; it is asked again when the walk goes on, because rows move down meanwhile
    page:    how many pages were read; tries: how often going on from here failed
    clock:   time of the newest post on the walk's first page: the list's own idea of now
    newest, oldest: times of the newest and the oldest root listed so far
    low, high: the least id of a root younger than the walk's limit, and the greatest id on the first page
    ordered: whether every root so far was older than the one before it
    """

    url: str
    page: int = 0
    tries: int = 0
    clock: datetime | None = None
    newest: datetime | None = None
    oldest: datetime | None = None
    low: int | None = None
    high: int | None = None
    ordered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """What is known of a board's walks.

    finished_at:  when a walk last came to its end; `None` during the first one
    low, high:    ids between which every number is accounted for
    clock:        time of the newest post when page 1 was last read, by the forum's wall clock
    covered_from, covered_to: the span of roots' times that walks have read without a gap
    walk:         number of the walk under way or of the last one
    place:        where the walk under way is
    """

    board: Board
    tried_at: datetime
    finished_at: datetime | None = None
    error: str | None = None
    low: int | None = None
    high: int | None = None
    clock: datetime | None = None
    covered_from: datetime | None = None
    covered_to: datetime | None = None
    walk: int = 0
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A post to ask for. why: new, changed, vanished, missing or recheck; tries: how often it failed."""

    post_id: str
    why: str
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A site that is left alone. until: `None` where only the owner can lift it; told: whether he was told."""

    site: str
    since: datetime
    until: datetime | None
    why: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The latest stored answer of an address."""

    body: bytes
    headers: Mapping[str, str]


class Ledger:
    """What a crawl knows and has to do, in the store's database. `now` is aware everywhere."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @contextmanager
    def writing(self) -> Iterator[Sql]:
        """One transaction; everything below takes part in it."""
        with self.store.writing() as sql:
            yield sql

    def begin(self, board: Board, now: datetime) -> BoardState:
        """Note that a board is tried, and return what is known of it."""
        with self.writing() as sql:
            sql.run(
                "INSERT INTO boards (site, name, first_tried, tried_at) VALUES (:site, :name, :now, :now)"
                " ON CONFLICT DO UPDATE SET tried_at = :now, error = NULL",
                {"site": board.site, "name": board.name, "now": stamp(now)},
            )
        return self.board(board)

    def known(self, board: Board) -> BoardState | None:
        """What is known of a board, if it was ever tried."""
        return next((state for state in self.boards() if state.board == board), None)

    def board(self, board: Board) -> BoardState:
        """What is known of a board that was tried before."""
        with self.store.reading() as sql:
            return _board(sql.rows("SELECT * FROM boards WHERE site = ? AND name = ?", [board.site, board.name])[0])

    def boards(self) -> list[BoardState]:
        """Every board that was ever tried, by name."""
        with self.store.reading() as sql:
            return [_board(row) for row in sql.rows("SELECT * FROM boards ORDER BY site, name")]

    def put(self, state: BoardState) -> None:
        """Write what is known of a board."""
        row = {name: _plain(value) for name, value in _fields(state).items() if name not in {"board", "place"}}
        row["place"] = None if state.place is None else json.dumps(asdict(state.place), default=_plain)
        with self.writing() as sql:
            sql.run(
                f"UPDATE boards SET {', '.join(f'{name} = :{name}' for name in row)}"  # noqa: S608 (our own names)
                " WHERE site = :site AND name = :board",
                {**row, "site": state.board.site, "board": state.board.name},
            )

    def failed(self, board: Board, why: str) -> None:
        """Note why a board could not be read."""
        with self.writing() as sql:
            sql.run("UPDATE boards SET error = ? WHERE site = ? AND name = ?", [why, board.site, board.name])

    def drop(self, board: Board) -> None:
        """Forget a board that is none, or is to be read no more; its posts stay, and what it still asks for waits."""
        with self.writing() as sql:
            sql.run("DELETE FROM boards WHERE site = ? AND name = ?", [board.site, board.name])

    def keep(self, page: saving.RawPage, *, kind: str) -> None:
        """Keep bytes that belong to no thread. Of a list's page the latest of each day stays."""
        with self.writing() as sql:
            if kind == "index":
                sql.run(
                    "DELETE FROM pages WHERE kind = 'index' AND url = ? AND substr(fetched_at, 1, 10) = ?",
                    [page.url, page.fetched_at[:10]],
                )
            saving.keep_page(sql, page, kind=kind, thread=None)

    def keeps_out(self, site: str) -> bool:
        """Whether somebody is forgotten on a site, so that bytes must not be kept that nobody can search for him."""
        with self.store.reading() as sql:
            return kept_out.anybody(sql, site)

    def kept(self, url: str) -> Kept | None:
        """The latest stored answer of an address, if there is one."""
        with self.store.reading() as sql:
            rows = sql.rows(
                "SELECT headers, body FROM pages WHERE url = ? ORDER BY fetched_at DESC, pk DESC LIMIT 1", [url]
            )
        return Kept(body=zlib.decompress(rows[0]["body"]), headers=json.loads(rows[0]["headers"])) if rows else None

    def due(
        self, board: Board, *, now: datetime, limit: int, missing: bool = False, only: Collection[str] | None = None
    ) -> list[Task]:
        """Posts to ask for now, the newest first; missing: those never seen, else all the others; only: of these ids."""
        with self.store.reading() as sql:
            rows = sql.rows(
                "SELECT post_id, why, tries FROM tasks WHERE site = :site AND board = :board AND state = 'due'"
                " AND due_at <= :now AND (why = 'missing') = :missing"
                " AND (:only IS NULL OR post_id IN (SELECT value FROM json_each(:only)))"
                " ORDER BY length(post_id) DESC, post_id DESC LIMIT :limit",
                {
                    **of_board(board),
                    "now": stamp(now),
                    "missing": missing,
                    "limit": limit,
                    "only": None if only is None else json.dumps(sorted(only)),
                },
            )
        return [Task(**row) for row in rows]

    def stale(self, board: Board, *, since: datetime, before: datetime, limit: int, roots: bool) -> list[Task]:
        """Posts with text, published after `since`, last fetched before `before`: the longest ago first.

        roots: only the first posts of threads, where replies have no page of their own
        """
        with self.store.reading() as sql:
            rows = sql.rows(
                "SELECT p.post_id FROM posts p JOIN threads h ON h.pk = p.thread"
                " LEFT JOIN tasks t ON t.site = p.site AND t.board = p.board AND t.post_id = p.post_id"
                " WHERE p.site = :site AND p.board = :board AND p.post_id IS NOT NULL AND p.body != ''"
                " AND NOT p.deleted AND p.published_utc > :since AND (NOT :roots OR p.post_id = h.root_id)"
                " AND coalesce(t.state, 'done') = 'done' AND coalesce(t.fetched_at, p.seen_at) < :before"
                " ORDER BY coalesce(t.fetched_at, p.seen_at), p.pk LIMIT :limit",
                {**of_board(board), "since": stamp(since), "before": stamp(before), "roots": roots, "limit": limit},
            )
        return [Task(post_id=row["post_id"], why="recheck") for row in rows]

    def done(self, board: Board, task: Task, now: datetime) -> None:
        """A post was read."""
        self._put_task(board, task, "done", now, tries=0, last_error=None, fetched_at=stamp(now))

    def gone(self, board: Board, task: Task, now: datetime) -> bool:
        """The forum says that a post is gone: its words are kept. Returns whether it was stored and not known as gone."""
        key = {**of_board(board), "post": task.post_id, "now": stamp(now)}
        where = "WHERE site = :site AND board = :board AND post_id = :post AND NOT deleted"
        with self.writing() as sql:
            known = sql.rows(f"SELECT pk FROM posts {where}", key)  # noqa: S608
            sql.run(f"UPDATE posts SET deleted = 1, changed_at = :now {where}", key)  # noqa: S608
            self._put_task(board, task, "gone", now, last_error=None, fetched_at=stamp(now))
        return bool(known)

    def ids_in(self, thread: int) -> set[str]:
        """The ids of a stored thread's posts."""
        with self.store.reading() as sql:
            rows = sql.rows("SELECT post_id FROM posts WHERE thread = ? AND post_id IS NOT NULL", [thread])
        return {row["post_id"] for row in rows}

    def is_gone(self, board: Board, post: str) -> bool:
        """Whether the forum said that a post is gone."""
        with self.store.reading() as sql:
            return bool(
                sql.rows(
                    "SELECT 1 FROM tasks WHERE site = :site AND board = :board AND post_id = :post AND state = 'gone'",
                    {**of_board(board), "post": post},
                )
            )

    def later(self, board: Board, task: Task, why: str, now: datetime, *, after: float | None = None) -> None:
        """A post could not be read: try again later, after `after` seconds at least, and give it up after `TRIES`."""
        wait = max(_FIRST_DELAY * 4**task.tries, timedelta(seconds=after or 0))
        state = "failed" if task.tries + 1 >= TRIES else "due"
        self._put_task(board, task, state, now + wait, tries=task.tries + 1, last_error=why)

    def _put_task(self, board: Board, task: Task, state: str, due: datetime, **news: object) -> None:
        row = {
            **of_board(board),
            "post_id": task.post_id,
            "why": task.why,
            "state": state,
            "due_at": stamp(due),
            **news,
        }
        names = list(row)
        with self.writing() as sql:
            sql.run(
                f"INSERT INTO tasks ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})"  # noqa: S608
                f" ON CONFLICT DO UPDATE SET {', '.join(f'{name} = :{name}' for name in names[3:])}",
                row,
            )

    def left(self, board: Board) -> dict[str, int]:
        """How many tasks are open: `due`, `missing` (due, never seen) and `failed`."""
        with self.store.reading() as sql:
            rows = sql.rows(
                "SELECT CASE WHEN state = 'failed' THEN 'failed' WHEN why = 'missing' THEN 'missing' ELSE 'due' END"
                " AS what, count(*) AS n FROM tasks INDEXED BY tasks_open WHERE site = :site AND board = :board"
                " AND state IN ('due', 'failed') GROUP BY 1",
                of_board(board),
            )
        return {"due": 0, "missing": 0, "failed": 0} | {row["what"]: row["n"] for row in rows}

    def again(self, site: str, now: datetime) -> None:
        """Lift a site's pause, and give posts that were given up another chance."""
        with self.writing() as sql:
            sql.run("DELETE FROM pauses WHERE site = ?", [site])
            sql.run(
                "UPDATE tasks SET state = 'due', tries = 0, due_at = ? WHERE site = ? AND state = 'failed'",
                [stamp(now), site],
            )

    def pause(self, site: str, why: str, *, now: datetime, seconds: float | None) -> None:
        """Leave a site alone for that many seconds, or until its owner says otherwise."""
        until = None if seconds is None else stamp(now + timedelta(seconds=seconds))
        with self.writing() as sql:
            sql.run(
                "INSERT OR REPLACE INTO pauses (site, since, until, why) VALUES (?, ?, ?, ?)",
                [site, stamp(now), until, why],
            )

    def told(self, site: str) -> None:
        """The owner was told of a site's pause."""
        with self.writing() as sql:
            sql.run("UPDATE pauses SET told = 1 WHERE site = ?", [site])

    def pauses(self, now: datetime) -> list[Pause]:
        """The sites that are left alone now."""
        with self.store.reading() as sql:
            rows = sql.rows("SELECT * FROM pauses WHERE until IS NULL OR until > ? ORDER BY site", [stamp(now)])
        return [
            Pause(**{**row, "since": moment(row["since"]), "until": moment(row["until"]), "told": bool(row["told"])})
            for row in rows
        ]

    def asked(self, site: str, kind: str, now: datetime) -> None:
        """Count one request; kind: index, posts, threads (followed ones), search, robots or other."""
        with self.writing() as sql:
            sql.run(
                "INSERT INTO requests (site, day, kind, n) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                [site, _day(now), kind],
            )

    def asked_today(self, site: str, now: datetime) -> int:
        """Requests made to a site on this day, UTC."""
        with self.store.reading() as sql:
            rows = sql.rows("SELECT sum(n) AS n FROM requests WHERE site = ? AND day = ?", [site, _day(now)])
        return rows[0]["n"] or 0


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _fields(state: BoardState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in BoardState.__dataclass_fields__}


def _board(row: Row) -> BoardState:
    place = None if row["place"] is None else json.loads(row["place"])
    known = {name: row[name] for name in ("error", "low", "high", "walk")}
    times: dict[str, Any] = {name: moment(row[name]) for name in ("finished_at", "clock", "covered_from", "covered_to")}
    return BoardState(
        board=Board(site=row["site"], name=row["name"]),
        tried_at=datetime.fromisoformat(row["tried_at"]),
        place=place and Place(**{**place, **{name: moment(place[name]) for name in ("clock", "newest", "oldest")}}),
        **known,
        **times,
    )


def _plain(value: Any) -> Any:
    """A moment as text, aware ones in UTC; anything else as it is."""
    if not isinstance(value, datetime):
        return value
    return value.isoformat(timespec="seconds") if value.tzinfo is None else stamp(value)
