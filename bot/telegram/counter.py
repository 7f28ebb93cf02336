"""Between Telegram and the desk: turns an update into `Said`, checks the list, delivers the reply."""

import contextlib
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import MaybeInaccessibleMessage, Message, MessageEntity, Update, User
from telegram.error import BadRequest
from telegram.ext import ContextTypes
from telegram.ext.filters import MessageFilter

from bot.render import strip
from bot.telegram.access import Access
from bot.telegram.delivery import Place, deliver
from bot.telegram.desk import Desk, Reply, Said
from bot.telegram.keyboard import Buttons
from bot.telegram.table import Command
from bot.telegram.words import language, say
from core.config import Settings

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


class Counter:
    """The handlers."""

    def __init__(self, settings: Settings, desk: Desk, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.desk = desk
        self.access = Access(settings.telegram_allow, clock=clock)
        self.buttons = Buttons(clock=clock)

    def on(self, command: Command) -> Handler:
        """The handler of a command."""

        async def handle(update: Update, context: Context) -> None:
            await self._heard(update, context, command, after_command=True)

        return handle

    async def said(self, update: Update, context: Context) -> None:
        """A message that is no command of ours."""
        await self._heard(update, context, Command(name="ask", answer=Desk.ask))

    async def tapped(self, update: Update, context: Context) -> None:
        """A button: its question is answered with a new message."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        chat = query.message.chat
        said = self._said(chat.id, query.from_user, "")
        if not self.access.allowed(user=said.user, chat=said.chat):
            if self.access.hears("tap", user=said.user):
                await query.answer(strip(self.desk.refuse(said).html), show_alert=True)
            return
        button = self.buttons.tapped(query.data, chat.id)
        with contextlib.suppress(BadRequest):  # after a while Telegram takes no answer to a tap
            await query.answer(*() if button else (say("expired", said.lang),))
        if button is None:
            return
        if button.last is not None:
            self.desk.talks.put(said.talk, button.last)
        reply = await self.desk.ask(self._said(chat.id, query.from_user, button.text))
        await self._send(context, Place(chat=chat.id, topic=_topic(query.message)), reply)

    async def _heard(self, update: Update, context: Context, command: Command, *, after_command: bool = False) -> None:
        message, user = update.message, update.effective_user
        if message is None or message.text is None or user is None:
            return
        text = "".join(message.text.split(maxsplit=1)[1:]) if after_command else without_mention(message)
        said = self._said(message.chat.id, user, text.strip())
        place = Place(
            chat=message.chat.id,
            topic=_topic(message),
            message=None if message.chat.type == message.chat.PRIVATE else message.message_id,
        )
        known = self.access.allowed(user=said.user, chat=said.chat)
        if not known and not self.access.hears("id" if command.open else "refusal", user=said.user):
            return
        reply = await command.answer(self.desk, said) if known or command.open else self.desk.refuse(said)
        await self._send(context, place, reply)

    async def _send(self, context: Context, place: Place, reply: Reply) -> None:
        await deliver(context.bot, place, reply.html, keyboard=self.buttons.under(reply, place.chat))

    def _said(self, chat: int, user: User, text: str) -> Said:
        return Said(chat=chat, user=user.id, text=text, lang=language(user.language_code, self.settings.lang))


class Addressed(MessageFilter):
    """A group message that is meant for the bot: it names it, or answers one of its messages."""

    def filter(self, message: Message) -> bool:
        """Whether the message is for us."""
        bot = message.get_bot()
        answered = message.reply_to_message
        return bool(answered and answered.from_user and answered.from_user.id == bot.id) or any(
            _names(entity, words, message) for entity, words in _mentions(message)
        )


def without_mention(message: Message) -> str:
    """A message's text without the bot's own name in it."""
    text = message.text or ""
    for entity, words in _mentions(message):
        if _names(entity, words, message):
            text = text.replace(words, " ", 1)
    return text


def _mentions(message: Message) -> list[tuple[MessageEntity, str]]:
    return list(message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION]).items())


def _names(entity: MessageEntity, words: str, message: Message) -> bool:
    bot = message.get_bot()
    if entity.user is not None:
        return entity.user.id == bot.id
    return words.lower() == f"@{bot.username}".lower()


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    """The topic of a message. Plain replies in a group carry a thread's number too; only a topic's is an address."""
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
