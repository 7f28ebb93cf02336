"""Newer values of one's own, from a table to a card file, so that gauges do not go stale.

`core.own_tables` says which tables are known. A card file is written whole or not at
all, and only after the register's own loader has read it together with everything else.
"""

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core import register
from core.errors import CardError
from core.figures import Register
from core.own_tables import Row, read_table

MARK = "# Written by paomo figures update from "
SLIP = 8.0  # a value this many times the newest known, or its inverse, is a wrong unit rather than news


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What was written: the file and its rows, in the order of the table."""

    path: Path
    rows: tuple[Row, ...]


def update(table: Path, folder: Path, *, today: date) -> Update:
    """Write the figures of a CSV as `folder/<name of the table>.toml`; the same table again replaces that file.

    Parameters
    ----------
    table : Path
        A CSV of one of the kinds above, in UTF-8.
    folder : Path
        The folder of one's own cards; made if missing.
    today : date
        When the table was looked at; a figure dated later is refused.

    Raises
    ------
    CardError
        Naming the file and the line, for anything that a row does not say or says wrongly, a value that looks
        like a slip of unit, a file in the way that this did not write, or cards that clash. Nothing is written.
    NotFound
        If no row is newer than what the register holds.
    """
    known = register.load(folder if folder.is_dir() else None)
    stem = re.sub(r"[^\w.-]+", "_", table.stem)
    path = folder / f"{stem}.toml"
    _check_ours(path)
    rows = read_table(table, known=register.load(), today=today)
    for row in rows:
        _check_slip(row, known, table.name)
    _write(path, _cards(rows, table.name, today))
    return Update(path=path, rows=rows)


def _check_slip(row: Row, known: Register, file: str) -> None:
    """A value far from the newest of the same kind, and for the same span, is a slip of unit."""
    alike = [
        figure
        for figure in known.find(row.entity, row.metric)
        if figure.id != row.id and figure.unit == row.unit and len(figure.period or "") == len(row.period or "")
    ]
    if not alike or alike[0].value == 0 or row.value == 0:
        return
    times = row.value / alike[0].value
    if times < 0 or 1 / SLIP <= times <= SLIP:
        return
    raise CardError(
        f"{file}: line {row.line}: value: {row.value:g} {row.unit} is {times:.3g} times the {alike[0].value:g} of {alike[0].as_of}",
        hint="if it is not a slip of unit, put it on a card by hand",
    )


def _cards(rows: tuple[Row, ...], file: str, today: date) -> str:
    """The card file as TOML; a JSON string is a TOML string."""
    sources: dict[tuple[str, str, str], str] = {}
    for row in rows:
        key = (row.source, row.publisher, row.published)
        sources.setdefault(key, re.sub(r"\W+", "_", f"OWN_{Path(file).stem}_{len(sources) + 1}".upper()))
    parts = [f"{MARK}{json.dumps(file, ensure_ascii=False)}; the same table again replaces it.\n"]
    for (title, publisher, published), id in sources.items():
        says = f"Figures taken from {file}."
        parts.append(_table("source", id=id, title=title, publisher=publisher, published=published, checked_on=today, says=says))  # fmt: skip
    for row in rows:
        source = sources[row.source, row.publisher, row.published]
        parts.append(
            _table(
                "figure", id=row.id, entity=row.entity, metric=row.metric, period=row.period, value=row.value,
                unit=row.unit, stock_or_flow=row.stock_or_flow, as_of=row.as_of, status=row.status, sources=[source],
            )
        )  # fmt: skip
    return "\n".join(parts)


def _table(kind: str, **keys: object) -> str:
    lines = [
        f"{key} = {value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)}"
        for key, value in keys.items()
        if value is not None
    ]
    return f"[[{kind}]]\n" + "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    """Let the loader read it among the other cards, then put it in place in one step."""
    with tempfile.TemporaryDirectory() as trial:
        if path.parent.is_dir():
            for other in path.parent.glob("*.toml"):
                shutil.copy(other, trial)
        (Path(trial) / path.name).write_text(text, encoding="utf-8")
        register.load(Path(trial))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as new:
                new.write(text)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise CardError(f"{path}: cannot be written: {error.strerror}") from error


def _check_ours(path: Path) -> None:
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        raise CardError(
            f"{path}: is in the way, and was not written from a table", hint="rename the table or that file"
        )
