"""The page of the benchmarks is what the command writes; no figure is looked at, since they differ by machine."""

from pathlib import Path

import pytest

from tests.bench.table import GROWTH, ROWS, Page, read, render

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
PEERS = ("SnowNLP", "jieba.lcut", "TfidfVectorizer", "html.parser", "selectolax", "executemany", "instr", "GROUP BY", "limit")  # fmt: skip
STARTED = ("--help", "ask ", "breakeven", "report", "score ", "check ")
GROWN = ("judge", "read", "store", "search", "report", "check")


def test_the_page_was_written_by_the_command() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert render(read(text)) == text


def test_every_peer_and_every_start_is_there() -> None:
    page = read(PAGE.read_text(encoding="utf-8"))
    for peer in PEERS:
        assert any(peer in row[2] for row in page.rows), peer
    for command in STARTED:
        assert any(row[0].startswith(f"`paomo {command}") for row in page.rows), command
    assert [row[0].split()[0] for row in page.growth] == list(GROWN)


def test_what_is_written_is_read_again() -> None:
    page = Page(
        day="2026-01-02",
        command="make",
        machine="a desk",
        rows=(tuple("abcde"), tuple("vwxyz")),
        growth=(tuple("fghij"),),
    )
    assert read(render(page)) == page
    assert len(page.rows[0]) == len(ROWS)
    assert len(page.growth[0]) == len(GROWTH)


@pytest.mark.parametrize(("old", "new"), [("## Growth", "## Speed"), ("| ratio |", "| share |"), ("| e |", "|")])
def test_a_page_that_somebody_edited_is_refused(old: str, new: str) -> None:
    page = Page(day="d", command="c", machine="m", rows=(tuple("abcde"),), growth=(tuple("fghij"),))
    assert old in render(page)
    with pytest.raises(ValueError, match="not"):
        read(render(page).replace(old, new))
