"""Tables of plain lines that stand straight with Chinese in them, at any width.

A table that is too wide first stands closer, then loses its least needed columns, those of one rank together, then
cuts its text column short. A column that could be spared and is empty is left out anyway.
Only widths that every terminal agrees on are used inside a table: no ellipsis, no arrows, whose width differs where
Chinese is the terminal's own language.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. right: numbers; spare: dropped where there is no room, the highest first; never if 0."""

    head: str
    cells: Sequence[str]
    right: bool = True
    spare: int = 0


def table(columns: Sequence[Column], width: int) -> list[str]:
    """The lines of a table, its head first, none wider than `width` if that can be.

    >>> table([Column(head="名", cells=["輝達", "x"], right=False), Column(head="n", cells=["3", "12"])], 80)
    ['名     n', '輝達   3', 'x     12']
    """
    shown = [column for column in columns if not column.spare or any(column.cells)]
    gap = 2
    while sum(_width(column) + gap for column in shown) - gap > width:
        if gap == 2:
            gap = 1
            continue
        spare = max(column.spare for column in shown)
        if not spare:
            shown = _cut(shown, width, gap)
            break
        shown = [column for column in shown if column.spare < spare]
    sizes = [_width(column) for column in shown]
    rows = [[column.head for column in shown], *zip(*(column.cells for column in shown), strict=True)]
    return [
        (" " * gap)
        .join(_pad(cell, size, right=column.right) for cell, size, column in zip(row, sizes, shown, strict=True))
        .rstrip()
        for row in rows
    ]


def cut(text: str, width: int) -> str:
    """As much of a text as fits.

    >>> cut("輝達跌了", 5), cut("輝達", 4)
    ('輝達', '輝達')
    """
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, max(0, width)).rstrip()


def _width(column: Column) -> int:
    from rich.cells import cell_len

    return max((cell_len(text) for text in (column.head, *column.cells)), default=0)


def _cut(columns: Sequence[Column], width: int, gap: int) -> list[Column]:
    """The widest text column gives way; numbers are never cut."""
    texts = [column for column in columns if not column.right]
    if not texts:
        return list(columns)
    widest = max(texts, key=_width)
    room = max(4, width - sum(_width(column) + gap for column in columns if column is not widest))
    less = Column(
        head=cut(widest.head, room), cells=[cut(cell, room) for cell in widest.cells], right=False, spare=widest.spare
    )
    return [less if column is widest else column for column in columns]


def _pad(text: str, width: int, *, right: bool) -> str:
    from rich.cells import cell_len

    space = " " * (width - cell_len(text))
    return space + text if right else text + space
