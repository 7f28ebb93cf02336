"""What an address that a person gives names: a forum's post."""

import re
from itertools import pairwise, product
from urllib.parse import urlsplit

from core.errors import UsageError
from scraper.outcome import Walled
from scraper.site import Located, Site
from scraper.sites import SITES

_PART = re.compile(r"[^/?&=,#;]+")
_ENDING = re.compile(r"(?:-print)?\.s?html?$")
_MOST = 12  # parts of an address that are looked at


def locate(url: str, sites: tuple[Site, ...] = SITES) -> Located:
    """The post that an address names, on any host of a known forum.

    An address fits where the forum would write the same for some board and id among its parts. Raises `UsageError`
    for a foreign host and for an address that names no post, `Walled` for a forum that nothing is fetched from.

    >>> locate("https://zh.wenxuecity.com/bbs/cfzh/123.html").url
    'https://bbs.wenxuecity.com/cfzh/123.html'
    """
    site = _site_of(url, sites)
    if own := site.located(url):
        return own
    parts = _PART.findall(url.partition("//")[2].partition("/")[2])[:_MOST]
    names = list(dict.fromkeys([*(_ENDING.sub("", part) for part in parts), *parts]))
    ids = [name for name in [*names, *map("/".join, pairwise(parts))] if any(map(str.isdigit, name))]
    for board, post in product(names, ids):
        fits = board != post and (not site.rising_ids or post.isdecimal()) and re.fullmatch(site.board, board)
        if fits and _same(site.post_url(board, post), url):
            return Located(site=site.name, board=board, id=post, url=site.post_url(board, post))
    raise UsageError(f"{url} is no post of {site.name}", hint="give the address that its page has in a browser")


def fetchable(url: str, sites: tuple[Site, ...] = SITES) -> str:
    """Where the page is fetched that people read at an address: the address itself, but on hosts for people alone.

    Raises `Walled` for a forum that nothing is fetched from, with the way that is left.

    >>> fetchable("https://news.ycombinator.com/item?id=1")
    'https://hn.algolia.com/api/v1/items/1#all'
    """
    host = _host(url)
    for site in sites:
        if host in site.shut:
            raise Walled(
                f"{url}: {host} shows its posts to those who are logged in only, and paomo has no login",
                hint=site.way_in,
            )
        if host in site.readers:
            return locate(url, sites).url
    return url


def _site_of(url: str, sites: tuple[Site, ...]) -> Site:
    host = _host(url)
    if host is None:
        raise UsageError(f"{url!r} is no address")
    for site in sites:
        if host in site.hosts | site.readers:
            return site
    fetchable(url, sites)
    known = ", ".join(sorted(host for site in sites for host in site.hosts | site.readers))
    raise UsageError(
        f"{host or url} is no host of a forum that paomo knows",
        hint=f"known are {known}; hosts of Discuz! boards stand in the setting discuz_hosts",
    )


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return None


def _same(ours: str, given: str) -> bool:
    """Whether two addresses name the same: another host or scheme, or a folder before the path, does not matter."""
    a, b = urlsplit(ours), urlsplit(given)
    path = re.sub(r"-print(?=\.html?$)", "", b.path)
    wanted = set(filter(None, a.query.split("&")))
    query = wanted <= set(b.query.split("&")) and (not a.fragment or a.fragment == b.fragment)
    return path.rstrip("/").endswith(a.path.rstrip("/")) and query
