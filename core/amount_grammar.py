"""What an amount looks like in a text: number words, magnitudes, currencies, and the patterns made of them.

Patterns are matched against simplified, half-width, lower-case text. No two optional spaces stand side by side in
them: a run of spaces would then be tried in every combination.
"""

import re

FOLD = str.maketrans(
    "億萬兩點個幣歐鎊圓臺貳參陸幾餘約負財後數韓盧塊錢帥", "亿万两点个币欧镑圆台二三六几余约负财后数韩卢块钱帅"
)
DIGIT = dict(zip("零〇一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
NEIGHBOURS = {"一两", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"}  # 兩三年 is a range
SMALL = {"十": 10.0, "百": 100.0, "千": 1000.0}
BIG = {"万亿": 1e12, "亿": 1e8, "万": 1e4, "兆": 1e12}
ENGLISH = {
    "trillion": 1e12, "trn": 1e12, "tn": 1e12, "t": 1e12,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9,
    "million": 1e6, "mln": 1e6, "mn": 1e6, "mm": 1e6, "m": 1e6,
    "thousand": 1e3, "k": 1e3,
}  # fmt: skip
WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "half a": 0.5, "a": 1,
}  # fmt: skip
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
CURRENCY = {
    "a$": "AUD", "澳元": "AUD", "c$": "CAD", "加元": "CAD", "s$": "SGD", "新元": "SGD", "r$": "BRL", "韩元": "KRW",
    "韩圜": "KRW", "won": "KRW", "krw": "KRW", "卢比": "INR", "rupees": "INR", "inr": "INR", "卢布": "RUB", "瑞郎": "CHF",
    "swiss francs": "CHF", "chf": "CHF",
    "us$": "USD", "usd": "USD", "$": "USD", "美元": "USD", "美金": "USD", "美刀": "USD", "刀": "USD",
    "dollars": "USD", "dollar": "USD", "bucks": "USD",
    "rmb": "CNY", "cny": "CNY", "人民币": "CNY", "¥": "CNY", "yuan": "CNY", "renminbi": "CNY",
    "€": "EUR", "eur": "EUR", "欧元": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "英镑": "GBP", "pounds": "GBP",
    "jpy": "JPY", "日元": "JPY", "日圆": "JPY", "日币": "JPY", "円": "JPY", "yen": "JPY",
    "taiwan dollars": "TWD", "new taiwan dollars": "TWD", "hong kong dollars": "HKD", "canadian dollars": "CAD", "australian dollars": "AUD",
    "singapore dollars": "SGD",
    "nt$": "TWD", "twd": "TWD", "台币": "TWD", "新台币": "TWD", "hk$": "HKD", "hkd": "HKD", "港元": "HKD", "港币": "HKD",
}  # fmt: skip

NUM = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+"
HAN = r"[零〇一二三四五六七八九两十百千廿卅]+(?:点[零〇一二三四五六七八九]+)?"
WHOLE = "|".join(word.replace(" ", r"\s") for word in WORDS if word not in ("a", "half a"))
LONG = "|".join(word for word in ENGLISH if len(word) > 4)
WORD = rf"\b(?:{WHOLE})\b(?=[\s-](?:{LONG}|percent|per\scent|years?\b|months?\b|times\b))|\b(?:half\sa|a)\b(?=\s(?:{LONG})\b)"
MAG = r"[十百千]?(?:万亿|亿|万|兆)|[十百千](?![分年])"
ENG = "|".join(sorted(ENGLISH, key=len, reverse=True))
CUR = "|".join(re.escape(c) for c in sorted(CURRENCY, key=len, reverse=True))
SEP = r"\s*(?:-|–|—|~|～|至|到|to\b)\s*"
NEXT = rf"\s*(?:约|大约|近)?\s*(?:{CUR})?\s*(?:{NUM}|{HAN})\s?(?:{MAG}|(?:{ENG})(?![a-z]))"
YEARLY = rf"\s*(?:/\s*年|(?:每年|一年)(?!{NEXT})|/\s*y(?:ea)?r?\b|(?:a|per|each|every)\s+(?:year|annum)|annually|yearly|p\.a\.)"
EACH_YEAR = re.compile(
    r"(?:每一?年|年年|年均|(?:^|(?<=[\s,;:、。(]))[一1]\s?年|\b(?:per|each|every)\s(?:year|annum)|\b(?:annual|annually|yearly))\s?$",
    re.ASCII,
)
"""Before an amount of money, what makes it that of a year: 每年400億, “an annual $400bn”."""
AMOUNT = re.compile(
    rf"""
    (?:(?P<approx>约|大约|大概|about|around|roughly|~|≈)\s*)?
    (?:(?P<cur1>{CUR})\s*)?
    (?:(?P<sign>(?<![\d.])[-+−负])\s?)?
    (?:(?P<pct0>百分之)\s*)?
    (?:(?P<cur3>\$)\s*)?
    (?P<n1>{WORD}|(?<![\d.])(?:{NUM})|{HAN}|(?<![上下])半(?=年|成|万亿|亿|兆)|(?:十几|[几数上][十百千]?)(?=[十百千]?(?:万亿|亿|万|兆)|[十百千]))
    (?P<mag1>\s?(?:{MAG}))?
    (?P<tenth>(?:(?<=[一二三四五六七八九两十百千][亿兆万])|(?<=[一二三四五六七八九两十百千]万亿))[一二三四五六七八九](?![零一二三四五六七八九十百千万亿兆年月个個成点點样樣些起直般下定次旦切]))?
    (?P<tail>(?:(?:{NUM}|{HAN})(?:{MAG}))*)
    (?:(?P<eng1>[ -]?(?:{ENG})(?![a-z]))|(?P<pct1>\s?[%‰]))?
    (?P<half>半(?!年))?
    (?:{SEP}(?P<cur4>\$)?(?P<n2>{NUM}|{HAN})(?P<mag2>\s?(?:{MAG}))?(?P<eng2>\s?(?:{ENG})(?![a-z]))?)?
    (?P<more>多|余)?
    (?:\s?\((?P<paren>百万|千万|十亿|亿|万|millions?|billions?)\))?
    (?:\s*(?P<unit>%|‰|per\s?cent(?!age)|pct\b|成半|倍半|成(?!本|立|为|為|功|交|长|長|都|果|了)|倍|x(?![a-z])|times\b|个百分点|百分点|percentage\spoints?|pp\b
        |个月|months?\b|年半|年代|年|years?\b|yrs?\b|y(?![a-z])|点(?!半|钟)))?
    (?:\s*(?P<cur2>{CUR})(?!(?<=[$€£¥])\s?\d))?
    (?:(?<=[亿万兆])(?:元(?![旦月件素老首帅宇])|块钱?))?
    (?P<yearly>{YEARLY})?
    """,
    re.VERBOSE | re.ASCII,  # so that a Latin word ends where Chinese begins
)
FRACTION = re.compile(rf"(?P<den>{NUM}|{HAN})分之(?P<num>{NUM}|{HAN})")
WORD_FRACTION = re.compile(rf"\b(?P<num>a|one|two|three|four)[ -](?P<den>{'|'.join(PARTS)})s?\b", re.ASCII)
SLASH = re.compile(r"(?<![\d/])(?P<num>[1-9])/(?P<den>[2-9]|10)(?![\d/])")
TENTHS = re.compile(r"(?P<tens>[一二两三四五六七八九\d])成(?P<ones>[一二三四五六七八九])(?![年个個月成倍])")
GLUED_YEAR = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>1[0-2]|[1-9])月")
