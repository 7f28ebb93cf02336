"""A page as it came: bytes, address, headers. Text is derived from it once, strictly.

Bytes are kept because an encoding guessed wrongly cannot be mended later, and because the parser will
change more often than the page. BeautifulSoup never sees bytes: it guesses, and it guesses GB pages wrong.
"""

import codecs
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.errors import NotFound, SourceError
from scraper.outcome import Unreadable

MAX_BYTES = 10 * 1024 * 1024
"""The largest page that is read, in bytes. A thread with a thousand replies has about one million."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Label (dashes and underscores dropped) to codec. Labels that cannot write Chinese are a server's default, not evidence.
_CODECS = {
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "hzgb2312": "hz",
}
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 4096  # the standard says 1,024; pages of the time put scripts first


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a site, or one file.

    url:        where it came from in the end, after redirects; `None` for a file of unknown origin
    body:       the bytes, never changed
    headers:    of the answer; names in any case
    fetched_at: when, aware; `None` for a file
    name:       what people call it where there is no address, such as the file's name
    """

    url: str | None = None
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched_at: datetime | None = None
    name: str | None = None

    @property
    def where(self) -> str:
        """Name or address, for messages."""
        return self.name or self.url or "the input"


def decode(page: Page) -> str:
    """The page's text. Evidence in order: byte order mark, HTTP header, meta tag, else UTF-8.

    gb2312 and gbk are read as gb18030, of which they are parts: pages labelled so contain 喆 and 镕.
    Raises `Unreadable` naming encoding and offset where the bytes do not fit; nothing is replaced.

    >>> decode(Page(body=b'<meta charset="gb2312">' + "朱镕基".encode("gb18030")))
    '<meta charset="gb2312">朱镕基'
    """
    if not page.body.strip():
        raise NotFound(f"{page.where} is empty")
    if len(page.body) > MAX_BYTES:
        raise too_large(page.where)
    start, encoding, evidence = _evidence(page)
    try:
        text = page.body[start:].decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(page, error, start, encoding, evidence) from error
    if (nul := text.find("\0")) >= 0:
        raise Unreadable(
            f"{page.where}: a NUL at character {nul}: this is no text", hint="give the page's HTML or text"
        )
    return text


def _evidence(page: Page) -> tuple[int, str, str]:
    """Where the text starts, its codec, and what says so."""
    for bom, encoding in _BOMS:
        if page.body.startswith(bom):
            return len(bom), encoding, "byte order mark"
    content_type = next((value for name, value in page.headers.items() if name.lower() == "content-type"), "")
    header = _HEADER_CHARSET.search(content_type)
    if header and (codec := _codec(header[1])):
        return 0, codec, "HTTP header"
    meta = _META_CHARSET.search(page.body[:_META_WITHIN])
    if meta and (codec := _codec(meta[1].decode("ascii", "ignore"))):
        return 0, codec, "meta tag"
    return 0, "utf-8", "no other evidence"


def _codec(label: str) -> str | None:
    return _CODECS.get(re.sub(r"[-_.:]", "", label.lower()))


def _undecodable(page: Page, error: UnicodeDecodeError, start: int, encoding: str, evidence: str) -> Unreadable:
    offset = start + error.start
    what = f"byte 0x{page.body[offset]:02x} at offset {offset} is not {encoding} ({evidence})"
    if start + error.end >= len(page.body):
        return Unreadable(
            f"{page.where}: {what}; it ends in the middle of a character", hint="the page was cut; get it again"
        )
    return Unreadable(f"{page.where}: {what}", hint="save the page again as UTF-8")


def too_large(where: str) -> Unreadable:
    """The error for a page above `MAX_BYTES`."""
    return Unreadable(f"{where} is larger than {MAX_BYTES // 1024**2} MB", hint="give a single page")


def read_file(path: str | Path, *, url: str | None = None) -> Page:
    """A saved page or copied thread. The size is looked at before anything is read.

    Raises `NotFound` (missing, empty) and `SourceError` (folder, not allowed, too large), one line each.
    """
    path = Path(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SourceError(f"{path} is a folder", hint="name the files in it")
        if status.st_size > MAX_BYTES:
            raise too_large(str(path))
        with path.open("rb") as stream:
            return read_stream(stream, name=str(path), url=url)
    except FileNotFoundError as error:
        raise NotFound(f"no such file: {path}") from error
    except PermissionError as error:
        raise SourceError(f"not allowed to read {path}", hint="change its permissions") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise SourceError(f"cannot read {str(path)!r}: {getattr(error, 'strerror', None) or error}") from error


def read_stream(stream: BinaryIO, *, name: str = "standard input", url: str | None = None) -> Page:
    """A page from an open stream, such as standard input; stops reading above `MAX_BYTES`."""
    body = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise too_large(name)
    if not body.strip():
        raise NotFound(f"{name} is empty")
    return Page(url=url, body=body, name=name)
