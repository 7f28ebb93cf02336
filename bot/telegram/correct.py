"""`/post ID` shows what the model makes of a post; an admin corrects it with a button.

A correction is a label like those of `paomo label`: `paomo train --add` learns from it, and nothing is changed at once.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update, User
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.quoting import link
from bot.render import strip
from bot.telegram.access import Access, on_list
from bot.telegram.delivery import Place, deliver
from bot.telegram.reply import Reply
from bot.telegram.serve import Bot
from bot.telegram.words import language, say, trouble
from core.config import Settings
from core.errors import NotFound, PaomoError
from core.sentiment import Stance
from core.storage import labels
from core.storage.labels import Label
from core.store import Store
from core.text import one_line

PREFIX = "fix:"
Context = ContextTypes.DEFAULT_TYPE
_DATA = re.compile(PREFIX + r"([0-9]{1,18}):([0-9a-f]{8}):([123o])")
_LABELS = {"1": (Stance.BEARISH, "▼"), "2": (Stance.NEUTRAL, "·"), "3": (Stance.BULLISH, "▲")}
_SHOWN = 600  # characters of the post


def register(application: Bot, settings: Settings) -> None:
    """Add the command and its buttons; before the handler that takes every text for a question."""
    desk = Corrections(settings)
    application.add_handler(CommandHandler("post", desk.asked, filters=filters.UpdateType.MESSAGE))
    application.add_handler(CallbackQueryHandler(desk.tapped, pattern=f"^{PREFIX}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is shown of a post: HTML, and the buttons' data if they may be shown."""

    html: str
    post: int
    mark: str


class Corrections:
    """The handlers. `now` is there for tests."""

    def __init__(self, settings: Settings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings = settings
        self.access = Access(on_list(settings))
        self._now = now

    async def asked(self, update: Update, _context: Context) -> None:
        """`/post ID`: those on the list see the verdict, admins the buttons too."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        lang = self._lang(user)
        place = Place(chat=message.chat.id, message=message.message_id)
        if not self.access.allowed(user=user.id, chat=message.chat.id):
            if self.access.hears("post", user=user.id):
                await deliver(message.get_bot(), place, Reply(html=say("refused", lang, user=user.id)))
            return
        which = "".join((message.text or "").split(maxsplit=1)[1:]).strip()
        if not which:
            await deliver(message.get_bot(), place, Reply(html=say("which_post", lang)))
            return
        try:
            shown = await asyncio.to_thread(self._show, which, lang)
        except PaomoError as error:
            none = isinstance(error, NotFound)
            told = say("post_none", lang, which=which[:40]) if none else trouble(error, lang)
            await deliver(message.get_bot(), place, Reply(html=told))
            return
        buttons = _keyboard(shown) if self._may(user) else None
        await deliver(message.get_bot(), place, Reply(html=shown.html), keyboard=buttons)

    async def tapped(self, update: Update, _context: Context) -> None:
        """A button: only an admin's counts, whoever else may see it."""
        query = update.callback_query
        if query is None:
            return
        lang = self._lang(query.from_user)
        found = _DATA.fullmatch(query.data or "")
        if not self._may(query.from_user) or found is None:
            refused = say("refused", lang, user=query.from_user.id) if found else say("expired", lang)
            with contextlib.suppress(BadRequest):  # after a while Telegram takes no answer to a tap
                await query.answer(strip(refused), show_alert=True)
            return
        number, mark, key = found.groups()
        try:
            shown = await asyncio.to_thread(self._correct, int(number), mark, key, query.from_user.id, lang)
        except PaomoError as error:
            told = say("post_changed", lang) if isinstance(error, NotFound) else trouble(error, lang)
            with contextlib.suppress(BadRequest):
                await query.answer(strip(told)[:200], show_alert=True)
            return
        with contextlib.suppress(BadRequest):
            await query.answer()
        with contextlib.suppress(BadRequest):  # the same button twice: Telegram will not change a message into itself
            await query.edit_message_text(shown.html, reply_markup=_keyboard(shown))

    def _may(self, user: User) -> bool:
        return user.id in self.settings.telegram_admins

    def _lang(self, user: User) -> str:
        return language(user.language_code, self.settings.lang)

    def _show(self, which: str, lang: str) -> Message:
        with Store.open(self.settings.db, readonly=True) as store:
            found = store.thread(which)
            row = next((row for row in found.posts if row.post.id == which), found.posts[0])
            return _message(store, labels.post(store, row.pk), lang)

    def _correct(self, number: int, mark: str, key: str, user: int, lang: str) -> Message:
        """Keep the label, if the post still says what was shown."""
        with Store.open(self.settings.db, create=False) as store:
            post = labels.post(store, number)
            if not post.mark.startswith(mark):
                raise NotFound(f"post {number} says something else by now", hint="ask for it again with /post")
            stance, off = (Stance.NEUTRAL, True) if key == "o" else (_LABELS[key][0], False)
            who = f"telegram:{user}"
            labels.put(store, Label(post=number, mark=post.mark, label=stance, off=off, who=who, at=self._now()))
            return _message(store, post, lang)


def _message(store: Store, post: labels.Post, lang: str) -> Message:
    judged, given = labels.judged(store, post.pk), labels.of(store, post.pk)
    words = {
        "text": one_line(post.text, _SHOWN),
        "url": link(post.url),
        "label": judged.label.value if judged else None,
        "p": max(judged.p) if judged else None,
        "said": given.label.value if given and given.label else None,
        "off": bool(given and given.off),
    }
    return Message(html=say("post", lang, **words), post=post.pk, mark=post.mark[:8])


def _keyboard(shown: Message) -> InlineKeyboardMarkup:
    """The three stances, and off topic."""

    def button(text: str, key: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=f"{PREFIX}{shown.post}:{shown.mark[:8]}:{key}")

    return InlineKeyboardMarkup([[*(button(mark, key) for key, (_, mark) in _LABELS.items()), button("∅", "o")]])
