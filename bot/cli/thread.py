"""`paomo thread` draws a thread as a tree; `paomo search` finds posts by their words. Both show the stance.

What people wrote is never taken for markup or terminal commands: it is cleaned and drawn as plain text.
"""

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.cli.console import console as plain_console
from bot.cli.context import settings
from core.errors import NotFound
from core.forum import Board, Post
from core.sentiment import Sentiment, Stance
from core.storage.reading import phrases
from core.storage.rows import Hit, StoredPost, StoredThread
from core.store import Store
from core.text import clean, one_line, tokens
from scraper.contract import post_to_json

MARKS = {Stance.BULLISH: "▲", Stance.BEARISH: "▼", Stance.NEUTRAL: "·"}
"""Shapes, not colours: red is up in Shanghai and down in New York."""

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
        click.echo(json.dumps(_thread_json(found), ensure_ascii=False, indent=2))
    else:
        _draw(_thread_lines(found, bodies=bodies))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most so many.")
@click.option("--board", help="Only this board, such as cfzh or wenxuecity:cfzh.")
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
        document = {"query": query, "hits": [_hit_json(hit) for hit in hits]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
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
    yield 0, Text(f"thread {found.pk}{where}: {len(found.posts)} posts; {tally}", style="dim")
    if found.url:
        yield 0, Text(one_line(found.url), style="dim")
    if removed := sum(row.forgotten is not None for row in found.posts):
        yield 0, Text(f"… stands for {removed} posts whose authors are forgotten", style="dim")
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
    if snippet := _snippet(hit.post, query):
        yield 2, Text(snippet)
    if hit.post.n:
        yield 2, Text(f"in “{one_line(hit.thread_title)}”", style="dim")
    yield 2, Text(one_line(hit.url) if hit.url else f"thread {hit.thread}", style="dim")


def _snippet(post: Post, query: str) -> str:
    """The first line of the body that contains one of the phrases, cut to a line of the screen."""
    wanted = [f" {' '.join(phrase)} " for phrase in phrases(query)]
    for line in (post.body or "").splitlines():
        if any(phrase in f" {' '.join(tokens(line))} " for phrase in wanted):
            return one_line(line, _SNIPPET)
    return ""


def _line(post: Post, sentiment: Sentiment | None) -> Iterator[Text]:
    mark = MARKS[sentiment.label] if sentiment else "-"
    yield Text(f"{mark} {one_line(post.title) or '…'}", style="bold" if post.n == 0 else "")
    time = f"{post.published_local:%Y-%m-%d %H:%M}" if post.published_local else None
    about = [one_line(post.author or "?"), time, "deleted" if post.deleted else None]
    yield Text(f"  {' · '.join(part for part in about if part)}", style="dim")


def _draw(lines: Iterator[tuple[int, Text]]) -> None:
    """Print lines with their indent; on a screen they wrap below themselves, in a pipe each stays one line."""
    console = plain_console()
    with console.capture() as drawn:  # rich would end the program itself on a broken pipe
        for indent, text in lines:
            if console.is_terminal:
                item: RenderableType = Padding(text, (0, 0, 0, indent))
            else:
                item = Text(" " * indent).append_text(text)
            console.print(item, soft_wrap=not console.is_terminal)
    click.echo(drawn.get(), nl=False)


def _thread_json(found: StoredThread) -> dict[str, Any]:
    return {
        "thread": found.pk,
        "site": found.site,
        "board": found.board,
        "id": found.root_id,
        "title": found.title,
        "url": found.url,
        "posts": [_stored_json(row) for row in found.posts],
    }


def _stored_json(row: StoredPost) -> dict[str, Any]:
    return {"pk": row.pk, **post_to_json(row.post), "sentiment": sentiment_json(row.sentiment)}


def _hit_json(hit: Hit) -> dict[str, Any]:
    place = {"pk": hit.pk, "thread": hit.thread, "thread_title": hit.thread_title, "site": hit.site, "board": hit.board}
    post = {**post_to_json(hit.post), "url": hit.url}
    return {**place, **post, "sentiment": sentiment_json(hit.sentiment)}


def sentiment_json(sentiment: Sentiment | None) -> dict[str, Any] | None:
    """As `paomo score` prints it, without the text."""
    if sentiment is None:
        return None
    bearish, neutral, bullish = sentiment.p
    return {
        "label": sentiment.label.value,
        "score": sentiment.score,
        "margin": sentiment.margin,
        "p": {"bullish": bullish, "neutral": neutral, "bearish": bearish},
        "p_on_topic": sentiment.p_on_topic,
        "evidence": [{"term": one.term, "weight": one.weight} for one in sentiment.evidence],
        "model": sentiment.model,
    }
