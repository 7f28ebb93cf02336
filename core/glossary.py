"""What a term means, in short, with its formula: IRR, CAPE, circular financing.

Cards stand in `data/glossary.toml`. A term is found by any of its spellings, as the whole of a text, not inside one:
“what is the CAPE now” asks for a figure and not for a meaning.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.cards import DATA, Card, read_card
from core.errors import CardError
from core.figures import Bilingual
from core.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A term with its meaning.

    words:   spellings, folded; formula, ask: `None` where there is none
    entity, metric: what the register may know of it now; `None` where it does not hold such figures
    """

    id: str
    zh_hant: str
    zh_hans: str
    en: str
    words: tuple[str, ...]
    says: Bilingual
    formula: Bilingual | None = None
    ask: Bilingual | None = None
    entity: str | None = None
    metric: str | None = None

    def name(self, lang: str) -> str:
        """What to call it in `zh-Hant`, `zh-Hans` or (for anything else) English."""
        return {"zh-Hant": self.zh_hant, "zh-Hans": self.zh_hans}.get(lang, self.en)


def find(text: str) -> Entry | None:
    """The term that the text is, whatever its script, case, hyphens and quotes; `None` for anything else.

    >>> [entry and entry.id for entry in map(find, ("IRR", "回本年限", "self-funded share", "the CAPE now", ""))]
    ['irr', 'payback', 'self_funded_share', None, None]
    """
    return _by_word().get(_plain(text))


def load(path: Path = DATA / "glossary.toml") -> tuple[Entry, ...]:
    """The entries of a file, in its order; `CardError` names file, term and key, and a word that two terms share."""
    return _load(path)


@cache
def _load(path: Path) -> tuple[Entry, ...]:
    file = read_card(path)
    entries = tuple(_entry(card) for card in file.tables("term"))
    file.done()
    owners: dict[str, str] = {}
    for entry in entries:
        for word in entry.words:
            if owners.setdefault(word, entry.id) != entry.id:
                raise CardError(f"{path.name}: {entry.id}: words: “{word}” is a word of {owners[word]} too")
    return entries


@cache
def _by_word() -> dict[str, Entry]:
    return {word: entry for entry in load() for word in entry.words}


def _entry(card: Card) -> Entry:
    of = card.table("figure") if card.has("figure") else None
    entry = Entry(
        id=card.text("id"),
        zh_hant=card.text("zh"),
        zh_hans=card.text("zh_hans"),
        en=card.text("en"),
        words=tuple(_plain(word) for word in card.texts("words")),
        says=card.words("says"),
        formula=card.maybe_words("formula"),
        ask=card.maybe_words("ask"),
        entity=of.text("entity") if of else None,
        metric=of.text("metric") if of else None,
    )
    if of:
        of.done()
    if not all(entry.words):
        raise card.wrong("words", "must have a letter each")
    card.done()
    return entry


def _plain(text: str) -> str:
    """Folded, without quotes, hyphens and spaces."""
    return re.sub(r"[\s\-_·「」『』“”\"'《》〈〉()]+", "", fold(text))
