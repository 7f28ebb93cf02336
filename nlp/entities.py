"""Who and what a post speaks of, by the table of names in `core.aliases`."""

import hashlib
from functools import cache

from core import aliases
from core.cards import DATA
from nlp.extremes import WORDS, extremes

TICKERS = frozenset({"company", "index"})
THEMES = frozenset({"theme"})
STORED = ("company", "index", "asset", "theme")


def mentions(text: str) -> tuple[list[str], list[str]]:
    """Ids of the companies and indices, and of the themes, that a text names; each once, in reading order.

    >>> mentions("英伟达撑起纳指, AI泡沫?")
    (['NVDA', 'NASDAQ'], ['ai_bubble'])
    """
    found = aliases.find(text, TICKERS | THEMES)
    return _ids(found, TICKERS), _ids(found, THEMES)


def entities(text: str) -> list[str]:
    """What the store keeps of a post, as `kind:id`: what it can be bought, what it is about, and extremes.

    >>> entities("all in 英伟达, 什么AI泡沫")
    ['company:NVDA', 'extreme:euphoria', 'theme:ai_bubble']
    """
    named = {f"{mention.kind}:{mention.id}" for mention in aliases.find(text, STORED)}
    return sorted(named | {f"extreme:{name}" for name in extremes(text)})


@cache
def version() -> str:
    """Changes whenever `entities` would find other things: a hash of the table of names and of the words of extremes."""
    told = [(DATA / "aliases.toml").read_bytes(), *(words.pattern.encode() for words in WORDS.values())]
    return hashlib.sha256(b"\0".join(told)).hexdigest()[:12]


def _ids(found: list[aliases.Mention], kinds: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(mention.id for mention in found if mention.kind in kinds))
