"""How the forum's mood has moved: the last days against as many before, and whether that is more than chance."""

import contextlib
import re
from dataclasses import replace

from bot.answers.base import Answer, Shown, World
from bot.questions import Question
from core import aliases
from core.quantity import Quantity, Unit
from core.text import fold

DAYS, LONGEST = 14, 365
_SPANS = (  # (words, days of one)
    (re.compile(r"(\d+)\s*(?:天|日|days?)"), 1),
    (re.compile(r"(\d+)\s*(?:个?(?:周|星期|礼拜)|weeks?)"), 7),
    (re.compile(r"(\d+)\s*(?:个月|months?)"), 30),
)
_WORDS = (
    (re.compile(r"两(?:周|个?星期)|半个?月|two weeks|fortnight"), 14),
    (re.compile(r"[这上近一](?:一)?(?:周|个?星期)|this week|last week|past week|\ba week\b"), 7),
    (re.compile(r"三个月|[这上一]个?季|quarter|three months"), 90),
    (re.compile(r"[这上近一]个?月|this month|last month|past month|\ba month\b"), 30),
    (re.compile(r"今年|[近一]年|this year|past year|\ba year\b"), 365),
)


def span(text: str) -> int:
    """How many days a question speaks of.

    >>> [span(text) for text in ("過去30天", "最近一個月", "this week", "2 weeks", "lately")]
    [30, 30, 7, 14, 14]
    """
    folded = fold(text)
    for cue, of_one in _SPANS:
        if found := cue.search(folded):
            return max(2, min(int(found[1][:4]) * of_one, LONGEST))
    return next((days for cue, days in _WORDS if cue.search(folded)), DAYS)


def trend(question: Question, world: World) -> Answer:
    """Bullish and bearish posts of the last days beside those of as many days before."""
    from bot import report
    from bot.pipeline import catch_up
    from core.errors import StoreError

    store = world.store()
    if store is None:
        return Answer(question=question, template="no_posts")
    entity = question.slots.get("entity")
    about = (f"{aliases.get(str(entity)).kind}:{entity}",) if entity else ()
    days = span(question.text)
    with store:
        if about:
            with contextlib.suppress(StoreError):  # a crawl is writing: what it has not read yet is not counted yet
                catch_up(store)
        found = report.build(store, days=days, about=about, by="day" if days <= 31 else "week")
    if found is None or not found.total.n:
        return Answer(question=question, template="no_mentions" if entity else "no_posts", data={"entity": entity})
    moved = found.change is not None and (found.change.low > 0 or found.change.high < 0)
    data = {
        "entity": entity, "first": found.start, "last": found.end, "total": found.total, "before": found.before,
        "change": found.change, "moved": moved, "authors": found.authors, "days": found.days,
        "busy": [day for day in found.days if day.n][-7:],
    }  # fmt: skip
    slots = {**({"entity": entity} if entity else {}), "days": days, "n": found.total.n}
    return Answer(
        question=replace(question, slots=slots),
        template="trend",
        data=data,
        figures=tuple(
            _count(f"{stance}{suffix}", getattr(mood, stance), found.end.isoformat())
            for mood, suffix in ((found.total, ""), (found.before, "_before"))
            if mood is not None
            for stance in ("bullish", "neutral", "bearish")
        ),
        chart="trend",
    )


def _count(name: str, count: int, as_of: str) -> Shown:
    quantity = Quantity(value=count, unit=Unit.COUNT)
    return Shown(
        name=name, quantity=quantity, status="computed", as_of=as_of, source="stored posts, judged by the stance model"
    )
