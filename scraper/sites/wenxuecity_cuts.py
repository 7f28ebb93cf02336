"""A flat list cut into rows: what stands between one `a.post` and the next, and how far to the right it stands.

Every part of the tree is looked at a fixed number of times, however deep it lies: on a page whose elements are never
closed each part holds all that follow, and whoever asks each for its text or its parents asks the square of them.
"""

import re
from dataclasses import dataclass, field

from bs4 import Tag
from bs4.element import NavigableString

from scraper.markup import attribute

_LENGTH = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)(?:px)?", re.IGNORECASE)
_NAME_CLASSES = frozenset({"nickname", "username", "b"})


@dataclass(slots=True)
class Cut:
    """What lies between one `a.post` and the next. title: texts in the link; margin: in pixels, `None` without one."""

    anchor: Tag
    margin: float | None
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    name: Tag | None = None


def cuts(container: Tag) -> list[Cut]:
    """The rows of a list, without pinned ones."""
    found: list[Cut] = []
    boxes = _Boxes(container)
    titles: set[int] = set()
    smalls: set[int] = set()
    for node in container.descendants:
        if isinstance(node, Tag):
            classes = _classes(node)
            if node.name == "small":
                _take_in(node, smalls)
            elif node.name == "a" and "post" in classes:
                margin = boxes.margin(node)
                if "sticky" not in classes:
                    found.append(Cut(node, margin))
                    _take_in(node, titles)
            elif node.name == "a" and found and found[-1].name is None and _is_name(node, classes):
                found[-1].name = node
        elif found and type(node) is NavigableString:
            if id(node) in titles:
                found[-1].title.append(node)
            else:
                found[-1].text.append(node)
                if id(node) in smalls:
                    found[-1].small.append(node)
    return found


def _take_in(part: Tag, seen: set[int]) -> None:
    """Note a part and all that is in it, once."""
    if id(part) not in seen:
        seen.add(id(part))
        seen.update(map(id, part.descendants))


class _Boxes:
    """The nearest box with a margin around each row. Only a box's first row has it; ask in page order."""

    def __init__(self, container: Tag) -> None:
        self._nearest: dict[int, tuple[Tag, float] | None] = {id(container): None}
        self._begun = {id(container)}

    def margin(self, anchor: Tag) -> float | None:
        """The margin of the box whose first row this is."""
        found = self._find(anchor)
        fresh = found is not None and id(found[0]) not in self._begun
        for box in anchor.parents:
            if id(box) in self._begun:
                break  # and so are those around it
            self._begun.add(id(box))
        return found[1] if found is not None and fresh else None

    def _find(self, anchor: Tag) -> tuple[Tag, float] | None:
        passed: list[Tag] = []
        found: tuple[Tag, float] | None = None
        for box in anchor.parents:
            if id(box) in self._nearest:
                found = self._nearest[id(box)]
                break
            passed.append(box)
            if (margin := left_margin(attribute(box, "style"))) is not None:
                found = box, margin
                break
        self._nearest.update((id(box), found) for box in passed)
        return found


def _is_name(link: Tag, classes: set[str]) -> bool:
    href = attribute(link, "href")
    return bool(classes & _NAME_CLASSES) or ("cid=" in href and "profile" in href)


def _classes(tag: Tag) -> set[str]:
    return set(attribute(tag, "class").split())


def left_margin(style: str) -> float | None:
    """The left margin of a style in pixels, from shorthands of one to four values; `None` where there is none.

    >>> [left_margin(s) for s in ("margin:20px", "margin:2px 40px", "margin:2px 0 2px 60px; width:1px", "width:1px")]
    [20.0, 40.0, 60.0, None]
    """
    left = None
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        lengths = value.replace("!important", "").split()
        if name.strip() == "margin" and 1 <= len(lengths) <= 4:
            left = _pixels(lengths[{1: 0, 2: 1, 3: 1, 4: 3}[len(lengths)]])
        elif name.strip() == "margin-left" and len(lengths) == 1:
            left = _pixels(lengths[0])
    return left


def _pixels(length: str) -> float | None:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) if match else None
