"""A thread copied from the browser as plain text. The format is Wenxuecity's, in either script.

The copy keeps titles, authors, sizes and times of the replies, and the root's title and text. It loses ids,
links, pictures, the indentation and with it the tree, and everything about the root but its words; all that
is `None`. A reply reads::

    title -author- 给 author 发送悄悄话 author 的博客首页 (213 bytes) () 10/21/2025 postreply 17:01:52

It is read from its end, which no title imitates: the fixed tail first, then the name, which stands twice.
"""

import re
from collections.abc import Iterator

from core.errors import NotAThread
from core.forum import Post, Thread
from core.text import fold
from scraper.clock import to_utc, wall_clock
from scraper.markup import squeeze

TZ = "America/Los_Angeles"

_TAIL = re.compile(
    r"\([ ]?(?P<bytes>[0-9,]{1,15}) bytes?[ ]?\)[ ]?\((?:(?P<reads>[0-9,]{1,15}) reads?)?[ ]?\)\s?"
    r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})\s?\[?postreply[ ]?\]?\s?"
    r"(?P<time>[0-9]{1,2}:[0-9]{2}:[0-9]{2})(?![0-9])[ ]?(?:\([0-9]{1,6}\))?"
)
_HEADING = re.compile(r"^[ ]?(?:所有|全部)跟帖[ ]?[:：]?[ ]?$", re.MULTILINE)
_GIVE = re.compile("[给給]")
_MESSAGE = re.compile("[发發]送悄悄[话話]")
_LONGEST_NAME = 80
_TITLE_IMITATES = 10  # how often a title may repeat the icons' words before we stop looking
_CJK_BREAK = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\n(?=[\u2e80-\u9fff\uff00-\uffef])")
_BLANK = re.compile(r"[^\S\n]+")


def parse(text: str) -> Thread:
    """A copied thread. Raises `NotAThread` for a text without a single reply line.

    >>> thread = parse("标题\\n\\n正文\\n\\n所有跟帖：\\n\\n好 -甲- 给 甲 发送悄悄话 (0 bytes) () 10/21/2025 postreply 16:00:33")
    >>> thread.root.title, thread.root.body, thread.replies[0].title, thread.replies[0].author
    ('标题', '正文', '好', '甲')
    """
    text = _BLANK.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    tails = list(_TAIL.finditer(text))
    if not tails:
        raise NotAThread("no reply line in this text", hint="copy the thread with all its replies")
    heading = next((match for match in _HEADING.finditer(text) if match.end() <= tails[-1].start()), None)
    article, start = _split(text, heading, tails[0])
    replies = tuple(_replies(text, start))
    title, *lines = [line for line in (squeeze(line) for line in article.split("\n")) if line] or [""]
    root = Post(n=0, title=title, body="\n".join(lines))
    return Thread(site="wenxuecity", board=None, url=None, root=root, replies=replies)


def _split(text: str, heading: re.Match[str] | None, first: re.Match[str]) -> tuple[str, int]:
    """The article, and where the replies start: at the heading, or else on the first reply's line."""
    if heading:
        return text[: heading.start()], heading.end()
    start = text.rfind("\n", 0, first.start()) + 1
    return text[:start], start


def _replies(text: str, start: int) -> Iterator[Post]:
    for n, tail in enumerate(_TAIL.finditer(text, start), 1):
        title, author = _head(text[start : tail.start()])
        start = tail.end()
        local = wall_clock(tail["year"], tail["month"], tail["day"], tail["time"])
        yield Post(
            n=n,
            author=author,
            author_key=fold(author) or None if author else None,
            title=title,
            bytes=_number(tail["bytes"]),
            reads=_number(tail["reads"]),
            published_local=local,
            tz=TZ if local else None,
            published_utc=to_utc(local, TZ),
        )


def _head(text: str) -> tuple[str, str | None]:
    """Title and author of what stands before a tail; a wrapped line is joined, what stands above a blank line is not."""
    paragraph = re.split(r"\n ?\n", text.rstrip())[-1].strip("\n ")
    line = squeeze(_CJK_BREAK.sub("", paragraph)).removeprefix("•").lstrip()
    for message in list(_MESSAGE.finditer(line))[:-_TITLE_IMITATES:-1]:
        near = max(0, message.start() - _LONGEST_NAME)
        for give in list(_GIVE.finditer(line, near, message.start()))[::-1]:
            name = line[give.end() : message.start()].strip()
            before = re.sub("(?<=-) ?[♂♀MF]$", "", line[: give.start()].rstrip())
            if name and before.endswith(f"-{name}-"):
                return before[: -len(name) - 2].rstrip(), name
    return _without_message(line)


def _without_message(line: str) -> tuple[str, str | None]:
    """A copy without the icons' words: the last ` -name-` of the line."""
    match = re.search(r"^(?P<title>.*) ?(?:(?<= )|^)-(?P<name>[^ -](?:[^\n]{0,78}[^ ])?)-(?: ?[♂♀MF])?$", line)
    return (match["title"].rstrip(), match["name"]) if match else (line, None)


def _number(digits: str | None) -> int | None:
    digits = (digits or "").replace(",", "")
    return int(digits) if digits else None
