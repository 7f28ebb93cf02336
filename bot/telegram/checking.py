"""/check: the numeric claims of a text, of the message that is replied to, or of a thread behind a link."""

import re
from collections.abc import Iterator
from datetime import date

from bot.telegram.desk import Desk, Reply, Said
from bot.telegram.words import say
from core import figures
from core.claims import CheckedClaim
from core.claims import check as check_text
from core.errors import NotFound
from core.figures import Register
from core.forum import Index, Post
from core.text import clean
from scraper.ingest import is_address, read_source
from scraper.sites import heed, parse_page

MOST = 10  # claims of one answer
_LINK = re.compile(r"https?://[^\s<>「」]+")


async def check(desk: Desk, said: Said) -> Reply:
    """A verdict for each claim, with the arithmetic or the source; wrong ones first where there are many."""
    text = said.text or said.about or ""
    if not text.strip():
        return Reply(html=say("check_ask", said.lang))

    def make() -> Reply:
        register = figures.load(desk.settings.figures)
        link = _LINK.fullmatch(text.strip())
        found = list(_of_posts(_posts(desk, link[0]), register) if link else check_text(text, register))
        wrong = [claim for claim in found if claim.is_wrong]
        shown = found if len(found) <= MOST else (wrong + [claim for claim in found if not claim.is_wrong])[:MOST]
        rows = [_row(claim) for claim in sorted(shown, key=found.index)]
        return Reply(html=say("claims", said.lang, rows=rows, n=len(found), wrong=len(wrong)))

    return await desk.work(said, make)


def _posts(desk: Desk, link: str) -> list[Post]:
    """The posts of a thread: as they are stored, else fetched once, from forums that paomo knows alone."""
    if desk.settings.db.exists():
        try:
            with desk.reading() as store:
                return [row.post for row in store.thread(link).posts]
        except NotFound:
            pass
    from scraper.fetch import Fetcher

    held = desk.settings
    heed(held)
    assert is_address(link)
    with Fetcher(agent=held.user_agent, pause=(held.delay, 2 * held.delay), proxy=held.scrape_proxy) as fetcher:
        found = parse_page(read_source(link, fetch=fetcher.fetch))
    return list(found.entries if isinstance(found, Index) else found.posts)


def _of_posts(posts: list[Post], register: Register) -> Iterator[CheckedClaim]:
    for post in posts:
        day: date | None = post.published_local.date() if post.published_local else None
        yield from check_text(f"{post.title}\n{post.body or ''}", register, as_of=day)


def _row(claim: CheckedClaim) -> dict[str, str | None]:
    text = " ".join(clean(claim.text).split())
    source = claim.sources[0] if claim.sources else None
    return {
        "text": text if len(text) <= 160 else f"{text[:159]}…",
        "verdict": claim.verdict,
        "how": claim.recheck.how,
        "source": f"{source.publisher}, {source.published}" if source else None,
    }
