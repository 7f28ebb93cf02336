"""Between Telegram and the desk: turns an update into `Said`, checks the list, delivers the reply."""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMember,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    Update,
    User,
)
from telegram.error import BadRequest
from telegram.ext import ContextTypes
from telegram.ext.filters import MessageFilter

from bot.questions import MAX_LENGTH
from bot.render import strip
from bot.telegram.access import Access, on_list
from bot.telegram.delivery import Place, deliver, edit, split
from bot.telegram.desk import Desk
from bot.telegram.keyboard import PICTURE, Buttons
from bot.telegram.reply import Reply, Said
from bot.telegram.table import Command, Work
from bot.telegram.words import language, say
from core.config import Settings

_log = logging.getLogger(__name__)
SHORTEST = 3  # characters of an inline question; Telegram asks anew with every one that is typed
INLINE_KEPT = 30  # seconds that Telegram may give the same answer to the same person
Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


class Counter:
    """The handlers."""

    def __init__(self, settings: Settings, desk: Desk, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.desk = desk
        self.access = Access(on_list(settings), clock=clock)
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
        """A question as a button, or a wish for the picture of an answer: a new message."""
        query = update.callback_query
        if query is None or query.message is None or not await self._may_tap(query):
            return
        chat = query.message.chat
        button = self.buttons.tapped(query.data, chat.id)
        said = self._said(chat.id, query.from_user, button.text if button else "", topic=_topic(query.message))
        with contextlib.suppress(BadRequest):  # after a while Telegram takes no answer to a tap
            await query.answer(*() if button else (say("expired", said.lang),))
        if button is None:
            return
        if (query.data or "").startswith(PICTURE) and button.last is not None:
            reply = await self.desk.picture(said, button.last)
        else:
            if button.last is not None:
                self.desk.talks.put(said.talk, button.last)
            reply = await self.desk.ask(said)
        await self._send(context, Place(chat=chat.id, topic=said.topic), reply)

    def on_tap(self, prefix: str, work: Work) -> Handler:
        """The handler of a button whose data say all: what it makes takes the place of the message that it stands under."""

        async def handle(update: Update, context: Context) -> None:
            query = update.callback_query
            if query is None or query.message is None or not await self._may_tap(query):
                return
            message = query.message
            text = (query.data or "").removeprefix(prefix)
            said = self._said(message.chat.id, query.from_user, text, topic=_topic(message))
            with contextlib.suppress(BadRequest):
                await query.answer()
            reply = await work(self.desk, said)
            place = Place(chat=message.chat.id, topic=said.topic, message=message.message_id)
            if reply.anew:
                await self._send(context, Place(chat=place.chat, topic=place.topic), reply)
                return
            picture = isinstance(message, Message) and bool(message.photo)
            await edit(context.bot, place, reply, keyboard=self.buttons.under(reply, place.chat), picture=picture)

        return handle

    async def inline(self, update: Update, context: Context) -> None:
        """A question typed behind the bot's name in any chat: its answer to be sent there, for who is on the list himself."""
        query = update.inline_query
        if query is None:
            return
        said = self._said(query.from_user.id, query.from_user, query.query.strip()[:MAX_LENGTH])
        results, button = [], None
        if not self.access.allowed(user=said.user, chat=said.user):
            button = InlineQueryResultsButton(say("inline_refused", said.lang), start_parameter="id")
        elif len(said.text) >= SHORTEST:
            reply = await self.desk.once(said)
            results = [_article(said.text, reply)] if reply is not None else []
        with contextlib.suppress(BadRequest):  # whoever types on has asked anew by now
            await query.answer(results, cache_time=INLINE_KEPT, is_personal=True, button=button)

    async def moved(self, update: Update, context: Context) -> None:
        """The bot was blocked, or taken out of a group: nothing is sent there any more."""
        change = update.my_chat_member
        if change is None or change.new_chat_member.status not in (ChatMember.BANNED, ChatMember.LEFT):
            return
        if off := await asyncio.to_thread(self.desk.switch_off, change.chat.id):
            _log.info("a chat takes no messages from us any more; its subscriptions (%d) are off", off)

    async def _may_tap(self, query: CallbackQuery) -> bool:
        """Whether somebody may tap; a stranger hears why not, a few times."""
        assert query.message is not None
        said = self._said(query.message.chat.id, query.from_user, "")
        if self.access.allowed(user=said.user, chat=said.chat):
            return True
        if self.access.hears("tap", user=said.user):
            await query.answer(strip(self.desk.refuse(said).html), show_alert=True)
        return False

    async def _heard(self, update: Update, context: Context, command: Command, *, after_command: bool = False) -> None:
        message, user = update.message, update.effective_user
        if message is None or message.text is None or user is None:
            return
        text = "".join(message.text.split(maxsplit=1)[1:]) if after_command else without_mention(message)
        said = self._said(message.chat.id, user, text.strip(), topic=_topic(message), about=_about(message))
        place = Place(
            chat=message.chat.id,
            topic=said.topic,
            message=None if message.chat.type == message.chat.PRIVATE else message.message_id,
        )
        known = self.access.allowed(user=said.user, chat=said.chat)
        if not known and not self.access.hears("id" if command.open else "refusal", user=said.user):
            return
        reply = await command.answer(self.desk, said) if known or command.open else self.desk.refuse(said)
        await self._send(context, place, reply)

    async def _send(self, context: Context, place: Place, reply: Reply) -> None:
        await deliver(context.bot, place, reply, keyboard=self.buttons.under(reply, place.chat))

    def _said(self, chat: int, user: User, text: str, *, topic: int | None = None, about: str | None = None) -> Said:
        lang = self.desk.people.lang(user.id, language(user.language_code, self.settings.lang))
        return Said(chat=chat, user=user.id, text=text, lang=lang, topic=topic, about=about)


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


def _about(message: Message) -> str | None:
    """The words of the message that this one answers, or the part of it that was quoted."""
    answered = message.reply_to_message
    if message.quote is not None:
        return message.quote.text
    return (answered.text or answered.caption) if answered is not None else None


def _article(question: str, reply: Reply) -> InlineQueryResultArticle:
    """An answer as Telegram offers it: the first line to choose by, the first message of it to be sent."""
    words = strip(reply.html)
    content = InputTextMessageContent(split(reply.html)[0])
    id = hashlib.sha256(question.encode()).hexdigest()[:32]
    return InlineQueryResultArticle(id, words.partition("\n")[0][:60], content, description=question[:100])
