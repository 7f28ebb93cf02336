"""A price series from a CSV of one's own: `date,close`, a row a day, week or month.

Nothing is filled in or skipped: a gap, a text, a day out of order is an error that names the file and the line.
"""

import csv
import io
import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median

from core.errors import QuantityError, SourceError
from core.limits import several
from core.text import counted

LEAST, MOST = 30, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Closing prices: days ascending, closes above zero, as many of each, 2 to 2,000; else `QuantityError`."""

    name: str
    days: tuple[date, ...]
    closes: tuple[float, ...]

    def __post_init__(self) -> None:
        closes = several(self.closes, f"the closes of {self.name}", least=2, most=MOST)
        if len(closes) != len(self.days) or min(closes) <= 0:
            raise QuantityError(f"{self.name} needs as many closes as days, all above zero")
        if not all(isinstance(day, date) for day in self.days) or list(self.days) != sorted(set(self.days)):
            raise QuantityError(f"the days of {self.name} must be dates that ascend")
        object.__setattr__(self, "closes", closes)

    @property
    def step(self) -> float:
        """Mean number of days between two prices."""
        return (self.days[-1] - self.days[0]).days / (len(self.days) - 1)


def read_prices(path: Path, *, least: int = LEAST, most: int | None = MOST, gaps: bool = False) -> Prices:
    """Read a CSV with the columns `date` (2025-10-21) and `close`, in any order and case, others ignored.

    Raises `SourceError`, naming file and line, for a file that cannot be read, a missing column, a text where a
    number should be, a price of zero or less, days out of order or twice, a gap (longer than 8 days, or than 1.6
    times the usual distance; `gaps` allows them, for uses that a week of holidays does not harm), fewer than `least`
    or more than `most` prices.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SourceError(f"{path}: is not text in UTF-8") from None
    reader = csv.reader(io.StringIO(text))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if not {"date", "close"} <= set(header):
            raise SourceError(f"{path.name}: line 1: needs the columns date and close")
        columns = header.index("date"), header.index("close")
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SourceError(f"{path.name}: line {reader.line_num}: is not CSV: {error}") from None
    lines = [line for line, _ in rows]
    days, closes = [], []
    for line, row in rows:
        where = f"{path.name}: line {line}"
        if len(row) <= max(columns):
            raise SourceError(f"{where}: has {counted(len(row), 'cell')}, and the header {len(header)}")
        days.append(_day(row[columns[0]], where))
        closes.append(_close(row[columns[1]], where))
    if len(days) < least or (most is not None and len(days) > most):
        hint = "take weekly or monthly prices" if len(days) > least else None
        limits = f"the tests take {least} to {most:,}" if most is not None else f"at least {least} are needed"
        raise SourceError(f"{path.name}: has {counted(len(days), 'price')}; {limits}", hint=hint)
    _check_order(path.name, days, lines, gaps=gaps)
    return Prices(name=path.name, days=tuple(days), closes=tuple(closes))


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise SourceError(f"{where}: “{text}” is not a day such as 2025-10-21") from None


def _close(text: str, where: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value <= 0:
        raise SourceError(f"{where}: “{text}” is not a price above zero")
    return value


def _check_order(name: str, days: list[date], lines: list[int], *, gaps: bool) -> None:
    steps = [(after - before).days for before, after in pairwise(days)]
    limit = math.inf if gaps else max(8.0, 1.6 * median(steps))
    for line, day, step in zip(lines[1:], days[1:], steps, strict=True):
        if step <= 0:
            raise SourceError(f"{name}: line {line}: {day} does not come after the line before")
        if step > limit:
            raise SourceError(
                f"{name}: line {line}: {step} days are missing before {day}",
                hint="fill the gap from the source, or cut the file there: nothing is invented for it",
            )
