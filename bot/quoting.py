"""How stored posts are quoted: the line that speaks of something, a title cut short, an address that may be linked."""

from collections.abc import Iterable

from core.storage.reading import phrases
from core.storage.rows import Hit
from core.text import one_line, tokens

_LONGEST = 90  # characters of a title


def line_with(lines: Iterable[str], words: Iterable[str], most: int) -> str:
    """The first line that holds one of the phrases of the searches `words`, cut; empty where none does.

    >>> line_with(["降息", "融資創新高了"], ["融資", '"創新高"'], 5)
    '融資創新高…'
    """
    wanted = [f" {' '.join(phrase)} " for word in words for phrase in phrases(word)]
    for line in lines:
        if any(phrase in f" {' '.join(tokens(line))} " for phrase in wanted):
            return one_line(line, most)
    return ""


def quoted(hit: Hit) -> dict[str, str | None]:
    """A post as a message shows it: no author's name, since a group is no place to single somebody out."""
    return {
        "title": short(hit.post.title) or short(hit.post.body or ""),
        "url": link(hit.url),
        "day": hit.post.published_local.date().isoformat() if hit.post.published_local else None,
        "label": hit.sentiment.label.value if hit.sentiment else None,
    }


def short(text: str) -> str:
    """One line of what somebody wrote."""
    line = one_line(text)
    return line if len(line) <= _LONGEST else one_line(line, _LONGEST - 1)


def link(url: str | None) -> str | None:
    """An address that may be linked, or `None`: http and https alone."""
    return url if url and url.startswith(("http://", "https://")) else None
