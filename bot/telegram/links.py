"""Links that carry a question: `t.me/the_bot?start=q_…` opens the bot and asks it.

Telegram hands over at most 64 characters of letters, digits, `_` and `-`, so the question stands there in base64,
UTF-8: about 46 bytes of it, 15 Chinese characters.
"""

import base64
import binascii
import re

from core.text import clean

PREFIX = "q_"
_PAYLOAD = re.compile(r"q_[A-Za-z0-9_-]{1,62}")
_MOST = 46  # bytes of a question that a payload holds


def payload(question: str) -> str | None:
    """What stands behind `?start=` to ask this; `None` where the question is too long for a link.

    >>> payload("幾年回本?")
    'q_5bm-5bm05Zue5pysPw'
    """
    data = question.strip().encode()
    if not 0 < len(data) <= _MOST:
        return None
    return PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")


def question_in(text: str) -> str | None:
    """The question in what Telegram hands to /start; `None` where there is none, or it was tampered with.

    >>> question_in("q_5bm-5bm05Zue5pysPw"), question_in("q_!"), question_in("")
    ('幾年回本?', None, None)
    """
    if not _PAYLOAD.fullmatch(text):
        return None
    data = text.removeprefix(PREFIX)
    try:
        question = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return clean(question).strip() or None


def link(username: str, question: str) -> str | None:
    """The whole address, or `None` as in `payload`."""
    found = payload(question)
    return f"https://t.me/{username}?start={found}" if found else None
