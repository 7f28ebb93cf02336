"""`paomo ingest` stores threads; `paomo parse` reads one page and shows it, and nothing is stored."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from bot.cli.context import now, print_json, settings
from bot.console import console, progress_bar
from core.errors import PaomoError
from core.forum import Index, Post, Thread
from core.text import clean, counted, one_line

if TYPE_CHECKING:
    from rich.progress import Progress

    from core.config import Settings
    from core.storage.rows import Saved, SavedList
    from core.store import Store
    from scraper.page import Page


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--no-score", is_flag=True, help="Store only; do not judge the new posts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ingest(sources: tuple[str, ...], no_score: bool, as_json: bool) -> int:
    """Store threads from each SOURCE: an address, a saved page, a thread copied as text, or - for standard input.

    A folder stands for every page in it and below it. A board's list is stored as its threads without their texts.
    What is stored already is not stored twice: the same page again brings nothing new, an edit keeps the old
    words. A source that fails does not stop the others.

    \b
    Example:  paomo ingest thread.html https://bbs.wenxuecity.com/cfzh/31152.html
    """
    from core.store import Store
    from scraper.ingest import ingest as store_page
    from scraper.ingest import read_source

    held = settings()
    results: list[dict[str, Any]] = []
    failures: list[PaomoError] = []
    names, from_folders = _files(sources)
    with Store.open(held.db) as store, ExitStack() as open_things:
        progress = open_things.enter_context(progress_bar())
        fetch = _fetch(names, held, open_things)
        for source in progress.track(names, description="reading"):
            try:
                saved = store_page(store, read_source(source, fetch=fetch), clock=now)
            except PaomoError as error:
                failures.append(error)
                results.append({"source": source, "error": str(error), "hint": error.hint})
                progress.console.print(Text(f"paomo: {one_line(error.in_full)}"), soft_wrap=True)
                continue
            results.append({"source": source, **asdict(saved)})
            if not as_json:
                click.echo(_outcome(source, saved))
        scored = 0 if no_score else _score(store, progress)
    if as_json:
        print_json({"sources": results, "scored": scored})
    if not failures:
        return 0
    return PaomoError.exit_code if from_folders else failures[0].exit_code


def _files(sources: tuple[str, ...]) -> tuple[list[str], bool]:
    """Every source, with the pages of a folder in its place; and whether there was a folder."""
    from scraper.folder import pages_in
    from scraper.ingest import is_address

    names: list[str] = []
    folders = False
    for source in sources:
        if source != "-" and not is_address(source) and Path(source).is_dir():
            names += map(str, pages_in(Path(source)))
            folders = True
        else:
            names.append(source)
    return names, folders


def _fetch(sources: Sequence[str], held: "Settings", open_things: ExitStack) -> "Callable[[str], Page] | None":
    """One fetcher for all addresses, so that it keeps its pace between them; none where there is no address."""
    from bot.cli.web import fetcher
    from scraper.ingest import is_address

    if not any(is_address(source) for source in sources):
        return None
    return open_things.enter_context(fetcher(held)).fetch


def _score(store: "Store", progress: "Progress") -> int:
    from bot.pipeline import score_new
    from bot.stance_model import load_model

    task = progress.add_task("judging", total=None)
    return score_new(
        store, clock=now, scorer=load_model(settings()), progress=lambda done: progress.update(task, completed=done)
    )


def _outcome(source: str, saved: "Saved | SavedList") -> str:
    from core.storage.rows import SavedList

    counts = f"{saved.new} new, {saved.changed} changed, {saved.unchanged} unchanged"
    more = f", more known of {saved.filled}" if saved.filled else ""
    if isinstance(saved, SavedList):
        what = f"list of {saved.site}:{saved.board} with {counted(saved.threads, 'thread')}"
    else:
        what = f"thread {saved.thread} “{saved.title}”"
    return one_line(f"{source}: {what}: {counts}{more}")


@click.command()
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--url", metavar="URL", help="Where the page came from; links are resolved against it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def parse(file: Path, url: str | None, as_json: bool) -> None:
    """Parse FILE, a saved page or a thread copied as text (- reads standard input), and print what it holds.

    \b
    Example:  paomo parse thread.html --json
    """
    from bot.cli.web import page_from
    from scraper.contract import to_json
    from scraper.sites import parse_page

    found = parse_page(page_from(file, url))
    if as_json:
        print_json(to_json(found))
    else:
        show(found)


def show(found: Thread | Index) -> None:
    """Draw a thread or a list as a tree, as far as the page tells the tree."""
    from rich.tree import Tree

    if isinstance(found, Thread):
        head, posts = _line(found.root), found.replies
        authors = len({post.author_key for post in posts})
        count = f"{counted(len(posts), 'reply', 'replies')} by {counted(authors, 'author')}"
    else:
        pages = f"page {found.page or '?'} of {found.pages or '?'}"
        head, posts = Text(f"{found.site}:{found.board}, {pages}", style="bold"), found.entries
        threads = sum(post.depth == 0 for post in posts)
        count = f"{counted(len(posts), 'post')} in {counted(threads, 'thread')}"
    top = Tree(head)
    branches: dict[str | None, Tree] = {None: top}
    for post in posts:
        branch = branches.get(post.parent_id, top).add(_line(post))
        if post.id is not None:
            branches[post.id] = branch
    out = console()
    out.print(top)
    out.print(Text(count, style="dim"))
    if posts and all(post.depth is None and post.parent_id is None for post in posts):
        out.print(Text("who answers whom is not in this source", style="dim"))


def _line(post: Post) -> Text:
    parts = [post.author or "?"]
    if post.published_local:
        parts.append(f"{post.published_local:%Y-%m-%d %H:%M:%S}")
    if post.bytes is not None:
        parts.append(counted(post.bytes, "byte"))
    return Text.assemble((clean(post.title), "bold" if post.n == 0 else ""), "  ", (clean(" · ".join(parts)), "dim"))
