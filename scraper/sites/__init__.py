"""The table of forums, one file each."""

from collections.abc import Mapping

from core.config import Settings
from core.errors import NotAThread, UsageError
from core.forum import Index, Thread
from scraper import textdump
from scraper.page import Page, decode
from scraper.site import Site
from scraper.sites.discuz import Discuz
from scraper.sites.guba import Guba
from scraper.sites.hn import HackerNews
from scraper.sites.ptt import Ptt
from scraper.sites.wenxuecity import Wenxuecity
from scraper.sites.xueqiu import Xueqiu

SITES: tuple[Site, ...] = (
    Wenxuecity(),
    Ptt(),
    HackerNews(),
    Guba(),
    Discuz(),
    Xueqiu(),
)


def hosts() -> frozenset[str]:
    """Every host of every forum in the table."""
    return frozenset().union(*(site.hosts for site in SITES))


def walls() -> tuple[str, ...]:
    """The names of hosts, `*` for anything, that forums send those to who must log in."""
    return tuple(wall for site in SITES for wall in site.walls)


def cookies() -> dict[str, Mapping[str, str]]:
    """What each host is sent with every request, for those that want something."""
    return {host: site.cookies for site in SITES if site.cookies for host in site.hosts}


def site_named(name: str) -> Site:
    """The forum of that name, as in `Board.site`. Raises `UsageError` naming those there are."""
    for site in SITES:
        if site.name == name:
            return site
    raise UsageError(
        f"no forum is called {name!r}", hint=f"known are {', '.join(site.name for site in SITES)}; write FORUM:BOARD"
    )


def heed(settings: Settings) -> None:
    """Let what the owner set hold for the forums. Call it once, before a `Fetcher` is made."""
    Guba.comments = settings.guba_comments
    Discuz.hosts = frozenset(host.partition("@")[0] for host in settings.discuz_hosts)
    Discuz.old = frozenset(host.removesuffix("@7") for host in settings.discuz_hosts if host.endswith("@7"))


def parse_page(page: Page) -> Thread | Index:
    """Read a page of any known forum, or a thread copied as text.

    Raises `NotAThread` for anything else, `Unreadable` for bytes that are no text, and the other leaves of
    `scraper.outcome` for a forum's page that does not hold what it should.
    """
    text = decode(page)
    for site in SITES:
        if site.recognises(page, text):
            return site.parse(page, text)
    try:
        return textdump.parse(text)
    except NotAThread as error:
        known = ", ".join(site.name for site in SITES)
        raise NotAThread(
            f"{page.where} is no forum page and no copied thread that paomo knows",
            hint=f"pages of {known} are read, saved as HTML or copied as text with all replies",
        ) from error
