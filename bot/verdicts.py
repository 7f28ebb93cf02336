"""Verdicts of rechecks and statuses of figures in the reader's language; English keeps the word of the cards."""

from core.text import to_mainland

VERDICTS = {
    "holds": "屬實", "holds_approximately": "大致屬實", "fails": "不成立", "fails_by_power_of_ten": "差了十倍",
    "category_error": "存量與流量相比", "contradicted": "與查證不符", "unverified": "無從證實", "not_checkable": "無可查證",
}  # fmt: skip
STATUSES = {"corroborated": "已查證", "contradicted": "與查證不符", "unverified": "未證實", "estimated": "估計值"}


def verdict(word: str, lang: str) -> str:
    """What came out of a recheck.

    >>> [verdict("unverified", lang) for lang in ("zh-Hant", "zh-Hans", "en")]
    ['無從證實', '无从证实', 'unverified']
    """
    return _said(VERDICTS, word, lang)


def status(word: str, lang: str) -> str:
    """How far a figure is vouched for.

    >>> [status("unverified", lang) for lang in ("zh-Hant", "zh-Hans", "en")]
    ['未證實', '未证实', 'unverified']
    """
    return _said(STATUSES, word, lang)


def _said(words: dict[str, str], word: str, lang: str) -> str:
    if lang == "en":
        return word
    return words[word] if lang == "zh-Hant" else to_mainland(words[word])
