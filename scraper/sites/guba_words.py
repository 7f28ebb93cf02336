"""What posts and comments of Guba have in common: who, and a text with small pictures in it."""

from scraper.fields import Fields, words
from scraper.markup import images, seen_text, soup, spell_out

HOST = "guba.eastmoney.com"
HOME = f"https://{HOST}/"
TZ = "Asia/Shanghai"


def author(row: Fields) -> tuple[str | None, str | None]:
    """Name and key of a writer. The key is the number: names are given by the site and changed at will."""
    return words(row, "user_nickname", "reply_user_nickname"), words(row, "user_id", "reply_user_id")


def text_of(markup: str, where: str) -> tuple[str, tuple[str, ...]]:
    """What a reader sees of a text, with `[大笑]` for its small pictures, and the addresses of its large ones."""
    tree = soup(markup, where)
    spell_out(tree)
    return seen_text(tree), images(tree, HOME)
