"""`paomo score --parquet`: a folder of posts judged into another, here or by many machines."""

from pathlib import Path

import click

from core.errors import UsageError
from core.text import counted
from nlp.many import Judged, score_folder


def judge(folder: Path | None, out: Path | None, model: Path | None, engine: str | None, scheduler: str | None) -> None:
    """Check what goes together, judge, and tell of each file on stderr as it is finished."""
    if folder is None or out is None:
        raise UsageError("--parquet FOLDER and --out FOLDER go together")
    if (engine == "dask") != (scheduler is not None):
        raise UsageError("--engine dask and --scheduler ADDRESS go together")
    finished: list[Judged] = []

    def told(one: Judged, of: int) -> None:
        finished.append(one)
        how = "judged before" if one.again else counted(f"{one.rows:,}", "post")
        click.echo(f"paomo: {len(finished)} of {of}: {one.name}, {how}", err=True)

    score_folder(folder, out, model=model, scheduler=scheduler, done=told)
    posts = counted(f"{sum(one.rows for one in finished):,}", "post")
    click.echo(f"{out}: {posts} in {counted(len(finished), 'file')}")
