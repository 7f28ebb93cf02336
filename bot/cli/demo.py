"""`paomo demo`: the main job on the bundled sample pages, shown as the commands that do it."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import click

from bot.cli.context import settings

QUESTIONS = {
    "zh-Hant": ("利潤率降到30%要多少年回本?", "OpenAI 2024年收入是130億嗎?", "大家看多還是看空?"),
    "zh-Hans": ("利润率降到30%要多少年回本?", "OpenAI 2024年收入是130亿吗?", "大家看多还是看空?"),
    "en": ("利潤率降到30%要多少年回本?", "was OpenAI's revenue 13bn in 2024?", "is the forum bullish or bearish?"),
}


@click.command()
@click.option(
    "--keep", type=click.Path(dir_okay=False, path_type=Path), help="Keep the database in FILE and go on with it."
)
def demo(keep: Path | None) -> int:
    """Store, judge, report, draw a thread, search, and answer three questions, on sample pages that come with paomo.

    Authors and posts of the samples are invented. Nothing is fetched and nothing of yours is touched: the
    database is a temporary one, unless --keep names a file.

    \b
    Example:  paomo demo --keep demo.db
    """
    from bot.cli.main import main

    lang = settings().lang
    with tempfile.TemporaryDirectory(prefix="paomo-demo-") as folder, as_file(files("scraper") / "samples") as samples:
        db = keep or Path(folder) / "demo.db"
        db = db.absolute()
        pages = sorted(path.relative_to(samples.parent.parent).as_posix() for path in samples.glob("*.html"))
        for shown, args in _steps(pages, lang):
            click.secho(f"\n$ paomo {shown}", bold=True)
            sys.stdout.flush()
            with contextlib.chdir(samples.parent.parent):  # so that sources are named as a person would
                code = main(["--db", str(db), "--lang", lang, *args])
            if code:
                return code
    click.secho("\nSample pages: authors and posts are invented. Your own: paomo ingest ADDRESS-OR-FILE", dim=True)
    return 0


def _steps(pages: list[str], lang: str) -> Iterator[tuple[str, list[str]]]:
    """What to show, and the arguments that do it."""
    yield "ingest scraper/samples/*.html", ["ingest", *pages]
    yield "report --days 26", ["report", "--days", "26"]
    yield "thread 50347", ["thread", "50347"]
    yield "search 折旧 --limit 3", ["search", "折旧", "--limit", "3"]
    for question in QUESTIONS[lang]:
        yield f'ask "{question}"', ["ask", question]
