"""The bot's own messages (`tg_*.j2`), and which language a person reads."""

from typing import Any

from bot.answers.base import Answer
from bot.questions import Question
from bot.render import to_html
from core.errors import (
    Busy,
    ConfigError,
    NotAThread,
    NotFound,
    NothingStored,
    PaomoError,
    QuantityError,
    SourceError,
    StoreError,
    UnitMismatch,
    UsageError,
)
from core.text import one_line
from scraper.outcome import OffLimits, Walled

_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def say(template: str, lang: str, **data: Any) -> str:
    """A whole message in Telegram's HTML; what goes into it is escaped.

    >>> say("id", "en", user=7, chat=7)
    'Your id is <code>7</code>.'
    """
    return to_html(Answer(question=Question(text="", lang=lang, intent="help"), template=f"tg_{template}", data=data))


def said_back(text: str) -> str:
    """Somebody's words as a message repeats them: on one line, and cut.

    >>> said_back("a\\nb"), len(said_back("泡" * 4000))
    ('a b', 81)
    """
    return one_line(text, 80)


def trouble(error: PaomoError, lang: str) -> str:
    """What to tell somebody in a chat about an error: what it means for him, in his language, no path and no English.

    The error's own words are for the owner, at his terminal: they name files and commands.

    >>> trouble(StoreError("/home/me/paomo.db: the disk is full"), "en")
    'The posts cannot be read right now. Please try again in a minute; if it stays so, tell the owner of this bot.'
    """
    kind = next((name for known, name in _KINDS if isinstance(error, known)), "other")
    return say("trouble", lang, kind=kind)


_KINDS: tuple[tuple[type[PaomoError], str], ...] = (  # the first that fits
    (Busy, "store"),
    (StoreError, "store"),
    (NotAThread, "no_thread"),
    (NothingStored, "nothing_stored"),
    (NotFound, "nothing"),
    (OffLimits, "foreign"),
    (Walled, "walled"),
    (SourceError, "source"),
    (QuantityError, "amount"),
    (UnitMismatch, "amount"),
    (ConfigError, "other"),
    (UsageError, "usage"),
)


def language(code: str | None, otherwise: str) -> str:
    """The language of ours nearest to a language code of Telegram's.

    >>> [language(code, "en") for code in ("zh-hant", "zh-TW", "zh-hk", "zh-hans", "zh", "de", None)]
    ['zh-Hant', 'zh-Hant', 'zh-Hant', 'zh-Hans', 'zh-Hans', 'en', 'en']
    """
    first, *rest = (code or "").lower().replace("_", "-").split("-")
    if first == "zh":
        return "zh-Hant" if _TRADITIONAL.intersection(rest) else "zh-Hans"
    return "en" if first == "en" else otherwise
