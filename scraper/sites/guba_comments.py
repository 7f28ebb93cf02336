"""The comments of a Guba post: an answer in JSON, 30 at a time, each with the answers to it.

The answer does not say which post it is of, so the address it was asked with carries bar, post and page in its
fragment, `#bar=000858&postid=1&p=2`; it is not sent, but kept with the bytes. What comes of it is a part of a thread:
a root of which nothing is known but its id, and the comments.

Posts and comments are numbered apart, so that a comment's id here is its number behind an `r`: `r501`.
"""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

from core.errors import NotAThread
from core.forum import Post, Thread
from core.text import counted
from scraper.clock import printed_clock, to_utc
from scraper.fields import Fields, child, ident, load, number, rows, words
from scraper.markup import headed, resolve
from scraper.outcome import Retry, Walled
from scraper.page import Page
from scraper.site import Request
from scraper.sites.guba_words import HOME, TZ, author, text_of

SIZE = 30
"""Comments asked for at a time; answers to them come with them."""
MOST_PAGES = 400
"""No post has more pages; beyond that a wrong count would be followed for ever."""


def comments(page: Page, text: str) -> Thread:
    """A part of a thread from an answer, plain JSON or a call of a function with it."""
    box = load(text, page.where)
    asked = _asked(page.url)
    listed = rows(box.get("re"))
    post = asked.get("postid") or next((id for row in listed if (id := ident(row, "source_post_id"))), None)
    if post is None:
        raise NotAThread(
            f"{page.where} has comments of Guba, but does not say of which post",
            hint="paomo parse FILE --url 'ADDRESS#bar=BAR&postid=NUMBER&p=PAGE' says it",
        )
    total = number(box, "reply_total_count", "count")
    if number(box, "rc") == 0 or "re" not in box:
        raise Retry(f"{page.where}: no comments in the answer: {words(box, 'me', 'message') or 'it does not say why'}")
    if not listed and total and asked.get("p", "1") == "1":
        raise Walled(
            f"{page.where}: {counted(total, 'comment')} announced and none given", hint="stop asking Guba for a day"
        )
    bar = asked.get("bar") or next((bar for row in listed if (bar := _bar(row))), None)
    url = f"{HOME}news,{bar},{post}.html" if bar else None
    replies = tuple(_numbered(listed, post, page.where))
    return Thread(
        site="guba",
        board=bar,
        url=url,
        root=Post(n=0, id=post, depth=0, title="", comments=total, url=url),
        replies=replies,
    )


def next_request(found: Thread, page: Page, endpoint: str | None) -> Request | None:
    """The first page of a post's comments after the post, and each page after the one before it."""
    post, asked = found.root, _asked(page.url)
    if not endpoint or not found.board or not post.id or post.comments == 0:
        return None
    wanted = 1
    if "postid" in asked:
        done = int(asked["p"]) if asked.get("p", "").isdecimal() and len(asked["p"]) < 6 else 1
        tops = sum(reply.depth == 1 for reply in found.replies)
        more = tops >= SIZE if post.comments is None else done * SIZE < post.comments
        if not tops or not more or done >= MOST_PAGES:
            return None
        wanted = done + 1
    param = urlencode({"postid": post.id, "sort": 1, "sorttype": 1, "p": wanted, "ps": SIZE})
    return Request(
        url=f"{endpoint}#{urlencode({'bar': found.board, 'postid': post.id, 'p': wanted})}",
        form={"path": "reply/api/Reply/ArticleNewReplyList", "param": param, "env": "2"},
        referer=f"{HOME}news,{found.board},{post.id}.html",
    )


def _numbered(listed: list[dict[str, object]], post: str, where: str) -> Iterator[Post]:
    n = 0
    for top in listed:
        id = ident(top, "reply_id")
        if id is None:
            continue  # an advertisement
        depths = {id: 1}
        yield _post(top, n := n + 1, post, 1, where)
        for row in rows(top.get("child_replys")):
            own = ident(row, "reply_id")
            if own is None or own in depths:
                continue
            above = _answered(row)
            above = above if above in depths else id  # it stands below this comment, whatever became of the other
            depths[own] = depths[above] + 1
            yield _post(row, n := n + 1, f"r{above}", depths[own], where)


def _answered(row: Fields) -> str:
    sources = rows(row.get("source_reply"))
    own = ident(row, "source_reply_id") or (ident(sources[0], "source_reply_id", "reply_id") if sources else None)
    return own or ""


def _post(row: Fields, n: int, parent: str, depth: int, where: str) -> Post:
    text, pictures = text_of(words(row, "reply_text") or "", where)
    title, body = headed(text)
    name, key = author({**row, **child(row, "reply_user")})
    local = printed_clock(words(row, "reply_publish_time", "reply_time"))
    picture = resolve(HOME, words(row, "reply_picture") or "")
    return Post(
        n=n,
        id=f"r{ident(row, 'reply_id')}",
        parent_id=parent,
        depth=depth,
        title=title,
        body=body,
        author=name,
        author_key=key,
        points=number(row, "reply_like_count"),
        published_local=local,
        tz=TZ if local else None,
        published_utc=to_utc(local, TZ),
        images=tuple(dict.fromkeys([*([picture] if picture else []), *pictures])),
        deleted=bool(number(row, "reply_state")),
    )


def _bar(row: Fields) -> str | None:
    return words(child(row, "reply_guba"), "stockbar_code")


def _asked(url: str | None) -> dict[str, str]:
    """Bar, post and page from the fragment of an address; only what looks like one."""
    try:
        fields = parse_qs(urlsplit(url or "").fragment)
    except ValueError:
        return {}
    said = {name: values[0].strip() for name, values in fields.items()}
    return {name: value for name, value in said.items() if value.isascii() and value.isalnum() and len(value) < 21}
