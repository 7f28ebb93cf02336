"""Folding: the one place that makes two spellings of the same thing equal.

Display text stays as found. What is compared, searched or scored goes through `fold`: traditional becomes
simplified (OpenCC's tw2s, which also repairs the forum's own wrong conversions), full width becomes half
width, letters become lower case.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final, Protocol

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[^\S ]\s*| \s+")  # white space that is not one blank
_BETWEEN = "\uf8ff"  # of texts that are folded together: a private character that the dictionaries do not know
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _opencc(config: str) -> _Converter:
    import opencc  # 15 ms and a dictionary: only when a text is folded

    return opencc.OpenCC(config)


def _converted(text: str, config: str) -> str:
    """OpenCC takes no lone surrogates, such as a shell's argument may hold; they become U+FFFD, in their place."""
    return _opencc(config).convert(_SURROGATE.sub("\ufffd", text))


def to_simplified(text: str) -> str:
    """Traditional characters to simplified ones; simplified text comes back unchanged.

    >>> to_simplified("曆史新高, 隻會用均線")
    '历史新高, 只会用均线'
    """
    return text if text.isascii() else _converted(text, "tw2s")


_FINANCE: Final = (
    ("本益比", "市盈率"), ("报酬率", "回报率"), ("认列", "确认"), ("选择权", "期权"), ("通膨", "通胀"), ("那斯达克", "纳斯达克"),
    ("道琼指数", "道琼斯指数"), ("指针", "指标"),
)  # fmt: skip
"""Words of finance that differ, and that OpenCC leaves, or takes for those of programmers."""


def to_mainland(text: str) -> str:
    """Notes written for Taiwan as a mainland reader expects them: characters and words. For display only.

    >>> to_mainland("軟體市場的本益比"), to_mainland("那斯達克的指標")
    ('软件市场的市盈率', '纳斯达克的指标')
    """
    if text.isascii():
        return text
    text = _converted(text, "tw2sp")
    for theirs, ours in _FINANCE:
        text = text.replace(theirs, ours)
    return text


def to_traditional(text: str) -> str:
    """Simplified characters to traditional ones, for notes that are written once.

    >>> to_traditional("历史新高")
    '歷史新高'
    """
    return text if text.isascii() else _converted(text, "s2tw")


def clean(text: str) -> str:
    """Drop lone surrogates, control and direction characters; keep everything people can see.

    >>> clean("a\\x00b\\ud800c\\u202ed")
    'abcd'
    """
    return _CONTROL.sub("", text.encode("utf-8", "ignore").decode("utf-8"))


def one_line(text: str, most: int | None = None) -> str:
    """Text `clean` and on one line, its white space single; cut, with … behind, where it has more than `most` characters.

    >>> one_line("泡沫\\n\\u202e 來了"), one_line("泡沫來了", 2)
    ('泡沫 來了', '泡沫…')
    """
    line = " ".join(clean(text).split())
    return line if most is None or len(line) <= most else f"{line[:most]}…"


def counted(n: int | str, word: str, words: str | None = None) -> str:
    """A number with its noun, for English messages; n: the number, or how it is written.

    words: what stands behind any other number than 1, where that is not `word` with an s

    >>> counted(1, "post"), counted(0, "post"), counted("1,234", "post"), counted(2, "reply", "replies")
    ('1 post', '0 posts', '1,234 posts', '2 replies')
    """
    return f"{n} {word if str(n) == '1' else words or f'{word}s'}"


def fold(text: str) -> str:
    """The comparable form of a text: NFKC, simplified, lower case, white space collapsed.

    >>> fold("ＡＩ　泡沫，創曆史新高！")
    'ai 泡沫,创历史新高!'
    """
    return _SPACE.sub(" ", to_simplified(unicodedata.normalize("NFKC", clean(text)))).strip().lower()


