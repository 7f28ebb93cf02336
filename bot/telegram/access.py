"""Closed by default: who is on the list is served; a stranger hears so a few times a minute, then nothing."""

import time
from collections.abc import Callable

from bot.telegram.recent import Recent
from core.config import Settings

REPLIES = 3  # of one kind, to one stranger, within
WINDOW = 60.0  # seconds
STRANGERS = 1000


class Access:
    """The allow-list and the patience with those who are not on it.

    >>> access = Access(frozenset({7, -100}))
    >>> access.allowed(user=7, chat=1), access.allowed(user=8, chat=-100), access.allowed(user=8, chat=8)
    (True, True, False)
    """

    def __init__(self, allow: frozenset[int], *, clock: Callable[[], float] = time.monotonic) -> None:
        self.allow = allow
        self._heard: Recent[tuple[str, int], int] = Recent(STRANGERS, seconds=WINDOW, clock=clock)

    def allowed(self, *, user: int, chat: int) -> bool:
        """Whether the user, or everyone in the chat, may talk to the bot."""
        return user in self.allow or chat in self.allow

    def hears(self, kind: str, *, user: int) -> bool:
        """Whether a stranger gets one more reply of this kind; silence begins anew with every reply asked for."""
        count = (self._heard.get((kind, user)) or 0) + 1
        self._heard.put((kind, user), min(count, REPLIES + 1))
        return count <= REPLIES


def on_list(settings: Settings) -> frozenset[int]:
    """Ids of the users and chats that are served: those on the allow-list, and the admins."""
    return settings.telegram_allow | settings.telegram_admins
