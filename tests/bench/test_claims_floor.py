"""The checker keeps its level: on each set of texts, and in the time that a reader waits."""

import time
from pathlib import Path

import pytest

from core.claims.checker import check
from core.figures import load
from tests.bench.eval_claims import SETS, measure, rows, table

PAGE = Path(__file__).parents[2] / "docs" / "claims.md"


MISSED = {"claims_sixth": 4}
"""Planted errors that are known to be missed: they are left in the last set, and a rule that finds them lowers this."""


@pytest.mark.parametrize("name", SETS)
def test_precision_and_recall(name: str) -> None:
    total = measure(name)["all"]
    told = "\n".join(total.misses)
    assert total.false == 0, told
    assert total.errors - total.found <= MISSED.get(name, 0), told
    assert total.exact == total.found, told
    assert total.passed == total.right, told
    assert total.silent == total.empty, told


def test_half_of_the_texts_are_without_error() -> None:
    every = [row for name in SETS for row in rows(name)]
    wrong = [row for row in every if row["verdict"] not in (None, "unflagged", "holds", "holds_approximately")]
    assert len(every) >= 150
    assert 0.4 < len(wrong) / len(every) < 0.51
    assert len({row["text"] for row in every}) == len(every)


def test_the_page_has_the_figures_that_are_measured() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for line in table(measure(*SETS)):
        assert line in page, line


def test_an_article_takes_no_longer_than_a_glance() -> None:
    register = load()
    text = "\n".join(row["text"] for row in rows("claims"))[:3000]
    check(text, register)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        check(text, register)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.25, times  # 50 ms where nothing else runs; a busy machine may take its time
