"""Days and months as options of a command: callbacks that refuse what is none."""

import calendar
from datetime import date

import click

from core.cards import is_moment


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A year, month or day as it was written."""
    if value is not None and not is_moment(value):
        raise click.BadParameter(f"“{value}” is not a date; write 2025, 2025-10 or 2025-10-21", ctx, param)
    return value


def last_day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The same as a day: a month or year means its last."""
    if moment(ctx, param, value) is None:
        return None
    year, month, day = [*map(int, str(value).split("-")), 0, 0][:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """A day and nothing longer."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"“{value}” is not a day; write it like 2025-10-21", ctx, param) from None
