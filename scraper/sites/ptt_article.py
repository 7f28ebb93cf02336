"""An article of PTT: its head lines, its text, and the pushes below it.

The page is a terminal's screen in HTML: plain lines, coloured by spans. Below the article stands one line per
push, without id and without year, and the author may write between them::

    <div class="push"><span class="push-tag">推 </span><span class="push-userid">abc</span>
      <span class="push-content">: text</span><span class="push-ipdatetime"> 02/29 19:45</span></div>

A push holds some thirty characters, so a comment is often several of them. Those of one user in a row are one
comment, if each is a → or has the mark of the first and follows within `JOIN_WITHIN`; its points are their sum.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from scraper.clock import wall_clock
from scraper.markup import attribute, squeeze

JOIN_WITHIN = timedelta(minutes=10)
MARKS = {"推": 1, "噓": -1, "→": 0}
"""What a push adds to the points."""
LONGEST_SIGNATURE = 8
"""Lines between two `--` that are still a signature; the site allows six."""

_HEAD_TAGS = frozenset({"article-metaline", "article-metaline-right"})
_PLAIN_HEAD = re.compile(r"(作者|看板|標題|時間)\s*[:：]\s*(.*)")
_PUSHED = re.compile(r"([0-9]{2})/([0-9]{2})(?:\s+([0-9]{1,2}:[0-9]{2}))?\s*$")
_EDITED = re.compile(r"※\s*編輯.*?([0-9]{2})/([0-9]{2})/([0-9]{4})\s+([0-9]{1,2}:[0-9]{2})(?::([0-9]{2}))?", re.DOTALL)
_FOOT = re.compile(r"\s*※\s*發信站")
_PLAIN_FOOT = re.compile(r"^※\s*發信站", re.MULTILINE)
_HEX = re.compile(r"[0-9a-f]{4,400}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One or more pushes of a user, or what the author wrote between two of them.

    number: of the first push, counted from 1; of the push before it, for the author's words
    mark:   推, 噓 or → of the first push, "" for the author's words
    points: the sum over the pushes, `None` for the author's words
    when:   wall clock of the first push; last: of the last one
    """

    number: int
    user: str | None
    mark: str
    points: int | None
    text: str
    when: datetime | None = None
    last: datetime | None = None


@dataclass(slots=True)
class Article:
    """An article as it stands on the page. `whole` is false where the site says that it left a part out."""

    head: dict[str, str] = field(default_factory=dict)
    body: str = ""
    notes: list[str] = field(default_factory=list)
    pushes: list[Tag] = field(default_factory=list)
    whole: bool = True
    after: list[tuple[int, str]] = field(default_factory=list)  # text of the author, and how many pushes stand above

    @property
    def edited(self) -> datetime | None:
        """Wall clock of the last edit that the page admits."""
        found = [match for note in self.notes if (match := _EDITED.match(note.strip()))]
        times = [wall_clock(one[3], one[1], one[2], f"{one[4]}:{one[5] or '00'}") for one in found]
        return max((time for time in times if time), default=None)

    def comments(self, published: datetime | None) -> list[Comment]:
        """Pushes, joined, and the author's words between them, in the page's order. published: wall clock of the article."""
        years = _Years(published)
        between: dict[int, list[str]] = {}
        for place, text in self.after:
            between.setdefault(place, []).append(text)
        found: list[Comment] = []
        for number in range(len(self.pushes) + 1):
            if number:
                push = _push(number, self.pushes[number - 1], years)
                if found and _continues(found[-1], push):
                    found[-1] = _joined(found[-1], push)
                else:
                    found.append(push)
            if words := lines("".join(between.get(number, []))):
                found.append(Comment(number=number, user=None, mark="", points=None, text=words))
        return found


def read(main: Tag) -> Article:
    """The article in `#main-content`."""
    article = Article(head=_head(main))
    article.whole = main.find("div", class_="warning-box") is None
    pieces = list(_pieces(main))
    first_push = next((at for at, (kind, _) in enumerate(pieces) if kind == "push"), len(pieces))
    feet = [at for at in range(first_push) if pieces[at][0] == "note" and _FOOT.match(str(pieces[at][1]))]
    end = feet[-1] if feet else first_push
    article.body = _body("".join(str(value) for kind, value in pieces[:end] if kind == "text"), article.head)
    for at, (kind, value) in enumerate(pieces):
        if isinstance(value, Tag):
            article.pushes.append(value)
        elif kind == "note":
            article.notes.append(value)
        elif at > end:
            article.after.append((len(article.pushes), value))
    return article


def plain(part: Tag) -> str:
    """The text of a part with white space as it is; addresses that the site's mail protection scrambled are read."""
    return "".join(str(value) for kind, value in _pieces(part, whole=True) if kind == "text")


def lines(text: str) -> str:
    """Lines squeezed, empty ones dropped."""
    return "\n".join(line for line in map(squeeze, text.split("\n")) if line)


