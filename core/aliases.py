"""Names: which company, person, index, figure or theme a text speaks of.

One table, `data/aliases.toml`, serves claims, stance and questions alike, so that 老黄 is the same man in all
three. Words are written once, simplified; `core.text` makes other scripts and widths equal to them.

Rules of matching:

- Offsets are into the text as given, also where folding changes its length.
- Longest word wins; mentions of one kind never overlap. Two kinds may (融資餘額 is a metric and a theme).
- A Latin word ends where Latin letters and digits end: `买NVDA吧` speaks of Nvidia, `METAL` not of Meta.
- A space in a word stands for up to two spaces, hyphens, dots or nothing: `open ai` is also OpenAI and open-ai.
- `tickers` are short or mean something else in lower case: they count as written (in capitals) or as `$T`, in
  any case. Those on the table's `cashtag_only` list (AI, IT, ON…) count only as `$T`.
"""

import difflib
import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.cards import DATA, Card, read_card
from core.errors import CardError, NotFound
from core.text import clean, fold, to_simplified

KINDS = ("company", "institution", "person", "group", "index", "asset", "metric", "theme")

_LATIN = "a-z0-9"
_TRADED = ("company", "index", "asset")  # kinds that have cashtags
_GAP = r"[\s·.\-_]{1,2}"
_PLAIN = re.compile(
    r"[\n -~、。《》「」\u4e00-\u9fff]+(?=[\n -~、。《》「」\u4e00-\u9fff]|\Z)"
)  # NFKC and `clean` leave them as they are
_END = ""  # key of a trie node at which a word may end


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One thing that texts speak of.

    id:      stable key; stock tickers for companies (NVDA), capitals for people, lower case for metrics, themes
    kind:    one of `KINDS`; an id is unique within its kind
    words:   spellings that count in any case, simplified; tickers: those that must stand as written or behind `$`
    """

    id: str
    kind: str
    zh_hant: str
    zh_hans: str
    en: str
    words: tuple[str, ...]
    tickers: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        """What to call it in `zh-Hant`, `zh-Hans` or (for anything else) English."""
        return {"zh-Hant": self.zh_hant, "zh-Hans": self.zh_hans}.get(lang, self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where a text speaks of an alias: `source[start:end] == text`; a cashtag's `$` belongs to it."""

    id: str
    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The whole table, indexed for `find` and `get`."""

    aliases: dict[tuple[str, str], Alias]
    words: dict[str, dict[str, str]]  # kind → spelling without gaps → id
    tickers: dict[str, dict[str, str]]  # kind → lower case → as it must be written
    cashtag_only: frozenset[str]


def find(text: str, kinds: Collection[str] | None = None) -> list[Mention]:
    """What a text speaks of, in reading order; `kinds` limits the search (default: all).

    >>> [(m.id, m.text) for m in find("老黃又投Open AI,买NVDA吧", kinds=["company", "person"])]
    [('HUANG', '老黃'), ('OPENAI', 'Open AI'), ('NVDA', 'NVDA')]
    >>> [m.id for m in find("AI is all in on IT", kinds=["company"])]
    []
    """
    wanted = KINDS if kinds is None else tuple(kind for kind in KINDS if kind in set(kinds))
    table = _built_in()
    shown, places = _flatten(text)
    mentions = [mention for kind in wanted for mention in _find_kind(table, kind, text, shown, places)]
    return sorted(mentions, key=lambda mention: (mention.start, -mention.end, KINDS.index(mention.kind)))


def get(id: str, kind: str | None = None) -> Alias:
    """The alias with this id, whatever its case; without `kind`, the first in the order of `KINDS`.

    >>> get("nvda").name("zh-Hans")
    '英伟达'
    """
    aliases = _built_in().aliases
    for candidate in KINDS if kind is None else (kind,):
        for spelling in (id, id.upper(), id.lower()):
            if (candidate, spelling) in aliases:
                return aliases[candidate, spelling]
    near = difflib.get_close_matches(id.upper(), {known.upper() for _, known in aliases}, n=3)
    raise NotFound(f"nothing is called “{id}”", hint=f"near it: {', '.join(near)}" if near else None)


def every(kind: str) -> tuple[Alias, ...]:
    """All aliases of a kind, in the order of the table."""
    return tuple(alias for (known, _), alias in _built_in().aliases.items() if known == kind)


def load(path: Path) -> Table:
    """Read an alias table; `CardError` for unknown keys, duplicate ids and duplicate words of one kind."""
    file = read_card(path)
    cashtag_only = frozenset(word.lower() for word in file.texts("cashtag_only"))
    table = Table(
        aliases={}, words={kind: {} for kind in KINDS}, tickers={kind: {} for kind in KINDS}, cashtag_only=cashtag_only
    )
    for kind in KINDS:
        for card in file.tables(kind):
            _add(table, kind, card)
    file.done()
    return table


def _add(table: Table, kind: str, card: Card) -> None:
    zh = card.text("zh")
    alias = Alias(
        id=card.text("id"),
        kind=kind,
        zh_hant=zh,
        zh_hans=card.maybe_text("zh_hans") or to_simplified(zh),
        en=card.text("en"),
        words=card.texts("words"),
        tickers=card.texts("tickers"),
    )
    card.done()
    if (kind, alias.id) in table.aliases:
        raise CardError(f"{card.file}: {alias.id}: id: is there twice")
    if not alias.words + alias.tickers:
        raise card.wrong("words", "none given")
    table.aliases[kind, alias.id] = alias
    table.tickers[kind] |= {ticker.lower(): ticker for ticker in alias.tickers}
    for key, spellings in (("words", alias.words), ("tickers", alias.tickers)):
        for spelling in spellings:
            if fold(spelling) != spelling.lower():
                raise card.wrong(key, f"“{spelling}” must be written “{fold(spelling)}”")
            other = table.words[kind].get(_squeeze(spelling))
            if other:
                raise card.wrong(key, f"“{spelling}” is already a word of {other}")
            table.words[kind][_squeeze(spelling)] = alias.id


@cache
def _built_in() -> Table:
    return load(DATA / "aliases.toml")


def _squeeze(spelling: str) -> str:
    return re.sub(r"[\s·.\-_]", "", spelling.lower())


def _find_kind(table: Table, kind: str, text: str, shown: str, places: list[int]) -> Iterator[Mention]:
    position, beginning, lowered = 0, _beginning(kind), _lower(shown)
    while begun := beginning.search(lowered, position):
        start = begun.start()
        match = _rest(kind, begun[0]).match(lowered, start)
        if match is None:
            position = start + 1
            continue
        end = match.end()
        word = _squeeze(match[0])
        cashtag = kind in _TRADED and start > 0 and shown[start - 1] == "$"
        written = table.tickers[kind].get(word)
        barred = kind in _TRADED and word in table.cashtag_only
        if written and not cashtag and (barred or shown[start:end] != written):
            position = start + 1
            continue
        position = end
        begin = places[start - cashtag]
        stop = places[bisect_right(places, places[end - 1], lo=end)]
        yield Mention(id=table.words[kind][word], kind=kind, start=begin, end=stop, text=text[begin:stop])


def _flatten(text: str) -> tuple[str, list[int]]:
    """The text in simplified half-width characters, case kept, and where each of its characters came from.

    The second list is one longer than the text: `places[i]` is the start of character i in the source,
    `places[-1]` the source's length.
    """
    flat: list[str] = []
    places: list[int] = []
    here = 0
    while here < len(text):
        if plain := _PLAIN.match(text, here):
            flat.append(plain[0])
            places.extend(range(here, plain.end()))
            here = plain.end()
            continue
        start, here = here, _cluster_end(text, here)
        cluster = unicodedata.normalize("NFKC", clean(text[start:here]))
        flat.append(cluster)
        places.extend([start] * len(cluster))
    shown = "".join(flat)
    simplified = to_simplified(shown)
    if len(simplified) != len(shown):  # no known text does this; one by one is always in step
        simplified = "".join(one if len(one := to_simplified(character)) == 1 else character for character in shown)
    return simplified, [*places, len(text)]


def _cluster_end(text: str, start: int) -> int:
    """Where a character ends with the combining marks that follow it, so that NFKC can join them."""
    here = start + 1
    while here < len(text) and unicodedata.combining(text[here]):
        here += 1
    return here


def _lower(text: str) -> str:
    """Lower case, in step with the text: `İ` would become two characters."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


