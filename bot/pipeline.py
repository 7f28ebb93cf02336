"""What needs both halves: the scraper's posts, judged by the model. Only `bot` sees both."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from core.sentiment import Sentiment
from core.storage.rows import Unscored
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

    What a post mentions is read in the same transaction, and for posts that were judged before the table of names
    changed, after that.

    scorer:   the model that comes with paomo if not given
    progress: told after each chunk how many are done
    again:    judge every post, also those that this model has judged
    """
    from nlp import entities

    scorer = scorer or _shipped()
    version = entities.version()
    done = last = 0
    while posts := store.unscored("" if again else scorer.name, limit=_CHUNK, after=last):
        judged = _judge(scorer, posts)
        read = [(post.pk, entities.entities(post.text)) for post in posts]
        with store.writing():
            done += store.put_sentiments(zip((post.pk for post in posts), judged, strict=True), now=clock())
            store.put_mentions(read, version=version)
        last = posts[-1].pk
        progress(done)
    read_names(store)
    return done


def _judge(scorer: Scorer, posts: Sequence[Unscored]) -> list[Sentiment]:
    """What posts say, each in the light of the post it replies to (`nlp.context`); parents stand before replies."""
    from nlp.context import in_context, own_words

    texts = [own_words(post.text, post.parent_text) for post in posts]
    judged: dict[int, Sentiment] = {}
    for post, text, alone in zip(posts, texts, scorer.predict(texts, evidence=_EVIDENCE), strict=True):
        parent = judged.get(post.parent, post.parent_sentiment) if post.parent is not None else None
        judged[post.pk] = in_context(text, alone, parent)
    return list(judged.values())


def read_names(store: Store, *, progress: Callable[[int], None] = lambda _: None) -> int:
    """Read what judged posts mention where that was not done with the present table of names; returns for how many.

    A stop in between loses no more than a chunk.
    """
    from nlp import entities

    done = 0
    while posts := store.unread(entities.version(), limit=_CHUNK):
        read = [(post.pk, entities.entities(post.text)) for post in posts]
        done += store.put_mentions(read, version=entities.version())
        progress(done)
    return done


def catch_up(store: Store, *, progress: Callable[[int], None] = lambda _: None) -> None:
    """`read_names` for a store that is open for reading, where there is something to read.

    Raises `StoreError` where the database cannot be written now, such as during a crawl: mentions are too few then.
    """
    from nlp import entities

    if store.unread(entities.version(), limit=1):
        with Store.open(store.path, create=False) as writable:
            read_names(writable, progress=progress)


def _shipped() -> Scorer:
    from nlp.model import Model

    return Model.load()
