"""Who is bullish and who is bearish: counts of what posters say, never an opinion of ours."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from bot.answers import computed
from bot.answers.base import Answer, Shown, World
from bot.questions import Question
from core import aliases
from core.errors import NotFound, StoreError
from core.sentiment import Stance
from core.storage.rows import StoredThread, ThreadLine
from core.storage.tallies import Scope, Sums
from core.store import Store

WINDOW = 7
FEW = 30
JUDGED = "stored posts, judged by the stance model"
_THREAD = re.compile(
    r"https?://\S{8,}|(?:#|thread\s|帖子?|串)\s?(?P<id>\d{1,10})(?!\d)|(?<![\d.])(?P<bare>\d{4,10})(?=\s?(?:这|這)?(?:楼|樓|帖|串|thread))",
    re.IGNORECASE,
)


def names_thread(text: str) -> bool:
    """Whether a text names a thread, by its id or its address.

    >>> [names_thread(text) for text in ("#31152", "thread 31152", "OpenAI 2026")]
    [True, True, False]
    """
    return _THREAD.search(text) is not None


def forum_sentiment(question: Question, world: World) -> Answer:
    """The last seven days on which there were posts, or the period, company or thread that the question names."""
    from nlp import trend

    store = world.store()
    if store is None:
        return Answer(question=question, template="no_posts")
    asked = _THREAD.search(question.text)
    latest: list[ThreadLine] = []
    with store:
        thread = _thread(store, asked) if asked else None
        if asked and thread is None:
            return Answer(
                question=question, template="no_thread", data={"asked": (asked["id"] or asked["bare"] or asked[0])[:80]}
            )
        if thread is not None:
            judged = [(post.post, post.sentiment) for post in thread.posts if post.sentiment]
            days = [post.published_local.date() if post.published_local else world.today for post, _ in judged]
            sums = trend.sums_of((sentiment.label, post.author_key) for post, sentiment in judged)
        else:
            days, sums = _window(store, question)
            latest = store.threads(limit=3) if "entity" not in question.slots and "period" not in question.slots else []
    if not sums.n:
        return Answer(
            question=question,
            template="no_mentions" if question.slots.keys() & {"entity", "period"} else "no_posts",
            data={"entity": question.slots.get("entity")},
        )
    total = trend.mood_of(sums)
    counts = {Stance.BEARISH: total.bearish, Stance.NEUTRAL: total.neutral, Stance.BULLISH: total.bullish}
    data = {
        "thread": thread, "first": min(days), "last": max(days), "latest": latest, "entity": question.slots.get("entity"),
        "total": total, "authors": sums.authors, "few": sums.n < FEW, "threshold": FEW,
        "shares": {stance.value: count / sums.n for stance, count in counts.items()},
    }  # fmt: skip
    return Answer(
        question=replace(question, slots={**question.slots, "scope": "thread" if thread else "window", "n": sums.n}),
        template="sentiment",
        data=data,
        figures=tuple(_figures(counts, max(days), thread.url if thread else None)),
    )


def _window(store: Store, question: Question) -> tuple[list[date], Sums]:
    """The posts of the period and about what the question names; without either, of the last week with posts.

    Returns the days on which there were some, and their sums.
    """
    from bot.pipeline import catch_up
    from core.storage import trends

    period, entity = question.slots.get("period"), question.slots.get("entity")
    kind = aliases.get(str(entity)).kind if entity else None
    if entity:
        with contextlib.suppress(StoreError):  # a crawl is writing: what it has not read yet is not counted yet
            catch_up(store)
    with store.snapshot() as sql:
        scope = Scope(entities=(f"{kind}:{entity}",) if entity else ())
        newest = trends.newest(sql, None)
        if newest is None:
            return [], Sums()
        start, end = trends.FIRST, trends.LAST
        if period:
            start, end = str(period), f"{period}~"  # the days that begin like the period: 2025, 2025-09
        elif not entity:
            start = (date.fromisoformat(newest) - timedelta(days=WINDOW - 1)).isoformat()
        days = trends.sums(sql, scope, start, end, by="day")
        whole = trends.sums(sql, scope, start, end, by="all")
    return [date.fromisoformat(day) for day in days], whole.get("", Sums())


def _figures(counts: dict[Stance, int], last: date, url: str | None) -> Iterable[Shown]:
    for stance, count in counts.items():
        yield computed.count(stance.value, count, url or JUDGED, as_of=last.isoformat())


def _thread(store: Store, asked: re.Match[str]) -> StoredThread | None:
    try:
        return store.thread(asked["id"] or asked["bare"] or asked[0])
    except NotFound:
        return None
