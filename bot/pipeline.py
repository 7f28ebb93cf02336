"""What needs both halves: the scraper's posts, judged by the model. Only `bot` sees both."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from core.sentiment import Sentiment
from core.store import Store

_CHUNK = 500  # posts judged and kept at a time: a stop in between loses no more than these
_EVIDENCE = 6  # terms kept with each judgement


class Scorer(Protocol):
    """What judges texts: `nlp.model.Model`."""

    @property
    def name(self) -> str: ...
    def predict(self, texts: Sequence[str], *, evidence: int = 0) -> list[Sentiment]: ...


def score_new(
    store: Store,
    *,
    clock: Callable[[], datetime],
    scorer: Scorer | None = None,
    progress: Callable[[int], None] = lambda _: None,
    again: bool = False,
) -> int:
    """Judge every post that the model has not judged yet or that was edited since; returns how many.

    scorer:   the model that comes with paomo if not given
    progress: told after each chunk how many are done
    again:    judge every post, also those that this model has judged
    """
    scorer = scorer or _shipped()
    done = last = 0
    while posts := store.unscored("" if again else scorer.name, limit=_CHUNK, after=last):
        judged = scorer.predict([post.text for post in posts], evidence=_EVIDENCE)
        done += store.put_sentiments(zip((post.pk for post in posts), judged, strict=True), now=clock())
        last = posts[-1].pk
        progress(done)
    return done


def _shipped() -> Scorer:
    from nlp.model import Model

    return Model.load()
