"""The period that a text speaks of, in one notation: `2025`, `2025H1`, `2025Q3`, `2025-09`, `FY2026`."""

import re
import unicodedata
from datetime import date

_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTHS = {name: at for at, full in enumerate(_NAMES, 1) for name in (full, full[:3])} | {"sept": 9}
"""The number of a month by its English name, in full and short, in lower case."""

_YEAR = r"(?P<y>(?:19|20)\d{2})"
_MONTH_NAME = rf"(?P<mon>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_FORMS = (
    ("H1", rf"{_YEAR}\s*年?(?:的)?\s*(?:上半年|h1\b)|(?:h1|first half|上半年)(?: of)?\s*{_YEAR.replace('y>', 'y2>')}"),
    ("H2", rf"{_YEAR}\s*年?(?:的)?\s*(?:下半年|h2\b)|(?:h2|second half|下半年)(?: of)?\s*{_YEAR.replace('y>', 'y2>')}"),
    ("Q", rf"{_YEAR}\s*年?\s*(?:第?(?P<qz>[一二三四1-4])季|q(?P<q>[1-4]))|q(?P<q2>[1-4])\s*{_YEAR.replace('y>', 'y2>')}"),
    ("FY", rf"{_YEAR}\s*[年]?\s*[财財][年政]|(?:fy|fiscal(?: year)?)\s*{_YEAR.replace('y>', 'y2>')}|fy\s?(?P<yy>\d{{2}})\b"),
    ("M", rf"{_YEAR}\s*[年/-]\s*(?P<m>1[0-2]|0?[1-9])(?:\s*月|(?![\d]))|{_MONTH_NAME}\s*{_YEAR.replace('y>', 'y2>')}|(?P<y3>(?:19|20)\d{{2}})(?P<m3>1[0-2]|[1-9])月"),
    ("Y", rf"(?<![\d$]){_YEAR}(?!\d|\s*(?:[亿億万萬兆]|bn\b|tn\b|[bt]illion))"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.ASCII)) for kind, pattern in _FORMS)
_QUARTERS = dict(zip("一二三四", "1234", strict=True))


def find(text: str, today: date) -> str | None:
    """The first and finest period named in `text`, or `None`; 去年, 今年, last year are counted from `today`.

    >>> day = date(2026, 11, 23)
    >>> [find(t, day) for t in ("2025年上半年", "FY2026", "2025財年", "Sep 2025", "2025年9月", "去年", "in 2024", "now", "2000億")]
    ['2025H1', 'FY2026', 'FY2025', '2025-09', '2025-09', '2025', '2024', None, None]
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    for kind, pattern in _PATTERNS:
        if match := pattern.search(plain):
            return _notation(kind, match)
    for words, shift in (
        (("今年", "this year"), 0),
        (("去年", "last year"), -1),
        (("前年",), -2),
        (("明年", "next year"), 1),
    ):
        if any(word in plain for word in words):
            return str(today.year + shift)
    return None


def normal(text: str) -> str:
    """One spelling for a period that is the whole text, however it was asked for; one that is none of the known
    kinds comes back as it is, in capitals.

    >>> [normal(text) for text in ("2025 h1", "H1 2025", "2025上半年", "FY 2026", "2026財年", "2025-9", "2025年", "1870s")]
    ['2025H1', '2025H1', '2025H1', 'FY2026', 'FY2026', '2025-09', '2025', '1870s']
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    for kind, pattern in _PATTERNS:
        if match := pattern.fullmatch(plain.removesuffix("年") if kind == "Y" else plain):
            return _notation(kind, match)
    compact = re.sub(r"\s", "", plain)
    return compact if re.fullmatch(r"\d{3}0s", compact) else compact.upper()


def _notation(kind: str, match: re.Match[str]) -> str:
    named = {key: value for key, value in match.groupdict().items() if value}
    year = named.get("y") or named.get("y2") or named.get("y3") or "20" + named.get("yy", "00")
    match kind:
        case "H1" | "H2":
            return f"{year}{kind}"
        case "Q":
            digit = named.get("q") or named.get("q2") or named["qz"]
            return f"{year}Q{_QUARTERS.get(digit, digit)}"
        case "FY":
            return f"FY{year}"
        case "M":
            month = int(named.get("m") or named.get("m3") or MONTHS[named["mon"]])
            return f"{year}-{month:02d}"
        case _:
            return year
