"""The JSON of `paomo parse`: every field always there, unknown is null, times in ISO 8601."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from core.forum import Index, Post, Thread


def post_to_json(post: Post) -> dict[str, Any]:
    """One post; `published_utc` ends in `+00:00`.

    >>> post_to_json(Post(n=1, title="+1"))["published_utc"] is None
    True
    """
    return {field.name: _plain(getattr(post, field.name)) for field in fields(post)}


def thread_to_json(thread: Thread) -> dict[str, Any]:
    """A thread: site, board, url, root, replies."""
    return {
        "site": thread.site,
        "board": thread.board,
        "url": thread.url,
        "root": post_to_json(thread.root),
        "replies": [post_to_json(reply) for reply in thread.replies],
    }


def index_to_json(index: Index) -> dict[str, Any]:
    """A page of a board's list: site, board, url, page, pages, next_url, entries."""
    return {
        "site": index.site,
        "board": index.board,
        "url": index.url,
        "page": index.page,
        "pages": index.pages,
        "next_url": index.next_url,
        "entries": [post_to_json(entry) for entry in index.entries],
    }


def to_json(found: Thread | Index) -> dict[str, Any]:
    """Whatever a page gave."""
    return thread_to_json(found) if isinstance(found, Thread) else index_to_json(found)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
