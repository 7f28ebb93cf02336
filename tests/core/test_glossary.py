"""The glossary: whole rows, no term twice, and each script in its own column."""

from pathlib import Path

from core.text import to_simplified

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def rows() -> list[list[str]]:
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [cells for line in lines if (cells := [cell.strip() for cell in line.strip("|").split("|")])[0] != "term"]


def test_every_row_is_whole() -> None:
    assert len(rows()) > 50
    for cells in rows():
        assert len(cells) == 4, cells
        assert all(cells), cells
        assert cells[3].endswith("."), cells


def test_no_term_comes_twice() -> None:
    terms = [cells[0] for cells in rows()]
    assert len(terms) == len(set(terms))


def test_simplified_is_simplified() -> None:
    for _, _, simplified, _ in rows():
        assert to_simplified(simplified) == simplified
