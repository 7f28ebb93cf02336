"""Which words mark what is said, and on whose side they are said most."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.sentiment import Stance
from nlp.segment import heaviest, notable


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, and how many posts have it: in all, and by side. It stands as it is compared: simplified, lower case."""

    word: str
    n: int
    bullish: int
    neutral: int
    bearish: int


def marking(posts: Iterable[tuple[str, str]], n: int) -> list[Word]:
    """The n words that mark these posts, given as label and text; the heaviest first (`nlp.segment.heaviest`).

    >>> marking([("bearish", "AI泡沫要破"), ("bullish", "沒有泡沫，抄底"), ("bearish", "泡沫！")], 1)
    [Word(word='泡沫', n=3, bullish=1, neutral=0, bearish=2)]
    """
    by_side: Counter[tuple[str, str]] = Counter()
    seen: Counter[str] = Counter()
    for label, text in posts:
        words = notable(text)
        seen.update(words)
        by_side.update((word, label) for word in words)
    return [
        Word(word=word, n=seen[word], **{str(side): by_side[word, str(side)] for side in Stance})
        for word, _ in heaviest(seen, n)
    ]
