"""Who reads what: people's languages and zones, and the subscriptions of chats. What is sent is in `core.storage.outbox`.

People and chats are Telegram's numbers, nothing else is known of them.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from core.forum import Board
from core.storage.rows import Row, Sql, readable, stamp
from core.store import Store

MOST = 20
"""Subscriptions that one chat may have."""

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to hear of, and when.

    kind:      `digest` (at a time of day) or `alert` (when something happens)
    boards:    `site:name`, none for all; about: entities, `kind:id`; words: to look for, each a word or a phrase
    at:        time of day of a digest, `HH:MM` on the clock of `zone`, an IANA name; weekdays: 0 is Monday
    quiet:     from when to when nothing is sent but a digest at its own time; may go over midnight
    below, above: an alert when the bullishness of the last `days` days falls or rises to this
    cooldown:  hours from one alert to the next, at least; budget: alerts a day at most, by the clock of `zone`
    """

    kind: str
    zone: str
    boards: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    at: str = "08:00"
    weekdays: tuple[int, ...] = EVERY_DAY
    quiet: tuple[str, str] | None = None
    below: float | None = None
    above: float | None = None
    days: int = 3
    cooldown: float = 6.0
    budget: int = 3

    @property
    def mood(self) -> bool:
        """Whether it is an alert on the mood, not on posts."""
        return self.below is not None or self.above is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A wish of a chat. off: why nothing is sent any more, if so; beyond: where the mood was past its mark when last seen."""

    pk: int
    chat: int
    topic: int | None
    user: int
    lang: str
    wish: Wish
    created_at: datetime
    off: str | None = None
    beyond: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What somebody set for himself; `None` where he did not."""

    lang: str | None = None
    zone: str | None = None


def people(store: Store) -> dict[int, Person]:
    """Everybody who set something."""
    with store.reading() as sql:
        rows = sql.rows("SELECT * FROM people")
    return {row["user"]: Person(lang=row["lang"], zone=row["zone"]) for row in rows}


def put_person(store: Store, user: int, person: Person) -> None:
    """Keep what somebody set, in place of what he set before."""
    with store.writing() as sql:
        sql.run("INSERT OR REPLACE INTO people (user, lang, zone) VALUES (?, ?, ?)", [user, person.lang, person.zone])


def add(
    store: Store, wish: Wish, *, chat: int, topic: int | None, user: int, lang: str, now: datetime
) -> Subscription | None:
    """Subscribe a chat, or find that it is subscribed to just this; `None` where it has too many."""
    told = _written(wish)
    with store.writing() as sql:
        for known in _of_chat(sql, chat):
            if (known.topic, known.wish) == (topic, wish):
                if known.off is None:
                    return known
                sql.run("DELETE FROM subscriptions WHERE pk = ?", [known.pk])
        if len(_of_chat(sql, chat)) >= MOST:
            return None
        row: Row = {"chat": chat, "topic": topic, "user": user, "lang": lang, "wish": told, "created_at": stamp(now)}
        pk = sql.insert("subscriptions", row)
        return subscription_of(sql.rows("SELECT * FROM subscriptions WHERE pk = ?", [pk])[0])


def of_chat(store: Store, chat: int) -> list[Subscription]:
    """A chat's subscriptions, also those that are off, oldest first."""
    with store.reading() as sql:
        return _of_chat(sql, chat)


def remove(store: Store, chat: int, pks: Collection[int]) -> int:
    """End subscriptions of a chat with all that waits to be sent for them; returns how many there were."""
    with store.writing() as sql:
        found = [one.pk for one in _of_chat(sql, chat) if one.pk in pks]
        for pk in found:
            sql.run("DELETE FROM subscriptions WHERE pk = ?", [pk])
        return len(found)


def active(sql: Sql) -> list[Subscription]:
    """All that are not off."""
    return [subscription_of(row) for row in sql.rows("SELECT * FROM subscriptions WHERE off IS NULL ORDER BY pk")]


