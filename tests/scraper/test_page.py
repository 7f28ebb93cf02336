"""Bytes to text: the order of evidence, and refusing what cannot be read."""

import io
from pathlib import Path

import pytest

from core.errors import NotFound, SourceError
from scraper.outcome import Unreadable
from scraper.page import MAX_BYTES, Page, decode, read_file, read_stream

TEXT = "朱镕基：泡沫喆"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=gbk"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), ""),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("gb18030"), "text/html; charset=GB2312"),
        (TEXT.encode("gb18030"), 'text/html; charset="gbk"'),
        (TEXT.encode(), "text/html; charset=iso-8859-1"),
        (TEXT.encode(), "text/html; charset=base64"),
        (TEXT.encode(), "text/html"),
        (TEXT.encode(), ""),
    ],
)
def test_evidence_is_weighed_in_order(body: bytes, header: str) -> None:
    assert decode(Page(body=body, headers={"Content-Type": header})) == TEXT


def test_the_header_wins_over_the_meta_tag() -> None:
    body = f'<meta charset="gb2312">{TEXT}'.encode()
    assert TEXT in decode(Page(body=body, headers={"content-type": "text/html; charset=utf-8"}))


def test_the_meta_tag_wins_over_utf_8() -> None:
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />'
    assert decode(Page(body=(meta + TEXT).encode("gb18030"))) == meta + TEXT


def test_undecodable_bytes_are_named_with_their_place() -> None:
    with pytest.raises(Unreadable, match=r"0xff at offset 2 is not utf-8"):
        decode(Page(body=b"ab\xffcd"))
    with pytest.raises(Unreadable, match=r"in the middle of a character"):
        decode(Page(body="泡沫".encode()[:-1]))


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_nothing_is_not_found(body: bytes) -> None:
    with pytest.raises(NotFound, match="empty"):
        decode(Page(body=body))


def test_a_nul_is_no_text() -> None:
    with pytest.raises(Unreadable, match="NUL at character 1"):
        decode(Page(body=b"a\0b"))


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        read_file(tmp_path / "none.html")
    with pytest.raises(SourceError, match="is a folder"):
        read_file(tmp_path)
    (tmp_path / "empty").touch()
    with pytest.raises(NotFound, match="is empty"):
        read_file(tmp_path / "empty")
    with pytest.raises(SourceError, match="cannot read"):
        read_file("a\0b")
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(Unreadable, match="larger than 10 MB"):
        read_file(tmp_path / "large")


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "page").write_text("x")
    monkeypatch.setattr(Path, "open", refuse)  # the person who runs this may be root, who may read anything
    with pytest.raises(SourceError, match="not allowed"):
        read_file(tmp_path / "page")


def test_a_stream_is_read_no_further_than_the_limit() -> None:
    assert read_stream(io.BytesIO(b"abc"), url="u").body == b"abc"
    with pytest.raises(Unreadable, match="larger"):
        read_stream(io.BytesIO(b"a" * (MAX_BYTES + 5)))
