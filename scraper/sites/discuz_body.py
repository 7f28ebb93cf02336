"""The text of one Discuz! post: without quotes, notes and what is put between the lines against copying."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bs4 import Tag
from bs4.element import PageElement

from scraper.clock import wall_clock
from scraper.markup import attribute, resolve, seen_text, spell_out, squeeze
from scraper.sites.discuz_place import place

ANYWHERE = "https://host.invalid/"
"""Stands in for the host where only the numbers in a link are wanted."""

_NOISE = frozenset(
    (
        "jammer",
        "pstatus",
        "a_pr",
        "attach_nopermission",
        "sign",
        "cm",
        "locked",
        "tip",
        "t_attach",
        "attach_popup",
        "aimg_tip",
    )
)
_OWN_PICTURE = re.compile(
    r"static/image/|images/(?:default|common|smilies|attachicons)|smiley|/none\.gif$", re.IGNORECASE
)
_STAMP = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\s*([AP])M)?)?", re.IGNORECASE
)
_SHUT = re.compile("禁止或[删刪]除|[内內]容自[动動]屏蔽")


@dataclass(frozen=True, slots=True)
class Words:
    """What a post says. answers: the number of the post it quotes; shut: its text was taken away."""

    text: str | None
    images: tuple[str, ...]
    edited: datetime | None
    answers: str | None
    shut: bool


def read(box: Tag, body: Tag | None, base: str) -> Words:
    """Read a post's box; `body` is the part with its text. The tree is changed: read what else is needed before."""
    quote = box.select_one(".quote a[href*=findpost], .quote a[href*='pid=']")
    answers = place(resolve(ANYWHERE, attribute(quote, "href"))).pid if quote else None
    edited = stamp((body or box).select_one(".pstatus"))
    for part in _outermost(box, lambda tag: "quote" in _classes(tag)):
        part.extract()
    pictures = _images(box, base)
    locks = _outermost(box, lambda tag: "locked" in _classes(tag))
    shut = any(_SHUT.search(part.get_text()) for part in locks)
    if body is None:
        return Words(None, pictures, edited, answers, shut)
    for part in _outermost(body, _is_noise):
        part.extract()
    spell_out(body)
    text = seen_text(body)
    return Words(None if locks and not text else text, pictures, edited, answers, shut and not text)


def _outermost(box: Tag, wanted: Callable[[Tag], bool]) -> list[Tag]:
    """The parts that are wanted and do not lie in another such part: a forged page nests thousands of them."""
    found: list[Tag] = []
    todo: list[PageElement] = [*reversed(box.contents)]
    while todo:
        node = todo.pop()
        if isinstance(node, Tag):
            if wanted(node):
                found.append(node)
            else:
                todo += reversed(node.contents)
    return found


def _classes(tag: Tag) -> list[str]:
    return attribute(tag, "class").split()


def _is_noise(tag: Tag) -> bool:
    """Whether a part is no word of the writer's: jammer text in a size that nobody sees, notes, lists of files."""
    style = attribute(tag, "style")
    unseen = "font-size:0" in style or "font-size: 0" in style
    return unseen or tag.name == "ignore_js_op" or not _NOISE.isdisjoint(_classes(tag))


def stamp(part: Tag | None) -> datetime | None:
    """The wall clock a part prints. One given as 昨天 or 3 小时前 has it in a title, or has none."""
    if part is None:
        return None
    titles = [attribute(one, "title") for one in (part, *part.find_all(title=True))]
    for said in (*titles, squeeze(part.get_text())):
        if (found := stamp_in(said)) is not None:
            return found
    return None


def stamp_in(text: str) -> datetime | None:
    """The wall clock in a text; a day without a time is none.

    >>> stamp_in("发表于 2015-9-21 08:47"), stamp_in("2009-3-1 09:05 PM").hour, stamp_in("发表于 2015-9-21")
    (datetime.datetime(2015, 9, 21, 8, 47), 21, None)
    """
    found = _STAMP.search(text)
    if found is None or found[4] is None:
        return None
    hour = int(found[4])
    if found[7]:
        hour = hour % 12 + 12 * (found[7].upper() == "P")
    return wall_clock(found[1], found[2], found[3], f"{hour}:{found[5]}:{found[6] or '0'}")


def _images(box: Tag, base: str) -> tuple[str, ...]:
    """Pictures that the writer put in: the real address stands in `zoomfile` or `file`, the source is a blank."""
    found: dict[str, None] = {}
    for image in box.find_all("img"):
        named = attribute(image, "zoomfile") or attribute(image, "file")
        source = named or attribute(image, "src")
        if attribute(image, "smilieid") or (not named and _OWN_PICTURE.search(source)):
            continue
        if address := resolve(base, source):
            found[address] = None
    return tuple(found)