def switch_off(store: Store, chat: int, why: str) -> int:
    """Send nothing to a chat any more; returns how many subscriptions that were on are off now."""
    with store.writing() as sql:
        found = [one.pk for one in _of_chat(sql, chat) if one.off is None]
        sql.run("UPDATE subscriptions SET off = ? WHERE chat = ? AND off IS NULL", [why, chat])
        sql.run(
            "UPDATE outbox SET state = 'given_up', trouble = ? WHERE state IN ('planned', 'sending')"
            " AND subscription IN (SELECT pk FROM subscriptions WHERE chat = ?)",
            [why, chat],
        )
        return len(found)


def move(store: Store, old: int, new: int) -> None:
    """A group became a supergroup: its number changed, and topics have no meaning any more."""
    with store.writing() as sql:
        sql.run("UPDATE subscriptions SET chat = ?, topic = NULL WHERE chat = ?", [new, old])


def put_beyond(sql: Sql, pk: int, beyond: Iterable[str]) -> None:
    """Remember where the mood is past its mark."""
    sql.run("UPDATE subscriptions SET beyond = ? WHERE pk = ?", [json.dumps(sorted(beyond)), pk])


def matching(sql: Sql, subscription: Subscription, *, query: str | None, since: datetime) -> list[int]:
    """Judged posts that a subscription has not been told of: on its boards, with one of its names or words, oldest first.

    query: its words for the full-text index, as `core.storage.reading.fts_query` writes them, with OR between; since: no post that was
    first seen, or written, before. What a first walk brings of a board's past is no news and is left out.
    """
    wish = subscription.wish
    wanted = (
        ["p.pk IN (SELECT post FROM mentions WHERE entity IN (SELECT value FROM json_each(:about)))"]
        if wish.about
        else []
    )
    wanted += ["p.pk IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH :query)"] if query else []
    rows = sql.rows(
        "SELECT p.pk FROM posts p JOIN sentiments s ON s.post = p.pk"  # noqa: S608 (constants)
        " WHERE p.first_seen >= :since AND p.backfill = 0 AND NOT p.deleted AND p.forgotten IS NULL"
        " AND coalesce(p.published_utc, p.first_seen) >= :since"
        " AND (:boards = '[]' OR p.site || ':' || coalesce(p.board, '') IN (SELECT value FROM json_each(:boards)))"
        f" AND ({' OR '.join(wanted) or '0'})"
        " AND NOT EXISTS (SELECT 1 FROM told WHERE told.subscription = :pk AND told.post = p.pk) ORDER BY p.pk LIMIT 200",
        {
            "since": stamp(since),
            "boards": json.dumps(wish.boards),
            "about": json.dumps(wish.about),
            "query": query or "",
            "pk": subscription.pk,
        },
    )  # fmt: skip
    return [row["pk"] for row in rows]


def boards(sql: Sql) -> list[Board]:
    """Every board that has posts."""
    rows = sql.rows("SELECT DISTINCT site, board FROM threads WHERE board IS NOT NULL ORDER BY site, board")
    return [Board(site=row["site"], name=row["board"]) for row in rows]


def _of_chat(sql: Sql, chat: int) -> list[Subscription]:
    return [subscription_of(row) for row in sql.rows("SELECT * FROM subscriptions WHERE chat = ? ORDER BY pk", [chat])]


def subscription_of(row: Row) -> Subscription:
    """A row of the table."""
    with readable("subscription", row["pk"]):
        return Subscription(
            pk=row["pk"],
            chat=row["chat"],
            topic=row["topic"],
            user=row["user"],
            lang=row["lang"],
            wish=_read(row["wish"]),
            created_at=datetime.fromisoformat(row["created_at"]),
            off=row["off"],
            beyond=frozenset(json.loads(row["beyond"])),
        )


def _written(wish: Wish) -> str:
    return json.dumps(asdict(wish), ensure_ascii=False)


def _read(text: str) -> Wish:
    known = {field.name for field in fields(Wish)}
    told: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in known}
    told |= {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return Wish(**told)
