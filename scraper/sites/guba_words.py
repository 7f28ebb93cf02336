"""What posts and comments of Guba have in common: who, when, and a text with small pictures in it."""

import re
from datetime import datetime

from scraper.clock import wall_clock
from scraper.fields import Fields, words
from scraper.markup import images, seen_text, soup, spell_out

HOST = "guba.eastmoney.com"
HOME = f"https://{HOST}/"
TZ = "Asia/Shanghai"

_STAMP = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[ T]([0-9]{1,2}:[0-9]{2}:[0-9]{2})")


def author(row: Fields) -> tuple[str | None, str | None]:
    """Name and key of a writer. The key is the number: names are given by the site and changed at will."""
    return words(row, "user_nickname", "reply_user_nickname"), words(row, "user_id", "reply_user_id")


def text_of(markup: str, where: str) -> tuple[str, tuple[str, ...]]:
    """What a reader sees of a text, with `[大笑]` for its small pictures, and the addresses of its large ones."""
    tree = soup(markup, where)
    spell_out(tree)
    return seen_text(tree), images(tree, HOME)


def stamp(text: str | None) -> datetime | None:
    """A wall clock as Guba prints it."""
    found = _STAMP.search(text or "")
    return wall_clock(found[1], found[2], found[3], found[4]) if found else None
