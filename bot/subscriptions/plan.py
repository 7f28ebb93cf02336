"""What is due is put into the outbox: a digest at its time, an alert when something happens. One transaction a subscription."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.subscriptions import when
from core.forum import Board
from core.storage import outbox, subscribing, trends
from core.storage.reading import fts_query
from core.storage.rows import Sql
from core.storage.subscribing import Subscription, Wish
from core.storage.tallies import Scope
from core.store import Store

FRESH = timedelta(days=2)
"""A post that is older is no news, however late it is found."""

LEAST = 10
"""Posts below which a mood is noise and no alert."""

STALE = timedelta(days=3)
"""A newest post that is older says that the crawl stands still; no alert on the mood then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The mood of one board (or all) about one thing (or all), over the days of a wish. mood: ln((1 + bullish) / (1 + bearish))."""

    board: str | None
    entity: str | None
    n: int
    bullish: int
    bearish: int

    @property
    def key(self) -> str:
        """What it is the mood of."""
        return f"{self.board or ''}|{self.entity or ''}"

    @property
    def mood(self) -> float:
        """The bullishness."""
        return math.log((1 + self.bullish) / (1 + self.bearish))


def plan(store: Store, now: datetime, *, allowed: frozenset[int]) -> int:
    """Plan what is due; returns how many letters are new.

    allowed: ids of users and chats; a subscription is served while its chat or the person who made it is on the list
    """
    with store.reading() as sql:
        subscriptions = subscribing.active(sql)
    return sum(_plan_one(store, one, now) for one in subscriptions if {one.chat, one.user} & allowed)


def _plan_one(store: Store, subscription: Subscription, now: datetime) -> int:
    wish = subscription.wish
    if wish.kind == "digest":
        day = when.slot(wish, created=subscription.created_at, now=now)
        if day is None:
            return 0
        slot = f"digest:{day}"
        with store.reading() as sql:
            if outbox.planned(sql, subscription.pk, slot):
                return 0
        with store.writing() as sql:
            return int(outbox.plan(sql, subscription.pk, slot, {"day": day.isoformat()}, now=now))
    with store.reading() as sql:
        news = _crossed(sql, subscription, now) if wish.mood else _posts(sql, subscription, now)
        if news is None:
            return 0
        about, beyond = news
        earlier = outbox.planned_since(sql, subscription.pk, "alert", now - FRESH)
    free = bool(about) and when.may_alert(wish, earlier, now)
    seen = beyond if free else beyond & subscription.beyond  # what cannot be told now is noticed anew later
    if not free and seen == subscription.beyond:
        return 0
    with store.writing() as sql:
        if seen != subscription.beyond:
            subscribing.put_beyond(sql, subscription.pk, seen)
        slot = f"alert:{now.astimezone(UTC).isoformat()}"
        return int(free and outbox.plan(sql, subscription.pk, slot, about, now=now))


def _posts(sql: Sql, subscription: Subscription, now: datetime) -> tuple[dict[str, Any], frozenset[str]] | None:
    """Posts that are new to a subscription; `None` where there are none."""
    wish = subscription.wish
    query = " OR ".join(f"({fts_query(word)})" for word in wish.words) or None
    found = subscribing.matching(sql, subscription, query=query, since=max(subscription.created_at, now - FRESH))
    return ({"posts": found}, frozenset()) if found else None


def _crossed(sql: Sql, subscription: Subscription, now: datetime) -> tuple[dict[str, Any], frozenset[str]] | None:
    """Moods that went past a mark since they were last looked at, and all that are past one; `None` where nothing changed."""
    readings = list(moods(sql, subscription.wish, now))
    seen = {one.key for one in readings}
    beyond = frozenset(one.key for one in readings if _is_beyond(subscription.wish, one.mood))
    beyond |= subscription.beyond - seen  # what cannot be read now has not come back
    if beyond == subscription.beyond:
        return None
    crossed = [one for one in readings if one.key in beyond - subscription.beyond]
    about = [{"board": one.board, "entity": one.entity, "n": one.n, "mood": round(one.mood, 4)} for one in crossed]
    return ({"crossed": about} if about else {}), beyond


def _is_beyond(wish: Wish, mood: float) -> bool:
    return (wish.below is not None and mood <= wish.below) or (wish.above is not None and mood >= wish.above)


def moods(sql: Sql, wish: Wish, now: datetime) -> Iterable[Reading]:
    """The mood for every board and thing of a wish over its days, where there are posts enough and they are not old."""
    for board in wish.boards or (None,):
        place = Board.parse(board) if board else None
        newest = trends.newest(sql, place)
        if newest is None or now.date() - date.fromisoformat(newest) > STALE:
            continue
        start = (date.fromisoformat(newest) - timedelta(days=wish.days - 1)).isoformat()
        for entity in wish.about or (None,):
            scope = Scope(board=place, entities=(entity,) if entity else ())
            sums = trends.sums(sql, scope, start, newest, by="all").get("")
            if sums is not None and sums.n >= LEAST:
                yield Reading(board=board, entity=entity, n=sums.n, bullish=sums.bullish, bearish=sums.bearish)
