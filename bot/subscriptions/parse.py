"""From free words to a `Wish`: “每天8點 nvda”, “alert cfzh below -0.5”, “weekdays 8am ET margin debt, quiet 22-7”.

Each rule takes its words out of the text; what nothing knows is left over and becomes words to look for.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from bot.scope import read_scope
from bot.subscriptions.clock_words import TIME, find_weekdays, find_zone, plain_time, read_time
from core.errors import UsageError
from core.forum import Board
from core.storage.reading import phrases
from core.storage.subscribing import EVERY_DAY, Wish
from core.text import clean

MOST = 5  # boards, names and words of one wish, each
LONGEST = 400  # characters
MOODS = 10.0  # no mood is beyond
_NUMBER = r"([-+−]?\d{1,2}(?:\.\d{1,3})?)(?![\d:]|\s?(?:天|日|小時|小时|點|点|d\b|days?|h\b|hours?))"
_QUOTED = re.compile(r"[「『“\"]([^「」『』“”\"]{1,40})[」』”\"]")
_BELOW = re.compile(rf"(?:\b(?:below|under|less than|falls? (?:to|below))|<=?|低於|低于|跌破|小於|小于|跌到|跌至)\s?{_NUMBER}", re.IGNORECASE)  # fmt: skip
_ABOVE = re.compile(rf"(?:\b(?:above|over|more than|rises? (?:to|above))|>=?|高於|高于|升破|突破|漲破|涨破|超過|超过|大於|大于|漲到|涨到|升到)\s?{_NUMBER}", re.IGNORECASE)  # fmt: skip
_QUIET = re.compile(
    rf"(?:勿擾|勿扰|安靜|安静|靜音|静音|不要吵我?|別吵我?|别吵我?|\bquiet(?: hours)?|\bmute)\s?(?:from\s)?(?P<start>{plain_time()})"
    rf"\s?(?:-|–|~|到|至|\bto\b|\buntil\b)\s?(?P<end>{plain_time()})",
    re.IGNORECASE,
)
_COOLDOWN = re.compile(
    r"(?:冷卻|冷却|間隔|间隔|每隔|至多每|最多每|\bcool-?\s?down|\bat most every|\bnot more than every)\s?(?P<n>\d{1,3}(?:\.\d)?)\s?個?个?"
    r"(?P<unit>分鐘|分钟|小時|小时|天|minutes?|min|m|hours?|h|days?|d)(?![a-z])",
    re.IGNORECASE,
)
_UNITS = {"分": 1 / 60, "m": 1 / 60, "小": 1.0, "h": 1.0, "天": 24.0, "d": 24.0}  # hours, by first letter
_BUDGET = re.compile(
    r"(?:(?:每天|一天|每日)\s?(?:最多|至多|不超過|不超过)|最多|至多|不超過|不超过|\bmax(?:imum)?|\bat most|\bno more than|\bup to)\s?"
    r"(?P<n>\d{1,3})\s?(?:次|則|则|條|条|封|個|个|times?|alerts?)?\s?(?:a day|per day|/\s?day|daily|每天|一天)?",
    re.IGNORECASE,
)
_ALERT = re.compile(r"警報|警报|警示|提醒|通知|告警|預警|预警|一有|\b(?:alerts?|notify|warn|notifications?|when(?:ever)?)\b", re.IGNORECASE)  # fmt: skip
_DIGEST = re.compile(r"摘要|(?:日|週|周|晨|早|晚)報|(?:日|周|晨|早|晚)报|簡報|简报|\b(?:digests?|summary|briefing|report)\b", re.IGNORECASE)  # fmt: skip
_FILLER = re.compile(
    r"訂閱|订阅|關於|关于|有關|有关|提到|討論|讨论|告訴我?|告诉我?|給我|给我|幫我|帮我|我要|我想要?|想要|麻煩|麻烦|時候|时候|的話|的话|情緒|情绪|"
    r"多空(?:指數|指数)?|論壇|论坛|看板|版塊|版块|帖子|推送|發送|发送|關鍵[字詞]|关键[字词]|新帖|一份|一個|一个|都?發|都?发|"
    r"\b(?:the|an?|of|for|on|about|with|and|or|to|me|my|i|want|would like|please|send|subscribe|posts?|mood|sentiment|if|is|are|it|falls?|rises?|goes|"
    r"drops?|every|each|day|new|that|mentions?|mentioning|any|boards?|forum|at|in|by|from|keywords?|words?|time|local|over|bullishness|get|gets|something)\b",
    re.IGNORECASE,
)
_EDGES = "的了和跟與与及或在當当如果若請请我給给有每就要想送時时到"


class Misread(UsageError):
    """Words that make no wish. kind: which message says why, see `tg_misread.j2`; told: what it quotes."""

    def __init__(self, kind: str, told: str = "") -> None:
        super().__init__(f"the wish cannot be read: {kind} {told}".strip())
        self.kind, self.told = kind, told.strip()


def read_wish(text: str, *, zone: str, boards: Iterable[Board] = ()) -> Wish:
    """What somebody wants to hear of. Raises `Misread`.

    zone: whose clock is meant where the words name none; boards: those that may be named without their forum

    >>> wish = read_wish("每天8點 nvda", zone="Asia/Taipei")
    >>> wish.kind, wish.at, wish.about, wish.zone
    ('digest', '08:00', ('company:NVDA',), 'Asia/Taipei')
    >>> wish = read_wish("alert cfzh below -0.5, quiet 22-7, max 2 a day", zone="UTC")
    >>> wish.kind, wish.boards, wish.below, wish.quiet, wish.budget
    ('alert', ('wenxuecity:cfzh',), -0.5, ('22:00', '07:00'), 2)
    """
    if len(text) > LONGEST:
        raise Misread("long")
    reader = _Reader(unicodedata.normalize("NFKC", clean(text)))
    told: dict[str, Any] = {"zone": zone}
    quoted = reader.every(_QUOTED)
    told |= reader.quiet() | reader.cooldown() | reader.budget() | reader.marks() | reader.zone() | reader.weekdays()
    times = reader.times()
    alert, digest = reader.drop(_ALERT), reader.drop(_DIGEST)
    asked = read_scope(reader.text, boards)
    told |= {"boards": tuple(map(str, asked.boards)), "about": asked.about, "words": (*quoted, *_left(asked.rest))}
    if "below" in told or "above" in told or (alert and not times and not digest):
        told |= {"kind": "alert", "days": min(asked.days or 3, 30)}
    else:
        told |= {"kind": "digest"} | ({"at": times[0]} if times else {})
    return _checked(Wish(**told), times, bare=not (times or digest or "weekdays" in told))


def _checked(wish: Wish, times: list[str], *, bare: bool) -> Wish:
    if len(set(times)) > 1:
        raise Misread("times", ", ".join(times))
    for words in (wish.boards, wish.about, wish.words):
        if len(words) > MOST:
            raise Misread("many", str(MOST))
    if wish.mood and wish.words:
        raise Misread("mood_words", ", ".join(wish.words))
    if wish.kind == "alert" and not (wish.mood or wish.about or wish.words):
        raise Misread("alert_of_what")
    if wish.kind == "digest" and bare and not (wish.boards or wish.about):
        raise Misread("nothing")
    if wish.below is not None and wish.above is not None and wish.below >= wish.above:
        raise Misread("marks", f"{wish.below:g}, {wish.above:g}")
    return wish


class _Reader:
    """The words that nothing has taken yet."""

    def __init__(self, text: str) -> None:
        self.text = text

    def every(self, pattern: re.Pattern[str]) -> list[str]:
        """What a pattern's first group holds, each time; taken out."""
        found = [" ".join(match[1].split()) for match in pattern.finditer(self.text)]
        self.text = pattern.sub(" ", self.text)
        return [one for one in found if phrases(one)]

    def drop(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern is there; taken out."""
        before = self.text
        self.text = pattern.sub(" ", before)
        return self.text != before

    def first(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], dict[str, Any]]) -> dict[str, Any]:
        """What the first match means; taken out."""
        match = pattern.search(self.text)
        if match is None:
            return {}
        self.cut([match.span()])
        return read(match)

    def cut(self, spans: Iterable[tuple[int, int]]) -> None:
        for start, end in sorted(spans, reverse=True):
            self.text = f"{self.text[:start]} {self.text[end:]}"

    def quiet(self) -> dict[str, Any]:
        def read(match: re.Match[str]) -> dict[str, Any]:
            ends = tuple(read_time(match[name]) for name in ("start", "end"))
            if None in ends or ends[0] == ends[1]:
                raise Misread("time", match[0])
            return {"quiet": ends}

        return self.first(_QUIET, read)

    def cooldown(self) -> dict[str, Any]:
        def read(match: re.Match[str]) -> dict[str, Any]:
            hours = float(match["n"]) * _UNITS[match["unit"][0].lower()]
            if not 0 < hours <= 24 * 30:
                raise Misread("cooldown", match[0])
            return {"cooldown": round(hours, 4)}

        return self.first(_COOLDOWN, read)

    def budget(self) -> dict[str, Any]:
        def read(match: re.Match[str]) -> dict[str, Any]:
            if not 1 <= int(match["n"]) <= 50:
                raise Misread("budget", match["n"])
            return {"budget": int(match["n"])}

        return self.first(_BUDGET, read)

    def marks(self) -> dict[str, Any]:
        def read(name: str) -> Callable[[re.Match[str]], dict[str, Any]]:
            def value(match: re.Match[str]) -> dict[str, Any]:
                mark = float(match[1].replace("−", "-"))
                if abs(mark) > MOODS:
                    raise Misread("mark", match[1])
                return {name: mark}

            return value

        return self.first(_BELOW, read("below")) | self.first(_ABOVE, read("above"))

    def zone(self) -> dict[str, Any]:
        zone, span = find_zone(self.text)
        if zone is None or span is None:
            return {}
        self.cut([span])
        return {"zone": zone}

    def weekdays(self) -> dict[str, Any]:
        days, spans = find_weekdays(self.text)
        self.cut(spans)
        return {"weekdays": days or EVERY_DAY} if days else {}

    def times(self) -> list[str]:
        found, spans = [], []
        for match in re.finditer(TIME, self.text, re.IGNORECASE):
            time = read_time(match[0])
            if time is None:
                raise Misread("time", match[0])
            found.append(time)
            spans.append(match.span())
        self.cut(spans)
        return found


def _left(rest: str) -> list[str]:
    """The words that are left, without those that only hold a sentence together."""
    words = (word.strip(_EDGES) for word in re.split(r"[\s,;:。、!?()<>/]+", _FILLER.sub(" ", rest)))
    return list(dict.fromkeys(word for word in words if phrases(word) and (len(word) > 1 or not word.isascii())))
