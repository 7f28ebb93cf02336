"""`paomo reparse` repeats the crawl from the stored bytes, with today's parsers."""

from dataclasses import asdict

import click

from bot import pipeline
from bot.cli.context import now, print_json, settings
from bot.cli.web import read_board
from bot.console import progress_bar
from bot.stance_model import load_model
from core.errors import NotFound
from core.storage.following import followed
from core.store import Store
from core.text import counted
from core.upkeep.retention import apply_retention


@click.command()
@click.option("--board", metavar="BOARD", help="Only pages of this board, such as cfzh or wenxuecity:cfzh.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    help="Read pages in so many processes.  [default: one a processor]",
)
@click.option("--no-score", is_flag=True, help="Do not judge the posts whose words are new.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def reparse(board: str | None, jobs: int | None, no_score: bool, as_json: bool) -> None:
    """Read all stored pages again and bring the database to what a fresh crawl would have.

    For after a parser was mended: pages that could not be read are tried too. Nothing is fetched. What no bytes say
    stays: numbers of threads, what the forum said is gone, who is forgotten. An interrupted run changes nothing.

    \b
    Example:  paomo reparse --board cfzh
    """
    from scraper.reparse import processors
    from scraper.reparse import reparse as repeat
    from scraper.sites import heed
    from scraper.wanted import spared

    held = settings()
    heed(held)
    only = read_board(board, known=False) if board else None
    with Store.open(held.db, create=False) as store, progress_bar() as bar:
        task = bar.add_task("reading", total=None)
        done = repeat(
            store,
            board=only,
            jobs=jobs or processors(),
            clock=now,
            progress=lambda count, total: bar.update(task, completed=count, total=total),
        )
        if not done.pages + done.unreadable:
            raise NotFound("no stored pages", hint="paomo ingest and paomo crawl store them")
        apply_retention(store, held, now(), spare=spared(followed(store)))  # lists name threads that are too old
        judging = bar.add_task("judging", total=None)
        scored = (
            0
            if no_score
            else pipeline.score_new(
                store,
                clock=now,
                scorer=load_model(held),
                progress=lambda count: bar.update(judging, completed=count),
            )
        )
    if as_json:
        print_json({**asdict(done), "scored": scored})
        return
    click.echo(
        f"{counted(done.pages, 'page')} read, {done.mended} of them for the first time, {done.unreadable} still unreadable; "
        f"posts: {done.new} new, {done.changed} changed, {done.unchanged} unchanged, {done.removed} removed; "
        f"{done.kept} kept of which no bytes are; {scored} judged"
    )
