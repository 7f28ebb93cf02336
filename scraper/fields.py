"""Values out of JSON that strangers wrote: each asked for by name and kind, `None` where it is missing or another kind.

Forums change what they send without telling anybody, and rows of advertisements lack half the keys; so no key is
taken for granted here, and whoever needs one says what its absence means.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scraper.outcome import CutShort, Unreadable

Fields = Mapping[str, Any]

_LARGEST = 2**53  # beyond it JavaScript, which wrote these numbers, cannot count
_DIGITS = re.compile(r"[1-9][0-9]{0,29}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()  # the last year has no tomorrow further east


def load(text: str, where: str, start: int = 0) -> dict[str, Any]:
    """The object that begins at the first brace at or behind `start`. What follows it is not read.

    A decoder finds its end, because strings may hold `};`. Raises `CutShort` where the text seems to end inside the
    object, `Unreadable` for anything else that is no JSON object; `where` names the page in the message.

    >>> load('var a = {"b": "};"};    var c = 1', "page")
    {'b': '};'}
    """
    brace = text.find("{", start)
    if brace < 0:
        raise Unreadable(f"{where}: no JSON object in it")
    try:
        found, _ = json.JSONDecoder().raw_decode(text, brace)
    except RecursionError as error:
        raise Unreadable(f"{where}: its JSON nests too deep for a forum's") from error
    except ValueError as error:
        if not text.rstrip().endswith(("}", ")", ";", ">")):
            raise CutShort(f"{where}: it ends in the middle of its JSON", hint="get it again") from error
        raise Unreadable(f"{where}: its JSON is damaged: {error}", hint="save the page again") from error
    assert isinstance(found, dict)  # it began with a brace
    return found


def words(row: Fields, *names: str) -> str | None:
    """The first of these that is a text with something in it, or a number, as text.

    Lone surrogates and NULs are dropped: nothing can store them.
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return value.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return None


def number(row: Fields, *names: str) -> int | None:
    """The first of these that is a whole number, also one written as text.

    >>> number({"a": None, "b": "1,234"}, "a", "b"), number({"a": True}, "a"), number({"a": 1e400}, "a")
    (1234, None, None)
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,3}(?:,?[0-9]{3}){0,4}|-?[0-9]{1,15}", value.strip()):
            value = int(value.replace(",", ""))
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
            return value
    return None


def ident(row: Fields, *names: str) -> str | None:
    """The first of these that is an id: a positive whole number, as a text of digits. 0 stands for none.

    >>> ident({"a": 0, "b": "12"}, "a", "b"), ident({"a": "x1"}, "a")
    ('12', None)
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**30:
            return str(value)
        if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
            return value.strip()
    return None


def child(row: Fields, name: str) -> dict[str, Any]:
    """The object of that name; an empty one where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """The objects in a list, or in an object of numbered ones, as PHP writes lists; nothing else."""
    if isinstance(value, dict):
        value = list(value.values())
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def moment(seconds: float | None) -> datetime | None:
    """A moment from seconds since 1970; `None` for 0, for what came before and for what no calendar has.

    >>> moment(1442796470).isoformat()
    '2015-09-21T00:47:50+00:00'
    """
    if not seconds or not 0 < seconds < _LATEST:
        return None
    return _EPOCH + timedelta(seconds=int(seconds))
