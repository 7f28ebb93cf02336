"""A page of a board's list as threads without bodies, ready for the store."""

from collections.abc import Iterator
from dataclasses import replace

from core.forum import Index, Post, Thread


def threads(index: Index) -> Iterator[Thread]:
    """One thread for each root on the page, with the replies that the page lists below it.

    A row whose parent is not on the page, as when the list was cut between the two, is a thread that begins with a
    reply; the store puts it where it belongs.

    >>> rows = (Post(n=1, id="1", depth=0, title="root"), Post(n=2, id="2", parent_id="1", depth=1, title="reply"))
    >>> [one.root.title for one in threads(Index(site="s", board="b", url=None, page=1, pages=1, entries=rows))]
    ['root']
    """
    groups: list[list[Post]] = []
    of: dict[str, list[Post]] = {}
    for entry in index.entries:
        group = of.get(entry.parent_id) if entry.parent_id is not None else None
        if group is None:
            group = []
            groups.append(group)
        group.append(replace(entry, n=len(group)))
        if entry.id is not None:
            of[entry.id] = group
    for root, *replies in groups:
        yield Thread(site=index.site, board=index.board, url=root.url, root=root, replies=tuple(replies))
