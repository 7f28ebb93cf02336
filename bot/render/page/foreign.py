"""What people wrote, made fit for a page: one line, of bounded length, without marks that turn the direction of text."""

from itertools import islice
from urllib.parse import urlsplit

from core.text import clean, one_line

_LONGEST_LINK = 500


def line(text: str | None, most: int) -> str:
    """At most so many characters on one line; the template escapes them.

    >>> line("a\\n\\u202eb" + "c" * 9, 5)
    'a bc…'
    """
    if not text:
        return ""
    words = one_line(text[: most * 8])  # a megabyte is not read to show a line of it
    return words if len(words) <= most else f"{''.join(islice(words, most - 1))}…"


def link(address: str | None) -> str:
    """An address that may be linked, or nothing: http and https alone, and not endless.

    >>> link("https://bbs.example/1.html"), link("javascript://x/%0aalert(1)"), link("https://" + "x" * 600)
    ('https://bbs.example/1.html', '', '')
    """
    if not address or len(address) > _LONGEST_LINK or clean(address) != address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""
