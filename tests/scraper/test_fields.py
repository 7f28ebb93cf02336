"""Values out of foreign JSON: what cannot be stored or counted does not come through."""

import pytest

from scraper.fields import child, ident, load, moment, number, rows, words
from scraper.outcome import CutShort, Unreadable


def test_words_can_be_stored() -> None:
    assert words({"a": "x\ud800y\0z"}, "a") == "xyz"
    assert words({"a": 7}, "a") == "7"
    odd: tuple[object, ...] = ("", "  ", None, True, 1.5, [], {})
    assert [words({"a": value}, "a") for value in odd] == [None] * len(odd)


def test_numbers_are_whole_and_countable() -> None:
    assert [number({"a": value}, "a") for value in (5, "5", " 1,234 ", "-3", 0)] == [5, 5, 1234, -3, 0]
    odd: tuple[object, ...] = ("", "1,2", "x", True, 1.0, float("nan"), 2**53 + 1, "9" * 16, "٣", None)
    assert [number({"a": value}, "a") for value in odd] == [None] * len(odd)


def test_ids_are_positive() -> None:
    assert [ident({"a": value}, "a") for value in (5, "5", 10**20)] == ["5", "5", "1" + "0" * 20]
    odd: tuple[object, ...] = (0, -1, "0", "05", "x", True, 10**30, 1.0, None)
    assert [ident({"a": value}, "a") for value in odd] == [None] * len(odd)


def test_lists_come_as_lists_or_numbered_objects() -> None:
    assert rows([{"a": 1}, 2, None]) == rows({"7": {"a": 1}, "8": 2}) == [{"a": 1}]
    assert (rows(None), rows("ab"), child({"a": [1]}, "a")) == ([], [], {})


def test_moments_exist_on_every_clock() -> None:
    odd = (None, 0, -1, 2**53, float("nan"), float("inf"), 253_402_300_799)
    assert [moment(seconds) for seconds in odd] == [None] * len(odd)
    assert str(moment(253_370_764_799)) == "9998-12-31 23:59:59+00:00"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("", Unreadable), ("[1]", Unreadable), ('{"a":1', CutShort), ("{x}", Unreadable), ('{"a":' * 200_000 + "}", Unreadable), ('{"a":' + "9" * 5_000 + "}", Unreadable)],
    ids=["empty", "list", "cut", "damaged", "deep", "long"],
)  # fmt: skip
def test_what_is_no_object(text: str, outcome: type[Exception]) -> None:
    with pytest.raises(outcome, match="page"):
        load(text, "page")
