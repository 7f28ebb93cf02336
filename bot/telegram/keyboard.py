"""Follow-up questions as buttons. Telegram gives a button 64 bytes, so it carries a number and the question stays here."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.questions import Question
from bot.telegram.recent import Recent
from bot.telegram.reply import Reply

PREFIX = "ask:"
PICTURE = "pic:"
BUTTONS = 5000
DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """What a button asks, in which chat, and the question that it goes on from."""

    chat: int
    text: str
    last: Question | None


class Buttons:
    """The buttons of the last day. Their numbers are random: one from before a restart is unknown, never another's."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: Recent[str, Button] = Recent(BUTTONS, seconds=DAY, clock=clock)

    def under(self, reply: Reply, chat: int) -> InlineKeyboardMarkup | None:
        """The keyboard for a reply: its own buttons, then one question a row; `None` where it offers none."""
        rows = _rows(reply)
        if reply.pictured:
            data = PICTURE + secrets.token_urlsafe(9)
            self._kept.put(data, Button(chat=chat, text="", last=reply.question))
            rows.append([InlineKeyboardButton("📊", callback_data=data)])
        for text in reply.followups:
            data = PREFIX + secrets.token_urlsafe(9)
            self._kept.put(data, Button(chat=chat, text=text, last=reply.question))
            rows.append([InlineKeyboardButton(text, callback_data=data)])
        return InlineKeyboardMarkup(rows) if rows else None

    def tapped(self, data: str | None, chat: int) -> Button | None:
        """What a tapped button asks; `None` where it has expired or belongs to another chat."""
        button = self._kept.get(data or "")
        return button if button and button.chat == chat else None


def markup(reply: Reply) -> InlineKeyboardMarkup | None:
    """The keyboard of a reply that asks no questions, `None` where it has none."""
    return InlineKeyboardMarkup(_rows(reply)) if reply.keys else None


def _rows(reply: Reply) -> list[list[InlineKeyboardButton]]:
    return [[InlineKeyboardButton(key.text, callback_data=key.data) for key in row] for row in reply.keys]