def _pieces(main: Tag, *, whole: bool = False) -> Iterator[tuple[Literal["text", "note", "push"], Tag | str]]:
    """What stands in a part, in order: text, the system's own notes (※), pushes. Quotes are left out unless `whole`."""
    todo: list[PageElement] = [*reversed(main.contents)]
    while todo:
        node = todo.pop()
        if type(node) is NavigableString:
            yield "text", str(node)
        elif isinstance(node, Tag):
            classes = set(attribute(node, "class").split())
            if "push" in classes:
                if node.find(class_="push-tag") is not None:
                    yield "push", node
            elif "__cf_email__" in classes:
                yield "text", _unscrambled(attribute(node, "data-cfemail")) or node.get_text()
            elif not whole and "f2" in classes and node.get_text().lstrip().startswith("※"):
                yield "note", node.get_text()
            elif node.name == "br":
                yield "text", "\n"
            elif not _left_out(node, classes, whole=whole):
                todo += reversed(node.contents)


def _left_out(node: Tag, classes: set[str], *, whole: bool) -> bool:
    quoted = not whole and "f6" in classes and node.get_text().lstrip().startswith(":")
    return quoted or bool(classes & (_HEAD_TAGS | {"richcontent"})) or node.name in ("script", "style")


def _head(main: Tag) -> dict[str, str]:
    head: dict[str, str] = {}
    for line in main.find_all("div", class_=["article-metaline", "article-metaline-right"]):
        tag, value = line.find(class_="article-meta-tag"), line.find(class_="article-meta-value")
        if tag and value:
            head.setdefault(squeeze(tag.get_text()), squeeze(plain(value)))
    return head


def _body(text: str, head: dict[str, str]) -> str:
    """The writer's words: without the foot, the signature, and head lines that were written as plain text."""
    if feet := list(_PLAIN_FOOT.finditer(text)):
        text = text[: feet[-1].start()]
    written = [line for line in map(squeeze, text.split("\n")) if line]
    typed = 0 if head else sum(1 for _ in takewhile(_PLAIN_HEAD.match, written))
    for line in written[:typed]:
        if match := _PLAIN_HEAD.match(line):
            head[match[1]], *board = re.split(r"\s(?:看板|站內)\s*[:：]?\s*", match[2])
            head |= dict(zip(["看板"], board, strict=False))
    return "\n".join(_without_signature(written[typed:]))


def _without_signature(written: list[str]) -> list[str]:
    """The site closes an article with `--`; a signature stands between that and a `--` of its own, a few lines above."""
    if written[-1:] != ["--"]:
        return written
    closing = len(written) - 1
    above = range(closing - 1, max(0, closing - LONGEST_SIGNATURE - 1) - 1, -1)
    return written[: next((at for at in above if written[at] == "--"), closing)]


@dataclass(slots=True)
class _Years:
    """Gives pushes their year: the article's, one more whenever the month goes back or the day needs a leap year."""

    latest: datetime | None  # the article's wall clock, then that of the last push

    def date(self, month: str, day: str, time: str | None) -> datetime | None:
        if self.latest is None or time is None:
            return None
        first = self.latest.year + (int(month) < self.latest.month)
        years = range(first, first + 8)  # 29 February stays away for eight years at most
        found = next((one for year in years if (one := wall_clock(str(year), month, day, f"{time}:00"))), None)
        self.latest = found or self.latest
        return found


def _push(number: int, push: Tag, years: _Years) -> Comment:
    parts = {name: push.find(class_=f"push-{name}") for name in ("tag", "userid", "content", "ipdatetime")}
    mark, user, text, printed = (squeeze(plain(part)) if part else "" for part in parts.values())
    stamp = _PUSHED.search(printed)
    when = years.date(stamp[1], stamp[2], stamp[3]) if stamp else None
    return Comment(
        number=number,
        user=user or None,
        mark=mark,
        points=MARKS.get(mark, 0),
        text=text.removeprefix(":").strip(),
        when=when,
        last=when,
    )


def _continues(one: Comment, following: Comment) -> bool:
    if one.user is None or one.user != following.user or following.mark not in ("→", one.mark):
        return False
    return one.last is None or following.when is None or following.when - one.last <= JOIN_WITHIN


def _joined(one: Comment, following: Comment) -> Comment:
    text = f"{one.text} {following.text}".strip()
    return replace(one, text=text, points=(one.points or 0) + (following.points or 0), last=following.when or one.last)


def _unscrambled(code: str) -> str:
    """The address behind Cloudflare's mail protection: hexadecimal, each byte XOR the first.

    >>> _unscrambled("2a4b6a48")
    'a@b'
    """
    if not _HEX.fullmatch(code) or len(code) % 2:
        return ""
    key, *rest = bytes.fromhex(code)
    return bytes(byte ^ key for byte in rest).decode("utf-8", "replace")


def total(pushes: Iterable[Comment]) -> int:
    """推 less 噓."""
    return sum(push.points or 0 for push in pushes)
