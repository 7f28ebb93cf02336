"""Times of day, weekdays and zones as people write them, in Chinese and English."""

import re
from functools import cache
from zoneinfo import available_timezones

_NUMERALS = {"零": 0, "一": 1, "二": 2, "兩": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}  # fmt: skip
_HOUR = r"(?:\d{1,2}|二十[一二三四]?|十[一二三四五六七八九]?|[零一二兩两三四五六七八九])"
_PART = r"(?:凌晨|早上|清晨|上午|中午|下午|傍晚|晚上|今晚|夜[裡里]|早|晚)"
TIME = (
    rf"(?:(?P<part>{_PART})?\s?(?P<hour>{_HOUR})\s?(?::\s?(?P<after>\d{{1,2}})(?!\d)|[點点時时](?!間|间)\s?(?P<minute>\d{{1,2}}(?!\d)|半|一刻|三刻)?\s?分?)\s?(?P<half>[ap]\.?m\.?)?"
    r"|(?P<hour12>\d{1,2})\s?(?P<half12>[ap]\.?m\.?)(?![a-z])|\bat\s(?P<hour24>\d{1,2})(?![\d:.]|\s?[ap]\.?m)|(?P<noon>\bnoon\b|中午|正午)|(?P<midnight>\bmidnight\b|午夜))"
)
"""One time of day; `read_time` reads a match. Its groups cannot stand twice in a pattern: see `plain_time`."""

ZONES = {
    "Asia/Taipei": "台北|臺北|台灣|臺灣|台湾|taipei|taiwan",
    "Asia/Shanghai": "北京|上海|中國|中国|大陸|大陆|beijing|shanghai|china",
    "Asia/Hong_Kong": "香港|hong kong",
    "Asia/Singapore": "新加坡|singapore",
    "Asia/Tokyo": "東京|东京|日本|tokyo|japan",
    "America/New_York": "美東|美东|紐約|纽约|eastern|new york",
    "America/Chicago": "美中|芝加哥|central|chicago",
    "America/Los_Angeles": "美西|洛杉磯|洛杉矶|舊金山|旧金山|加州|矽谷|硅谷|pacific|los angeles|california",
    "Europe/London": "倫敦|伦敦|英國|英国|london",
    "UTC": "格林威治|世界標準|世界标准",
}
_SHORT = {"ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York", "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "CT": "America/Chicago", "UTC": "UTC", "GMT": "UTC"}  # fmt: skip
_OFFSET = re.compile(r"\b(?:UTC|GMT)\s?([+-])\s?(\d{1,2})(?::?00)?(?![\d:])", re.IGNORECASE)
_IANA = re.compile(r"\b[A-Za-z]+(?:/[A-Za-z_]+){1,2}\b")
_NAMED = re.compile(
    "|".join(rf"(?P<z{number}>{names})" for number, names in enumerate(ZONES.values())).join(
        (r"(?:時區|时区|zone)?\s?(?:", r")\s?(?:時間|时间|时区|時區|time)")
    ),
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?P<z5>美東|美东)|(?P<z7>美西)")

_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6}  # fmt: skip
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)(?:days?|sdays?|nesdays?|rsdays?|urdays?|s|rs?)?"
_WEEK = r"(?:週|周|星期|禮拜|礼拜)"
_DAY_LIST = re.compile(
    rf"每?\s?{_WEEK}\s?(?P<from>[一二三四五六日天])\s?(?:到|至|-|~|–)\s?{_WEEK}?\s?(?P<to>[一二三四五六日天])"
    rf"|每?\s?{_WEEK}\s?(?P<list>[一二三四五六日天](?:[、,和及]?\s?{_WEEK}?[一二三四五六日天](?![點点]))*)"
    rf"|\b(?P<efrom>{_DAY})\s?(?:-|–|to|through)\s?(?P<eto>{_DAY})\b"
    rf"|\b(?:every\s|on\s)?(?P<elist>{_DAY}(?:(?:\s?,\s?|\s?and\s|\s)(?:and\s)?{_DAY})*)\b",
    re.IGNORECASE,
)
_DAY_WORDS = (
    (re.compile(r"工作日|平日|交易日|\b(?:on\s|every\s)?weekdays?\b|\bworkdays?\b", re.IGNORECASE), (0, 1, 2, 3, 4)),
    (re.compile(r"(?:每?(?:週|周)末)|\b(?:on\s|every\s)?weekends?\b", re.IGNORECASE), (5, 6)),
    (re.compile(r"每天|每日|天天|\bdaily\b|\bevery\s?day\b|\beach day\b", re.IGNORECASE), (0, 1, 2, 3, 4, 5, 6)),
)
_WEEKLY = re.compile(rf"每一?個?个?{_WEEK}|(?:週|周)報|周报|\bweekly\b|\bevery week\b", re.IGNORECASE)