class _Narrow(dict[int, str]):
    """A character's code point → its half width in lower case where that is one character, else itself; made when met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        narrow = unicodedata.normalize("NFKC", char).lower()
        self[code] = narrow if len(narrow) == 1 else char
        return self[code]


_NARROW = _Narrow()


def narrow(text: str) -> str:
    """Half width and lower case, with every character in its place; the script stays.

    >>> narrow("Ｃapex到６０００億㎏")
    'capex到6000億㎏'
    """
    return text.translate(_NARROW)


def fold_in_place(text: str) -> str:
    """Half width, lower case and simplified, with every character in its place: offsets are those of the text as given.

    >>> fold_in_place("Ｃapex到６０００億")
    'capex到6000亿'
    """
    flat = narrow(text)
    simple = to_simplified(flat)
    if len(simple) == len(flat):
        return simple
    # no known text does this; one by one is always in step
    return "".join(one if len(one := to_simplified(char)) == 1 else char for char in flat)


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of every text, some ten times as fast for thousands of short ones.

    >>> fold_all(["ＡＩ　泡沫", "創曆史新高！"])
    ['ai 泡沫', '创历史新高!']
    """
    joined = _BETWEEN.join(texts)
    if not texts or joined.count(_BETWEEN) != len(texts) - 1:
        return [fold(text) for text in texts]
    flat = _half_width(clean(joined))
    if not unicodedata.is_normalized("NFKC", flat):
        flat = _BETWEEN.join([unicodedata.normalize("NFKC", text) for text in flat.split(_BETWEEN)])
    return [text.strip() for text in _SPACE.sub(" ", to_simplified(flat)).lower().split(_BETWEEN)]


def _half_width(text: str) -> str:
    """Full-width letters and punctuation in half width, as NFKC does, which is slow where there are many."""
    import numpy as np

    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
    wide = (units >= 0xFF01) & (units <= 0xFF5E)
    units = np.where(wide, units - 0xFEE0, units)
    units[units == 0x3000] = ord(" ")
    return units.astype("<u2").tobytes().decode("utf-16-le", "surrogatepass").replace("…", "...")


def tokens(text: str) -> list[str]:
    """Search tokens: one per Chinese character, one per run of letters or digits.

    >>> tokens("Margin創新高1.13T")
    ['margin', '创', '新', '高', '1', '13t']
    """
    return _TOKEN.findall(fold(text))


def post_key(title: str, author: str | None, minute: str | None, size: int | None) -> str:
    """The key by which a post is known again when the source gives no id.

    title and author are folded; minute is `YYYY-MM-DDTHH:MM` of the forum's wall clock. Missing parts count
    as empty. 16 hexadecimal digits. Two equal posts within a minute share a key: number them in page order.

    >>> post_key("泡沫,當然有", "曉炎", "2025-10-21T16:13", 0) == post_key("泡沫，当然有", "晓炎", "2025-10-21T16:13", 0)
    True
    """
    parts = (fold(title).replace(" ", ""), fold(author or ""), minute or "", "" if size is None else str(size))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def script(text: str) -> str | None:
    """Which script a text is written in: `zh-Hant`, `zh-Hans`, `en`, or `None` if it cannot be told.

    A text with Chinese characters is Chinese, however much English is in it. Chinese that both scripts
    write alike (泡沫) is `None`: the caller knows the reader's setting.

    >>> [script(t) for t in ("利潤率降到30%", "利润率 margin", "payback?", "泡沫?", "🚀")]
    ['zh-Hant', 'zh-Hans', 'en', None, None]
    """
    han = re.findall(f"[{_CJK}]", text)
    if not han:
        return "en" if re.search("[A-Za-z]", text) else None
    joined = "".join(han)
    simplified = sum(a != b for a, b in zip(joined, to_traditional(joined), strict=False))
    traditional = sum(a != b for a, b in zip(joined, to_simplified(joined), strict=False))
    if traditional == simplified:
        return None
    return "zh-Hant" if traditional > simplified else "zh-Hans"
