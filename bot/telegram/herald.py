"""Brings letters: plans what is due, sends what is planned, and notes what arrived. Never inside somebody's handler.

A few letters are under way at a time, so that an answer waits for no more than these, and a stop has little to wait for.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.subscriptions import letters
from bot.subscriptions.plan import plan
from bot.telegram.access import on_list
from bot.telegram.delivery import LIMIT, Place, deliver, split, units
from bot.telegram.desk import where
from bot.telegram.keyboard import markup
from bot.telegram.mood import keyboard
from bot.telegram.reply import Reply
from bot.telegram.subscribing import settings_key
from bot.telegram.words import say
from core.config import Settings
from core.errors import PaomoError
from core.forum import Board
from core.storage import outbox, subscribing
from core.storage.outbox import Letter
from core.store import Store

TICK = 10.0  # seconds from one look to the next
AGAIN = 2.0  # the same where the line failed
AT_ONCE = 4  # letters under way
TRIES = 12
PATIENCE = timedelta(
    hours=12
)  # a letter is given up after so many tries, and never before: an outage of a night loses none
_FIRST, _LAST = timedelta(seconds=2), timedelta(minutes=15)  # pauses after a failure, doubling
_TIDY = timedelta(hours=24)
_NEVER_LEFT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
_log = logging.getLogger(__name__)


class Herald:
    """The loop. `wake` makes it look at once, as after a crawl or a new subscription."""

    def __init__(self, bot: Bot, settings: Settings, *, now: Callable[[], datetime]) -> None:
        self.bot, self.settings, self.now = bot, settings, now
        self._wake, self._stopping = asyncio.Event(), False
        self._cut = False  # the line failed in this round
        self._sound = False  # the last round ended well: no letter is under way
        self._tidied: datetime | None = None
        self._told: str | None = None  # the trouble of the last round

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """Begin no further letter; `run` ends when those under way are done."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`. What goes wrong in one round is told in the log and tried again in the next."""
        while not self._stopping:
            try:
                await self.round()
                self._told = None
            except PaomoError as error:
                self._tell(logging.WARNING, error)
            except Exception as error:  # noqa: BLE001 # whatever is wrong with one letter, the next round comes
                self._tell(logging.ERROR, error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), AGAIN if self._cut else TICK)
            self._wake.clear()

    def _tell(self, level: int, error: Exception) -> None:
        """Say what went wrong, once as long as it stays the same."""
        told = where(error)
        if told != self._told:
            _log.log(level, "letters could not be looked after: %s", told)
        self._told = told

    async def round(self) -> int:
        """Plan and send what is due; returns how many letters arrived.

        After a start, and after a round that something ended, letters that were under way then are sent again, in doubt.
        """
        if not self.settings.db.exists():
            return 0
        self._cut = False
        store = await asyncio.to_thread(Store.open, self.settings.db)
        try:
            if not self._sound:
                await asyncio.to_thread(self._recover, store)
            self._sound = False
            await asyncio.to_thread(self._plan, store)
            arrived = await self._send_all(store)
            self._sound = True
            return arrived
        finally:
            await asyncio.to_thread(store.close)

    async def _send_all(self, store: Store) -> int:
        """Send what waits, a few at a time, until nothing does or the line fails."""
        arrived, drafts, places = 0, letters.Drafts(), asyncio.Semaphore(AT_ONCE)

        async def one(letter: Letter) -> bool:
            async with places:
                return not (self._stopping or self._cut) and await self._send(store, letter, drafts)

        while not self._stopping and not self._cut:
            due = await asyncio.to_thread(self._waiting, store)
            if not due:
                break
            ends = await asyncio.gather(*map(one, due), return_exceptions=True)  # none may outlive the round
            for end in ends:
                if isinstance(end, BaseException):
                    raise end
                arrived += end
        return arrived

    def _recover(self, store: Store) -> None:
        if n := outbox.recover(store):
            _log.warning("letters under way when the bot last ended: %d; they are sent again, and say so", n)

    def _plan(self, store: Store) -> None:
        now = self.now()
        if self._tidied is None or now - self._tidied > _TIDY:
            outbox.tidy(store, now)
            self._tidied = now
        plan(store, now, allowed=on_list(self.settings))

    def _waiting(self, store: Store) -> list[Letter]:
        allow = on_list(self.settings)
        found = outbox.waiting(store, self.now())
        return [letter for letter in found if {letter.subscription.chat, letter.subscription.user} & allow]

    async def _send(self, store: Store, letter: Letter, drafts: letters.Drafts) -> bool:
        """Send one letter and note what became of it; returns whether it arrived."""
        reply = await asyncio.to_thread(self._begin, store, letter, drafts)
        if reply is None:
            return False
        to = letter.subscription
        try:
            message = await deliver(self.bot, Place(chat=to.chat, topic=to.topic), reply, keyboard=markup(reply))
        except Exception as error:
            await asyncio.to_thread(self._failed, store, letter, error)
            if not isinstance(error, TelegramError):
                raise
            return False
        number = message.message_id if message else 0
        await asyncio.shield(asyncio.to_thread(outbox.sent, store, letter.pk, number, self.now()))
        return True

    def _begin(self, store: Store, letter: Letter, drafts: letters.Drafts) -> Reply | None:
        """Word a letter and mark it as under way; `None` where it is not to be sent any more."""
        told = letters.data(store, letter, self.now().date(), drafts)
        if told is None:
            outbox.give_up(store, letter.pk, "nothing left to tell")
            return None
        reply = worded(letter, *told)
        return reply if outbox.begin(store, letter.pk) else None

    def _failed(self, store: Store, letter: Letter, error: Exception) -> None:
        chat, now = letter.subscription.chat, self.now()
        if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and "chat not found" in str(error).lower()):
            if off := subscribing.switch_off(store, chat, "blocked"):
                _log.info("a chat takes no messages from us any more; its subscriptions (%d) are off", off)
            return
        if isinstance(error, ChatMigrated):
            subscribing.move(store, chat, error.new_chat_id)
            outbox.put_back(store, letter.pk, not_before=now, trouble="moved", doubt=False)
            return
        worn = letter.tries + 1 >= TRIES and now - letter.planned_at > PATIENCE
        if isinstance(error, BadRequest) or worn:
            _log.warning("a letter was given up: Telegram says %s", str(error).partition(":")[0])
            outbox.give_up(store, letter.pk, type(error).__name__)
            return
        self._cut = self._cut or isinstance(error, NetworkError | InvalidToken)
        pause = min(_LAST, _FIRST * 2 ** min(letter.tries, TRIES))
        if isinstance(error, RetryAfter):
            pause = max(pause, _seconds(error.retry_after))
        trouble, doubt = type(error).__name__, in_doubt(error)
        outbox.put_back(store, letter.pk, not_before=now + pause, trouble=trouble, doubt=doubt)


