"""Pages as no server should send them: cut, doubled, swapped, dirtied, nested, in another encoding, or made of scraps."""

import json
import re
from collections.abc import Callable, Sequence

Roll = Callable[[int], int]
"""A number from 0 up to the one given, which is left out: hypothesis, atheris or chance behind it."""

SCRAPS = tuple(
    b"< > \" ' & / = { } [ ] : , ; null true -1 0 1e999 NaN \\ud800 \\u0000 \xff \0 \xef\xbb\xbf &#0; &#xD800; &#55555555; &nbsp; <!-- --> <![CDATA[ ]]> "
    b"<!DOCTYPE <![OCTYPE <? <p> </p> <div> </div> <b <a\thref= <table> <tr><td> <script> </script> <style> <br/> <svg> <template> <title> </html> id= class= style= "
    b"http://[ javascript:1 data: //x ?cid=%FF #%zz &page=-1 99999999999999999999 99/99/9999 00:99:99 0001-01-01 9999-12-31 2026-02-30 margin:1px {{{{ "
    b"id=postlist id=main-content id=msgbodyContent id=post_1 class=post class=push class=t_f class=quote M.99999999999.A.XYZ var\tarticle_list= post_article= "
    b"\"re\": \"Variables\": \"children\": \"hits\": \"list\": \"comments\": charset=gbk charset=utf-16 <meta\tcharset=big5> (0\tbytes) postreply text/html".split(b" ")
) + tuple(map(str.encode, ("推", "噓", "　", "﹪", "所有跟帖：", "给 甲 发送悄悄话", "回复@", "//@", "已被删除", "𠮷", "\u202e", "\u0600")))  # fmt: skip

_TAG = re.compile(rb"(?=<)")
_MARK = re.compile(rb'(?=[",])')


def mutated(seed: bytes, roll: Roll) -> bytes:
    """A page after one to four changes."""
    body = seed
    for _ in range(1 + roll(4)):
        body = CHANGES[roll(len(CHANGES))](body, roll)
    return body


def soup(roll: Roll) -> bytes:
    """A page made of scraps alone."""
    return b"<html>" + b"".join(SCRAPS[roll(len(SCRAPS))] for _ in range(roll(30)))


def _cut(body: bytes, roll: Roll) -> bytes:
    return body[: roll(len(body) + 1)]


def _lose(body: bytes, roll: Roll) -> bytes:
    at = roll(len(body) + 1)
    return body[:at] + body[at + roll(200) :]


def _scrap(body: bytes, roll: Roll) -> bytes:
    at = roll(len(body) + 1)
    return body[:at] + SCRAPS[roll(len(SCRAPS))] + body[at + roll(40) :]


def _byte(body: bytes, roll: Roll) -> bytes:
    at = roll(len(body) + 1)
    return body[:at] + bytes([roll(256)]) + body[at + 1 :]


def _number(body: bytes, roll: Roll) -> bytes:
    """One of the page's numbers becomes another one."""
    found = list(re.finditer(rb"[0-9]+", body))
    if not found:
        return body
    which = found[roll(len(found))]
    new = (b"0", b"-1", b"00", b"99", b"2" * 30, b"1" * 5000, "９".encode(), "²".encode())[roll(8)]
    return body[: which.start()] + new + body[which.end() :]


def _parts(body: bytes) -> list[bytes]:
    return (_TAG if body.count(b"<") > body.count(b'"') else _MARK).split(body)


def _between(parts: Sequence[bytes], roll: Roll) -> tuple[int, int]:
    start = roll(len(parts))
    return start, start + 1 + roll(min(12, len(parts) - start))


def _double(body: bytes, roll: Roll) -> bytes:
    parts = _parts(body)
    start, end = _between(parts, roll)
    return b"".join([*parts[:end], *parts[start:end] * (1 + roll(4)), *parts[end:]])


def _drop(body: bytes, roll: Roll) -> bytes:
    parts = _parts(body)
    start, end = _between(parts, roll)
    return b"".join([*parts[:start], *parts[end:]])


def _swap(body: bytes, roll: Roll) -> bytes:
    parts = _parts(body)
    start, end = _between(parts, roll)
    to = roll(len(parts))
    rest = [*parts[:start], *parts[end:]]
    return b"".join([*rest[:to], *parts[start:end], *rest[to:]])


def _nest(body: bytes, roll: Roll) -> bytes:
    opened, closed = ((b"<div>", b"</div>"), (b"<b>", b""), (b"[", b"]"), (b'{"a":', b"}"))[roll(4)]
    at, depth = roll(len(body) + 1), 1 + roll(1500)
    return body[:at] + opened * depth + closed * depth + body[at:]


def _recode(body: bytes, roll: Roll) -> bytes:
    into = ("gb18030", "big5", "utf-16", "utf-8-sig", "utf-7")[roll(5)]
    return body.decode("utf-8", "replace").encode(into, "replace")


def _mix(body: bytes, roll: Roll) -> bytes:
    at = roll(len(body) + 1)
    return body[:at] + soup(roll) + body[at:]


def _value(body: bytes, roll: Roll) -> bytes:
    """A value of a JSON page becomes one of another kind; a word of any other page becomes a scrap."""
    try:
        return json.dumps(_other(json.loads(body), roll), ensure_ascii=roll(2) == 0).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        found = list(re.finditer(rb"(?<=[>\"])[^<>\"\n]+(?=[<\"])", body))
        if not found:
            return body
        which = found[roll(len(found))]
        return body[: which.start()] + SCRAPS[roll(len(SCRAPS))] + body[which.end() :]


def _other(tree: object, roll: Roll) -> object:
    if not isinstance(tree, dict | list) or not tree or roll(6) == 0:
        return VALUES[roll(len(VALUES))]
    copy: dict[object, object] = dict(tree) if isinstance(tree, dict) else dict(enumerate(tree))
    key = list(copy)[roll(len(copy))]
    copy[key] = _other(copy[key], roll)
    return copy if isinstance(tree, dict) else list(copy.values())


VALUES: tuple[object, ...] = (None, True, -1, 0, 2**70, 1e308, float("nan"), "", "0", "<b>x", "\ud800", "2015-99-99 08:47:50", [], {}, [None], {"a": []}, [[[]]], "1" * 5000)  # fmt: skip
CHANGES = (
    *(_cut, _lose, _scrap, _scrap, _byte, _number, _number, _value, _value, _value),
    *(_double, _double, _drop, _drop, _swap, _swap, _nest, _recode, _mix),
)
