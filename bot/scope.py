"""Which posts somebody means, in free words: boards, companies and themes, a number of days."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from core import aliases
from core.forum import Board
from core.storage import subscribing
from core.store import Store
from core.text import fold
from nlp.entities import STORED, TRADED

_SITED = re.compile(r"(?<![\w:])([a-z]+):[\w.@-]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w-]*")
_UNITS = {"天": 1, "日": 1, "d": 1, "day": 1, "days": 1, "週": 7, "周": 7, "w": 7, "week": 7, "weeks": 7, "個月": 30, "个月": 30, "month": 30, "months": 30}  # fmt: skip
_DAYS = re.compile(rf"(?<![\w:.−-])(0*[1-9]\d{{0,2}})\s?({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![A-Za-z])", re.IGNORECASE)  # fmt: skip
_HOME = Board(site="wenxuecity", name="cfzh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was named. about: entities as the store writes them, `kind:id`; days: how far back; rest: the words that are left."""

    boards: tuple[Board, ...] = ()
    about: tuple[str, ...] = ()
    days: int | None = None
    rest: str = ""


def scope_asked(store: Store, text: str) -> Asked:
    """`read_scope` with the boards that the database knows."""
    with store.reading() as sql:
        known = subscribing.boards(sql)
    return read_scope(text, known)


def read_scope(text: str, known: Iterable[Board]) -> Asked:
    """Take boards, names and a number of days out of a text; `known` are the boards that may be named without their forum.

    >>> asked = read_scope("cfzh 輝達 30天 抄底", [])
    >>> [str(board) for board in asked.boards], asked.about, asked.days, asked.rest
    (['wenxuecity:cfzh'], ('company:NVDA',), 30, '抄底')
    """
    boards, text = _boards(text, (*known, _HOME))
    days = None
    if match := _DAYS.search(text):
        days = int(match[1]) * _UNITS[match[2].lower()]
        text = _without(text, [match.span()])
    about, text = _names(text)
    return Asked(boards=tuple(boards), about=about, days=days, rest=" ".join(text.split()))


def name_of(entity: str, lang: str) -> str:
    """What to call an entity.

    >>> name_of("company:NVDA", "zh-Hant")
    '輝達'
    """
    kind, _, id = entity.partition(":")
    return aliases.get(id, kind).name(lang)


def title_of(board: Board | str | None, about: Iterable[str], lang: str) -> str:
    """A board and names on one line; empty for everything.

    >>> title_of("wenxuecity:cfzh", ["company:NVDA"], "en")
    'wenxuecity:cfzh · Nvidia'
    """
    return " · ".join([*([str(board)] if board else []), *(name_of(entity, lang) for entity in about)])


def _boards(text: str, known: Sequence[Board]) -> tuple[list[Board], str]:
    named = {board.name.lower(): board for board in reversed(known)}
    sites = _sites()
    found, spans = [], []
    for match in _SITED.finditer(text):
        site, _, name = match[0].partition(":")
        if site.lower() not in sites:
            continue
        found.append(_spelt(Board(site=sites[site.lower()], name=name), known))
        spans.append(match.span())
    text = _without(text, spans)
    spans = []
    for match in _WORD.finditer(text):
        if board := named.get(match[0].lower()):
            found.append(board)
            spans.append(match.span())
    return list(dict.fromkeys(found)), _without(text, spans)


@cache
def _sites() -> dict[str, str]:
    """Names of forums, by how they are written small."""
    from scraper.sites import SITES  # brings what reads pages: only when somebody names a board

    return {site.name.lower(): site.name for site in SITES}


def _spelt(board: Board, known: Sequence[Board]) -> Board:
    """The board as it is known, where only capitals differ."""
    return next((one for one in known if str(one).lower() == str(board).lower()), board)


def _names(text: str) -> tuple[tuple[str, ...], str]:
    """Entities by the table of names; a ticker in small letters counts where it stands alone."""
    mentions = aliases.find(text, STORED)
    found = {(mention.start, mention.end): f"{mention.kind}:{mention.id}" for mention in mentions}
    for match in _WORD.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in found):
            continue
        if entity := _by_id().get(fold(match[0])):
            found[match.span()] = entity
    return tuple(dict.fromkeys(found[span] for span in sorted(found))), _without(text, found)


def _by_id() -> dict[str, str]:
    return {
        alias.id.lower(): f"{kind}:{alias.id}" for kind in TRADED for alias in aliases.every(kind) if len(alias.id) > 1
    }


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text
