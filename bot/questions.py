"""From text to `Question`: what is asked, about what, with which amounts, in which language.

Nothing here knows a particular question. An intent is recognised by its cue words (`RULES`, the first that
fits wins), companies and metrics by `core.aliases`, amounts by `core.amounts`, periods by `core.period`. An
amount becomes a parameter by the nearest cue beside it (`ROLES`): in “capex到6000億, 營收360億” the first is an
outlay, the second a revenue.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import aliases, amounts, period
from core.amounts import Reading
from core.errors import UsageError
from core.quantity import Unit
from core.text import clean, fold, script, to_simplified

MAX_LENGTH = 2000
CALCULATIONS = frozenset({"breakeven_revenue", "payback_years", "payback_ramp", "required_cagr"})

_PAYBACK = (
    r"回本|收回(?:成本|投资|来)|回收|还清|pay(?:s|ing)?[ -]?(?:it |itself )?back|payback|paid back|recoup|recover"
)
_BREAKEVEN = r"打平|(?:损益|收支|盈亏)(?:两)?平衡?|保本|break[ -]?even|pay(?:s)? (?:off|for)"
_RAMP = r"s[ -]?(?:形|型)?(?:曲线|curve)|s-?shaped|logistic|指数(?:增长|成长|级)|exponential|线性|linear|爬坡|ramp"
_TIME = r"几年|多少年|多久|多长时间|何时|什么时候|how (?:long|many years)|when|years?\b"

# (intent, cue on the folded text, the slots without which it does not apply)
RULES: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (intent, re.compile(cue), needs)
    for intent, cue, needs in (
        ("help", r"^[/ ]*(?:help|start|帮助|帮忙|说明)|怎么用|(?:能|可以)(?:问|回答|做)(?:些)?什么|what can (?:you|i)|how do i use", ()),
        ("injection", r"(?:ignore|disregard|forget) .{0,30}(?:instruction|prompt|rule)|system prompt|忽略.{0,12}(?:指令|提示|规则)|(?:你的)?提示词", ()),
        ("advice_refusal", r"(?:该|应该|要)不(?:该|应该|要).{0,8}(?:买|卖|抛|清|加|减|进|跑|抄|割|持|空)|(?:该|应该)(?:现在)?(?:买|卖|抛|清仓|加仓|减仓|进场|离场|跑|抄底|割|做空)|(?:可以|能|值得)(?:现在)?(?:买|入手|抄底|上车|做空)|(?:买|卖)(?:不买|不卖|哪|什么|啥)|推荐.{0,6}(?:股|票)|should (?:i|we) (?:buy|sell|hold|short|invest|dump)|(?:buy|sell) or (?:buy|sell|hold)|what (?:should|to) (?:i )?buy|good time to", ()),
        ("monte_carlo", r"monte[ -]?carlo|蒙特卡洛|蒙地卡罗|模拟|simulat", ()),
        ("sensitivity", r"敏感|tornado|龙卷风|哪个(?:参数|因素|变量|输入)|sensitiv|which (?:input|factor|parameter|assumption)|matters? (?:the )?most", ()),
        ("npv_irr", r"\bnpv\b|\birr\b|净现值|现值|内部(?:报酬|收益|回报)率|internal rate|net present", ()),
        ("discounted_payback", r"折现|贴现|discount", ()),
        ("discounted_payback", r".", ("discount_rate",)),
        ("capital_cycle", r"(?:每年|一年|年年|a year|per year|annually).{0,12}(?:投|capex|spend|invest).*(?:折旧|depreciat)", ()),
        ("depreciation_breakeven", r"折旧|depreciat", ()),
        ("valuation_years", r"(?:\bp/?[se]\b|市销率|市盈率).*(?:几年|多少年|多久|how many years|how long|falls? to|降到|跌到)|(?:几年|多少年|how many years).*(?:\bp/?[se]\b|市销率|市盈率)", ()),
        ("circular_financing", r"转一圈|循环|绕一圈|左手.{0,4}右手|circular|round[- ]trip|vendor financ|供应商融资|money go(?:es)? round|loop", ()),
        ("margin_history", r"(?:融资|借贷|margin).*(?:之后|后|然后|一定|每次|after|always|every time).*(?:跌|回调|崩|fall|drop|crash|pull)|(?:跌|回调|崩|fall|drop|crash|pull).*(?:之后|after|when|每次|every time).*(?:融资|margin debt)", ()),
        ("dotcom_compare", r"(?:2000|1999|互联网泡沫|网络泡沫|dot[- ]?com).{0,12}(?:比|像|一样|相比|对比|compar|like|similar|same)|(?:比|像|跟|和|与|compar\w*|like|similar).{0,12}(?:2000|1999|互联网泡沫|网络泡沫|dot[- ]?com)", ()),
        ("unit_convert", r"(?:是|等于|换成|换算|折合|合|=|equals?|convert|how (?:much|many)|\bin\b|\bto\b).{0,8}(?:万亿|亿|兆|万|billions?|trillions?|millions?|\bbn\b|\btn\b)", ("value_usd_bn", "to")),
        ("required_cagr", r"(?:从|由|from).+(?:到|至|to\b)", ("start_usd_bn", "end_usd_bn", "years")),
        ("payback_ramp", _RAMP, ("calculation",)),
        ("payback_years", rf"(?:{_PAYBACK}|{_BREAKEVEN}).*(?:{_TIME})|(?:{_TIME}).*(?:{_PAYBACK}|{_BREAKEVEN})|(?:{_PAYBACK}).*\d\s*年内", ()),
        ("payback_years", rf"{_PAYBACK}|{_BREAKEVEN}", ("years",)),
        ("breakeven_revenue", rf"{_BREAKEVEN}|(?:{_PAYBACK}).*(?:多少|how much|what).{{0,12}}(?:收入|营收|revenue|sales)|(?:多少|how much|what).{{0,12}}(?:收入|营收|revenue|sales).*(?:{_PAYBACK}|才够|买单)", ()),
        ("payback_years", _PAYBACK, ()),
        ("source_lookup", r"谁说|来源|出处|哪里来|哪来的|根据什么|\bsources?\b|who (?:says|said|claims)|where .{0,20}from|link", ()),
        ("explain", r"怎么(?:算|来|得)|如何(?:算|得)|算出来|how (?:is|was|do|did) .{0,40}(?:comput|calculat|deriv|get|arrive|come)|where does .{0,20}come", ("claim",)),
        ("since_article", r"后来|兑现|结果(?:呢|如何|怎样)|(?:did|has) (?:it|that|this|they).{0,12}(?:happen|come true)|what (?:became|happened)|still true|发生了吗|成真", ("about",)),
        ("claim_check", r"对吗|对不对|对么|真的|是真|那个数|属实|正确|没错|准确|可信|靠谱|有误|搞错|是不是|吗[?？]?$|(?:is|was|are|were) .{0,40}(?:right|correct|true|accurate)|\bright\b|\bcorrect\b|\btrue\b|\breally\b|fact.?check|check", ("claim",)),
        ("bubble_verdict", r"泡沫|bubble", ("not_specific",)),
        ("forum_sentiment", r"看多|看空|看涨|看跌|多空|情绪|气氛|乐观|悲观|(?:大家|网友|论坛|楼里).{0,8}(?:怎么|觉得|看|说)|sentiment|bullish|bearish|mood|what (?:do|does) (?:people|everyone|the forum)", ()),
        ("claim_check", r".", ("claim", "entity")),
        ("figure_lookup", r".", ("about",)),
    )
)  # fmt: skip

# What an amount is, by the cue nearest to it. Later rows win a tie.
ROLES: dict[Unit, tuple[tuple[str, re.Pattern[str]], ...]] = {
    Unit.MONEY: (
        ("capex_usd_bn", re.compile(r"capex|资本(?:开)?支出|支出|投入|投资|投(?!票)|花|砸|spen(?:d|ds|t|ding)|outlay|invest(?:ment|ing)?|costs?|build")),
        ("annual_revenue_usd_bn", re.compile(r"收入|营收|营业额|销售额?|赚|进账|revenues?|sales|earn(?:s|ing)?")),
        ("start_usd_bn", re.compile(r"起步|起点|开始|start(?:s|ing)?(?: at| from)?")),
        ("cap_usd_bn", re.compile(r"上限|封顶|饱和|顶(?:到)?|cap(?:ped)?\b|ceiling|level(?:s)? off")),
    ),
    Unit.RATIO: (
        ("margin", re.compile(r"利润率?|毛利率?|净利率?|margins?|profit")),
        ("growth", re.compile(r"增长率?|成长率?|增速|growth|grow(?:s|ing)?")),
        ("discount_rate", re.compile(r"折现率?|贴现率?|资金成本|资本成本|利率|discount(?: rate)?|cost of capital|wacc|interest")),
    ),
    Unit.YEARS: (
        ("years", re.compile(r"回本|内|收回|打平|within|over|in\b|payback|pay back")),
        ("life_years", re.compile(r"寿命|折旧|能用|使用|报废|life|lasts?|depreciat\w*")),
        ("ramp_years", re.compile(r"爬坡|线性|ramp|linear")),
    ),
}  # fmt: skip
_TO_UNIT = re.compile(
    r"(?:多少|几|how (?:many|much)|in|to|into|换成|换算成?|折合|=)\s*(?:个)?\s*(万亿|亿|兆|trillions?|billions?|millions?|tn|bn)"
)
_A_YEAR = re.compile(r"一年|1 ?年|1 year")  # “a year” is mostly the period of a flow, not a time to pay back
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_CLAIM_ID = re.compile(r"(?<![a-z0-9])([arx]\d{2})(?!\d)", re.IGNORECASE)
# Verbs that name a metric without its noun.
_VERBS = (
    (re.compile(r"烧(?:了|掉)?(?:多少|几|钱|得)|burn"), "cash_burn"),
    (re.compile(r"亏(?:了|损|多少)|loses?\b|lost\b|loss"), "operating_loss"),
    (re.compile(r"承诺|commit"), "commitments"),
    (re.compile(r"赚(?:了|多少)|收入|营收|revenue|sales|\bmade\b|\bmakes?\b|earn"), "revenue"),
    (re.compile(r"(?:打算|计划|准备|要|一共)?(?:花|投入|砸)(?:了)?(?:多少|几)|spend"), "capex"),
    (re.compile(r"市销率|p/?s\b"), "price_to_sales"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was understood.

    lang:   the language to answer in; intent: `off_topic` where nothing fits
    slots:  parameters by name, as the contract writes them: money in USD bn, shares as ratios, time in years
    """

    text: str
    lang: str
    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def read(text: str, *, lang: str, today: date, last: Question | None = None) -> Question:
    """Understand `text`; `lang` is the reader's setting, `last` the question before it in the same talk.

    Raises `UsageError` when it is longer than 2,000 characters.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"a question of {len(text):,} characters is too long; the limit is {MAX_LENGTH:,}",
            hint="to check a whole text, store it with `paomo ingest`",
        )
    text = clean(text).strip()
    language = answer_language(text, lang)
    folded = fold(text)
    slots = _slots(text, folded, today)
    intent = _intent(folded, slots, last)
    if intent == "off_topic" and (len(re.findall(r"\w", folded)) < 3 or _EMOJI.search(text)):
        intent = "ambiguous"
    if last is not None:
        intent, slots = _carry_on(intent, slots, last)
    return Question(text=text, lang=language, intent=intent, slots={k: v for k, v in slots.items() if v is not None})


def _carry_on(intent: str, slots: dict[str, Any], last: Question) -> tuple[str, dict[str, Any]]:
    """What a follow-up leaves unsaid comes from the question before it.

    A calculation goes on with its other parameters (“那30%呢?”), a look-up with its company and metric
    (“2024年呢?”), and “對嗎?” or “來源?” ask about what was just said.
    """
    given = {name: value for name, value in slots.items() if value is not None}
    if intent == last.intent and intent in CALCULATIONS:
        return intent, {**last.slots, **given}
    subject = {name: last.slots[name] for name in ("entity", "metric", "period", "claim_id") if name in last.slots}
    if intent in ("claim_check", "source_lookup", "explain", "since_article") and not given.keys() & {
        "entity",
        "metric",
        "claim_id",
        "value_usd_bn",
    }:
        if last.intent in CALCULATIONS:
            subject = {"claims": ("A04", "A05", "A07")}
        return intent, {**subject, **given}
    if intent == "off_topic" and "metric" in subject and given.keys() & {"period", "entity"}:
        return "figure_lookup", {**{k: v for k, v in subject.items() if k != "claim_id"}, **given}
    if intent == "figure_lookup" and "metric" not in given and "metric" in subject and len(last.text) > 2:
        return intent, {"metric": subject["metric"], **given}
    return intent, slots


def answer_language(text: str, setting: str) -> str:
    """The language and script of the question; what both scripts write alike goes by the setting.

    >>> [answer_language(t, "en") for t in ("利潤率降到30%要多少年回本?", "margin debt 多少?", "payback?", "🚀")]
    ['zh-Hant', 'zh-Hant', 'en', 'en']
    """
    found = script(text)
    if found == "en" or found is None:
        chinese = bool(re.search(r"[\u3400-\u9fff]", text))
        if chinese:
            return setting if setting.startswith("zh") else "zh-Hant"
        return found or setting
    return found


def _intent(folded: str, slots: Mapping[str, Any], last: Question | None) -> str:
    have = {name for name, value in slots.items() if value is not None}
    what_if = have & {"capex_usd_bn", "margin", "annual_revenue_usd_bn", "life_years", "growth", "cap_usd_bn"}
    if have & {"entity", "metric"}:
        have.add("about")
    if ("about" in have and have & {"value_usd_bn", "value_ratio"}) or have & {"claim_id", "value_usd_bn"}:
        have.add("claim")
    asks_back = last is not None and (
        last.slots.keys() & {"entity", "metric", "claim_id"} or last.intent in CALCULATIONS
    )
    if asks_back and not have & {"entity", "metric"} and len(folded) <= 24:
        have.add("claim")  # “對嗎?” asks about what was just said
    if what_if or re.search(rf"{_PAYBACK}|{_BREAKEVEN}", folded) or (last and last.intent in CALCULATIONS):
        have.add("calculation")
    if not have & {"entity", "metric", "claim_id", "value_usd_bn"}:
        have.add("not_specific")
    for intent, cue, needs in RULES:
        if have.issuperset(needs) and cue.search(folded):
            if intent == "figure_lookup" and _is_what_if(what_if, have, folded):
                return last.intent if last and last.intent in CALCULATIONS else "payback_years"
            return intent
    if last is not None and last.intent in CALCULATIONS and have & (what_if | {"years", "start_usd_bn", "ramp_years"}):
        return last.intent
    return "payback_years" if what_if else "off_topic"


def _is_what_if(what_if: set[str], have: set[str], folded: str) -> bool:
    """“如果capex到6000億呢?” names a metric but sets it; “微軟capex多少?” asks for it."""
    return bool(what_if) and "entity" not in have and not re.search(r"多少(?!年)|how much|what (?:is|was)", folded)


def _slots(text: str, folded: str, today: date) -> dict[str, Any]:
    slots: dict[str, Any] = {"period": period.find(text, today)}
    mentions = aliases.find(text, kinds=("company", "group", "index", "metric"))
    slots["entities"] = tuple(dict.fromkeys(m.id for m in mentions if m.kind != "metric")) or None
    slots["entity"] = slots["entities"][0] if slots["entities"] else None
    slots["metric"] = next((m.id for m in mentions if m.kind == "metric"), None) or _verb_metric(folded)
    if claim := _CLAIM_ID.search(text):
        slots["claim_id"] = claim[1].upper()
    if unit := _TO_UNIT.search(folded):
        slots["to"] = unit[1].rstrip("s") if unit[1].isascii() else unit[1]
    readings = [r for r in amounts.find(text) if not _A_YEAR.fullmatch(fold(r.text)) or re.search(r"内|within", folded)]
    if re.search(r"(?:从|由|from)", folded):
        _from_to(slots, readings)
    if "start_usd_bn" not in slots or "end_usd_bn" not in slots:
        _roles(slots, readings, folded if len(folded) == len(text) else text.lower())
    loose = slots.get("value_usd_bn") if not {"capex_usd_bn", "start_usd_bn"} & slots.keys() else None
    if loose not in (None, slots.get("annual_revenue_usd_bn")) and re.search(rf"{_PAYBACK}|{_BREAKEVEN}", folded):
        slots["capex_usd_bn"] = loose  # “payback of $600bn?”: what is paid back is an outlay
    years = [r.quantity.value for r in readings if r.quantity.unit is Unit.YEARS]
    if "end_usd_bn" in slots and years:
        slots["years"] = years[0]
    return slots


def _verb_metric(folded: str) -> str | None:
    return next((metric for cue, metric in _VERBS if cue.search(folded)), None)


def _from_to(slots: dict[str, Any], readings: list[Reading]) -> None:
    money = [r for r in readings if r.quantity.unit is Unit.MONEY]
    if len(money) == 2:
        slots["start_usd_bn"], slots["end_usd_bn"] = money[0].quantity.value, money[1].quantity.value
    elif len(money) == 1 and money[0].is_range:
        slots["start_usd_bn"], slots["end_usd_bn"] = money[0].low, money[0].high


def _roles(slots: dict[str, Any], readings: list[Reading], text: str) -> None:
    """Give each amount the parameter whose cue stands nearest to it."""
    plain = to_simplified(text)
    plain = plain if len(plain) == len(text) else text
    for reading in readings:
        unit, value = reading.quantity.unit, reading.quantity.value
        if unit is Unit.MONEY:
            slots.setdefault("value_usd_bn", value)
            slots.setdefault("value_text", reading.text)
        if (
            unit is Unit.RATIO
            and not reading.text.rstrip().endswith(("%", "％", "成", "半"))
            and "分" not in reading.text
            and value > 1
        ):
            slots.setdefault("value_ratio", value)
            continue
        role = _nearest(ROLES.get(unit, ()), reading, readings, plain)
        if role is None and unit is Unit.RATIO:
            role = "margin" if slots.get("entity") is None else None
            slots.setdefault("value_ratio", value)
        if role is None and unit is Unit.YEARS:
            role = "years"
        if role is not None:
            slots.setdefault(role, value)


def _nearest(
    roles: tuple[tuple[str, re.Pattern[str]], ...], reading: Reading, others: list[Reading], text: str
) -> str | None:
    """The role whose cue is nearest; a cue behind the amount counts as three characters further away."""
    left = max((r.end for r in others if r.end <= reading.start), default=0)
    right = min((r.start for r in others if r.start >= reading.end), default=len(text))
    best: tuple[int, str] | None = None
    for name, cue in roles:
        distances = [reading.start - m.end() for m in cue.finditer(text, left, reading.start)]
        distances += [m.start() - reading.end + 3 for m in cue.finditer(text, reading.end, right)]
        if distances and (best is None or min(distances) <= best[0]):
            best = (min(distances), name)
    return best[1] if best and best[0] <= 24 else None
