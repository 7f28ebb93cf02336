"""`paomo doctor`: what is wrong with the crawl and the database, and what to do about it."""

import shutil
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import click

from bot.cli.context import now, print_json, settings
from bot.lock import holder
from core.store import Store
from core.text import counted
from core.upkeep.health import BoardHealth, Health, examine
from scraper.clock import to_utc
from scraper.summary import how_long, way_out

_LATE = timedelta(days=2)  # without a finished walk
_NO_MORE = "paomo follow remove {} if it is to be read no more"
_LITTLE = 200 * 1024 * 1024  # bytes of free disk


@click.command()
@click.option("--repair", is_flag=True, help="Mend the database; the original stays beside it under another name.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(repair: bool, as_json: bool) -> int:
    """Look at the boards, the posts still to come, the pauses, the database and the disk; nothing is changed.

    With --repair, everything in the database is looked at and mended on a copy, which takes the original's place when
    it is whole. A damaged file is read row by row, and what was lost is counted. Stop the crawl and the bot before.

    \b
    Examples:  paomo doctor
               paomo doctor --repair
    Exit codes:  0 healthy, 4 no database yet,
                 1 something needs you: the line says what and what to do
    """
    held = settings()
    if repair:
        from bot.cli.repair import run

        return run(held, as_json=as_json)
    with Store.open(held.db, create=False, readonly=True) as store:
        health, moment = examine(store, now()), now()
    pid, free = holder(held.db), shutil.disk_usage(held.db.expanduser().resolve().parent).free
    findings = list(_findings(health, moment, free))
    if as_json:
        print_json(_document(health, findings, moment, pid, free, str(held.db)))
    else:
        for line in _lines(health, findings, moment, pid, free):
            click.echo(line)
    return 1 if findings else 0


def _findings(health: Health, moment: datetime, free: int) -> list[dict[str, str]]:
    """What needs the owner."""
    found = [(what, "paomo doctor --repair saves what can be read; or restore a backup") for what in health.damage]
    if health.miscounted:
        odd = ", ".join(f"{table} {rows}" for table, rows in health.miscounted.items())
        found.append((f"counts behind reports are not what the posts give: rows of {odd}", "paomo doctor --repair"))
    found += [(f"{one.site} is left alone {how_long(one)}: {one.why}", way_out(one)) for one in health.pauses]
    for board in health.boards:
        name = str(board.state.board)
        if board.state.error:
            hint = f"see docs/crawling.md; {_NO_MORE.format(name)}"
            found.append((f"{name}: the last walk ended early: {board.state.error}", hint))
        elif (board.state.finished_at or board.state.tried_at) < moment - _LATE:
            hint = f"is the crawl running? {_NO_MORE.format(name)}"
            found.append((f"{name}: no walk has ended since {_time(board.state.finished_at)}", hint))
        if board.failed:
            what = f"{name}: {counted(board.failed, 'post was', 'posts were')} given up after five tries"
            found.append((what, f"paomo crawl {name} --again asks for them again"))
        if board.holes:
            between = f"between {board.state.low} and {board.state.high}"
            holes = f"{counted(board.holes, f'number {between} is', f'numbers {between} are')} unaccounted for"
            found.append((f"{name}: {holes}", "report this: it must not happen"))
    if free < _LITTLE:
        found.append((f"only {free // 1024**2} MB of disk are free", "make room before the crawl stops"))
    return [{"what": what, "hint": hint} for what, hint in found]


def _lines(health: Health, findings: list[dict[str, str]], moment: datetime, pid: int | None, free: int) -> list[str]:
    lines = []
    for one in health.boards:
        behind = _behind(one, moment)
        lines.append(
            f"{one.state.board}: tried {_time(one.state.tried_at)}, list read to the end {_time(one.state.finished_at)}, "
            f"newest post {f'{behind / 3600:.1f} h ago' if behind is not None else 'unknown'}; "
            f"{counted(one.due, 'post')} to come, {counted(one.missing, 'number')} to ask for, {one.failed} given up; "
            f"{counted(one.requests_today, 'request')} today"
        )
    if not health.boards:
        lines.append("no board was crawled yet: paomo crawl cfzh")
    size = f"{counted(health.posts, 'post')}, {counted(health.pages, 'page')}, {health.bytes / 1024**2:.1f} MB"
    lines.append(f"database: {size}; disk: {free / 1024**3:.1f} GB free")
    lines.append("no crawl is running" if pid is None else f"a crawl is running (process {pid or 'unknown'})")
    lines += [f"! {one['what']} → {one['hint']}" for one in findings] or ["all is well"]
    return [" ".join(line.split()) for line in lines]


def _behind(one: BoardHealth, moment: datetime) -> float | None:
    """Seconds since the newest post that page 1 showed; a quiet board is not a late crawl, so this is no finding."""
    from scraper.sites import SITES

    zone = next((site.tz for site in SITES if site.name == one.state.board.site), None)
    newest = to_utc(one.state.clock, zone) if zone else None
    return None if newest is None else max(0.0, (moment - newest).total_seconds())


def _document(
    health: Health, findings: list[dict[str, str]], moment: datetime, pid: int | None, free: int, path: str
) -> dict[str, Any]:
    boards = [
        {
            "board": str(one.state.board),
            "tried_at": one.state.tried_at.isoformat(),
            "finished_at": one.state.finished_at and one.state.finished_at.isoformat(),
            "clock": one.state.clock and one.state.clock.isoformat(),
            "behind_seconds": _behind(one, moment),
            "error": one.state.error,
            **{name: getattr(one, name) for name in ("due", "missing", "failed", "holes")},
            "low": one.state.low,
            "high": one.state.high,
        }
        for one in health.boards
    ]
    pauses = [
        {**asdict(one), "since": one.since.isoformat(), "until": one.until and one.until.isoformat()}
        for one in health.pauses
    ]
    return {
        "healthy": not findings,
        "findings": findings,
        "boards": boards,
        "pauses": pauses,
        "database": {"path": path, "bytes": health.bytes, "posts": health.posts, "pages": health.pages},
        "crawling": pid,
        "disk_free_bytes": free,
        "requests_today": {one.state.board.site: one.requests_today for one in health.boards},
    }


def _time(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
