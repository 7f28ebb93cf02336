"""What a server can do to a page on its way: one function each, for the `FaultServer`.

A fault is given the wire and the page that the board would have sent, and says what it likes.
"""

import gzip
import html
import re
from collections.abc import Callable

from tests.scraper.fault_server import Fault, Wire
from tests.scraper.replica import BOARD


def first(count: int, fault: Fault) -> Fault:
    """The fault so often, then the board's own page."""
    left = [count]

    def said(wire: Wire, page: bytes) -> None:
        left[0] -= 1
        if left[0] >= 0:
            fault(wire, page)
        else:
            wire.page(page)

    return said


def answers(status: str, *headers: str, body: bytes = b"") -> Fault:
    """An answer in good form that is not the page."""
    return lambda wire, _: wire.page(body, *headers, status=status)


def instead(change: Callable[[bytes], bytes], *headers: str) -> Fault:
    """The page, changed, in a whole answer."""
    return lambda wire, page: wire.page(change(page), *headers)


def swapped(old: str, new: str) -> Fault:
    """The page with some of its text in other words; the text must be there."""

    def change(page: bytes) -> bytes:
        text = page.decode()
        assert re.search(old, text), f"no {old} on the page"
        return re.sub(old, lambda _: new, text, count=1).encode()

    return instead(change)


def reset_at_once(wire: Wire, _: bytes) -> None:
    """Reset before a single byte."""
    wire.reset()


def closed_at_once(wire: Wire, _: bytes) -> None:
    """A goodbye in place of an answer."""


def reset_in_headers(wire: Wire, _: bytes) -> None:
    """Reset behind half a header."""
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    wire.reset()


def reset_in_body(wire: Wire, page: bytes) -> None:
    """Reset behind half a page."""
    wire.head(length=len(page))
    wire.send(page[: len(page) // 2])
    wire.reset()


def short_body(wire: Wire, page: bytes) -> None:
    """Less than was promised."""
    wire.head(length=len(page) + 500)
    wire.send(page)


def short_without_length(wire: Wire, page: bytes) -> None:
    """Half a page, and nothing that says how long it should be: only the page itself can tell."""
    wire.head()
    wire.send(page[: page.rindex(b"<", 0, len(page) // 2)])


def short_chunks(wire: Wire, page: bytes) -> None:
    """The last chunk never comes."""
    wire.head("Transfer-Encoding: chunked")
    wire.send(f"{len(page):x}\r\n".encode(), page, b"\r\n")


def bad_chunks(wire: Wire, page: bytes) -> None:
    """Chunks whose sizes are no numbers."""
    wire.head("Transfer-Encoding: chunked")
    wire.send(b"zz\r\n", page, b"\r\n0\r\n\r\n")


def endless_body(wire: Wire, page: bytes) -> None:
    """A page that never ends."""
    wire.head()
    wire.send(page)
    while True:
        wire.send(b"<p>and so on" * 5000)


def endless_headers(wire: Wire, _: bytes) -> None:
    """Headers without end."""
    wire.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        wire.send(b"X-More: and so on\r\n" * 500)


def endless_patience(wire: Wire, _: bytes) -> None:
    """Told to wait, again and again, and no answer after that."""
    while True:
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        wire.passes(5)


def dripped_headers(wire: Wire, _: bytes) -> None:
    """Headers that come a few bytes every ten seconds: each read is in time, and the whole never is."""
    wire.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        wire.send(b"abcdefghij")
        wire.passes(10)


def silence(wire: Wire, _: bytes) -> None:
    """The connection stands and nothing comes."""
    wire.until_left()


def silence_in_body(wire: Wire, page: bytes) -> None:
    """Half a page, then nothing."""
    wire.head(length=len(page))
    wire.send(page[: len(page) // 2])
    wire.until_left()


def drip(seconds: float) -> Fault:
    """The page, ten bytes at a time, so many seconds apart."""

    def said(wire: Wire, page: bytes) -> None:
        wire.head(length=len(page))
        for at in range(0, len(page), 10):
            wire.passes(seconds)
            wire.send(page[at : at + 10])

    return said


def packed(body: Callable[[bytes], bytes], coding: str = "gzip") -> Fault:
    """An answer that says it is packed."""
    return lambda wire, page: wire.page(body(page), f"Content-Encoding: {coding}")


def bomb(megabytes: int) -> bytes:
    """Zeros, packed to a thousandth."""
    return gzip.compress(bytes(megabytes << 20), 1)


def labelled(charset: str, encoding: str, cut: int = 0) -> Fault:
    """The page in another encoding, under another name, less its last bytes."""

    def said(wire: Wire, page: bytes) -> None:
        body = page.decode().replace('<meta charset="utf-8" />', "").encode(encoding)
        wire.page(body[: len(body) - cut], f"Content-Type: text/html; charset={charset}")

    return said


def cut_in_a_character(wire: Wire, page: bytes) -> None:
    """A GB18030 page that ends between the two bytes of a character."""
    body = page.decode().encode("gb18030")
    end = next(at for at in range(len(body) // 2, len(body)) if body[at] > 0x80)
    while True:
        try:
            body[:end].decode("gb18030")
        except UnicodeDecodeError:
            break
        end += 1
    wire.page(body[:end], "Content-Type: text/html; charset=gb18030")


def redirect(target: str, status: str = "302 Found") -> Fault:
    """Go elsewhere; `{path}` is where we are."""
    return lambda wire, _: wire.page(b"", f"Location: {target.replace('{path}', wire.path)}", status=status)


def redirect_for_ever(wire: Wire, _: bytes) -> None:
    """Each address leads to another one, so that none comes twice."""
    wire.page(b"", f"Location: {wire.path}?", status="301 Moved Permanently")


def no_rows(page: bytes) -> bytes:
    """The list's page with nothing on it."""
    return re.sub(rb'<div id="postlist">.*?</div></div>(?=<div id="footer">)', b'<div id="postlist"></div></div>', page)


def twice(page: bytes) -> bytes:
    """Each row of a list two times, and then the first thread once more."""
    doubled = re.sub(rb"(<p style=.*?</p>)", rb"\1\1", page)
    box = re.search(rb"<div class='odd'>.*?</div>", doubled)
    assert box is not None
    return doubled.replace(box[0], box[0] + box[0])


def login_wall() -> bytes:
    """What a forum shows to those it wants to know first."""
    form = '<form action="/login"><input name="user"><input type="password" name="pass"><button>登录</button></form>'
    return f"<!DOCTYPE html><html><head><title>用户登录 - 文学城</title></head><body>{form}</body></html>".encode()


def captcha() -> bytes:
    """What a forum shows to machines."""
    said = html.escape("请输入图中的验证码以继续访问")
    return f'<!DOCTYPE html><html><body><p>{said}</p><img src="/captcha.php?r=1"><input name="captcha"></body></html>'.encode()


def list_path(number: int = 1) -> str:
    """Path of a page of the list."""
    return f"/{BOARD}/" + (f"?page={number}" if number > 1 else "")


def post_path(id: int) -> str:
    """Path of a post's own page."""
    return f"/{BOARD}/{id}.html"
