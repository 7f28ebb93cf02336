"""Who is bullish and who is bearish: counts of what posters say, never an opinion of ours."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.answers.base import Answer, Shown, World
from bot.questions import Question
from core.errors import NotFound
from core.quantity import Quantity, Unit
from core.rows import StoredThread
from core.sentiment import Stance
from core.store import Store

WINDOW = 7
FEW = 30
_THREAD = re.compile(r"https?://\S+|(?<![\d.])\d{3,10}(?![\d.%億亿萬万])")


def forum_sentiment(question: Question, world: World) -> Answer:
    """The last seven days on which there were posts, or one thread where the question names its id or address."""
    from nlp import trend

    store = world.store()
    if store is None:
        return Answer(question=question, template="no_posts")
    with store:
        thread = _thread(store, question.text)
        if thread is not None:
            judged = [(p.post.published_local, p.sentiment, p.post.author_key) for p in thread.posts if p.sentiment]
            rows = [(at.date() if at else world.today, sentiment.label, author) for at, sentiment, author in judged]
            latest = []
        else:
            daily = list(store.daily_rows())
            last = max((row.date for row in daily), default=world.today)
            first = last - timedelta(days=WINDOW - 1)
            rows = [(row.date, row.label, row.author_key) for row in daily if row.date >= first]
            latest = store.threads(limit=3)
    if not rows:
        return Answer(question=question, template="no_posts")
    days = [day for day, _, _ in rows]
    total = trend.mood((label, author) for _, label, author in rows)
    counts = {stance: sum(label is stance for _, label, _ in rows) for stance in Stance}
    data = {
        "thread": thread, "first": min(days), "last": max(days), "total": total, "latest": latest,
        "authors": len({author for _, _, author in rows}), "few": len(rows) < FEW, "threshold": FEW,
        "shares": {stance.value: counts[stance] / len(rows) for stance in Stance},
    }  # fmt: skip
    slots = {**question.slots, "scope": "thread" if thread else "window", "n": len(rows)}
    return Answer(
        question=Question(text=question.text, lang=question.lang, intent=question.intent, slots=slots),
        template="sentiment",
        data=data,
        figures=tuple(_figures(counts, max(days), thread.url if thread else None)),
    )


def _figures(counts: dict[Stance, int], last: date, url: str | None) -> Iterable[Shown]:
    for stance, count in counts.items():
        yield Shown(
            name=stance.value,
            quantity=Quantity(value=count, unit=Unit.COUNT),
            status="computed",
            as_of=last.isoformat(),
            source=url or "stored posts, judged by the stance model",
        )


def _thread(store: Store, text: str) -> StoredThread | None:
    match = _THREAD.search(text)
    if not match:
        return None
    try:
        return store.thread(match[0])
    except NotFound:
        return None
