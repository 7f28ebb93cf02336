"""The last question of each talk, kept in the database: what “那30%呢?” or “為什麼?” goes on from.

Reading and writing touch the database: call them where a wait for a crawl's write holds nobody else up
(`bot.telegram.talks` does so in a thread).
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from bot.questions import Question
from core.errors import StoreError
from core.storage import talks
from core.storage.talks import Talk
from core.store import Store


class StoredTalks:
    """Remembers through `store`. A database that is busy or away is never the reason for no answer.

    clock: an aware time; a talk is forgotten an hour after its last question, at a restart too

    >>> from datetime import UTC, timedelta
    >>> from tempfile import TemporaryDirectory
    >>> now = [datetime(2026, 11, 23, tzinfo=UTC)]
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/x.db") as store:
    ...     kept = StoredTalks(store, clock=lambda: now[0])
    ...     kept.put((1, 2), Question(text="payback?", lang="en", intent="payback_years", slots={"margin": 0.3}))
    ...     found, of_another = kept.get((1, 2)), kept.get((1, 3))
    ...     now[0] += timedelta(hours=1)
    ...     later = kept.get((1, 2))
    >>> found.slots["margin"], of_another, later
    (0.3, None, None)
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self.store = store
        self._clock = clock

    def get(self, talk: Talk) -> Question | None:
        """The talk's last question; `None` where there is none, it is too old, or the database is away."""
        with suppress(StoreError):
            held = talks.recall(self.store, talk, now=self._clock())
            return read(held) if held is not None else None
        return None

    def put(self, talk: Talk, question: Question) -> None:
        """Keep the question. Where it cannot be kept, the next follow-up has nothing to go on from."""
        with suppress(StoreError):
            talks.remember(self.store, talk, written(question), now=self._clock())

    def drop(self, talk: Talk) -> None:
        """Forget the talk."""
        with suppress(StoreError):
            talks.forget(self.store, talk)


def written(question: Question) -> str:
    """A question as JSON."""
    return json.dumps(
        {"text": question.text, "lang": question.lang, "intent": question.intent, "slots": dict(question.slots), "stated": sorted(question.stated)},
        ensure_ascii=False,
    )  # fmt: skip


def read(text: str) -> Question | None:
    """The question again; `None` for what no version of ours wrote.

    >>> read(written(Question(text="?", lang="en", intent="help", slots={"a": (1, 2)}))).slots
    {'a': (1, 2)}
    """
    try:
        row = json.loads(text)
        slots = {str(name): _tuples(value) for name, value in row["slots"].items()}
        return Question(
            text=row["text"], lang=row["lang"], intent=row["intent"], slots=slots, stated=frozenset(row["stated"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
