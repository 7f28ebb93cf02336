"""The report's days as CSV and as a Markdown table, from the JSON document of `bot.report.to_json`."""

import csv
import io
from typing import Any

_COLUMNS = ("date", "n", "bullish", "neutral", "bearish", "bullishness", "low", "high", "agreement")


def to_csv(days: list[dict[str, Any]]) -> str:
    """A row for each day, week or month, with a heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(days), lineterminator="\n")
    writer.writeheader()
    writer.writerows(days)
    return text.getvalue()


def to_markdown(days: list[dict[str, Any]]) -> str:
    """The same as a table in Markdown, without a line break at the end."""
    columns = _columns(days)
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [f"| {' | '.join('' if day[name] is None else str(day[name]) for name in columns)} |" for day in days]
    return "\n".join(lines)


def _columns(days: list[dict[str, Any]]) -> tuple[str, ...]:
    return (*_COLUMNS, *(name for name in ("to", "close", "close_change") if name in days[0]))
