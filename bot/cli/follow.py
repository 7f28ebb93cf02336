"""`paomo follow`: the boards, threads, authors and keywords that a crawl goes by."""

import shlex
from collections.abc import Collection
from dataclasses import replace

import click

from bot.cli.context import now, print_json, settings
from bot.cli.web import read_board
from core.errors import NotFound, UsageError
from core.forum import Board
from core.storage import following
from core.storage.following import Follow, Kind
from core.storage.ledger import Ledger
from core.store import Store
from core.text import clean, fold


@click.group()
def follow() -> None:
    """Choose the boards, threads, authors and keywords that `paomo crawl` goes by.

    WHAT is a board (cfzh, ptt:Stock), a thread's address, author:NAME or keyword:WORDS. An author and words are
    looked for on every followed board, or on the one that --board names.

    \b
    Example:  paomo follow add cfzh author:lionhill
    """


_what = click.argument("what", nargs=-1, required=True)
_board = click.option("--board", metavar="BOARD", help="Only on this board, for author:NAME and keyword:WORDS.")


@follow.command("add", short_help="Follow a board, a thread, an author or words.")
@_what
@_board
def add(what: tuple[str, ...], board: str | None) -> None:
    """Follow each WHAT: a board, a thread's address, author:NAME, keyword:WORDS.

    \b
    Example:  paomo follow add ptt:Stock keyword:泡沫 --board cfzh
    """
    from scraper.sites import heed
    from scraper.wanted import missing

    held = settings()
    heed(held)
    follows = [read(one, board) for one in what]
    with Store.open(held.db) as store:
        for one in follows:
            new = following.add(store, one, now=now())
            click.echo(f"{_line(one)}: {'followed' if new else 'already followed'}")
        everything = following.followed(store)
    boards = dict.fromkeys((*(read_board(name) for name in held.boards), *everything.boards))
    everything = replace(everything, boards=tuple(boards))
    for one in follows:
        if one.kind in {Kind.AUTHOR, Kind.KEYWORD}:
            where = everything.where(one)
            for note in missing(one, where) or ([] if where else [f"{one}: no board is followed yet"]):
                click.echo(f"paomo: {note}", err=True)


@follow.command("remove", short_help="Follow something no longer.")
@_what
@_board
def remove(what: tuple[str, ...], board: str | None) -> None:
    """Follow each WHAT no longer; it is written as `paomo follow list` shows it.

    A board that was only named to a crawl goes likewise: paomo doctor watches it no longer. Its posts stay.

    \b
    Example:  paomo follow remove author:lionhill
    """
    held = settings()
    kept = {read_board(name, known=False) for name in held.boards}
    with Store.open(held.db, create=False) as store:
        threads = {str(one): one for one in following.followed(store).threads}
        follows = [threads.get(one.strip()) or read(one, board, known=False) for one in what]
        missing = [one for one in follows if not _remove(store, one, kept)]
        others = [_line(one.follow) for one in following.listed(store)]
    for one in follows:
        if one not in missing:
            click.echo(f"{_line(one)}: no longer followed")
    if missing:
        shown = "; ".join(others[:5]) or "nothing"
        raise NotFound(f"not followed: {', '.join(map(_line, missing))}", hint=f"followed: {shown}")


def _remove(store: Store, one: Follow, kept: Collection[Board]) -> bool:
    """Whether there was something to remove; how far a board's walk is goes too, but for those that are `kept`."""
    was = following.remove(store, one)
    if one.kind is not Kind.BOARD or one.site is None or (board := Board(site=one.site, name=one.what)) in kept:
        return was
    ledger = Ledger(store)
    known = ledger.known(board) is not None
    ledger.drop(board)
    return was or known


@follow.command("list", short_help="Show what is followed, one a line.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(as_json: bool) -> None:
    """Show what is followed, one a line, as `paomo follow remove` takes it.

    \b
    Example:  paomo follow list --json
    """
    with Store.open(settings().db, readonly=True) as store:
        found = following.listed(store)
    if as_json:
        rows = [
            {
                "kind": one.follow.kind.value,
                "site": one.follow.site,
                "board": one.follow.board,
                "what": one.follow.what,
                "added_at": one.added_at.isoformat(),
            }
            for one in found
        ]
        print_json({"follows": rows})
    if not found:
        raise NotFound("nothing is followed", hint="paomo follow add cfzh follows a board")
    if not as_json:
        for one in found:
            click.echo(_line(one.follow))


def read(text: str, board: str | None = None, *, known: bool = True) -> Follow:
    """What a person wrote, as something to follow. Raises `UsageError` for what cannot be followed.

    known: whether a board's forum must be known; one that is not any more can still be removed
    """
    text = clean(text).strip()
    kind, colon, rest = text.partition(":")
    if colon and kind in {Kind.AUTHOR, Kind.KEYWORD}:
        if not fold(rest):
            raise UsageError(
                f"{text!r} names nothing", hint=f"write {kind}:{'NAME' if kind == Kind.AUTHOR else 'WORDS'}"
            )
        on = read_board(board, known=known) if board else None
        return Follow(kind=Kind(kind), site=on.site if on else None, board=on.name if on else None, what=rest.strip())
    if board is not None:
        raise UsageError(
            "--board goes with author:NAME and keyword:WORDS", hint="a board or an address says where itself"
        )
    if "://" in text:
        from scraper.address import locate

        at = locate(text)
        return Follow(kind=Kind.THREAD, site=at.site, board=at.board, what=at.url)
    on = read_board(text, known=known)
    return Follow(kind=Kind.BOARD, site=on.site, what=on.name)


def _line(follow: Follow) -> str:
    where = f" --board {follow.site}:{follow.board}" if follow.board and follow.kind is not Kind.THREAD else ""
    return f"{shlex.quote(str(follow)) if ' ' in str(follow) else follow}{where}"
