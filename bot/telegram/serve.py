"""How the bot starts, runs and stops.

`Application.run_polling` does the same, but a signal in the midst of its start ends in a traceback, it waits for
the network in silence, and a token that is withdrawn leaves it running deaf.
"""

import asyncio
import contextlib
import logging
import secrets
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telegram import BotCommand, Update
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import Application

from bot.telegram import trouble
from bot.telegram.access import on_list
from bot.telegram.crawling import Crawls
from bot.telegram.herald import Herald
from bot.telegram.reach import Reach
from bot.telegram.table import menu
from bot.telegram.webhook import Hook, Listener
from core.config import LANGS, Settings
from core.errors import PaomoError
from core.text import counted

Bot = Application[Any, Any, Any, Any, Any, Any]
REMEDY = "set PAOMO_TELEGRAM_TOKEN to the token that @BotFather gave you"
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER]
PATIENCE = 15.0  # seconds that letters under way have to arrive when the bot is stopped
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How to run. hook: where updates are brought to us, `None` to ask for them; crawl: the command, `None` for no crawl."""

    hook: Hook | None = None
    crawl: Sequence[str] | None = None
    crawl_every: float = 1800.0  # seconds


async def serve(application: Bot, settings: Settings, reach: Reach, mode: Mode | None = None) -> None:
    """Answer, bring letters and crawl until SIGINT or SIGTERM, then finish what is being answered and sent.

    Raises `PaomoError` when Telegram does not know the token, or no longer.
    """
    mode = mode or Mode()
    asked_to_stop = _on_signals()
    updater = application.updater
    assert updater is not None
    herald = Herald(application.bot, settings, now=lambda: datetime.now(UTC))
    listener = _listener(application, mode.hook)
    crawls = asyncio.create_task(_crawl(mode, herald))  # from the start: it needs no Telegram
    try:
        await _first(asked_to_stop.wait(), _open(application, settings, mode, listener))
        if not asked_to_stop.is_set():
            await _first(asked_to_stop.wait(), reach.refused.wait(), _until_done(herald))
    except InvalidToken:
        reach.refused.set()
    finally:
        crawls.cancel()
        await asyncio.gather(crawls, return_exceptions=True)
        if listener is not None:
            await listener.close()
        if updater.running:
            with contextlib.suppress(TelegramError):  # the last poll's error, which `reach` has told
                await updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
    if reach.refused.is_set():
        raise PaomoError("Telegram does not know this token", hint=REMEDY)
    _log.info("stopped")


async def _crawl(mode: Mode, herald: Herald) -> None:
    """Crawl what is followed, if anything is."""
    if mode.crawl is not None:
        await Crawls(mode.crawl, mode.crawl_every, after=herald.wake).run()


def _about_crawl(mode: Mode) -> str:
    if mode.crawl is not None:
        return f"what is followed is crawled every {counted(f'{mode.crawl_every / 60:g}', 'minute')}"
    why = "nothing is followed (paomo follow add cfzh, or PAOMO_BOARDS)" if mode.crawl_every else "as was asked"
    return f"no crawl beside the bot: {why}"


def _listener(application: Bot, hook: Hook | None) -> Listener | None:
    return Listener(application.bot, hook, secrets.token_urlsafe(32), application.update_queue) if hook else None


async def _open(application: Bot, settings: Settings, mode: Mode, listener: Listener | None) -> None:
    """Connect, however long the network takes, and listen."""
    if listener is not None:
        await listener.start()
    await _patiently(application.initialize)
    await _greet(application, settings)
    _log.info("%s", _about_crawl(mode))
    assert application.updater is not None
    await application.start()
    if listener is not None:
        await _patiently(lambda: listener.announce(UPDATES))
        return
    await application.updater.start_polling(
        allowed_updates=UPDATES,
        bootstrap_retries=-1,
        error_callback=lambda error: _log.log(*trouble.line(error, waiting=False)),
    )


async def _patiently(step: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Try until it works; the pauses grow. Raises `InvalidToken`, and `BadRequest` for what will never work."""
    pause = 1.0
    while True:
        try:
            await step()
        except (InvalidToken, BadRequest):
            raise
        except TelegramError:  # `reach` has told
            await asyncio.sleep(pause)
            pause = min(30.0, pause * 1.5)
        else:
            return


async def _until_done(herald: Herald) -> None:
    """Bring letters; when that is cancelled, let those under way arrive first."""
    running = asyncio.create_task(herald.run())
    try:
        await asyncio.shield(running)
    finally:
        herald.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running, PATIENCE)


async def _greet(application: Bot, settings: Settings) -> None:
    """Write the menu in each language and say who is listening."""
    chinese = settings.lang if settings.lang.startswith("zh") else LANGS[0]
    try:
        for code, lang in ((None, settings.lang), ("zh", chinese), ("en", "en")):
            commands = [BotCommand(name, what) for name, what in menu(lang)]
            await application.bot.set_my_commands(commands, language_code=code)
    except InvalidToken:
        raise
    except TelegramError as error:
        _log.warning("the menu of commands could not be written (%s)", type(error).__name__)
    _log.info("@%s is listening; allowed ids: %d", application.bot.username, len(on_list(settings)))
    if not on_list(settings):
        _log.warning(
            "nobody may talk to the bot yet: send it /id, then set PAOMO_TELEGRAM_ALLOW to the number it answers"
        )


async def _first(*steps: Coroutine[Any, Any, object]) -> None:
    """Until one of the steps is done; the others are cancelled. A step's error is raised."""
    tasks = [asyncio.create_task(step) for step in steps]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(event.set))  # also there on Windows
    return event
