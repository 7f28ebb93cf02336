"""How exported posts are written. What people wrote is neither a formula nor markup there."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, Final, TextIO
from urllib.parse import quote

from bot.posts_json import hit_json
from bot.quoting import link
from core.storage.rows import Hit
from core.text import clean, one_line

COLUMNS: Final = (
    *("published_local", "tz", "published_utc", "site", "board", "thread", "thread_title", "n", "id", "parent_id"),
    *("depth", "author", "author_key", "title", "body", "bytes", "reads", "comments", "points", "edited_local"),
    *("images", "deleted", "label", "score", "p_bullish", "p_neutral", "p_bearish", "p_on_topic", "model", "url"),
)

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]|[\t\r\n]")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~#&!$])")
_BLOCK = re.compile(r"^([-+=]|\d+(?=[.)]))")
_DEEPEST = 12  # levels of a list; below that it becomes unreadable


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe in front.

    >>> [guarded(text) for text in ("=1+1", " -5%", "跌5%")]
    ["'=1+1", "' -5%", '跌5%']
    """
    return f"'{text}" if _FORMULA.match(text) else text


def escaped(text: str) -> str:
    """One line of untrusted text as Markdown that shows just that.

    >>> print(escaped("1. *x* <b>"), escaped("- y"))
    1\\. \\*x\\* \\<b\\> \\- y
    """
    line = _MARKUP.sub(r"\\\1", one_line(text))
    return _BLOCK.sub(lambda match: f"{match[1]}\\" if match[1].isdigit() else f"\\{match[1]}", line)


def _jsonl(stream: TextIO, hits: Iterator[Hit]) -> int:
    count = 0
    for hit in hits:
        count += 1
        stream.write(json.dumps(hit_json(hit), ensure_ascii=False, allow_nan=False) + "\n")
    return count


def _csv(stream: TextIO, hits: Iterator[Hit]) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for hit in hits:
        count += 1
        row = flat(hit)
        row["images"] = " ".join(row["images"])
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return count


def _cell(value: object) -> object:
    return guarded(value.replace("\0", "")) if isinstance(value, str) else value


def _markdown(stream: TextIO, hits: Iterator[Hit]) -> int:
    thread, count = None, 0
    for count, hit in enumerate(hits, 1):
        if hit.thread != thread:
            thread = hit.thread
            board = f"{hit.site}:{hit.board}" if hit.board else hit.site
            stream.write(
                f"{'' if count == 1 else chr(10)}## {escaped(hit.thread_title) or '…'}\n\n{escaped(board)}\n\n"
            )
        stream.writelines(_item(hit))
    return count


def _item(hit: Hit) -> Iterable[str]:
    """One post as an item of a nested list, with its text below."""
    post = hit.post
    indent = "  " * min(post.depth if post.depth is not None else int(post.n > 0), _DEEPEST)
    about = [
        f"**{escaped(post.author or '?')}**",
        f"{post.published_local:%Y-%m-%d %H:%M}" if post.published_local else "",
        hit.sentiment.label.value if hit.sentiment else "",
        "deleted" if post.deleted else "",
        _source(hit.url),
    ]
    lines = [escaped(post.title), *(escaped(line) for line in (post.body or "").splitlines())]
    yield f"{indent}- {' · '.join(part for part in about if part)}\n"
    for line in filter(None, lines):
        yield f"\n{indent}  {line}\n"


def _source(url: str | None) -> str:
    if (found := link(url)) is None:
        return ""
    return f"[source](<{quote(clean(found), safe='%/:?&=#;,+~@!$*.-_')}>)"


def flat(hit: Hit) -> dict[str, Any]:
    """A post as the columns of `COLUMNS`; what is not known is `None`."""
    row = hit_json(hit)
    judged = row.pop("sentiment") or {}
    row |= {name: judged.get(name) for name in ("label", "score", "p_on_topic", "model")}
    row |= {f"p_{stance}": judged.get("p", {}).get(stance) for stance in ("bullish", "neutral", "bearish")}
    return {name: row.get(name) for name in COLUMNS}


def _parquet(stream: BinaryIO, hits: Iterator[Hit]) -> int:
    from bot.parquet import write_posts

    return write_posts(stream, map(flat, hits))


def _text(write: Callable[[TextIO, Iterator[Hit]], int]) -> Callable[[BinaryIO, Iterator[Hit]], int]:
    """UTF-8, whatever the terminal speaks: it is read by programs."""

    def encoded(stream: BinaryIO, hits: Iterator[Hit]) -> int:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
        try:
            return write(text, hits)
        finally:
            text.detach()  # flushes, and leaves the stream open

    return encoded


def _whole(write: Callable[[BinaryIO, Iterator[Hit]], int]) -> Callable[[BinaryIO, Hit, Iterator[Hit]], int]:
    return lambda stream, first, rest: write(stream, chain([first], rest))


WRITERS: Mapping[str, Callable[[BinaryIO, Hit, Iterator[Hit]], int]] = {
    "jsonl": _whole(_text(_jsonl)),
    "csv": _whole(_text(_csv)),
    "md": _whole(_text(_markdown)),
    "parquet": _whole(_parquet),
}
"""By format; each takes the stream, the first post and the others, and returns how many it wrote."""
