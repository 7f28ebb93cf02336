"""The flat lists of Wenxuecity: one row per post, the tree drawn by left margins alone.

A row, as the site writes it::

    <p style="margin:2px 0 2px 20px">• <a href="/cfzh/123.html" class="post">title</a>
      <span class="b"> -<a class="nickname" href="…?act=profile&cid=NAME">NAME</a>- </span>♂ …icons…
      <small>(213 bytes) (<span>61 reads</span>) 10/21/2025&nbsp;postreply 17:01:52</small></p>

Pages saved by a browser may have lost the `p`, so a row is what stands between one `a.post` and the next.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_to_bytes, urlsplit

from bs4 import Tag

from core.text import fold
from scraper.clock import wall_clock
from scraper.markup import attribute, brief, resolve, squeeze
from scraper.sites.wenxuecity_cuts import Cut, cuts

HOSTS = frozenset({"bbs.wenxuecity.com", "zh.wenxuecity.com"})
HOME = "https://bbs.wenxuecity.com/"
TZ = "America/Los_Angeles"

SIZE = re.compile(r"\(\s*([0-9,]{1,15})\s*bytes?\s*\)")
_READS = re.compile(r"\(\s*([0-9,]{1,15})\s*reads?\s*\)")
_DATE = re.compile(r"\b([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b")
_TIME = re.compile(r"(?<![0-9:])([0-9]{1,2}:[0-9]{2}:[0-9]{2})(?![0-9:])")
_POST = re.compile(r"(?:/bbs)?(?:/(?P<board>[A-Za-z0-9_]{1,40}))?/(?P<id>[0-9]{1,19})(?:-print)?\.html")
_CID = re.compile(r"[?&]cid=([^&#]*)")


@dataclass(frozen=True, slots=True)
class Address:
    """Which post a link names. `board` is `None` for a bare `123.html` on a page of unknown address."""

    board: str | None
    id: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, as printed. `margin` is in pixels, `None` where the row has none."""

    address: Address
    title: str
    author: str | None
    author_key: str | None
    bytes: int | None
    reads: int | None
    published: datetime | None
    margin: float | None


def address(href: str, base: str) -> Address | None:
    """The post that a link names, in any of the forms the site uses, or `None`.

    >>> address("./123.html", "https://bbs.wenxuecity.com/cfzh/7.html")
    Address(board='cfzh', id='123', url='https://bbs.wenxuecity.com/cfzh/123.html')
    """
    absolute = resolve(base, href)
    if absolute is None:
        return None
    parts = urlsplit(absolute)
    match = _POST.fullmatch(parts.path)
    if parts.hostname not in HOSTS or match is None:
        return None
    board, post = match["board"], match["id"]
    return Address(board, post, post_url(parts.hostname, board, post) if board else None)


def post_url(host: str, board: str, post: str) -> str:
    """The address of a post; the traditional host keeps its boards under /bbs/."""
    return f"https://{host}/{'bbs/' if host.startswith('zh.') else ''}{board}/{post}.html"


def rows(container: Tag, base: str, board: str | None) -> Iterator[Row]:
    """The rows of a list in page order, without pinned ones and links to other hosts or boards."""
    for cut in cuts(container):
        target = address(attribute(cut.anchor, "href"), base)
        if target is not None and (board is None or target.board in (board, None)):
            yield _row(cut, target)


def _row(cut: Cut, target: Address) -> Row:
    printed = squeeze("".join(cut.small or cut.text))
    date, time = _DATE.search(printed), _TIME.search(printed)
    name, key = author(cut.name)
    return Row(
        address=target,
        title=squeeze("".join(cut.title)) or squeeze(attribute(cut.anchor, "title")),
        author=name,
        author_key=key,
        bytes=number(SIZE.search(printed)),
        reads=number(_READS.search(printed)),
        published=wall_clock(date[3], date[1], date[2], time[1]) if date and time else None,
        margin=cut.margin,
    )


def number(match: re.Match[str] | None) -> int | None:
    """The first group as a whole number, commas dropped."""
    digits = match[1].replace(",", "") if match else ""
    return int(digits) if digits else None


def author(link: Tag | None) -> tuple[str | None, str | None]:
    """Name as shown and stable key, from a link to a profile.

    The key is the `cid` of the link, which the site's traditional host leaves as it is, folded; without
    a `cid` it is the folded name. Folding makes both the same for a name in either script.
    """
    if link is None:
        return None, None
    name = squeeze(brief(link)).strip("♂♀ ") or None
    match = _CID.search(attribute(link, "href"))
    cid = _percent_decoded(match[1]) if match else None
    name = name or cid
    return name, fold(cid or name or "") or None


def _percent_decoded(cid: str) -> str | None:
    raw = unquote_to_bytes(cid.replace("+", " "))
    for encoding in ("utf-8", "gb18030"):  # links of the site's early years are GB
        try:
            return raw.decode(encoding).strip() or None
        except UnicodeDecodeError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with its place in the tree; unknown is `None`."""

    row: Row
    parent_id: str | None
    depth: int | None


def tree(found: Iterable[Row], root_id: str | None, top: int) -> list[Placed]:
    """Parents and depths from margins: the parent is the nearest earlier row further left.

    top: depth of a row that has none, 1 under a thread's root, 0 on a board's list.
    A row without a margin has no parent and no depth; so have all where no row has one. A post that is
    listed twice counts where it stands first.
    """
    placed: list[Placed] = []
    depths: dict[str | None, int | None] = {root_id: top - 1}
    open_rows: list[tuple[float, str]] = []
    for row in found:
        parent, depth = None, None
        if row.margin is not None:
            while open_rows and open_rows[-1][0] >= row.margin:
                open_rows.pop()
            parent = open_rows[-1][1] if open_rows else root_id
            above = depths[parent]
            depth = None if above is None else above + 1
            open_rows.append((row.margin, row.address.id))
        if row.address.id not in depths:
            depths[row.address.id] = depth
            placed.append(Placed(row, parent, depth))
    return placed
