"""The bot's own messages (`tg_*.j2`), and which language a person reads."""

import html
from typing import Any

from bot.answers.base import Answer
from bot.questions import Question
from bot.render import to_html
from core.errors import PaomoError

_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def say(template: str, lang: str, **data: Any) -> str:
    """A whole message in Telegram's HTML; what goes into it is escaped.

    >>> say("id", "en", user=7, chat=7)
    'Your id is <code>7</code>.'
    """
    return to_html(Answer(question=Question(text="", lang=lang, intent="help"), template=f"tg_{template}", data=data))


def line(error: PaomoError) -> str:
    """What went wrong and the way out, as one line of HTML.

    >>> line(PaomoError("1 < 2", hint="try 3"))
    '1 &lt; 2 (try 3)'
    """
    text = f"{error} ({error.hint})" if error.hint else str(error)
    return html.escape(" ".join(text.split()), quote=False)


def language(code: str | None, otherwise: str) -> str:
    """The language of ours nearest to a language code of Telegram's.

    >>> [language(code, "en") for code in ("zh-hant", "zh-TW", "zh-hk", "zh-hans", "zh", "de", None)]
    ['zh-Hant', 'zh-Hant', 'zh-Hant', 'zh-Hans', 'zh-Hans', 'en', 'en']
    """
    first, *rest = (code or "").lower().replace("_", "-").split("-")
    if first == "zh":
        return "zh-Hant" if _TRADITIONAL.intersection(rest) else "zh-Hans"
    return "en" if first == "en" else otherwise
