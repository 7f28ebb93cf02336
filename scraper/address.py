"""What an address that a person gives names: a forum's post."""

import re
from dataclasses import dataclass
from itertools import pairwise, product
from urllib.parse import urlsplit

from core.errors import UsageError
from scraper.site import Site
from scraper.sites import SITES

_PART = re.compile(r"[^/?&=,#;]+")
_ENDING = re.compile(r"(?:-print)?\.s?html?$")
_MOST = 12  # parts of an address that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A post's place: `board` is `None` where the address does not say; url as the forum itself writes it."""

    site: str
    board: str | None
    id: str
    url: str


def locate(url: str, sites: tuple[Site, ...] = SITES) -> Located:
    """The post that an address names, on any host of a known forum.

    An address fits where the forum would write the same for some board and id among its parts. Raises `UsageError`
    for a foreign host and for an address that names no post.

    >>> locate("https://zh.wenxuecity.com/bbs/cfzh/123.html").url
    'https://bbs.wenxuecity.com/cfzh/123.html'
    """
    try:
        host = urlsplit(url).hostname
    except ValueError as error:
        raise UsageError(f"{url!r} is no address: {error}") from None
    site = next((site for site in sites if host in site.hosts), None)
    if site is None:
        known = ", ".join(sorted(host for site in sites for host in site.hosts))
        raise UsageError(f"{host or url} is no host of a forum that paomo knows", hint=f"known are {known}")
    parts = _PART.findall(url.partition("//")[2].partition("/")[2])[:_MOST]
    names = list(dict.fromkeys([*(_ENDING.sub("", part) for part in parts), *parts]))
    ids = [name for name in [*names, *map("/".join, pairwise(parts))] if any(map(str.isdigit, name))]
    for board, post in product([*names, ""], ids):
        if board != post and (not site.rising_ids or post.isdecimal()) and _same(site.post_url(board, post), url):
            return Located(site=site.name, board=board or None, id=post, url=site.post_url(board, post))
    raise UsageError(f"{url} is no post of {site.name}", hint=f"a post is such as {site.post_url('board', '123')}")


def _same(ours: str, given: str) -> bool:
    """Whether two addresses name the same: another host or scheme, or a folder before the path, does not matter."""
    a, b = urlsplit(ours), urlsplit(given)
    path = re.sub(r"-print(?=\.html?$)", "", b.path)
    wanted = set(filter(None, a.query.split("&")))
    return path.rstrip("/").endswith(a.path.rstrip("/")) and wanted <= set(b.query.split("&"))
