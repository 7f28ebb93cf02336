"""The map of the bot: what it listens to, and in which order."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest

from bot.telegram import correct, logs
from bot.telegram.counter import Addressed, Counter
from bot.telegram.desk import PATIENCE, Asker, Desk
from bot.telegram.keyboard import PICTURE, PREFIX
from bot.telegram.reach import Reach, lines
from bot.telegram.serve import REMEDY, Bot, Mode, serve
from bot.telegram.table import COMMANDS, TAPS
from bot.telegram.trouble import report
from core.config import Settings
from core.errors import PaomoError

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
# An edited message and a channel's post are no new message: neither is answered.
NEW = filters.UpdateType.MESSAGE
PRIVATE = NEW & filters.ChatType.PRIVATE & filters.TEXT
GROUP = NEW & filters.ChatType.GROUPS & filters.TEXT & ~filters.COMMAND


def build_application(
    settings: Settings,
    *,
    engine: Callable[[], Asker] | None = None,
    requests: tuple[BaseRequest, BaseRequest] | None = None,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    patience: float | None = PATIENCE,
) -> Bot:
    """The bot, ready to run. All but the settings and `requests` (for talking, for updates) is there for tests.

    Raises `ConfigError` for a proxy that cannot be used.
    """
    counter = Counter(settings, Desk(settings, engine=engine, clock=clock, now=now, patience=patience), clock=clock)
    application = _connected(settings, requests)
    for command in COMMANDS:
        application.add_handler(CommandHandler(command.name, counter.on(command), filters=NEW))
    correct.register(application, settings)
    application.add_handler(CallbackQueryHandler(counter.tapped, pattern=f"^(?:{PREFIX}|{PICTURE})"))
    for prefix, work in TAPS.items():
        application.add_handler(CallbackQueryHandler(counter.on_tap(prefix, work), pattern=f"^{prefix}"))
    application.add_handler(InlineQueryHandler(counter.inline))
    application.add_handler(ChatMemberHandler(counter.moved, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(PRIVATE, counter.said))  # an unknown command is a question like any other
    application.add_handler(MessageHandler(GROUP & Addressed(), counter.said))
    application.add_error_handler(report(settings.lang))
    return application


def run(settings: Settings, mode: Mode | None = None, *, verbose: bool = False) -> None:
    """Answer until SIGINT or SIGTERM, then finish what is being answered and return.

    Raises `PaomoError` for a token that is none or that Telegram does not know, `ConfigError` for a proxy that cannot be used.
    """
    token = settings.telegram_token or ""
    if not _TOKEN.fullmatch(token):
        raise PaomoError("this is no Telegram token: one is digits, a colon, letters", hint=REMEDY)
    logs.set_up(token, verbose=verbose)
    reach = Reach()
    application = build_application(settings, requests=lines(settings, reach))
    asyncio.run(serve(application, settings, reach, mode))


def _connected(settings: Settings, requests: tuple[BaseRequest, BaseRequest] | None) -> Bot:
    talking, updates = requests or lines(settings, Reach())
    builder = (
        Application.builder()
        .token(settings.telegram_token or "")
        .request(talking)
        .get_updates_request(updates)
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        # evenly 25 a second: with a burst of 30 Telegram's flood control ate a third of a broadcast
        .rate_limiter(AIORateLimiter(overall_max_rate=1, overall_time_period=0.04, max_retries=5))
        .concurrent_updates(32)
        .job_queue(None)
    )
    if settings.telegram_api:
        builder = builder.base_url(f"{settings.telegram_api}/bot").base_file_url(f"{settings.telegram_api}/file/bot")
    return builder.build()
