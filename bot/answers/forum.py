"""Who is bullish and who is bearish: counts of what posters say, never an opinion of ours."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.answers.base import Answer, Shown, World
from bot.questions import Question
from core import aliases
from core.errors import NotFound
from core.quantity import Quantity, Unit
from core.rows import Daily, StoredThread
from core.sentiment import Stance
from core.store import Store

WINDOW = 7
FEW = 30
_THREAD = re.compile(
    r"https?://\S{8,}|(?:#|thread\s|帖子?|串)\s?(?P<id>\d{1,10})(?!\d)|(?<![\d.])(?P<bare>\d{4,10})(?=\s?(?:这|這)?(?:楼|樓|帖|串|thread))",
    re.IGNORECASE,
)


def forum_sentiment(question: Question, world: World) -> Answer:
    """The last seven days on which there were posts, or the period, company or thread that the question names."""
    from nlp import trend

    store = world.store()
    if store is None:
        return Answer(question=question, template="no_posts")
    asked = _THREAD.search(question.text)
    with store:
        thread = _thread(store, asked) if asked else None
        if asked and thread is None:
            return Answer(
                question=question, template="no_thread", data={"asked": (asked["id"] or asked["bare"] or asked[0])[:80]}
            )
        if thread is not None:
            judged = [(p.post.published_local, p.sentiment, p.post.author_key) for p in thread.posts if p.sentiment]
            rows = [(at.date() if at else world.today, sentiment.label, author) for at, sentiment, author in judged]
            latest = []
        else:
            rows = [(row.date, row.label, row.author_key) for row in _wanted(store.daily_rows(), question)]
            latest = store.threads(limit=3) if "entity" not in question.slots and "period" not in question.slots else []
    if not rows:
        return Answer(
            question=question,
            template="no_mentions" if question.slots.keys() & {"entity", "period"} else "no_posts",
            data={"entity": question.slots.get("entity")},
        )
    days = [day for day, _, _ in rows]
    counts = {stance: sum(label is stance for _, label, _ in rows) for stance in Stance}
    data = {
        "thread": thread, "first": min(days), "last": max(days), "latest": latest, "entity": question.slots.get("entity"),
        "total": trend.mood((label, author) for _, label, author in rows),
        "authors": len({author for _, _, author in rows}), "few": len(rows) < FEW, "threshold": FEW,
        "shares": {stance.value: counts[stance] / len(rows) for stance in Stance},
    }  # fmt: skip
    return Answer(
        question=replace(question, slots={**question.slots, "scope": "thread" if thread else "window", "n": len(rows)}),
        template="sentiment",
        data=data,
        figures=tuple(_figures(counts, max(days), thread.url if thread else None)),
    )


def _wanted(rows: Sequence[Daily], question: Question) -> list[Daily]:
    """The posts of the period and about the company that the question names; without a period, of the last week."""
    period, entity = question.slots.get("period"), question.slots.get("entity")
    if period:
        rows = [row for row in rows if row.date.isoformat().startswith(str(period))]
    else:
        last = max((row.date for row in rows), default=None)
        rows = [row for row in rows if last and row.date > last - timedelta(days=WINDOW)] if not entity else rows
    if entity:
        kind = aliases.get(str(entity)).kind
        rows = [row for row in rows if any(mention.id == entity for mention in aliases.find(row.text, (kind,)))]
    return list(rows)


def _figures(counts: dict[Stance, int], last: date, url: str | None) -> Iterable[Shown]:
    for stance, count in counts.items():
        yield Shown(
            name=stance.value,
            quantity=Quantity(value=count, unit=Unit.COUNT),
            status="computed",
            as_of=last.isoformat(),
            source=url or "stored posts, judged by the stance model",
        )


def _thread(store: Store, asked: re.Match[str]) -> StoredThread | None:
    try:
        return store.thread(asked["id"] or asked["bare"] or asked[0])
    except NotFound:
        return None
