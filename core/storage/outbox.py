"""What is to be sent, so that it is sent once: also across a restart, an outage, a crash.

    planned ──begin──► sending ──sent──► sent
       ▲                  │
       └──── put_back ────┘        given_up: the chat is gone, or it was tried too often

A letter is planned in the transaction that decides on it, once for each slot of a subscription. It is marked before it is
handed to the network and again when its message number is back. Only a program that dies between the two, or a line that
breaks before the answer, leaves it open whether the message arrived. Such a letter is sent again with `doubt` set, and
then says itself that it may be a repeat: a repeat that says so harms less than an alert that never comes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.storage.rows import Row, Sql, stamp
from core.storage.subscribing import Subscription, subscription_of
from core.store import Store

KEPT = timedelta(days=30)
"""How long a letter that was sent is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to send. slot: what it is, once for each subscription; about: what its words are made from."""

    pk: int
    subscription: Subscription
    slot: str
    about: Mapping[str, Any]
    planned_at: datetime
    tries: int
    doubt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Letters by what became of them; doubtful: those that were sent again because nobody knew."""

    waiting: int
    sent: int
    given_up: int
    doubtful: int


def plan(
    sql: Sql,
    subscription: int,
    slot: str,
    about: Mapping[str, Any],
    *,
    now: datetime,
    not_before: datetime | None = None,
) -> bool:
    """Plan a letter; returns whether it is new. Call it in the transaction that decides on it."""
    if planned(sql, subscription, slot):
        return False
    row: Row = {"subscription": subscription, "slot": slot, "about": json.dumps(about, ensure_ascii=False)}
    sql.insert("outbox", row | {"planned_at": stamp(now), "not_before": stamp(not_before or now)})
    for post in about.get("posts", ()):
        sql.run("INSERT OR IGNORE INTO told (subscription, post) VALUES (?, ?)", [subscription, post])
    return True


def planned(sql: Sql, subscription: int, slot: str) -> bool:
    """Whether there is a letter for this slot, whatever became of it."""
    return bool(sql.rows("SELECT 1 FROM outbox WHERE subscription = ? AND slot = ?", [subscription, slot]))


def planned_since(sql: Sql, subscription: int, kind: str, since: datetime) -> list[datetime]:
    """When letters of a kind were planned for a subscription, oldest first."""
    rows = sql.rows(
        "SELECT planned_at FROM outbox WHERE subscription = ? AND slot LIKE ? AND planned_at >= ? ORDER BY planned_at",
        [subscription, f"{kind}:%", stamp(since)],
    )
    return [datetime.fromisoformat(row["planned_at"]) for row in rows]


def waiting(store: Store, now: datetime, *, limit: int = 100) -> list[Letter]:
    """What may be sent now, longest planned first."""
    with store.reading() as sql:
        rows = sql.rows(
            "SELECT o.pk AS letter, o.slot, o.about, o.planned_at, o.tries, o.doubt, s.* FROM outbox o"
            " JOIN subscriptions s ON s.pk = o.subscription"
            " WHERE o.state = 'planned' AND o.not_before <= ? AND s.off IS NULL ORDER BY o.not_before, o.pk LIMIT ?",
            [stamp(now), limit],
        )
    return [
        Letter(
            pk=row["letter"],
            subscription=subscription_of(row),
            slot=row["slot"],
            about=json.loads(row["about"]),
            planned_at=datetime.fromisoformat(row["planned_at"]),
            tries=row["tries"],
            doubt=bool(row["doubt"]),
        )
        for row in rows
    ]


def begin(store: Store, letter: int) -> bool:
    """Mark a letter as handed to the network; returns whether it is still to be sent."""
    with store.writing() as sql:
        if not sql.rows("SELECT 1 FROM outbox WHERE pk = ? AND state = 'planned'", [letter]):
            return False
        sql.run("UPDATE outbox SET state = 'sending', tries = tries + 1 WHERE pk = ?", [letter])
        return True


def sent(store: Store, letter: int, message: int, now: datetime) -> None:
    """Note that a letter arrived, and as which message."""
    with store.writing() as sql:
        sql.run(
            "UPDATE outbox SET state = 'sent', sent_at = ?, message = ?, trouble = NULL WHERE pk = ?",
            [stamp(now), message, letter],
        )


def put_back(store: Store, letter: int, *, not_before: datetime, trouble: str, doubt: bool) -> None:
    """Send a letter again later. doubt: nobody knows whether it arrived."""
    with store.writing() as sql:
        sql.run(
            "UPDATE outbox SET state = 'planned', not_before = ?, trouble = ?, doubt = max(doubt, ?)"
            " WHERE pk = ? AND state = 'sending'",
            [stamp(not_before), trouble, int(doubt), letter],
        )


def give_up(store: Store, letter: int, trouble: str) -> None:
    """Send a letter no more."""
    with store.writing() as sql:
        sql.run("UPDATE outbox SET state = 'given_up', trouble = ? WHERE pk = ?", [trouble, letter])


def recover(store: Store) -> int:
    """After a start: letters that were under way when the program died are sent again, in doubt; returns how many."""
    with store.writing() as sql:
        found = sql.rows("SELECT pk FROM outbox WHERE state = 'sending'")
        sql.run(
            "UPDATE outbox SET state = 'planned', doubt = 1, trouble = 'the program stopped' WHERE state = 'sending'"
        )
        return len(found)


def tidy(store: Store, now: datetime) -> None:
    """Forget letters that are long done."""
    with store.writing() as sql:
        sql.run("DELETE FROM outbox WHERE state IN ('sent', 'given_up') AND planned_at < ?", [stamp(now - KEPT)])


def tally(sql: Sql) -> Tally:
    """How many letters there are, and what became of them."""
    [row] = sql.rows(
        "SELECT total(state IN ('planned', 'sending')) AS waiting, total(state = 'sent') AS sent,"
        " total(state = 'given_up') AS given_up, total(doubt) AS doubtful FROM outbox"
    )
    return Tally(**{name: int(value) for name, value in row.items()})
