"""Whether the database is sound and how far the crawl is, for `paomo doctor`."""

from dataclasses import dataclass
from datetime import datetime

from core.storage import rollups, unseen
from core.storage.ledger import BoardState, Ledger, Pause
from core.store import Store
from core.text import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardHealth:
    """A board: its state, open tasks, numbers between its ids that nobody accounts for, requests of its site today."""

    state: BoardState
    due: int
    missing: int
    failed: int
    holes: int
    requests_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found.

    damage:   one line for each thing that is wrong in the file
    miscounted: how many rows of each table of counts are not what a recount of the posts gives; not asked of a
              damaged file
    """

    boards: tuple[BoardHealth, ...]
    pauses: tuple[Pause, ...]
    damage: tuple[str, ...]
    miscounted: dict[str, int]
    posts: int
    pages: int
    bytes: int


def examine(store: Store, now: datetime) -> Health:
    """Look at everything; the file is read once from end to end."""
    ledger = Ledger(store)
    boards = []
    for state in ledger.boards():
        holes = 0
        if state.low is not None and state.high is not None:
            with store.reading() as sql:
                holes = unseen.holes(sql, state.board, low=state.low, high=state.high)
        asked = ledger.asked_today(state.board.site, now)
        boards.append(BoardHealth(state=state, holes=holes, requests_today=asked, **ledger.left(state.board)))
    with store.reading() as sql:
        size = sql.rows("SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size")[0]["n"]
        posts, pages = (sql.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in ("posts", "pages"))  # noqa: S608
    damage = tuple(_damage(store))
    return Health(
        boards=tuple(boards),
        pauses=tuple(ledger.pauses(now)),
        damage=damage,
        miscounted={} if damage else _miscounted(store),
        posts=posts,
        pages=pages,
        bytes=size,
    )


def _miscounted(store: Store) -> dict[str, int]:
    """How many rows of each table of counts are not what a recount gives; empty where all is well.

    Triggers keep the counts, so this happens where somebody has changed the file with other tools.
    """
    with store.snapshot() as sql:
        return {table: len(rows) for table, rows in rollups.differences(sql).items()}


def _damage(store: Store) -> list[str]:
    with store.reading() as sql:
        said = [str(row["quick_check"]) for row in sql.rows("PRAGMA quick_check(10)")]
        broken = sql.rows("PRAGMA foreign_key_check")
        lost = sql.rows("SELECT count(*) AS n FROM posts WHERE thread NOT IN (SELECT pk FROM threads)")[0]["n"]
    found = [] if said == ["ok"] else [f"the file is damaged: {line}" for line in said]
    if broken:
        tables = ", ".join(sorted({row["table"] for row in broken}))
        found.append(
            f"{counted(len(broken), f'row of {tables} points', f'rows of {tables} point')} at rows that are not there"
        )
    if lost:
        found.append(f"{counted(lost, 'post is', 'posts are')} in no thread")
    return found
