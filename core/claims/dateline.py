"""The day from which a text's 去年 and “this year” are told: its own date line; never the clock."""

import re
import unicodedata
from datetime import date

from core.period import MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATES = (
    r"(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})日?",
    r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>(?:19|20)\d\d)",
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<name>{_MONTH})\.?,?\s(?P<y>(?:19|20)\d\d)",
    rf"(?P<name>{_MONTH})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>(?:19|20)\d\d)",
)
_LABEL = r"(?:(?:first\s)?(?:posted|published|updated|written)(?:\son)?|date|日期|时间|時間|发表[于於]?|發[表佈布][於于]?|发布[于於]?|[写寫][于於]|更新)?"
_LINES = tuple(
    re.compile(
        rf"\s*{_LABEL}\s*:?\s*{form}(?:[\st,]+\d{{1,2}}:\d\d(?::\d\d)?(?:\s?[ap]m|\s?z|\s?[a-z]{{2,4}})?)?\s*", re.ASCII
    )
    for form in _DATES
)
LINES = 8
"""Among how many lines at the head of a text its date is looked for."""


def find(text: str) -> date | None:
    """The date that stands on a line of its own at the head of a text.

    >>> [str(find(text)) for text in ("標題\\n2025年10月21日\\n正文", "Posted on 12 May 2026\\nText", "10/21/2025 16:00", "In 2025 …")]
    ['2025-10-21', '2026-05-12', '2025-10-21', 'None']
    """
    for line in text[:2000].split("\n")[:LINES]:
        plain = unicodedata.normalize("NFKC", line).lower()
        for form in _LINES if len(plain) <= 60 else ():
            if match := form.fullmatch(plain):
                return _day(match)
    return None


def _day(match: re.Match[str]) -> date | None:
    said = match.groupdict()
    try:
        return date(int(said["y"]), MONTHS[said["name"]] if said.get("name") else int(said["m"]), int(said["d"]))
    except ValueError:  # 2025-13-41
        return None
