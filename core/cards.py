"""Reading cards: TOML tables that say exactly what they must say, no more and no less.

A card is data that people edit. A misspelt key would be a figure silently lost, so every key is taken by name
and whatever is left over is an error that names the file, the card and the key.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from core.errors import CardError, QuantityError
from core.figures import Bilingual
from core.limits import finite, told

DATA = Path(__file__).with_name("data")

_MOMENT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class Card:
    """One TOML table. Take its keys, then call `done`.

    >>> card = Card("a.toml", "NVDA", {"en": "Nvidia", "colour": "green"})
    >>> card.text("en")
    'Nvidia'
    >>> card.done()
    Traceback (most recent call last):
    core.errors.CardError: a.toml: NVDA: unknown key “colour”
    """

    def __init__(self, file: str, name: str, table: dict[str, Any]) -> None:
        self.file, self.name = file, name
        self._where = f"{file}: {name}" if name else file
        self._left = dict(table)

    def wrong(self, key: str, problem: str) -> CardError:
        """The error for a key of this card; to be raised by the caller."""
        return CardError(f"{self._where}: {key}: {problem}")

    def has(self, key: str) -> bool:
        """Whether a key is there and was not taken yet; `maybe_…` below give `None` for one that is not."""
        return key in self._left

    def text(self, key: str) -> str:
        """A required text that is not empty."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"must be a text, is {value!r}")
        return value

    def maybe_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """A required word from a closed list."""
        value = self.text(key)
        if value not in allowed:
            raise self.wrong(key, f"unknown word “{value}”; known are {', '.join(sorted(allowed))}")
        return value

    def maybe_one_of(self, key: str, allowed: Collection[str]) -> str | None:
        return self.one_of(key, allowed) if self.has(key) else None

    def number(self, key: str) -> float:
        """A required finite number; `true` is not one."""
        value = self._take(key)
        try:
            return float(finite(value, key))
        except QuantityError as error:
            raise self.wrong(key, f"must be a finite number; {error}") from None

    def maybe_number(self, key: str) -> float | None:
        return self.number(key) if self.has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; missing counts as empty."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, f"must be a list of texts, is {value!r}")
        return tuple(value)

    def some_of(self, key: str, known: Collection[str], what: str = "") -> tuple[str, ...]:
        """A list of texts that must be known; missing counts as empty. what: they are called in the error."""
        named = self.texts(key)
        for name in named:
            if name not in known:
                raise self.wrong(key, f"there is no {f'{what} ' if what else ''}“{name}”")
        return named

    def bilingual(self) -> Bilingual:
        """The required texts `zh` and `en`."""
        return Bilingual(zh=self.text("zh"), en=self.text("en"))

    def words(self, key: str) -> Bilingual:
        """A required sub-table of the texts `zh` and `en` and nothing else."""
        table = self.table(key)
        words = table.bilingual()
        table.done()
        return words

    def maybe_words(self, key: str) -> Bilingual | None:
        return self.words(key) if self.has(key) else None

    def day(self, key: str) -> date:
        """A required TOML date, written without quotes."""
        value = self._take(key)
        if type(value) is not date:  # a datetime is a date too, but says more than is known
            raise self.wrong(key, f"must be a date such as 2025-10-21 without quotes, is {value!r}")
        return value

    def moment(self, key: str, *, spans: bool = False) -> str:
        """A required date kept as precise as it is known: see `is_moment`. With `spans` also `2025-08/2025-10`."""
        value = self.text(key)
        parts = value.split("/") if spans else [value]
        if len(parts) > 2 or not all(map(is_moment, parts)) or parts != sorted(parts):
            raise self.wrong(key, f"must be YYYY, YYYY-MM or YYYY-MM-DD, is “{value}”")
        return value

    def maybe_moment(self, key: str) -> str | None:
        return self.moment(key) if self.has(key) else None

    def flag(self, key: str) -> bool:
        """`true` or `false`; missing counts as false."""
        value = self._left.pop(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, is {value!r}")
        return value

    def table(self, key: str) -> "Card":
        """A required sub-table."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self.wrong(key, f"must be a table, is {value!r}")
        return Card(self.file, f"{self.name}.{key}".strip("."), value)

    def tables(self, key: str) -> Iterator["Card"]:
        """A list of sub-tables; missing counts as empty. Each is named by its `id`, else by its place."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, "must be a list of tables")
        for place, item in enumerate(value, start=1):
            name = item.get("id")
            yield Card(self.file, name if isinstance(name, str) else f"{self.name} {key} {place}".strip(), item)

    def done(self) -> None:
        """Nothing may be left."""
        if self._left:
            raise CardError(f"{self._where}: unknown key “{next(iter(self._left))}”")

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise CardError(f"{self._where}: missing key “{key}”")
        return self._left.pop(key)


def read_card(path: Path) -> Card:
    """A whole TOML file as one card, to be taken apart with `tables`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CardError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CardError(f"{path.name}: is not TOML: {error}") from error
    return Card(path.name, "", table)


def check_moment(text: object, name: str) -> str:
    """`text` if `is_moment`, else `QuantityError` that names it."""
    if not isinstance(text, str) or not is_moment(text):
        raise QuantityError(f"{name} is not a date: {told(text)}", hint="write 2025, 2025-10 or 2025-10-21")
    return text


def is_moment(text: str) -> bool:
    """Is this a date as precise as it is known: a year, a month or a day that exists?

    >>> [is_moment(text) for text in ("2025", "2025-10", "2025-02-29", "Oct 2025")]
    [True, True, False, False]
    """
    match = _MOMENT.fullmatch(text)
    if not match:
        return False
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True
