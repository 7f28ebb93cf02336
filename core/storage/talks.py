"""The last question of each talk, so that “那30%呢?” is understood after a restart too.

A talk is one person in one chat: in a group nobody changes another's answer. What was said is kept for an hour and is
then removed, not only passed over.
"""

from datetime import datetime, timedelta

from core.storage.rows import stamp
from core.store import Store

KEPT = timedelta(hours=1)
Talk = tuple[int, int]  # chat and user, as the messenger numbers them


def remember(store: Store, talk: Talk, question: str, *, now: datetime) -> None:
    """Keep `question` (any text of the caller's) as the talk's last, and forget what is over an hour old in any talk."""
    with store.writing() as sql:
        sql.run("DELETE FROM talks WHERE asked_at <= ?", [stamp(now - KEPT)])
        sql.run(
            "INSERT INTO talks (chat, user, question, asked_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (chat, user) DO UPDATE SET question = excluded.question, asked_at = excluded.asked_at",
            [*talk, question, stamp(now)],
        )


def recall(store: Store, talk: Talk, *, now: datetime) -> str | None:
    """The talk's last question, or `None` where there is none of the last hour."""
    with store.reading() as sql:
        rows = sql.rows(
            "SELECT question FROM talks WHERE chat = ? AND user = ? AND asked_at > ?", [*talk, stamp(now - KEPT)]
        )
    return str(rows[0]["question"]) if rows else None


def forget(store: Store, talk: Talk) -> None:
    """What /reset does: nothing of the talk is left."""
    with store.writing() as sql:
        sql.run("DELETE FROM talks WHERE chat = ? AND user = ?", [*talk])
