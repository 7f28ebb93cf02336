"""The items of Hacker News as its search gives them: stories and comments, nested, with text in HTML.

A comment has no title: its first paragraph stands there, the others in the body, so that the two together are what
was written. Of a deleted comment only number and time are left, and its answers. The order of siblings is that of
the JSON, which is neither the site's rank nor that of time.
"""

import re
from typing import Any

from core.forum import Post, Thread
from core.text import clean, fold
from scraper.fields import Fields, ident, moment, number
from scraper.markup import attribute, headed, seen_text, soup, squeeze
from scraper.outcome import Gone, LayoutChanged, Unreadable

MAX_DEPTH = 200
"""Levels of answers; the site's deepest threads have some dozens, and Python 3.11 reads JSON of some 480."""
PAGE = "https://news.ycombinator.com/item?id="
"""Where people read an item; `scraper.sites.hn` knows where it is fetched."""

_ADDRESS = re.compile(r"https?://")


def thread(item: Fields, *, board: str | None, where: str) -> Thread:
    """The tree below a story, or below a comment: then the root names its parent.

    Raises `Gone` for a deleted item without answers, `LayoutChanged` where a required key is missing,
    `Unreadable` for answers nested deeper than `MAX_DEPTH`.
    """
    posts: list[Post] = []
    todo: list[tuple[object, str | None, int]] = [(item, None, 0)]
    while todo:
        one, parent, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise Unreadable(f"{where}: answers nested deeper than {MAX_DEPTH} levels")
        post = _post(one, n=len(posts), parent=parent, depth=depth, where=where)
        posts.append(post)
        todo += [(child, post.id, depth + 1) for child in reversed(_children(one, where))]
    root, *replies = posts
    if root.deleted and not replies:
        raise Gone(f"{where}: the item is deleted")
    return Thread(site="hn", board=board, url=root.url, root=root, replies=tuple(replies))


def row(hit: object) -> Post | None:
    """A hit of a search, `None` if it is neither story nor comment."""
    if not isinstance(hit, dict) or (id_ := ident(hit, "objectID")) is None:
        return None
    told = _string(hit.get("comment_text"))
    title, body = headed(plain(told, id_)) if told else (squeeze(_string(hit.get("title")) or ""), None)
    if not title:
        return None
    own = _string(hit.get("story_text"))
    return Post(
        n=0,
        id=id_,
        parent_id=ident(hit, "parent_id") if told else None,
        depth=None if told else 0,
        title=title,
        body=plain(own, id_) if own else body,
        comments=number(hit, "num_comments"),
        url=PAGE + id_,
        **_shared(hit),
    )


def plain(html: str, where: str) -> str:
    """HTML as text, one line a paragraph; links are written out, where the site shows them cut.

    >>> plain('Two&#x27;s <i>company</i><p><a href="https:&#x2F;&#x2F;example.org&#x2F;long">https:&#x2F;&#x2F;exa...</a>', "")
    "Two's company\\nhttps://example.org/long"
    """
    if "<" not in html and "&" not in html:
        return "\n".join(line for line in map(squeeze, html.split("\n")) if line)
    tree = soup(html, where)
    for link in tree.find_all("a", href=True):
        if _ADDRESS.match(attribute(link, "href")):
            link.string = attribute(link, "href")
    return seen_text(tree)


def _post(item: object, *, n: int, parent: str | None, depth: int, where: str) -> Post:
    if not isinstance(item, dict) or (id_ := ident(item, "id")) is None:
        raise LayoutChanged(kind="thread", missing="id of an item", where=where)
    title, text = squeeze(_string(item.get("title")) or ""), _string(item.get("text"))
    shared = _shared(item)
    deleted = shared["author"] is None and not title and text is None
    body: str | None = None
    if item.get("type") == "comment":
        title, body = headed(plain(text, where)) if text is not None else ("", None)
    elif not deleted:
        link = _string(item.get("url"))
        body = "\n".join(part for part in (link, plain(text or "", where)) if part)
    required = {
        f"title of {id_}": title or deleted or item.get("type") == "comment",
        f"author of {id_}": shared["author"] or deleted,
        f"date of {id_}": shared["published_utc"],
        f"text of {id_}": body is not None or deleted,
    }
    for part, found in required.items():
        if not found:
            raise LayoutChanged(kind="thread", missing=part, where=where)
    return Post(
        n=n,
        id=id_,
        parent_id=ident(item, "parent_id") or parent,
        depth=depth,
        title=title,
        body=body,
        url=PAGE + id_,
        deleted=deleted,
        **shared,
    )


def _shared(item: Fields) -> dict[str, Any]:
    """What hits and items say alike: author, points, time."""
    author, utc = _string(item.get("author")), moment(number(item, "created_at_i"))
    return {
        "author": author or None,
        "author_key": fold(author) or None if author else None,
        "points": number(item, "points"),
        "published_local": utc.replace(tzinfo=None) if utc else None,
        "tz": "UTC" if utc else None,
        "published_utc": utc,
    }


def _children(item: object, where: str) -> list[object]:
    children = item.get("children", []) if isinstance(item, dict) else None
    if not isinstance(children, list):
        raise LayoutChanged(kind="thread", missing="list of answers (children)", where=where)
    return children


def _string(value: object) -> str | None:
    return clean(value) if isinstance(value, str) else None
