"""From HTML to what a reader sees: a tree, the text of a part of it, its pictures."""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from bs4.exceptions import ParserRejectedMarkup

from scraper.outcome import Unreadable

MAX_TAGS = 100_000
"""More tags than this are no forum page; a thread with a thousand replies has about 20,000."""

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote center dd div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 hr li"
        " ol p pre section table tr ul",
    )
)
_UNSEEN = frozenset(
    re.findall(
        r"\w+", "script style iframe audio video noscript template object embed select button textarea ins head title"
    )
)
_END = re.compile(r"</html\s*>", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_NO_CHARACTER = re.compile(r"&#\d{20,};?")  # Python refuses to read numbers of thousands of digits
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)$", re.IGNORECASE)
_EMOJI = re.compile(r"\[[^\[\]<>\n]{1,20}\]")
_BRIEF = 50  # elements and texts of a part that are looked at
_LAZY = ("data-original", "data-src", "src")  # in this order: a lazy image's src is a placeholder


def soup(text: str, where: str) -> BeautifulSoup:
    """Parse HTML; `Unreadable` where the parser gives up. `where` names the page in the message."""
    opened, closed = text.count("<"), text.count(">")
    if opened > MAX_TAGS:
        raise Unreadable(f"{where}: more than {MAX_TAGS:,} tags: this is no forum page")
    if opened > 2 * closed + 1000:  # on tags that never end, the standard parser takes the square of their number
        raise Unreadable(f"{where}: {opened - closed:,} tags never end: this is no forum page")
    try:
        return BeautifulSoup(_NO_CHARACTER.sub("\ufffd", text), "html.parser")
    except (ParserRejectedMarkup, AssertionError, RecursionError) as error:
        raise Unreadable(f"{where}: the HTML parser gives up on this markup", hint="save the page again") from error


def squeeze(text: str) -> str:
    """White space as a browser shows it: runs, line ends and no-break spaces become one space."""
    return _SPACE.sub(" ", text).strip()


def unescaped(text: str) -> str:
    """Text with its character references resolved; one to no character at all is U+FFFD, however long its number.

    >>> unescaped("S&amp;P &#20013;&#" + "9" * 5000 + ";")
    'S&P 中�'
    """
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text))


def attribute(tag: Tag, name: str) -> str:
    """An attribute as one string, "" where it is missing."""
    value = tag.get(name)
    return value if isinstance(value, str) else " ".join(value or ())


def seen_text(container: Tag, without: frozenset[str] = frozenset()) -> str:
    """What a reader sees: one line per paragraph or `<br>`, white space collapsed, empty lines dropped,
    a bullet before each item of a list. Scripts, frames, hidden parts and the parts whose id is in `without` are left out.
    """
    pieces: list[str] = []
    todo: list[PageElement | str] = [*reversed(container.contents)]
    while todo:  # a stack of our own: bodies nest deeper than Python recurses
        node = todo.pop()
        if isinstance(node, Tag):
            if node.name == "br":
                pieces.append("\n")
            elif not _left_out(node, without):
                edge = "\n" if node.name in _BLOCKS else ""
                pieces.append(edge + "• " * (node.name == "li"))
                todo += [edge, *reversed(node.contents)]
        elif type(node) is NavigableString:  # not its kin: comments, scripts, doctypes
            pieces.append(_SPACE.sub(" ", node))
        elif type(node) is str:
            pieces.append(node)
    lines = (squeeze(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line not in ("", "•"))


def brief(part: Tag) -> str:
    """What a small part such as a link or a name says: its first texts. One that was never closed holds all that
    follows it, and on a page of those asking each for the whole would take the square of their number.
    """
    pieces: list[str] = []
    todo: list[PageElement] = [part]
    for _ in range(_BRIEF):
        if not todo:
            break
        node = todo.pop()
        if isinstance(node, Tag):
            todo += reversed(node.contents[:_BRIEF])
        elif type(node) is NavigableString:
            pieces.append(node)
    return "".join(pieces)


def spell_out(container: Tag) -> None:
    """Put the names of small pictures that stand for words, such as `[大笑]`, where the pictures stand."""
    for image in container.find_all("img"):
        name = attribute(image, "alt") or attribute(image, "title")
        if _EMOJI.fullmatch(name):
            image.replace_with(name)


def headed(text: str) -> tuple[str, str]:
    """Title and body of a post that has no title: its first line, and the lines below.

    >>> headed("跌了\\n再看看"), headed("好")
    (('跌了', '再看看'), ('好', ''))
    """
    first, _, rest = text.partition("\n")
    return first, rest


def images(container: Tag, base: str, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Addresses of the pictures in a part, each once; a thumbnail's link to the original wins over the thumbnail."""
    found: dict[str, None] = {}
    for image in container.find_all("img"):
        if any(_left_out(parent, without) for parent in _up_to(image, container)):
            continue
        link = image.find_parent("a")
        target = attribute(link, "href") if link else ""
        source = next((value for name in _LAZY if (value := attribute(image, name).strip())), "")
        address = resolve(base, target if _IMAGE_FILE.search(target.split("?")[0]) else source)
        if address:
            found[address] = None
    return tuple(found)


def resolve(base: str, href: str) -> str | None:
    """An absolute http(s) address, or `None` for anything that is none (`data:`, `javascript:`, nonsense)."""
    try:
        address = urljoin(base, href.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if href.strip() and parts.scheme in ("http", "https") and parts.netloc else None


def ended(text: str) -> bool:
    """Whether a page's HTML comes to its end; a connection that broke leaves it without."""
    return _END.search(text) is not None


def closed(part: Tag) -> bool:
    """Whether something follows a part: an element that was never closed swallows the rest of the page."""
    return any(tag.find_next_sibling() is not None for tag in (part, *part.parents))


def _left_out(tag: Tag, without: frozenset[str]) -> bool:
    return tag.name in _UNSEEN or attribute(tag, "id") in without or _HIDDEN.search(attribute(tag, "style")) is not None


def _up_to(tag: Tag, container: Tag) -> Iterator[Tag]:
    for parent in tag.parents:
        if parent is container:
            return
        yield parent
