"""The comparable form of a post: what the stance model reads instead of the text as written.

`core.text.fold` makes scripts, widths and cases equal. Here, what changes from post to post without
changing the stance becomes a class: a link, a `$name(CODE)$` mention, a number of some size, a percentage
of some sign and size. Whole numbers below 100 stay: 10倍, 3年 and 2次 are words of their own. A class is one character of Unicode's private use area, so that it costs an n-gram
one place, as a Chinese character does; `readable` gives it a name for people.

Words of others are dropped: `//@` and what follows it, a leading `回复@x:`, names behind `@`.
"""

import re

from core.text import fold

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
_LINK = re.compile(r"(?:https?://|www\.)[^\s一-鿿]+|网页链接")
_FORWARDED = re.compile(r"/{1,2}@.*")
_REPLY = re.compile(r"^(?:\s*回复\s*@[^::\s]{1,40}\s*[::]\s*)+")
_NAME = re.compile(r"@[\w\-·]{1,30}")
_TICKER = re.compile(r"\$[^$\n]{1,60}?\([\w.\-]{1,12}\)\$")
_AMOUNT = re.compile(r"(?<![a-z0-9_.])([+-]?)(\d{1,24}(?:,\d{3}){0,8}(?:\.\d{1,24})?)(%?)")
_REPEATED = re.compile(r"([^\ue000-\ue00a])\1{3,}")


def comparable(text: str) -> str:
    """The comparable form of a text, at most `LIMIT` characters; any `str` will do, "" included.

    >>> readable(comparable("回复@老王: 漲了+7.5%,看https://a.b/c //@別人:要跌"))
    '涨了[+%%],看[link]'
    >>> readable(comparable("$英偉達(NVDA)$ 目標價854，哈哈哈哈哈哈 😂"))
    '[ticker] 目标价[number],哈哈哈 😂'
    """
    text = fold(_PRIVATE.sub("", text[:LIMIT]))[:LIMIT]
    text = _REPLY.sub("", _FORWARDED.sub("", _LINK.sub(LINK, text)))
    text = _NAME.sub("", _TICKER.sub(TICKER, text))
    return _REPEATED.sub(r"\1\1\1", _AMOUNT.sub(_amount, text)).strip()


def readable(text: str) -> str:
    """A comparable text with its classes spelled out for people."""
    return "".join(CLASSES.get(char, char) for char in text)


def _amount(match: re.Match[str]) -> str:
    sign, digits, percent = match.groups()
    whole = digits.replace(",", "").partition(".")[0]
    if percent:
        return _PERCENT[sign][float(digits.replace(",", "")) >= _BIG_MOVE]
    if len(whole) == 4 and whole[:2] in {"19", "20"}:
        return sign + YEAR
    if len(whole) < 3 and "." not in digits:
        return sign + digits
    return sign + (LARGE if len(whole) > 3 else NUMBER)
