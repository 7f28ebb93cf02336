"""The commands, in one table: handlers, Telegram's menu and the list in /help are made from it.

What a command does in one line stands in `tg_command.j2`, in each language.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.telegram.desk import Desk, Reply, Said
from bot.telegram.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its name, what answers it, and whether strangers may use it."""

    name: str
    answer: Callable[[Desk, Said], Awaitable[Reply]]
    open: bool = False


COMMANDS = (
    Command(name="ask", answer=Desk.ask),
    Command(name="breakeven", answer=Desk.breakeven),
    Command(name="sentiment", answer=Desk.sentiment),
    Command(name="help", answer=Desk.help),
    Command(name="start", answer=Desk.start),
    Command(name="id", answer=Desk.id, open=True),
)


def menu(lang: str) -> list[tuple[str, str]]:
    """Name and one line for each command, for Telegram's menu and /help.

    >>> menu("en")[0]
    ('ask', 'ask a question: /ask payback at a margin of 30%?')
    """
    return [(command.name, say("command", lang, name=command.name)) for command in COMMANDS]
