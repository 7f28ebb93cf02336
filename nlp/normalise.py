"""The comparable form of a post: what the stance model reads instead of the text as written.

`core.text.fold` makes scripts, widths and cases equal. Here, what changes from post to post without
changing the stance becomes a class: a link, a `$name(CODE)$` mention, a number of some size, a percentage
of some sign and size. Whole numbers below 100 stay: 10倍, 3年 and 2次 are words of their own. A class is one character of Unicode's private use area, so that it costs an n-gram
one place, as a Chinese character does; `readable` gives it a name for people.

Words of others are dropped: `//@` and what follows it, a leading `回复@x:`, names behind `@`.
"""

import re
from collections.abc import Sequence

import numpy as np

from core.text import fold_all

LIMIT = 20_000  # characters; a longer text is judged by its head

CLASSES = {
    "\ue000": "[link]",
    "\ue001": "[ticker]",
    "\ue002": "[+%]",
    "\ue003": "[+%%]",
    "\ue004": "[-%]",
    "\ue005": "[-%%]",
    "\ue006": "[%]",
    "\ue007": "[%%]",
    "\ue008": "[year]",
    "\ue009": "[number]",
    "\ue00a": "[large number]",
}
LINK, TICKER, YEAR, NUMBER, LARGE = "\ue000", "\ue001", "\ue008", "\ue009", "\ue00a"
_PERCENT = {"+": "\ue002\ue003", "-": "\ue004\ue005", "": "\ue006\ue007"}
_BIG_MOVE = 5.0  # per cent: a move beyond it is news

_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_LINK = re.compile(r"https?://[^\s,一-鿿]+|www\.[^\s,一-鿿]+|网页链接")
_FORWARDED = re.compile(r"/{1,2}@.*")
_REPLY = re.compile(r"^(?: ?回复 ?@[^: \n]{1,40} ?: ?)+", re.MULTILINE)
_NAME = re.compile(r"@[\w\-·]{1,30}")
_TICKER = re.compile(r"\$[^$\n]{1,60}?\([\w.\-]{1,12}\)\$")
_DIGITS = r"\d{0,23}(?:,\d{3}){0,8}(?:\.\d{1,24})?"
_ALONE = r"(?<![a-z0-9_.].)"  # behind the first character of a number: it does not continue a word or a number
_MOVE = re.compile(rf"([+-]){_ALONE}(\d{_DIGITS})%")
_AMOUNT = re.compile(rf"(\d{_ALONE}(?:(?=\d\d)|(?=\d?[.,%])){_DIGITS})(%?)")  # the short whole ones stay
_RUN = 3  # of one character; more say no more


def comparable(text: str) -> str:
    """The comparable form of a text, at most `LIMIT` characters; any `str` will do, "" included.

    >>> readable(comparable("回复@老王: 漲了+7.5%,看https://a.b/c //@别人:要跌"))
    '涨了[+%%],看[link]'
    >>> readable(comparable("$英偉達(NVDA)$ 目標價854，哈哈哈哈哈哈 😂"))
    '[ticker] 目标价[number],哈哈哈 😂'
    """
    return comparables([text])[0]


def comparables(texts: Sequence[str]) -> list[str]:
    """`comparable` of every text, read together: one pass a rule, however many they are."""
    if not texts:
        return []
    heads = [text[:LIMIT] for text in texts]
    if _PRIVATE.search("".join(heads)):
        heads = [_PRIVATE.sub("", head) for head in heads]
    together = "\n".join([text[:LIMIT] for text in fold_all(heads)])  # folded texts have no line breaks
    together = _REPLY.sub("", _FORWARDED.sub("", _LINK.sub(LINK, together)))
    together = _NAME.sub("", _TICKER.sub(TICKER, together))
    return [text.strip() for text in _shortened(_AMOUNT.sub(_amount, _MOVE.sub(_move, together))).split("\n")]


def _shortened(text: str) -> str:
    """Runs of a character cut to `_RUN`; classes and line breaks may follow each other."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    same = points[1:] == points[:-1]
    long = same[2:] & same[1:-1] & same[:-2]
    if not long.any():
        return text
    long &= (points[_RUN:] != ord("\n")) & ((points[_RUN:] < ord(LINK)) | (points[_RUN:] > ord(LARGE)))
    kept = np.concatenate([np.ones(_RUN, np.bool_), ~long])
    return bytes(points[kept]).decode("utf-32-le")


def readable(text: str) -> str:
    """A comparable text with its classes spelled out for people."""
    return "".join(CLASSES.get(char, char) for char in text)


def _move(match: re.Match[str]) -> str:
    sign, digits = match.groups()
    return _PERCENT[sign][float(digits.replace(",", "")) >= _BIG_MOVE]


def _amount(match: re.Match[str]) -> str:
    digits, percent = match.groups()
    whole = digits.replace(",", "").partition(".")[0]
    if percent:
        return _PERCENT[""][float(digits.replace(",", "")) >= _BIG_MOVE]
    if len(whole) == 4 and whole[:2] in {"19", "20"}:
        return YEAR
    if len(whole) < 3 and "." not in digits:
        return digits
    return LARGE if len(whole) > 3 else NUMBER
