"""/check: the numeric claims of a text, of the message that is replied to, or of a thread behind a link."""

import re
from dataclasses import replace

from bot.answers.text_check import LONGEST
from bot.telegram.desk import Desk
from bot.telegram.reply import Reply, Said
from bot.telegram.words import say
from core.errors import NotFound
from core.forum import Index

_LINK = re.compile(r"https?://[^\s<>「」]+")


async def check(desk: Desk, said: Said) -> Reply:
    """A verdict for each claim, with the arithmetic or the source."""
    text = (said.text or said.about or "").strip()
    if not text:
        return Reply(html=say("check_ask", said.lang))
    return await desk.check(replace(said, text=text), lambda: _readable(desk, text))


def _readable(desk: Desk, text: str) -> str:
    """A text as it is, or a link to a stored thread; of another link what stands there.

    Such a page is fetched once and not stored, from forums that paomo knows alone, as robots.txt allows.
    """
    if not _LINK.fullmatch(text) or _is_stored(desk, text):
        return text
    from scraper.fetch import Fetcher
    from scraper.ingest import read_source
    from scraper.sites import heed, parse_page

    held = desk.settings
    heed(held)
    with Fetcher(agent=held.user_agent, pause=(held.delay, 2 * held.delay), proxy=held.scrape_proxy) as fetcher:
        found = parse_page(read_source(text, fetch=fetcher.fetch))
    posts = found.entries if isinstance(found, Index) else found.posts
    return "\n\n".join(f"{post.title}\n{post.body or ''}".strip() for post in posts)[:LONGEST]


def _is_stored(desk: Desk, link: str) -> bool:
    try:
        with desk.reading() as store:
            store.thread(link)
    except NotFound:
        return False
    return True
