"""Files that commands write: whole or not at all, and what is no ordinary file stays what it is."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.output import opened, write
from core.errors import PaomoError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(pipe, b"page")
        assert os.read(reader, 100) == b"page"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "home"] == ["pipe"]


def test_a_link_goes_on_leading_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    link = tmp_path / "page.html"
    link.symlink_to(tmp_path / "www" / "page.html")
    write(link, b"page")
    assert link.is_symlink()
    assert (tmp_path / "www" / "page.html").read_bytes() == b"page"


@pytest.mark.usefixtures("usual_mask")
def test_a_page_can_be_read_by_whom_any_new_file_can(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write(page, b"page")
    assert mode(page) == 0o644
    page.chmod(0o640)
    write(page, b"new")
    assert (mode(page), page.read_bytes()) == (0o640, b"new")
    write(page, b"export", private=True)
    assert mode(page) == 0o600


def test_a_write_that_breaks_off_leaves_the_older_file(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"old")
    with pytest.raises(PaomoError, match="cannot be written: No space"):
        _full(page)
    assert page.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "home"] == ["page.html"]


def _full(page: Path) -> None:
    with opened(page) as stream:
        stream.write(b"half")
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("place", ["", "nowhere/page.html"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PaomoError, match="cannot be written: "):
        write(Path(place), b"page")
