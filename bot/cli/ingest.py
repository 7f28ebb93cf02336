"""`paomo parse`: read one page and show it; nothing is stored."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from core.forum import Index, Post, Thread
from core.text import clean
from scraper.contract import to_json
from scraper.page import Page, read_file, read_stream
from scraper.site import parse_page


@click.command()
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--url", help="Where the page came from; links are resolved against it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def parse(file: Path, url: str | None, as_json: bool) -> None:
    """Parse FILE, a saved page or a thread copied as text (- reads standard input), and print what it holds.

    \b
    Example:  paomo parse thread.html --json
    """
    found = parse_page(page_from(file, url))
    if as_json:
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    else:
        console = Console(highlight=False)
        with console.capture() as drawn:  # rich would end the program itself on a broken pipe
            show(found, console)
        click.echo(drawn.get(), nl=False)


def page_from(file: Path, url: str | None) -> Page:
    """A page from a file, or from standard input for `-`."""
    return read_stream(sys.stdin.buffer, url=url) if str(file) == "-" else read_file(file, url=url)


def show(found: Thread | Index, console: Console) -> None:
    """Draw a thread or a list as a tree, as far as the page tells the tree."""
    if isinstance(found, Thread):
        head, posts = _line(found.root), found.replies
        count = f"{len(posts)} replies by {len({post.author_key for post in posts})} authors"
    else:
        pages = f"page {found.page or '?'} of {found.pages or '?'}"
        head, posts = Text(f"{found.site}:{found.board}, {pages}", style="bold"), found.entries
        count = f"{len(posts)} posts in {sum(post.depth == 0 for post in posts)} threads"
    top = Tree(head)
    branches: dict[str | None, Tree] = {None: top}
    for post in posts:
        branch = branches.get(post.parent_id, top).add(_line(post))
        if post.id is not None:
            branches[post.id] = branch
    console.print(top)
    console.print(Text(count, style="dim"))
    if posts and all(post.depth is None for post in posts):
        console.print(Text("who answers whom is not in this source", style="dim"))


def _line(post: Post) -> Text:
    parts = [post.author or "?"]
    if post.published_local:
        parts.append(f"{post.published_local:%Y-%m-%d %H:%M:%S}")
    if post.bytes is not None:
        parts.append(f"{post.bytes} bytes")
    return Text.assemble((clean(post.title), "bold" if post.n == 0 else ""), "  ", (clean(" · ".join(parts)), "dim"))
