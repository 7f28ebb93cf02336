"""A report as the command line asks for one: names resolved, names read that are new, and one line where there is none."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from bot.cli.context import settings
from bot.report import Report, build
from bot.scope import title_of
from core.errors import NotFound, StoreError
from core.forum import Board
from core.models.prices import read_prices
from core.storage import trends
from core.store import Store
from core.text import fold
from core.upkeep.forgetting import is_forgotten
from nlp.entities import TRADED, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `paomo report` was asked, as written; `None` where nothing was said."""

    days: int | None = None
    by: str | None = None
    board: str | None = None
    theme: str | None = None
    ticker: str | None = None
    company: str | None = None
    author: str | None = None
    until: date | None = None
    prices: Path | None = None
    words: int | None = None

    @property
    def about(self) -> tuple[str, ...]:
        """What posts must mention, as written."""
        return tuple(name for name in (self.theme, self.ticker, self.company) if name is not None)


def scope(asked: Asked, lang: str) -> str:
    """What the report is about, for its reader; empty for everything."""
    return " · ".join(filter(None, (title_of(asked.board, _entities(asked), lang), asked.author)))


def _entities(asked: Asked) -> list[str]:
    kinds = ((asked.theme, ("theme",)), (asked.ticker, TRADED), (asked.company, ("company",)))
    return [resolve(name, of) for name, of in kinds if name is not None]


def make(asked: Asked) -> Report:
    """Build it. Raises `NotFound` where no judged post fits, or a name is not known."""
    held = settings()
    entities = _entities(asked)
    series = read_prices(asked.prices, least=2, most=None, gaps=True) if asked.prices else None
    with Store.open(held.db, readonly=True) as store:
        _catch_up(store)
        writers = None
        if asked.author is not None:
            with store.reading() as sql:
                writers = trends.find_writers(sql, asked.author, fold(asked.author))
            if not writers:
                raise NotFound(f"nobody called “{asked.author}” has posts in {held.db}")
        made = build(
            store,
            days=asked.days,
            board=Board.parse(asked.board) if asked.board else None,
            until=asked.until,
            by=asked.by or ("month" if asked.author is not None and asked.days is None else "day"),
            about=entities,
            writers=writers,
            prices=series,
            left_out=lambda site, key: bool(is_forgotten(store, key, site=site)),
            words=asked.words or 0,
        )
    if made is None or made.total.n == 0:
        raise _nothing(asked, made, held.db)
    return made


def _nothing(asked: Asked, made: Report | None, db: Path) -> NotFound:
    told = [
        ("on board", asked.board),
        ("up to", asked.until),
        ("by", asked.author),
        *(("about", name) for name in asked.about),
    ]
    said = "".join(f" {word} {value}" for word, value in told if value is not None)
    window = f" from {made.start} to {made.end}" if made else ""
    return NotFound(
        f"no judged posts in {db}{said}{window}",
        hint="a longer --days looks further back" if made else "paomo ingest stores and judges threads",
    )


def _catch_up(store: Store) -> None:
    """Read names in posts that were judged before the table of names changed.

    Where the database cannot be written, the report says itself that some names are missing.
    """
    from bot.pipeline import catch_up

    try:
        catch_up(store, progress=_told)
    except StoreError as error:
        click.echo(f"paomo: {error}", err=True)


def _told(done: int) -> None:
    if done % 10_000 == 0:
        click.echo(f"paomo: reading names, once after an update: {done:,} posts", err=True)
