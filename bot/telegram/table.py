"""The commands, in one table: handlers, Telegram's menu and the list in /help are made from it.

What a command does in one line stands in `tg_command.j2`, in each language. `TAPS` are the buttons whose data say all: what
they make takes the place of the message that they stand under.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.telegram import checking, mood, shelf, state, subscribing
from bot.telegram.desk import Desk
from bot.telegram.reply import Reply, Said
from bot.telegram.words import say

Work = Callable[[Desk, Said], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its name, what answers it, and whether strangers may use it."""

    name: str
    answer: Work
    open: bool = False


COMMANDS = (
    Command(name="ask", answer=Desk.ask),
    Command(name="breakeven", answer=Desk.breakeven),
    Command(name="check", answer=checking.check),
    Command(name="gauges", answer=shelf.gauge),
    Command(name="sentiment", answer=Desk.sentiment),
    Command(name="report", answer=mood.report),
    Command(name="search", answer=shelf.search),
    Command(name="export", answer=shelf.take_out),
    Command(name="subscribe", answer=subscribing.subscribe),
    Command(name="subscriptions", answer=subscribing.subscriptions),
    Command(name="unsubscribe", answer=subscribing.unsubscribe),
    Command(name="lang", answer=state.lang),
    Command(name="reset", answer=Desk.reset),
    Command(name="health", answer=state.health),
    Command(name="version", answer=state.version),
    Command(name="help", answer=Desk.help),
    Command(name="start", answer=Desk.start),
    Command(name="id", answer=Desk.id, open=True),
)

TAPS: Mapping[str, Work] = {mood.PREFIX: mood.again, state.LANG: state.lang, subscribing.PREFIX: subscribing.tapped}


MORE = ("post",)
"""Commands with handlers of their own: `bot.telegram.correct`."""


def menu(lang: str) -> list[tuple[str, str]]:
    """Name and one line for each command, for Telegram's menu and /help.

    >>> menu("en")[0]
    ('ask', 'ask a question: /ask payback at a margin of 30%?')
    """
    names = (*(command.name for command in COMMANDS), *MORE)
    return [(name, say("command", lang, name=name)) for name in names]
