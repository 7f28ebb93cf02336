"""Folders of saved pages, and pages saved as MHTML."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from core.errors import NotFound
from core.forum import Thread
from scraper.folder import pages_in, unpack
from scraper.ingest import read_source
from scraper.outcome import Unreadable
from scraper.page import Page
from scraper.sites import parse_page

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"


def test_pages_are_found_below_in_order(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "z.html.d").mkdir()
    for name in ("b/2.HTM", "a.html", "b/c/1.txt", "b.json", "s.mhtml", "x.png", ".a.html", ".git/c.html", "README"):
        (tmp_path / name).write_text("x")
    found = [path.relative_to(tmp_path).as_posix() for path in pages_in(tmp_path)]
    assert found == ["a.html", "b/2.HTM", "b/c/1.txt", "b.json", "s.mhtml"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.html").write_text("x")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "folder").symlink_to(outside)
    (inside / "file.html").symlink_to(outside / "secret.html")
    (inside / "circle").symlink_to(inside)
    with pytest.raises(NotFound, match="no page in the folder"):
        pages_in(inside)


def mhtml(html: bytes, charset: str = "utf-8") -> bytes:
    message = EmailMessage()
    message["Snapshot-Content-Location"] = "https://bbs.wenxuecity.com/gupiao/399.html"
    message.set_content("no browser shows this")
    message.add_alternative(html.decode(charset), subtype="html", charset=charset, cte="quoted-printable")
    return message.as_bytes()


def test_a_page_saved_as_one_file_is_the_page(tmp_path: Path) -> None:
    html = (PAGES / "thread.html").read_bytes()
    (tmp_path / "t.mhtml").write_bytes(mhtml(html))
    page = read_source(str(tmp_path / "t.mhtml"))
    assert page.url == "https://bbs.wenxuecity.com/gupiao/399.html"
    found, plain = parse_page(page), parse_page(Page(url=page.url, body=html))
    assert isinstance(found, Thread)
    assert found == plain


def test_an_address_that_is_none_is_not_taken() -> None:
    page = unpack(Page(body=mhtml(b"<html>x</html>").replace(b"https://bbs", b"file://bbs"), name="x"))
    assert page.url is None


def test_one_without_a_page_says_so() -> None:
    for body in (b"", b"hello", b"Content-Type: text/plain\n\nhello", b"Content-Type: text/html\n\n"):
        with pytest.raises(Unreadable, match="holds no HTML"):
            unpack(Page(body=body, name="x.mhtml"))
