"""The page of the benchmarks: what was measured, as rows, and the rows as Markdown and back.

Every ratio is so turned that more is better: above 1 paomo is faster than its peer, or within its limit.
"""

import re
from dataclasses import dataclass

PAGE = """# Benchmarks

Written by `make bench`; do not edit it by hand. Every row stands beside a named peer or a limit, measured in the same
run. Times are processor time, the best of several runs, so that other work on the machine changes them little. A ratio
above 1 is good: paomo is so many times as fast as the peer, or has so many times the room that the limit asks for.

* Measured on: {day}
* By: `{command}`
* Machine: {machine}

## Beside others

{rows}

The limits are this project's own. A peer does less: jieba only cuts words, the pipeline reads characters and no
negation; the plain parsers make the same rows without tree, moments in UTC or checks; `executemany` finds no post again
and keeps no edit; `instr` knows one script and scans; `GROUP BY` counts stances by day and nothing else. SnowNLP is no
dependency of anything here: `pip install snownlp` beside it, and its row is measured too. Start-up is the whole process,
Python's own start included; a search and a report open the database first.

## Growth

The same work on n, 4n and 16n: work that grows with its input takes 4 and 16 times as long, a square 16 and 256 times.

{growth}

What each of them costs alone, and how it is measured, stands in [the stance model](model.md),
[following boards](crawling.md), [scale](scale.md) and [questions](questions.md).
"""
ROWS = ("what", "paomo", "peer or limit", "its figure", "ratio")
GROWTH = ("what", "n", "at n", "4n", "16n")
_PATTERN = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(PAGE)), re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement beside a peer or a limit.

    ours, theirs: in `unit`; theirs is `None` where the peer is not installed
    more:         whether more of the unit is better (a rate), or less (a time, a size)

    >>> Row(what="start", ours=0.25, unit="s", peer="limit", theirs=0.5).cells()
    ('start', '0.25 s', 'limit', '0.5 s', '2.0')
    >>> Row(what="reading", ours=50, unit="pages/s", peer="bs4", theirs=1000, more=True).cells()
    ('reading', '50 pages/s', 'bs4', '1,000 pages/s', '0.05')
    """

    what: str
    ours: float
    unit: str
    peer: str
    theirs: float | None
    more: bool = False

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        ours = f"{figure(self.ours)} {self.unit}"
        if self.theirs is None:
            return self.what, ours, self.peer, "not installed", "-"
        ratio = self.ours / self.theirs if self.more else self.theirs / self.ours
        return (
            self.what,
            ours,
            self.peer,
            f"{figure(self.theirs)} {self.unit}",
            f"{ratio:.2g}" if ratio < 0.1 else f"{ratio:,.1f}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Seconds of the same work on n, 4n and 16n.

    >>> Growth(what="search", n="100 posts", seconds=(0.001, 0.004, 0.02)).cells()
    ('search', '100 posts', '1 ms', '× 4.0', '× 20.0')
    """

    what: str
    n: str
    seconds: tuple[float, float, float]

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        first, *others = self.seconds
        return self.what, self.n, f"{figure(first * 1000)} ms", *(f"× {other / first:.1f}" for other in others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page; rows as they are printed."""

    day: str
    command: str
    machine: str
    rows: tuple[tuple[str, ...], ...]
    growth: tuple[tuple[str, ...], ...]


def figure(value: float) -> str:
    """A number with two or more digits that mean something.

    >>> [figure(value) for value in (0.0123, 0.5, 1.25, 17.26, 12345.6)]
    ['0.012', '0.5', '1.2', '17', '12,346']
    """
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def render(page: Page) -> str:
    """The page as Markdown."""
    return PAGE.format(
        day=page.day,
        command=page.command,
        machine=page.machine,
        rows=_table(ROWS, page.rows),
        growth=_table(GROWTH, page.growth),
    )


def read(text: str) -> Page:
    """What `render` made, taken apart again; `ValueError` where it is no such page."""
    found = _PATTERN.fullmatch(text)
    if not found:
        raise ValueError("this is not a page that `make bench` wrote")
    return Page(
        day=found["day"],
        command=found["command"],
        machine=found["machine"],
        rows=_cells(ROWS, found["rows"]),
        growth=_cells(GROWTH, found["growth"]),
    )


def _table(names: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    line = "|".join(["---"] + ["--:"] * (len(names) - 1))
    return "\n".join([_line(names), f"|{line}|", *map(_line, rows)])


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(names: tuple[str, ...], table: str) -> tuple[tuple[str, ...], ...]:
    head, _, *lines = (tuple(line.strip("| ").split(" | ")) for line in table.splitlines())
    if head != names or any(len(line) != len(names) for line in lines):
        raise ValueError(f"a table is not of the columns {', '.join(names)}")
    return tuple(lines)