@cache
def _spellings(kind: str) -> dict[str, list[str]]:
    """All words of a kind by their first character."""
    found: dict[str, list[str]] = {}
    for alias in _built_in().aliases.values():
        if alias.kind == kind:
            for spelling in map(str.lower, alias.words + alias.tickers):
                found.setdefault(spelling[0], []).append(spelling)
    return found


@cache
def _beginning(kind: str) -> re.Pattern[str]:
    """Where a word of a kind may begin: at its first character, a Latin one not inside a Latin word."""
    firsts = "".join(map(re.escape, _spellings(kind)))
    return re.compile(rf"(?<![{_LATIN}])[{firsts}]|(?![{_LATIN}])[{firsts}]" if firsts else "(?!)")


@cache
def _rest(kind: str, first: str) -> re.Pattern[str]:
    """The words of a kind with this first character: a trie, so that a search costs about the same for 10 words or 1,000.

    One pattern for each, made when a text has the character: all of them together would take longer to make than a
    question to answer.
    """
    return re.compile(_trie(_spellings(kind)[first]))


def _trie(words: Iterable[str]) -> str:
    root: dict[str, Any] = {}
    for word in words:
        parts = re.split(r"[\s·.\-_]+", word)
        for gaps in itertools.product(["", " "], repeat=len(parts) - 1):
            node = root
            for step in "".join(itertools.chain(*zip(parts, [*gaps, ""], strict=True))):
                node = node.setdefault(step, {})
            node[_END] = rf"(?![{_LATIN}])" if re.match(f"[{_LATIN}]", word[-1]) else ""
    return _branch(root)


def _branch(node: dict[str, Any]) -> str:
    """Longer words first: the expression tries to go on before it lets a word end."""
    ways = [(_GAP if step == " " else re.escape(step)) + _branch(below) for step, below in node.items() if step != _END]
    if _END in node:
        ways.append(node[_END])
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
