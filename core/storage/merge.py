"""Two sightings of a post become one; the posts of a thread become a tree in reading order.

Nothing that was known is lost: a null never replaces a value, a poorer source never replaces a better one.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from core.forum import Post
from core.storage.identity import flat

_FACTS = (
    *("id", "parent_id", "author_key", "bytes", "reads", "comments", "points"),
    *("published_local", "published_utc", "tz", "edited_local"),
)


def same_words(a: str | None, b: str | None) -> bool:
    """Whether two texts differ in nothing but script, width and white space: the same post on another host."""
    return a == b or (a is not None and b is not None and flat(a) == flat(b))


def cut_from(short: str | None, long: str | None) -> bool:
    """Whether a text is the beginning of another, as lists print it: it ends in `…`, or `...`, where it was cut.

    >>> cut_from("茅台又跌…", "茅台又跌了"), cut_from("茅台又跌", "茅台又跌了")
    (True, False)
    """
    start = flat(short)
    return len(start) > len("...") and start.endswith("...") and flat(long).startswith(start.removesuffix("..."))


def edited(old: Post, new: Post) -> bool:
    """Whether what the post says changed between two sightings; learning what was unknown is no change."""
    return (
        (bool(old.title and new.title) and _other_words(old.title, new.title))
        or (old.body is not None and new.body is not None and _other_words(old.body, new.body))
        or (old.bytes is not None and new.bytes is not None and old.bytes != new.bytes)
    )


def join(old: Post, new: Post, *, newer: bool = True) -> Post:
    """The post as known after another sighting.

    newer: the sighting is not older than what is stored, so that its words replace the old ones. A copied text
    (no id) only fills gaps of a post that has one, and so does a page that knows neither author nor time where they
    were known, such as a print page. Words that say the same stay as they are, unless the new
    source is the page itself and the old one a copy of it. A post marked deleted keeps its last words.
    """
    copied = (old.id is not None and new.id is None) or _poorer(new, old)
    first_page = old.id is None and new.id is not None
    wins = newer and not copied
    if new.deleted and not old.deleted:
        new = replace(new, title=old.title, body=None, bytes=None)
    front, back = (new, old) if wins else (old, new)
    known = {name: getattr(back, name) if getattr(front, name) is None else getattr(front, name) for name in _FACTS}
    return replace(
        old,
        **known,
        url=old.url or new.url,  # another host's address leads to the same post
        author=_words(old.author, new.author, wins=wins, prefer_new=first_page),
        depth=old.depth if new.depth is None else new.depth,
        title=_words(old.title or None, new.title or None, wins=wins, prefer_new=first_page) or "",
        body=_words(old.body, new.body, wins=wins, prefer_new=first_page),
        images=front.images or back.images,
        deleted=new.deleted if wins else old.deleted,
    )


def counts_only(old: Post, new: Post) -> Post:
    """What a row of a board's list may say of a post in the store.

    Where the text is known the row adds counts alone: a change of size or title is for the post's own page to tell,
    together with the words. It never says that a post is there again: a list lags behind.
    """
    if old.body is None:
        return replace(new, deleted=old.deleted or new.deleted)
    parent = old.parent_id or new.parent_id
    depth = new.depth if old.depth is None else old.depth
    return replace(
        old, n=new.n, parent_id=parent, depth=depth, reads=new.reads, comments=new.comments, points=new.points
    )


def _poorer(new: Post, old: Post) -> bool:
    nameless = new.author is None and new.published_local is None and not new.deleted
    return nameless and not (old.author is None and old.published_local is None)


def _words(old: str | None, new: str | None, *, wins: bool, prefer_new: bool) -> str | None:
    if old is None or new is None:
        return new if old is None else old
    if same_words(old, new):
        return new if prefer_new else old
    if cut_from(old, new) or cut_from(new, old):
        return new if cut_from(old, new) else old
    return new if wins else old


def _other_words(old: str | None, new: str | None) -> bool:
    return not (same_words(old, new) or cut_from(old, new) or cut_from(new, old))


def in_turn(
    one: Sequence[int], other: Sequence[int], parents: Mapping[int, int | None], times: Mapping[int, str | None]
) -> list[int] | None:
    """One order of two parts of a thread that begin alike and then share nothing, such as two pages of its replies.

    Each part stays in its order; of two answers to the thread the earlier one goes first, with all below it, and of
    two as old as each other the one of the first part. `None` for parts that are not so.

    >>> replies = {1: None, 2: 1, 3: 2, 4: 1, 5: 1}
    >>> in_turn([1, 4, 5], [1, 2, 3], replies, {2: "10:00", 3: "18:00", 4: "11:00", 5: "12:00"})
    [1, 2, 3, 4, 5]
    >>> in_turn([1, 2, 4], [1, 3, 4], replies, {}) is None
    True
    """
    alike = 0
    while alike < min(len(one), len(other)) and one[alike] == other[alike]:
        alike += 1
    common = list(one[:alike])
    if not common or set(one[alike:]) & set(other[alike:]):
        return None
    blocks = heapq.merge(
        _blocks(one[alike:], common, parents),
        _blocks(other[alike:], common, parents),
        key=lambda block: "" if parents.get(block[0]) in common[1:] else times.get(block[0]) or "",
    )
    return [*common, *(pk for block in blocks for pk in block)]


def _blocks(part: Sequence[int], common: Sequence[int], parents: Mapping[int, int | None]) -> Iterator[list[int]]:
    """Each answer to the first post, with what stands behind it until the next one."""
    block: list[int] = []
    for pk in part:
        if block and parents.get(pk) in (common[0], None):
            yield block
            block = []
        block.append(pk)
    if block:
        yield block


def interleave(base: Sequence[int], others: Sequence[Sequence[int]], parents: Mapping[int, int | None]) -> list[int]:
    """One reading order from several partial ones.

    base is kept as it is. What only the others have goes behind what stands before it there; if nothing does,
    behind its parent and all that is below that; else at the end.

    >>> interleave([1, 2, 5], [[1, 3], [4]], {4: 2, 5: 2})
    [1, 3, 2, 5, 4]
    """
    order = list(base)
    for other in others:
        if set(other) <= set(order):
            continue
        place: int | None = None
        for pk in other:
            if pk in order:
                place = order.index(pk)
                continue
            place = (place + 1) if place is not None else _behind_parent(order, pk, parents)
            order.insert(place, pk)
    return order


def _behind_parent(order: Sequence[int], pk: int, parents: Mapping[int, int | None]) -> int:
    parent = parents.get(pk)
    if parent is None or parent not in order:
        return len(order)
    below = depths(parents, parent)
    return max(place for place, other in enumerate(order) if other in below) + 1


def without_circles(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """The same links less those that would make a post answer itself, as a forged page might say.

    >>> without_circles({1: None, 2: 1, 3: 4, 4: 3})
    {1: None, 2: 1, 3: None, 4: 3}
    """
    clean = dict(parents)
    settled: set[int] = set()
    for pk in parents:
        line: dict[int, None] = {}
        step: int | None = pk
        while step is not None and step not in settled and step not in line:
            line[step] = None
            step = clean.get(step)
        if step is not None and step in line:
            clean[step] = None
        settled.update(line)
    return clean


def depths(parents: Mapping[int, int | None], root: int) -> dict[int, int]:
    """How deep each post stands below `root`, for those whose line reaches it. The links have no circle.

    >>> depths({1: None, 2: 1, 3: 2, 4: None}, 1)
    {1: 0, 2: 1, 3: 2}
    """
    children: dict[int | None, list[int]] = {}
    for pk, parent in parents.items():
        children.setdefault(parent, []).append(pk)
    depth = {root: 0}
    level = [root]
    while level:
        level = [child for pk in level for child in children.get(pk, [])]
        depth.update((pk, depth[parent] + 1) for pk in level if (parent := parents[pk]) is not None)
    return depth
