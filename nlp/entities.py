"""Who and what a post speaks of, by the table of names in `core.aliases`."""

import hashlib
from collections.abc import Sequence
from functools import cache

from core import aliases
from core.cards import DATA
from core.errors import NotFound
from core.text import fold
from nlp.extremes import WORDS, extremes

TICKERS = frozenset({"company", "index"})
THEMES = frozenset({"theme"})
TRADED = ("company", "index", "asset")
STORED = tuple(kind for kind in aliases.KINDS if kind != "metric")


def mentions(text: str) -> tuple[list[str], list[str]]:
    """Ids of the companies and indices, and of the themes, that a text names; each once, in reading order.

    >>> mentions("英伟达撑起纳指, AI泡沫?")
    (['NVDA', 'NASDAQ'], ['ai_bubble'])
    """
    found = aliases.find(text, TICKERS | THEMES)
    return _ids(found, TICKERS), _ids(found, THEMES)


def entities(text: str) -> list[str]:
    """What the store keeps of a post, as `kind:id`: who and what it names, themes, extremes.

    >>> entities("all in 英伟达, 什么AI泡沫")
    ['company:NVDA', 'extreme:euphoria', 'theme:ai_bubble']
    """
    named = {f"{mention.kind}:{mention.id}" for mention in aliases.find(text, STORED)}
    return sorted(named | {f"extreme:{name}" for name in extremes(text)})


def resolve(name: str, kinds: Sequence[str]) -> str:
    """The entity that a person means: an id, a name in any language, or any word for it. Raises `NotFound`.

    >>> resolve("nvda", ["company"]), resolve("輝達", ["company"]), resolve("泡沫", ["theme"])
    ('company:NVDA', 'company:NVDA', 'theme:ai_bubble')
    """
    for kind in kinds:
        for alias in aliases.every(kind):
            if fold(name) in {fold(spelling) for spelling in (alias.id, alias.zh_hant, alias.zh_hans, alias.en)}:
                return f"{kind}:{alias.id}"
    found = {f"{mention.kind}:{mention.id}" for mention in aliases.find(name, kinds)}
    if len(found) == 1:
        return found.pop()
    some = ", ".join(alias.id for kind in kinds for alias in aliases.every(kind)[: 24 // len(kinds)])
    what = "a company, index or asset" if len(kinds) > 1 else f"a {kinds[0]}"
    raise NotFound(f"“{name}” is not the name of {what} that paomo knows", hint=f"it knows {some} and more")


@cache
def version() -> str:
    """Changes whenever `entities` would find other things: a hash of the table of names and of the words of extremes."""
    told = [(DATA / "aliases.toml").read_bytes(), *(words.pattern.encode() for words in WORDS.values())]
    return hashlib.sha256(b"\0".join(told)).hexdigest()[:12]


def _ids(found: list[aliases.Mention], kinds: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(mention.id for mention in found if mention.kind in kinds))
