"""How the forum's mood has moved: the last days against as many before, and whether that is more than chance."""

import contextlib
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.answers import computed
from bot.answers.base import Answer, World
from bot.answers.forum import JUDGED
from bot.answers.plain import example
from bot.questions import Question
from core import aliases
from core.errors import StoreError
from core.storage import trends
from core.storage.tallies import Scope
from core.store import Store
from core.text import fold
from nlp import trend as moods
from nlp.trend import Day, Difference, Mood

DAYS, LONGEST = 14, 365
LINE = 31  # days up to which each is shown by itself, and not each week
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Moods:
    """The mood of a window and of the one before it; change: `None` where one of them is empty."""

    start: date
    end: date
    authors: int
    days: tuple[Day, ...]
    total: Mood
    before: Mood | None
    change: Difference | None


def trend(question: Question, world: World) -> Answer:
    """Bullish and bearish posts of the last days beside those of as many days before."""
    store = world.store()
    if store is None:
        return Answer(question=question, template="no_posts")
    entity = question.slots.get("entity")
    about = (f"{aliases.get(str(entity)).kind}:{entity}",) if entity else ()
    with store:
        found = _moods(store, Scope(entities=about), span(question.text))
    if found is None or not found.total.n:
        return Answer(question=question, template="no_mentions" if entity else "no_posts", data={"entity": entity})
    moved = found.change is not None and (found.change.low > 0 or found.change.high < 0)
    data = {
        "entity": entity, "first": found.start, "last": found.end, "total": found.total, "before": found.before,
        "change": found.change, "moved": moved, "authors": found.authors, "days": found.days,
        "busy": [day for day in found.days if day.n][-7:],
    }  # fmt: skip
    length = (found.end - found.start).days + 1
    slots = {**({"entity": entity} if entity else {}), "days": length, "n": found.total.n}
    return Answer(
        question=replace(question, slots=slots),
        template="trend",
        data=data,
        figures=tuple(
            computed.count(f"{stance}{suffix}", getattr(mood, stance), JUDGED, as_of=found.end.isoformat())
            for mood, suffix in ((found.total, ""), (found.before, "_before"))
            if mood is not None
            for stance in ("bullish", "neutral", "bearish")
        ),
        followups=tuple(
            example(intent, question.lang) for intent in ("forum_sentiment", "search_posts", "bubble_verdict")
        ),
        chart="trend",
    )


def _moods(store: Store, scope: Scope, length: int) -> Moods | None:
    """The window that ends with the newest day, and the one before it; `None` where nothing is stored."""
    from bot.pipeline import catch_up
    from bot.report.parts import panel

    if scope.entities:
        with contextlib.suppress(StoreError):  # a crawl is writing: what it has not read yet is not counted yet
            catch_up(store)
    with store.snapshot() as sql:
        newest = trends.newest(sql, None)
        if newest is None:
            return None
        end = date.fromisoformat(newest)
        start, earlier = end - timedelta(days=length - 1), end - timedelta(days=2 * length - 1)
        held = panel(store, sql, scope, earlier, end)
        both = held.writers(earlier, start, end).windows()
        by = "day" if length <= LINE else "week"
        return Moods(
            start=start,
            end=end,
            authors=both.now.authors,
            days=tuple(moods.days(held.periods(start, end, by), start, end, by=by)),
            total=moods.mood_of(both.now),
            before=moods.mood_of(both.before) if both.before.n else None,
            change=moods.change(both),
        )
