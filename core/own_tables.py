"""Tables of figures that people have: their own, FINRA's margin debt, ICI's money-market funds.

Three kinds of CSV are known by their headers:

    entity, metric, period, value, unit, as_of, source, publisher, published     any figure; one row each
    a month, and debit balances (in millions)                                    margin debt, as FINRA lays it out
    a date, and total assets (in billions)                                       money-market funds, as ICI does

`stock_or_flow` and `status` may be further columns of the first. Of the last two only rows newer than what the
register holds are taken. A row that does not say what it must, or says it wrongly, is an error with its line.
"""

import csv
import io
import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from core import aliases
from core.cards import is_moment
from core.errors import CardError, NotFound
from core.figures import STATUSES, UNITS, Register
from core.period import normal as normal_period
from core.text import counted

COLUMNS = ("entity", "metric", "period", "value", "unit", "as_of", "source", "publisher", "published")
OPTIONAL = ("stock_or_flow", "status")
MOST_ROWS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure as it will stand on a card; `line` is its line in the table."""

    line: int
    entity: str
    metric: str
    period: str | None
    value: float
    unit: str
    as_of: str
    source: str
    publisher: str
    published: str
    stock_or_flow: str | None = None
    status: str = "unverified"

    @property
    def id(self) -> str:
        """Stable, so that the same table twice gives the same cards."""
        return re.sub(r"\W+", "_", f"own_{self.entity}_{self.metric}_{self.period or self.as_of}".lower())


def read_table(table: Path, *, known: Register, today: date) -> tuple[Row, ...]:
    """The rows of a CSV, checked one by one."""
    header, lines = _csv(table)
    if set(COLUMNS) <= set(header):
        rows = [_general(dict(zip(header, cells, strict=True)), line, table.name, known) for line, cells in lines]
    else:
        rows = _newer(_series(header, lines, table.name), known)
        if not rows:
            raise NotFound(f"{table.name}: nothing in it is newer than the register", hint="nothing was written")
    seen: dict[str, int] = {}
    for row in rows:
        where = f"{table.name}: line {row.line}"
        if row.as_of > today.isoformat():
            raise CardError(f"{where}: as_of: {row.as_of} is after today, {today}")
        _check_usual(row, known, where)
        if row.id in seen:
            raise CardError(f"{where}: says the same as line {seen[row.id]}: {row.entity}, {row.metric}, {row.period or row.as_of}")  # fmt: skip
        seen[row.id] = row.line
    return tuple(rows)


def _csv(table: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        text = table.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CardError(f"{table}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise CardError(f"{table.name}: is not text in UTF-8") from None
    reader = csv.reader(io.StringIO(text))
    try:
        header = [re.sub(r"\s+", " ", name).strip().lower() for name in next(reader, [])]
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise CardError(f"{table.name}: line {reader.line_num}: is not CSV: {error}") from None
    if not lines:
        raise CardError(f"{table.name}: line 1: has no rows below the header")
    if len(lines) > MOST_ROWS:
        raise CardError(f"{table.name}: has {len(lines):,} rows; the limit is {MOST_ROWS:,}")
    for line, cells in lines:
        if len(cells) != len(header):
            raise CardError(
                f"{table.name}: line {line}: has {counted(len(cells), 'cell')}, and the header {len(header)}"
            )
    return header, lines


def _general(cells: dict[str, str], line: int, file: str, known: Register) -> Row:
    where = f"{file}: line {line}"
    if unknown := cells.keys() - {*COLUMNS, *OPTIONAL}:
        raise CardError(f"{where}: unknown column “{min(unknown)}”", hint=f"known are {', '.join(COLUMNS + OPTIONAL)}")
    for name in COLUMNS:
        if not cells[name] and name != "period":
            raise CardError(f"{where}: {name}: is empty")
    row = Row(
        line=line,
        entity=_id(cells["entity"], "entity", where),
        metric=_id(cells["metric"], "metric", where),
        period=normal_period(cells["period"]) if cells["period"] else None,
        value=_number(cells["value"], where),
        unit=_one_of(cells["unit"], UNITS, "unit", where),
        as_of=_moment(cells["as_of"], "as_of", where),
        source=cells["source"],
        publisher=cells["publisher"],
        published=_moment(cells["published"], "published", where),
        status=_one_of(cells.get("status") or "unverified", STATUSES, "status", where),
    )
    said = cells.get("stock_or_flow") or _usual_kind(row, known)
    if said is None and row.unit == "USD_bn":
        raise CardError(
            f"{where}: stock_or_flow: money is one or the other, and the register does not tell which for {row.metric}",
            hint="add a column stock_or_flow",
        )
    return replace(row, stock_or_flow=_one_of(said, ("stock", "flow"), "stock_or_flow", where) if said else None)


def _check_usual(row: Row, known: Register, where: str) -> None:
    """A measure keeps its unit; what the register never holds below zero is not below zero here."""
    alike = [figure for figure in known.figures.values() if figure.metric == row.metric]
    units = sorted({figure.unit for figure in alike})
    if units and row.unit not in units:
        raise CardError(f"{where}: unit: {row.metric} is in {' or '.join(units)}, and not in {row.unit}")
    if row.value < 0 and alike and all(figure.value >= 0 for figure in alike):
        raise CardError(f"{where}: value: {row.metric} is never below zero, and {row.value:g} is")


def _usual_kind(row: Row, known: Register) -> str | None:
    """Stock or flow, where all figures of the register with this metric agree; a span of years is often a sum."""
    spans = "/" in (row.period or "")
    kinds = {
        figure.stock_or_flow
        for figure in known.find(metric=row.metric)
        if figure.unit == row.unit and ("/" in (figure.period or "")) is spans
    }
    return next(iter(kinds)) if len(kinds) == 1 else None


def _series(header: list[str], lines: list[tuple[int, list[str]]], file: str) -> list[Row]:
    """Rows of a table as FINRA or ICI lays it out."""
    when = next((i for i, name in enumerate(header) if re.search(r"month|date|week", name)), None)
    debit = next((i for i, name in enumerate(header) if "debit" in name), None)
    assets = next((i for i, name in enumerate(header) if re.search(r"total.*assets|assets.*total", name)), None)
    if when is None or (debit is None) == (assets is None):
        raise CardError(
            f"{file}: line 1: the columns are not those of a known table",
            hint=f"known are: {', '.join(COLUMNS)}; or a month and debit balances; or a date and total assets",
        )
    column, metric, usual = (debit, "margin_debt", 1e-3) if debit is not None else (assets, "money_market_assets", 1.0)
    assert column is not None
    scale = 1.0 if "billion" in header[column] else 1e-3 if "million" in header[column] else usual
    publisher = "FINRA" if debit is not None else "ICI"
    rows = []
    for line, cells in lines:
        where = f"{file}: line {line}"
        moment = _any_moment(cells[when], where)
        value = round(_number(cells[column], where) * scale, 6)
        rows.append(
            Row(
                line=line, entity="US_STOCKS", metric=metric, period=moment, value=value, unit="USD_bn", as_of=moment,
                source=file, publisher=f"{publisher}, from a file of one's own", published=moment, stock_or_flow="stock",
            )
        )  # fmt: skip
    return rows


def _newer(rows: list[Row], known: Register) -> list[Row]:
    have = max((f.as_of for f in known.find(rows[0].entity, rows[0].metric)), default="")
    return [row for row in rows if row.as_of > have]


def _id(text: str, what: str, where: str) -> str:
    """An id as it is, else what the text is a name of."""
    kinds = {"metric"} if what == "metric" else set(aliases.KINDS) - {"metric", "theme"}
    for kind in aliases.KINDS:
        if kind in kinds:
            for alias in aliases.every(kind):
                if alias.id.casefold() == text.casefold():
                    return alias.id
    mentions = [mention for mention in aliases.find(text, kinds) if mention.text == text]
    if not mentions:
        raise CardError(f"{where}: {what}: nothing is called “{text}”")
    return mentions[0].id


def _number(text: str, where: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CardError(f"{where}: value: “{text}” is not a number")
    return value


def _one_of(text: str, allowed: tuple[str, ...], what: str, where: str) -> str:
    if text not in allowed:
        raise CardError(f"{where}: {what}: unknown word “{text}”; known are {', '.join(allowed)}")
    return text


def _moment(text: str, what: str, where: str) -> str:
    if not is_moment(text):
        raise CardError(f"{where}: {what}: “{text}” is not a date such as 2025, 2025-10 or 2025-10-21")
    return text


def _any_moment(text: str, where: str) -> str:
    """A month or day, also as American tables write it.

    >>> [_any_moment(t, "") for t in ("2026-08", "Aug-26", "August 2026", "10/21/2026", "2026/8")]
    ['2026-08', '2026-08', '2026-08', '2026-10-21', '2026-08']
    """
    if is_moment(text) and len(text) > 4:
        return text
    for form, as_text in (
        ("%b-%y", "%Y-%m"), ("%b-%Y", "%Y-%m"), ("%b %Y", "%Y-%m"), ("%B %Y", "%Y-%m"), ("%Y/%m", "%Y-%m"),
        ("%m/%d/%Y", "%Y-%m-%d"), ("%m/%d/%y", "%Y-%m-%d"), ("%Y/%m/%d", "%Y-%m-%d"), ("%B %d, %Y", "%Y-%m-%d"),
    ):  # fmt: skip
        try:
            return datetime.strptime(text, form).strftime(as_text)  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise CardError(f"{where}: “{text}” is not a month or a day", hint="write 2026-08 or 2026-08-31")