def in_doubt(error: Exception) -> bool:
    """Whether a message may have arrived although sending it failed: the line broke after it was handed over.

    An answer that says no, such as 429 or 502, leaves no doubt, nor does a line that never came about.

    >>> in_doubt(Forbidden("blocked")), in_doubt(NetworkError("Bad Gateway"))
    (False, False)
    """
    return (
        isinstance(error, NetworkError)
        and error.__cause__ is not None
        and type(error.__cause__).__name__ not in _NEVER_LEFT
    )


def worded(letter: Letter, template: str, told: dict[str, Any]) -> Reply:
    """A letter as a message, with buttons for the report of what it is about and for the chat's subscriptions."""
    to, wish = letter.subscription, letter.subscription.wish
    board = Board.parse(wish.boards[0]) if wish.boards else None
    keys = keyboard(0, board, wish.about[:1], to.lang, anew=True)
    html = say(template, to.lang, **told)
    if units(html) > LIMIT and "sections" in told:  # one letter is one message, so that it arrives whole or not at all
        html = say(
            template, to.lang, **told | {"sections": [{**one, "threads": []} for one in told["sections"]], "words": []}
        )
    return Reply(html=split(html)[0], keys=(*keys[:1], (settings_key(to.lang),)))


def _seconds(value: int | timedelta) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(seconds=value)
