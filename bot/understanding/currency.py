"""Which currency a question wants an amount in."""

import re

from core.text import fold

CURRENCIES = {
    "TWD": r"台币|新台币|台幣|\bntd?\b|\btwd\b|taiwan dollars?",
    "CNY": r"人民币|\brmb\b|\bcny\b|yuan|renminbi",
    "JPY": r"日[元圆币]|\bjpy\b|\byen\b",
    "HKD": r"港[币元]|\bhkd\b|hong kong dollars?",
    "EUR": r"欧元|\beur\b|\beuros?\b",
    "GBP": r"英镑|\bgbp\b|pounds?",
    "AUD": r"澳元|\baud\b|australian dollars?",
    "CAD": r"加元|\bcad\b|canadian dollars?",
    "SGD": r"新加坡元|\bsgd\b|singapore dollars?",
    "USD": r"美[元金]|\busd\b|(?<!taiwan )(?<!kong )(?<!australian )(?<!canadian )(?<!singapore )dollars?",
}


def target(text: str) -> str | None:
    """The currency that is asked for: the last one named that is not the amount's own.

    >>> target("4000億美元是多少台幣?"), target("how much is 400bn in Canadian dollars"), target("1.13T 是多少億?")
    ('TWD', 'CAD', None)
    >>> target("5bn Canadian dollars in USD"), target("5bn dollars in USD")
    ('USD', None)
    """
    folded = fold(text)
    asks = re.search(r"(?:多少|几|换成|换算成?|折合|等于|合|=|convert|\bin\b|\bto\b|\binto\b)", folded)
    if not asks:
        return None
    found = [(match.start(), code) for code, cue in CURRENCIES.items() for match in re.finditer(cue, folded)]
    after = [code for start, code in sorted(found) if start > asks.start() or code != "USD"]
    return after[-1] if after and not (after[-1] == "USD" and len(set(after)) == 1) else None
