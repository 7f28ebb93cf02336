"""Kinds of values that options of several commands take: a day, a moment as exact as it is known, a number."""

import math
from datetime import date, datetime
from typing import Any

import click

from core.cards import is_moment


class Day(click.ParamType[date]):
    """A day, such as 2025-10-21."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            self.fail(f"“{value}” is not a day; write it like 2025-10-21", param, ctx)


class Moment(click.ParamType[str]):
    """A day, a month or a year, as figures are dated."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_moment(value):
            self.fail(f"“{value}” is not a date; write 2025, 2025-10 or 2025-10-21", param, ctx)
        return str(value)


class Number(click.FloatRange):
    """A number within limits; “nan”, which click lets pass, lies within none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return number
