"""The words of tables like `report_words`, filled with what they tell of."""

import string
from typing import Any

from core.text import counted


class _Filled(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        comma, nouns = ("," if format_spec.startswith(",") else ""), format_spec.removeprefix(",").split("|")
        if len(nouns[0]) < 2 or not nouns[0][0].isalpha():
            return str(super().format_field(value, format_spec))
        return counted(format(value, comma), *nouns)


def filled(template: str, *values: Any, **named: Any) -> str:
    """`str.format`, in which `{n:post}` is a number with its noun, as `core.text.counted` writes it.

    >>> [filled("{n:post} in {0:,reply|replies}", 1234, n=n) for n in (1, 2)]
    ['1 post in 1,234 replies', '2 posts in 1,234 replies']
    """
    return _Filled().format(template, *values, **named)
