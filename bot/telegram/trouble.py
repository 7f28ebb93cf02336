"""What happens when sending or handling fails: one line in the log, an apology where somebody waits."""

import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.telegram.desk import where
from bot.telegram.words import language, say

_log = logging.getLogger(__name__)
_HARMLESS = ("message is not modified", "query is too old")


def report(lang: str) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    """The error handler; `lang` is for people whose language is unknown."""

    async def handle(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if error is None or (isinstance(error, BadRequest) and any(what in str(error).lower() for what in _HARMLESS)):
            return
        _log.log(*line(error, waiting=update is not None))
        if isinstance(error, TelegramError) or not isinstance(update, Update) or update.effective_chat is None:
            return
        user = update.effective_user
        with contextlib.suppress(TelegramError):
            await context.bot.send_message(
                update.effective_chat.id, say("sorry", language(user.language_code if user else None, lang))
            )

    return handle


def line(error: Exception, *, waiting: bool) -> tuple[int, str]:
    """Level and text of the log's line. Telegram's own words stand up to their colon: behind it may be a quotation.

    >>> line(Forbidden("Forbidden: bot was blocked by the user"), waiting=True)
    (20, 'a chat does not take our messages (Forbidden)')
    """
    if isinstance(error, Conflict):
        return logging.ERROR, "another program is polling with this token; stop one of the two"
    if isinstance(error, Forbidden):
        return logging.INFO, "a chat does not take our messages (Forbidden)"
    if isinstance(error, BadRequest):
        return logging.WARNING, f"Telegram refused a message: {str(error).partition(':')[0]}"
    if isinstance(error, NetworkError):  # when polling, `reach` has said so already
        what = "an answer may not have arrived" if waiting else "no updates"
        return (logging.WARNING if waiting else logging.DEBUG), f"{what} ({type(error).__name__})"
    if isinstance(error, TelegramError):
        return logging.WARNING, f"Telegram says: {type(error).__name__}"
    return logging.ERROR, f"a message could not be handled: {where(error)}"
