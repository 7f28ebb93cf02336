"""Who and what a post speaks of, by the table of names in `core.aliases`."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

TICKERS = frozenset({"company", "index"})
THEMES = frozenset({"theme"})


def mentions(text: str) -> tuple[list[str], list[str]]:
    """Ids of the companies and indices, and of the themes, that a text names; each once, in reading order.

    Without a table of names nothing is known, and both lists are empty.
    """
    if find_spec("core.aliases") is None:
        return [], []
    aliases: Any = import_module("core.aliases")
    found = sorted(aliases.find(text), key=lambda mention: int(mention.start))
    return _ids(found, TICKERS), _ids(found, THEMES)


def _ids(found: list[Any], kinds: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(str(mention.id) for mention in found if str(mention.kind) in kinds))
