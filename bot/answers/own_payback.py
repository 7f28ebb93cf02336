"""The payback of something of the asker's own (solar panels, a mortgage, a shop), by the asker's own amounts alone.

The register has figures of AI spending and of nothing else, so nothing is assumed here: without an outlay and what it
brings in, saves or repays a period, the answer asks for them.
"""

import re
from dataclasses import dataclass, replace

from bot.answers import computed
from bot.answers.base import Answer, World
from bot.questions import Question
from bot.understanding import cues
from core import amounts, cashflow
from core.amounts import Reading
from core.quantity import Unit, percent
from core.text import fold, fold_in_place

_LOAN = cues.cue(r"还清|贷|按揭|mortgage|\bloans?\b|pay(?:ing|s)? off|\bdebt\b")
_FLOW = cues.cue(
    r"省|赚|收入|收益|营收|租金|月租|进账|回报|还款|月供|每期|净利|利润|sav(?:e|es|ing|ings)|earn|income|revenue|rent|profit|brings?|repay|instal"
)
_EVERY = (  # how often in a year; a marker stands shortly before the amount or right behind it
    (365.0, cues.cue(r"(?:每天|每日|一天|daily)[^\d,，。;]{0,8}$"), cues.cue(r"^[^\d,，。;]{0,4}(?:/ ?天|每天|一天|(?:a|per|each|every) day|daily)")),
    (52.0, cues.cue(r"(?:每周|每星期|weekly)[^\d,，。;]{0,8}$"), cues.cue(r"^[^\d,，。;]{0,4}(?:/ ?周|每周|(?:a|per|each|every) week|weekly)")),
    (12.0, cues.cue(r"(?:每个?月|一个月|月供|月租|monthly)[^\d,，。;]{0,8}$"), cues.cue(r"^[^\d,，。;]{0,4}(?:/ ?月|每个?月|一个月|(?:a|per|each|every) month|monthly)")),
    (4.0, cues.cue(r"(?:每个?季|一季|quarterly)[^\d,，。;]{0,8}$"), cues.cue(r"^[^\d,，。;]{0,4}(?:/ ?季|每季|一季|(?:a|per|each|every) quarter|quarterly)")),
    (1.0, cues.cue(r"(?:每年|一年|年|yearly|annual(?:ly)?)[^\d,，。;]{0,8}$"), cues.cue(r"^[^\d,，。;]{0,4}(?:/ ?年|每年|一年|(?:a|per|each|every) year|yearly|annually)")),
)  # fmt: skip
# “贷200万每月还1万”: the month is that of the amount behind it.
_OF_THE_NEXT = cues.cue(r"[^\d,，。;]{0,4}(?:每|一)(?:天|日|周|星期|个?月|季|年)\s?[多净]?[还付省赚缴存收]")
_COUNTS_AS_MONEY = 10.0  # a bare number above it, beside a word of money, is an amount: 「每年省8000」


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the asker gave. Amounts in billions of one currency; `yearly` is `yearly_text` times `times` a year."""

    outlay: float
    outlay_text: str
    yearly: float
    yearly_text: str
    times: float
    margin: float | None
    rate: float | None


def own_payback(question: Question, world: World) -> Answer:
    """Outlay over what comes back a year, with interest where a rate is given; else a word of what is missing."""
    text = " ; ".join((*question.slots.get("said", ()), question.text))
    loan = bool(_LOAN.search(fold(text)))
    own = _own(text)
    if own is None:
        asked = replace(question, intent="off_topic", slots={})
        return Answer(question=asked, template="own_amounts", data={"loan": loan})
    margin, rate = 1.0 if own.margin is None else own.margin, own.rate or 0.0
    found = cashflow.discounted_payback(own.outlay, margin, own.yearly, rate)
    parts = [own.outlay_text, own.yearly_text if own.times == 1 else f"({own.yearly_text} × {own.times:g})"]
    parts += [percent(margin)] if own.margin is not None else []
    formula = " / ".join(parts)
    if rate:
        formula = f"−ln(1 − {percent(rate)} × {formula}) / ln(1 + {percent(rate)})"
    figures = () if found.years is None else (computed.years("payback", found.years, formula),)
    slots = {"outlay": own.outlay * 1e9, "yearly": own.yearly * 1e9, "margin": own.margin, "rate": own.rate}
    kept = {name: value for name, value in slots.items() if value is not None}
    said = (*question.slots.get("said", ()), question.text)
    return Answer(
        question=replace(question, slots={**kept, "said": said}),
        template="own_payback",
        data={"years": figures[0].quantity if figures else None, "formula": formula, "loan": loan, "rate": percent(rate) if rate else None, "margin": own.margin},
        figures=figures,
    )  # fmt: skip


def _own(text: str) -> Own | None:
    """The outlay, what it brings a year, and the rates; the last of each counts. `None` where one is missing."""
    flat = fold_in_place(text)
    outlay: Reading | None = None
    flow: tuple[Reading, float] | None = None
    margin = rate = None
    for reading in amounts.find(text):
        before, after = flat[max(0, reading.start - 16) : reading.start], flat[reading.end : reading.end + 16]
        if reading.quantity.unit is Unit.RATIO:
            if re.search(r"利润|毛利|净利|margin", before + after[:10]):
                margin = reading.quantity.value
            elif re.search(r"利率|利息|年息|折现|贴现|interest|\brate|apr", before + after[:10]):
                rate = reading.quantity.value
        elif _is_money(reading, before):
            times = _times(reading, before, after)
            if times is not None:
                flow = reading, times
            elif not _FLOW.search(before):
                outlay = reading
    if outlay is None or flow is None or not _alike(outlay, flow[0]):
        return None
    return Own(
        outlay=_billions(outlay), outlay_text=outlay.text.strip(), yearly=_billions(flow[0]) * flow[1],
        yearly_text=flow[0].text.strip(), times=flow[1], margin=margin, rate=rate,
    )  # fmt: skip


def _is_money(reading: Reading, before: str) -> bool:
    if reading.quantity.unit is Unit.MONEY:
        return True
    return (
        reading.quantity.unit in (Unit.COUNT, Unit.YEAR)
        and reading.quantity.value >= _COUNTS_AS_MONEY
        and re.search(r"[省赚还花付投买价贵卖租收]|cost|price|save|earn|pay|spend|rent", before) is not None
    )


def _times(reading: Reading, before: str, after: str) -> float | None:
    """How often a year the amount comes; `None` where the text does not say, and then it is a sum."""
    inside = reading.text.lstrip("0123456789,. $€¥")  # “1500 a year” is one reading
    if _OF_THE_NEXT.match(after):
        after = ""
    for times, ahead, behind in _EVERY:
        if ahead.search(before) or behind.search(after) or behind.search(inside):
            return times
    return 1.0 if reading.quantity.period == "a year" else None


def _billions(reading: Reading) -> float:
    return reading.quantity.value * (1.0 if reading.quantity.unit is Unit.MONEY else 1e-9)


def _alike(one: Reading, other: Reading) -> bool:
    """Not in two currencies: no exchange rate is assumed."""
    currencies = {reading.quantity.currency for reading in (one, other)} - {None}
    return len(currencies) < 2
