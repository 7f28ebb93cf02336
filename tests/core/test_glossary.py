"""The glossary: whole rows, no term twice, and each script in its own column."""

import json
import math
import re
from pathlib import Path

import pytest

from bot import verdicts
from core import glossary
from core.capex import breakeven_revenue, growth_between, payback_years
from core.cards import DATA
from core.cashflow import crf, discounted_payback
from core.errors import CardError
from core.text import to_simplified

ROOT = Path(__file__).parents[2]
GLOSSARY, TEXTS = ROOT / "docs" / "glossary.md", ROOT / "bot" / "render" / "texts"


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


REQUIRED = {
    "payback", "breakeven", "npv", "irr", "cagr", "capex", "depreciation", "margin_debt", "interest_coverage", "ps", "pe", "cape",
    "aiae", "buffett_indicator", "bullishness", "agreement", "circular_financing", "self_funded_share", "gsadf", "lppls",
}  # fmt: skip


def test_the_terms_of_the_bot_are_those_of_the_page() -> None:
    """An answer and the page must not use two names for one idea."""
    listed = {plain(term) for cells in rows() for column in cells[:3] for term in re.split("[,、]", column)}
    for entry in glossary.load():
        assert listed & {plain(word) for word in entry.words}, entry.id


def plain(text: str) -> str:
    return re.sub(r"[\s\-]", "", to_simplified(text).casefold())


def test_every_term_is_whole_in_three_languages() -> None:
    entries = {entry.id: entry for entry in glossary.load()}
    assert set(entries) >= REQUIRED
    for entry in entries.values():
        assert entry.says.en.endswith(".")
        assert entry.says.zh.endswith("。")
        assert to_simplified(entry.zh_hans) == entry.zh_hans
        assert entry.says.text("zh-Hans") != entry.says.zh
        for word in entry.words:
            assert glossary.find(word) is entry


def test_a_term_is_found_by_the_names_that_its_answer_shows() -> None:
    for entry in glossary.load():
        for name in (entry.zh_hant, entry.zh_hans):
            assert any(map(glossary.find, re.split("[、與与]", re.split("（| B", name)[0]))), name


def test_the_words_for_a_status_are_those_of_the_answers() -> None:
    listed = {cells[0]: cells[1:3] for cells in rows()}
    for lang, column in (("zh-Hant", 0), ("zh-Hans", 1)):
        parts = (TEXTS / lang / "_parts.j2").read_text(encoding="utf-8")
        [said] = re.findall(r"set STATUS = (\{.*?\})", parts)
        for status, word in json.loads(said).items():
            assert status == "computed" or listed[status][column] == word == verdicts.status(status, lang)


def test_formulas_agree_with_the_code() -> None:
    """The formulas that are arithmetic, on the numbers of the article."""
    assert (breakeven_revenue(1000, 0.5), payback_years(1000, 0.5, 360).years) == (1000 / 0.5, 1000 / 0.5 / 360)
    assert growth_between(13, 100, 5) == pytest.approx((100 / 13) ** (1 / 5) - 1)
    assert crf(0.1, 5) == pytest.approx(0.1 / (1 - 1.1**-5))
    assert discounted_payback(1000, 0.5, 360, 0.1).years == pytest.approx(
        -math.log(1 - 1000 * 0.1 / 180) / math.log(1.1)
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('words = ["npv",', 'words = ["irr",', "“irr” is a word of"),
        ("says = {", "sais = {", "missing key “says”"),
        ('id = "npv"', 'id = "npv"\ncolour = 1', "npv: unknown key “colour”"),
    ],
)
def test_a_card_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (DATA / "glossary.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "glossary.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CardError, match=re.escape(message)):
        glossary.load(path)
