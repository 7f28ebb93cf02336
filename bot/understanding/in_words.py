"""Amounts that are said in words alone: a margin of nothing, sales that double every year, twice as much.

Words of change that have no place here (“halved”, 再加), and digits of other scripts, are left over, so that a
calculation refuses to go on.
"""

from typing import Any

from bot.understanding.cues import cue

CHANGE = cue(
    r"翻(?:一番|倍|两番)|加倍|减半|腰斩|(?:变成|只有|剩|的)一半|再(?:加|减|增|降)|\b(?:doubl|tripl|halv|quadrupl)\w*|twice as|\bzero\b|为零|是零|\bnan\b|\d(?:\.\d+)?e\+?\d{3,}|\d{300,}|\binf(?:inity)?\b|无穷|(?u:[^\D0-9]+)"
)
_NO_MARGIN = cue(
    r"(?:利润率?|毛利率?|净利率?|margins?)(?: of| is| at|到|降到|变成)?\s*(为零|是零|零|zero)|(zero) (?:profit )?margins?"
    r"|(?:利润率?|毛利率?|净利率?)(?:如果|要是|竟然)?(?:是|为|变成?)?(负)(?:的|数|值)?(?!\s?\d)|(negative) (?:profit )?margins?|margins? (?:is |are |turns? |goes )(negative)"
)
_HALF_MARGIN = cue(
    r"(?:利润率?|毛利率?|净利率?)(?:是|为|有|占)?一半|一半(?:是|为)(?:利润|毛利)|\bmargins?(?: of| is| at)? half\b(?! (?:of|as|the))"
)
_DOUBLES = cue(
    r"(?:每年|年年|一年)[^,，。]{0,4}翻(?:一?倍|一番)|doubl(?:e|es|ing) (?:(?:every|each|a|per) year|yearly|annually)"
)
_DECADE, _LASTS = cue(r"\ba decade\b|\bone decade\b"), cue(r"\blasts?\b|\blife\b|\bused\b")
_TWICE = cue(r"\btwice\b|\bdouble its\b")
_CHANGED_BY = (
    cue(
        r"(?:增加|增多|提高|提升|上升|上调|下降|下滑|下调|下跌|降低|减少|缩减|缩水|砍|减|(?<![至最不])少|(?<![不最至顶])多)(?:了|掉|去)?\s*$"
        r"|\b(?:increas|decreas|ris|rose|fall|fell|drop|shrink|shrank|reduc|rais|lower|cut)\w*(?: by)?\s*$|\b(?:up|down|by)\s*$"
    ),
    cue(r"^\s*(?:more|less|higher|lower|fewer|increase|decrease|rise|drop|cut)\b"),
)
_PROFIT = (
    cue(r"(?:利润|净利|获利|盈利|现金流[入量]?|profits?|net income|cash flow)(?!率|润|\s*margin)[^\d,，。;；、]{0,8}$"),
    cue(
        r"^\s*(?:的|(?:a|per|each|every) year )?\s*(?:(?:in|of) )?(?:(?:annual|yearly|net) )?(?:净?利润|净利|现金流|profits?\b|net income|cash flow)(?!率|润|\s*margin)"
    ),
)
_YEARLY = cue(r"(?:每一?年|年年|(?<![\d一两二三四五六七八九十])[一1] ?年(?![前后内]))[^\d,，。;；、]{0,6}$")


def is_yearly(before: str) -> bool:
    """Whether the amount after these words is one of every year.

    >>> is_yearly("每年投"), is_yearly("一年前投"), is_yearly("每年收入1000,投")
    (True, False, False)
    """
    return _YEARLY.search(before) is not None


def is_profit(before: str, after: str) -> bool:
    """Whether an amount between these words is what is left of revenue, and no revenue of which a margin is left.

    >>> is_profit("每年赚", "利润"), is_profit("profit of ", ""), is_profit("利润率30%,收入", "")
    (True, True, False)
    """
    ahead, behind = _PROFIT
    return bool(ahead.search(before) or behind.search(after))


def is_change(before: str, after: str) -> bool:
    """Whether a share between these words is one of what was before, and not what it comes to.

    >>> is_change("毛利率下降", ""), is_change("毛利率下降到", ""), is_change("payback with ", " less margin")
    (True, False, True)
    """
    ahead, behind = _CHANGED_BY
    return bool(ahead.search(before) or behind.search(after))


def take(folded: str, slots: dict[str, Any]) -> set[str]:
    """Fill the slots that such words fill, where no number has; the words of change that have found a place.

    A negative margin is taken for none at all: either never pays back.

    >>> slots = {}
    >>> take("payback at zero margin", slots), slots
    ({'zero'}, {'margin': 0.0})
    """
    read: set[str] = set()
    if "margin" not in slots and (none := _NO_MARGIN.search(folded)):
        slots["margin"] = 0.0
        read |= {word for word in none.groups() if word}
    if "margin" not in slots and _HALF_MARGIN.search(folded):
        slots["margin"] = 0.5
    if "growth" not in slots and (doubles := _DOUBLES.search(folded)):
        slots["growth"] = 1.0
        if slots.get("margin") == 1.0:  # the 倍 of 翻一倍 is no margin
            del slots["margin"]
        read |= {match[0] for match in CHANGE.finditer(doubles[0])}
    if not {"years", "life_years"} & slots.keys() and _DECADE.search(folded):
        slots["life_years" if _LASTS.search(folded) else "years"] = 10.0
    if "value_ratio" not in slots and (twice := _TWICE.search(folded)):
        slots["value_ratio"] = 2.0
        slots["value_text"] = twice[0]
    return read
