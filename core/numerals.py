"""Numerals: what the characters of a number come to, in digits, in Chinese and in English words.

All texts here are flat: half width, lower case, number words simplified (`core.amount_grammar.FOLD`).
"""

import re

from core.amount_grammar import BIG, DIGIT, ENGLISH, HAN, MAG, NUM, SMALL, WORDS


def value(written: str, magnitude: str | None, tail: str, english: str | None, half: str | None) -> float:
    """A number with the magnitudes that follow it: 1.5 and 萬億, 一 and 萬 with 二千億 behind, 3 and billion, 二億 and 半.

    >>> value("1.5", "万亿", "", None, None), value("一", "万", "二千亿", None, None), value("3", None, "", " bn", None)
    (1500000000000.0, 1200000000000.0, 3000000000.0)
    """
    unit = factor(magnitude)
    total = number(written) * unit
    for part in re.finditer(rf"({NUM}|{HAN})({MAG})", tail):
        small, big = split_factor(part[2])
        if big > split_factor(magnitude)[1]:  # 一萬二千億: the whole of it counts in 億
            total = (total + number(part[1]) * small) * big
        else:
            total += number(part[1]) * small * big
    if half:
        total += 0.5 * (unit if magnitude else 1.0)
    return total * (ENGLISH[english.strip(" -")] if english else 1.0)


def number(written: str) -> float:
    """Digits, Chinese numerals or an English word of `core.amount_grammar.WORDS`, without any magnitude.

    >>> number("1,200.5"), number("三十五"), number("二点五"), number("twenty"), number("半")
    (1200.5, 35.0, 2.5, 20.0, 0.5)
    """
    if written[0].isdigit() or written[0] == ".":
        return float(written.replace(",", ""))
    if written in WORDS:
        return float(WORDS[written])
    if written == "半":
        return 0.5
    whole, _, decimals = written.partition("点")
    return _han(whole) + (float("0." + "".join(str(DIGIT[c]) for c in decimals)) if decimals else 0.0)


def _han(text: str) -> float:
    """Chinese numerals below 万: 三十五, 一千二, 廿五; and digits read out: 二零二五."""
    if len(text) > 1 and all(c in DIGIT for c in text):
        return float("".join(str(DIGIT[c]) for c in text))
    total, digit, last = 0.0, None, 0.0
    for char in text.replace("廿", "二十").replace("卅", "三十"):
        if char in SMALL:
            total += (1.0 if digit is None else digit) * SMALL[char]
            digit, last = None, SMALL[char]
        else:
            digit = float(DIGIT[char])
            if digit == 0:
                last = 0.0
    if digit is not None:
        total += digit * (last / 10 if last > 10 else 1.0)
    return total


def factor(magnitude: str | None) -> float:
    """What a magnitude multiplies by; 1 for none."""
    small, big = split_factor(magnitude)
    return small * big


def split_factor(magnitude: str | None) -> tuple[float, float]:
    """千億 as (1000, 1e8)."""
    text = (magnitude or "").strip()
    if text[:1] in SMALL:
        return SMALL[text[0]], BIG.get(text[1:], 1.0)
    return 1.0, BIG.get(text, 1.0)
