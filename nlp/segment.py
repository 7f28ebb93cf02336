"""Chinese words, for evidence in whole words and for keywords; the stance model reads characters and needs none.

jieba is used through a tokenizer of our own, so that nobody's changes to its global one change our words,
and its log lines stay out of the terminal. Its cache is not used: that is a file of a known name in the
temporary folder, which others can write and which may not be writable to us.
"""

import logging
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from core.text import fold
from nlp.normalise import LIMIT, comparable

# Words that are everywhere and say nothing.
_COMMON = frozenset(
    """
    这个 那个 什么 怎么 就是 不是 还是 可以 没有 我们 你们 他们 自己 现在 已经 但是 因为 所以 如果 不过 而且 或者 一个
    这样 那么 这么 真的 知道 觉得 时候 还有 大家 今天 昨天 明天 一下 一样 只是 不能 不会 需要 应该 可能 其实 然后 the
    and for that this with you are was not but have has from they what all
    can will just its
    """.split()  # noqa: SIM905 - a list of one word a line would hide the code
)


def words(text: str) -> list[str]:
    """The words of a text, folded, without spaces and punctuation.

    >>> words("保證金債務創歷史新高！")
    ['保证金', '债务', '创', '历史', '新高']
    """
    cut = _tokenizer().cut(fold(text[:LIMIT]))
    return [word for word in cut if any(char.isalnum() for char in word)]


def borders(text: str) -> frozenset[int]:
    """Where words begin in a text that is folded already, as offsets; the borders of anything else are there too.

    >>> sorted(borders("短期至少今年不会破"))
    [0, 2, 4, 6, 8]
    """
    return frozenset(start for _, start, _ in _tokenizer().tokenize(text))


def notable(text: str) -> frozenset[str]:
    """The words of a text that say what it is about: of two characters or more, and not among the commonest.

    >>> sorted(notable("這就是算力泡沫"))
    ['泡沫', '算力']
    """
    return frozenset(word for word in words(comparable(text)) if _counts(word))


def heaviest(seen: Mapping[str, int], n: int) -> list[tuple[str, float]]:
    """The n words that mark some texts, with weights, heaviest first; ties in alphabetical order.

    A word's weight is the number of texts with it (`seen`) times how rare it is in Chinese at large, -ln of its share
    in jieba's own frequencies, so that 泡沫 comes before 公司. This is tf-idf with texts counted once.

    >>> [word for word, _ in heaviest({"泡沫": 3, "公司": 3, "算力": 1}, 1)]
    ['泡沫']
    """
    tokenizer = _tokenizer()
    weights = {word: count * _rarity(tokenizer, word) for word, count in seen.items()}
    return sorted(weights.items(), key=lambda item: (-item[1], item[0]))[: max(n, 0)]


def _counts(word: str) -> bool:
    return len(word) > 1 and word not in _COMMON and not word.isdecimal()


def _rarity(tokenizer: Any, word: str) -> float:
    return math.log(tokenizer.total / (1 + (tokenizer.FREQ.get(word) or 0)))


@cache
def _tokenizer() -> Any:
    """A loaded tokenizer; half a second and 100 MB, so only when words are wanted."""
    import jieba

    log = logging.getLogger("jieba")
    log.handlers.clear()  # jieba hangs its own on, at DEBUG, to stderr
    log.setLevel(logging.NOTSET)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(
        tokenizer.get_dict_file()
    )  # what initialize() does, uncached
    tokenizer.initialized = True
    return tokenizer
