"""`paomo thread` draws a thread as a tree; `paomo search` finds posts by their words. Both show the stance.

What people wrote is never taken for markup or terminal commands: it is cleaned and drawn as plain text.
"""

from collections.abc import Iterator

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.cli.context import print_json, settings
from bot.console import console
from bot.posts_json import hit_json, thread_json
from bot.quoting import line_with
from bot.render.evidence import MARKS
from core.errors import NotFound
from core.forum import Board, Post
from core.sentiment import Sentiment, Stance
from core.storage.rows import Hit, StoredThread
from core.store import Store
from core.text import clean, counted, one_line

_DEEPEST = 24  # levels that are indented; below that the text would have no room
_SNIPPET = 160  # characters


@click.command()
@click.argument("which", metavar="ID")
@click.option("--bodies", is_flag=True, help="Show the text of each post, not only its title.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def thread(which: str, bodies: bool, as_json: bool) -> None:
    """Show one thread as a tree: ▲ bullish, ▼ bearish, · neutral, - not judged.

    ID is a post's id on the forum, the thread's number in the database, or an address or part of one.

    \b
    Example:  paomo thread 31152
    """
    with Store.open(settings().db, readonly=True) as store:
        found = store.thread(which)
    if as_json:
        print_json(thread_json(found))
    else:
        _draw(_thread_lines(found, bodies=bodies))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Show at most so many posts.",
)
@click.option("--board", metavar="BOARD", help="Only posts of this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def search(words: tuple[str, ...], limit: int, board: str | None, as_json: bool) -> None:
    """Find posts that contain all WORDS, newest first; script, width and case do not matter.

    Quotes keep words together.

    \b
    Example:  paomo search margin '"創新高"'
    """
    query = " ".join(words)
    with Store.open(settings().db, readonly=True) as store:
        hits = store.search(query, limit=limit, board=Board.parse(board) if board else None)
    if as_json:
        document = {"query": query, "hits": [{"pk": hit.pk, **hit_json(hit)} for hit in hits]}
        print_json(document)
    if not hits:
        raise NotFound(f"no post contains {query!r}" + (f" on the board {board}" if board else ""))
    if not as_json:
        _draw(line for hit in hits for line in _hit_lines(hit, query))


def _thread_lines(found: StoredThread, *, bodies: bool) -> Iterator[tuple[int, Text]]:
    levels = _levels(found)
    for row in found.posts:
        level = min(levels[row.pk], _DEEPEST)
        yield level, Text.assemble(*_line(row.post, row.sentiment))
        if bodies and row.post.body:
            for line in clean(row.post.body).splitlines():
                yield level + 2, Text(line)
    judged = [row.sentiment.label for row in found.posts if row.sentiment]
    tally = ", ".join(f"{judged.count(stance)} {stance}" for stance in reversed(Stance))
    where = "" if found.board is None else f" on {found.site}:{found.board}"
    yield 0, Text(f"thread {found.pk}{where}: {counted(len(found.posts), 'post')}; {tally}", style="dim")
    if found.url:
        yield 0, Text(one_line(found.url), style="dim")
    if removed := sum(row.forgotten is not None for row in found.posts):
        gone = counted(removed, "post whose author is", "posts whose authors are")
        yield 0, Text(f"… stands for {gone} forgotten", style="dim")
    if any(row.post.depth is None for row in found.posts[1:]):
        yield 0, Text("who answers whom is not known of every post", style="dim")


def _levels(found: StoredThread) -> dict[int, int]:
    """How far to indent each post: its depth, or else right below the first post."""
    levels: dict[int, int] = {}
    for row in found.posts:
        above = levels.get(row.parent) if row.parent is not None else None
        known = row.post.depth if above is None else above + 1
        levels[row.pk] = int(bool(levels)) if known is None else known
    return levels


def _hit_lines(hit: Hit, query: str) -> Iterator[tuple[int, Text]]:
    yield 0, Text.assemble(*_line(hit.post, hit.sentiment))
    if snippet := line_with((hit.post.body or "").splitlines(), [query], _SNIPPET):
        yield 2, Text(snippet)
    if hit.post.n:
        yield 2, Text(f"in “{one_line(hit.thread_title)}”", style="dim")
    yield 2, Text(one_line(hit.url) if hit.url else f"thread {hit.thread}", style="dim")


def _line(post: Post, sentiment: Sentiment | None) -> Iterator[Text]:
    mark = MARKS[sentiment.label] if sentiment else "-"
    yield Text(f"{mark} {one_line(post.title) or '…'}", style="bold" if post.n == 0 else "")
    time = f"{post.published_local:%Y-%m-%d %H:%M}" if post.published_local else None
    about = [one_line(post.author or "?"), time, "deleted" if post.deleted else None]
    yield Text(f"  {' · '.join(part for part in about if part)}", style="dim")


def _draw(lines: Iterator[tuple[int, Text]]) -> None:
    """Print lines with their indent; on a screen they wrap below themselves, in a pipe each stays one line."""
    out = console()
    for indent, text in lines:
        if out.is_terminal:
            item: RenderableType = Padding(text, (0, 0, 0, indent))
        else:
            item = Text(" " * indent).append_text(text)
        out.print(item, soft_wrap=not out.is_terminal)