def plain_time() -> str:
    """The pattern of a time without names for its groups, to stand twice in one; an hour alone will do.

    >>> bool(re.fullmatch(plain_time(), "晚上10點半")), bool(re.fullmatch(plain_time(), "22"))
    (True, True)
    """
    return rf"(?:{re.sub(r'[?]P<[a-z0-9]+>', '?:', TIME)}|{_PART}?\s?{_HOUR})"


def read_time(text: str) -> str | None:
    """`HH:MM` of a time of day; `None` where there is no such time.

    >>> [read_time(t) for t in ("8點", "晚上十點半", "8:05 pm", "7am", "at 9", "24:00", "8:61", "25點", "下午", "22")]
    ['08:00', '22:30', '20:05', '07:00', '09:00', '00:00', None, None, None, '22:00']
    """
    text = text.strip().lower()
    match = re.fullmatch(TIME, text) or re.fullmatch(rf"(?P<part>{_PART})?\s?(?P<hour>{_HOUR})", text)
    if match is None:
        return None
    told = {"part": None, "hour": None, "after": None, "minute": None, "half": None} | match.groupdict()
    if told.get("noon") or told.get("midnight"):
        return "12:00" if told.get("noon") else "00:00"
    hour = _number(told["hour"] or told.get("hour12") or told.get("hour24") or "")
    told_minute = told["after"] or told["minute"] or "0"
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(told_minute) or int(told_minute)
    part = (told["half"] or told.get("half12") or told["part"] or "").replace(".", "")
    late = part.startswith(("下午", "傍晚", "晚", "今晚", "夜", "p")) or (part == "中午" and hour < 3)
    if late and hour < 12:
        hour += 12
    elif hour == 12 and part in ("凌晨", "am"):
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour % 24:02d}:{minute:02d}"


def find_zone(text: str) -> tuple[str | None, tuple[int, int] | None]:
    """An IANA zone that a text names, and where.

    >>> [find_zone(t)[0] for t in ("台北時間8點", "8am PT", "美東", "Asia/Tokyo", "UTC+8", "中國股市", "Foo/Bar")]
    ['Asia/Taipei', 'America/Los_Angeles', 'America/New_York', 'Asia/Tokyo', 'Etc/GMT-8', None, None]
    """
    for match in _IANA.finditer(text):
        if known := _known().get(match[0].lower()):
            return known, match.span()
    offset = _OFFSET.search(text)
    if offset and int(offset[2]) <= (14 if offset[1] == "+" else 12):
        sign = "-" if offset[1] == "+" else "+"  # POSIX counts westward
        return ("UTC" if int(offset[2]) == 0 else f"Etc/GMT{sign}{int(offset[2])}"), offset.span()
    named = _NAMED.search(text) or _ALONE.search(text)
    if named:
        number = next(int(name[1:]) for name, value in named.groupdict().items() if value)
        return list(ZONES)[number], named.span()
    short = re.search(rf"\b(?:{'|'.join(_SHORT)})\b", text)
    return (_SHORT[short[0]], short.span()) if short else (None, None)


def find_weekdays(text: str) -> tuple[tuple[int, ...] | None, list[tuple[int, int]]]:
    """The weekdays that a text names, 0 is Monday, and where; `None` where it names none.

    >>> [find_weekdays(t)[0] for t in ("每天", "週一三五", "周一到周五", "mon-fri", "every Sunday", "weekends", "每週", "nvda")]
    [(0, 1, 2, 3, 4, 5, 6), (0, 2, 4), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4), (6,), (5, 6), (0,), None]
    """
    found: set[int] = set()
    spans: list[tuple[int, int]] = []
    for pattern, days in _DAY_WORDS:
        for match in pattern.finditer(text):
            found |= set(days)
            spans.append(match.span())
    for match in _DAY_LIST.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in spans):
            continue
        found |= set(_listed(match))
        spans.append(match.span())
    if not found and (weekly := _WEEKLY.search(text)):
        return (0,), [weekly.span()]
    return (tuple(sorted(found)) if found else None), spans


def _listed(match: re.Match[str]) -> list[int]:
    told = match.groupdict()
    if told["list"]:
        return [_DAYS[day] for day in re.findall("[一二三四五六日天]", told["list"])]
    if told["elist"]:
        return [_ENGLISH.index(day[:3].lower()) for day in re.findall(_DAY, told["elist"], re.IGNORECASE)]
    if told["from"]:
        first, last = _DAYS[told["from"]], _DAYS[told["to"]]
    else:
        first, last = (_ENGLISH.index(told[name][:3].lower()) for name in ("efrom", "eto"))
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)
    return _NUMERALS[text]


@cache
def _known() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
