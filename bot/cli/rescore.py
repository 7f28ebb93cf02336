"""`paomo rescore` judges every stored post again with the current model."""

import click

from bot import pipeline
from bot.cli.context import now, settings
from bot.console import progress_bar
from bot.stance_model import load_model
from core.errors import NotFound
from core.store import Store
from core.text import counted


@click.command()
def rescore() -> None:
    """Judge every stored post again with the current model.

    Each judgement replaces the one before, in chunks: an interrupted run keeps what it has done.

    \b
    Example:  paomo rescore
    """
    with Store.open(settings().db, create=False) as store, progress_bar() as bar:
        total = store.counts().posts
        task = bar.add_task("judging", total=total)
        done = pipeline.score_new(
            store,
            clock=now,
            scorer=load_model(settings()),
            again=True,
            progress=lambda count: bar.update(task, completed=count),
        )
    if not done:
        raise NotFound("no posts to judge", hint="paomo ingest stores threads")
    click.echo(f"{counted(done, 'post')} judged")
