"""From the amounts of a question to its parameters.

An amount becomes a parameter by the cue nearest to it (`cues.ROLES`): in “capex到6000億, 營收360億” the first is an
outlay, the second a revenue. What could not be given a place is left in the slot `unread`, so that a calculation can
say so instead of going on with its defaults.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.understanding import cues, in_words
from bot.understanding.choice import alike
from core import aliases, amounts, glossary, period
from core.amounts import Reading
from core.quantity import Kind, Unit
from core.text import fold_in_place

Roles = tuple[tuple[str, re.Pattern[str]], ...]

_GROWTH = cues.cue(r"增速|增长|成长|增率|年增|要?涨|growth|cagr|grow")
_RAMPS_TO = cues.cue(
    r"(?:爬[坡升]?|线性[^,，。]{0,4}|直线[^,，。]{0,4})(?:到|至)\s*$|(?:ramps?|ramping|climbs?|rises? linearly)(?: up)? to\s*$"
)
_COUNTED = cues.cue(r"\s?(?:次|遍|人|家|台|辆|篇|条|draws|runs|simulations|trials|paths|posts)")
_PER_MONTH = (
    cues.cue(r"(?:每个?月|一个月|月(?:收入|营收)|monthly)[^\d]{0,14}$"),
    cues.cue(r"^\s*(?:/\s?月|每月|一个月|(?:/|a |per |each |every )\s?month)"),
)
_PER_QUARTER = (
    cues.cue(r"(?:每个?季|一季|季度|季(?:收入|营收)|quarterly)[^\d]{0,14}$"),
    cues.cue(r"^\s*(?:/\s?季|每季|一季|(?:/|a |per |each |every )\s?quarter)"),
)
_OTHER_SHARE = cues.cue(
    r"(?:税|占|份额|持股|涨|跌|通胀|失业|费用)[^,，。]{0,4}$|\b(?:tax|share|stake|opex|inflation|vat|fees?)\b[^,.]{0,10}$"
)
_FROM_OR_TO = cues.cue(r"从|由|from|到|至|\bto\b")
_PAID_BACK = cues.cue(
    rf"(?:{cues.PAYBACK}|{cues.BREAKEVEN})\W*(?:(?:of|on|for|an?|the|outlay|investment|spending|这|那)\W*)*$"
)
_TAKEN_BACK = cues.cue(r"(?:收回|recover|recoup|pay(?:s|ing)? back|payback of)\s*(?:the|an|a)?\s*$")
_IS_PAID_BACK = cues.cue(
    rf"^\W{{0,2}}(?:的话|要|需要?|得|多久|几年|多少年|能|何时|outlay|investment|is|are|be|gets?|\W){{0,4}}(?:{cues.PAYBACK}|{cues.BREAKEVEN})"
)
MOST_OF_A_TERM = 80
MOST_AMOUNTS = 40  # of a question; what has more is none
_BARE_BEFORE = cues.cue(
    r"(?:^|[,，、;；。:：?？]|\b(?:at|by|with|on)|按|以|若|如果|假如|假设)\s*(?:每一?年|年年|年均|[一1] ?年)?\s*$"
)
_BARE_AFTER = cues.cue(rf"^\s*(?:$|[,，、;；。?？]|的话|呢|那|要|需要|{cues.TIME}|{cues.PAYBACK}|{cues.BREAKEVEN})")
_JOINED = cues.cue(r"\s*(?:和|跟|与|或|还是|\band\b|\bor\b|\bvs\b\.?|\bversus\b)\s*")
_FLOWS = ("annual_revenue_usd_bn", "start_usd_bn", "cap_usd_bn")


def find(text: str, folded: str, today: date) -> dict[str, Any]:
    """Every slot that the text fills; `None` for those it does not."""
    mentions = aliases.find(text, kinds=("company", "group", "index", "metric"))
    entities = tuple(dict.fromkeys(mention.id for mention in mentions if mention.kind != "metric"))
    slots: dict[str, Any] = {
        "period": period.find(text, today),
        "entities": entities or None,
        "entity": entities[0] if entities else None,
        "metric": next((m.id for m in mentions if m.kind == "metric"), None) or _verb_metric(folded),
        "metrics": tuple(dict.fromkeys(m.id for m in mentions if m.kind == "metric")) or None,
        "term": _term(folded),
        "method": next((name for name, cue in cues.METHODS if cue.search(folded)), None),
    }
    if slots["metric"] in (None, "capex") and len(entities) > 1 and re.search(r"投|invest", folded):
        slots["metric"] = "equity_investment"  # one company's money in another is no outlay
    if claim := cues.CLAIM_ID.search(text):
        slots["claim_id"] = claim[1].upper()
    if unit := cues.TO_UNIT.search(folded):
        slots["to"] = unit[1].rstrip("s") if unit[1].isascii() else unit[1]
    flat = fold_in_place(text)
    binder = _Binder(
        flat, [reading for reading in amounts.find(text)[:MOST_AMOUNTS] if not _is_no_amount(reading, flat)]
    )
    binder.bind(folded, has_entity=bool(entities))
    binder.read |= in_words.take(folded, binder.slots)
    counted = alike([reading.quantity.unit for reading in binder.readings])
    return {**slots, **binder.slots, "unread": binder.unread() or None, "alike": counted if counted > 1 else None}


def _term(folded: str) -> str | None:
    """The id of the term whose meaning is asked for: “什麼是IRR”, “what does NPV mean?”."""
    asked = cues.TERM.fullmatch(folded.strip(" ?!.。,，？！")) if len(folded) <= MOST_OF_A_TERM else None
    found = asked and glossary.find(next(part for part in asked.groups() if part))
    if found is None or (found.id in cues.COMPUTED and re.match(r"what(?:['’]?s| is) the ", folded)):
        return None  # “what is the payback?” asks for a number
    return found.id


def _verb_metric(folded: str) -> str | None:
    return next((metric for cue, metric in cues.VERBS if cue.search(folded)), None)


def _is_no_amount(reading: Reading, flat: str) -> bool:
    """“十萬次”, “10000 draws” and “四家” count something else than money."""
    return _is_a_year(reading, flat) or bool(_COUNTED.match(flat[reading.end : reading.end + 8]))


def _is_a_year(reading: Reading, flat: str) -> bool:
    """“一年” is mostly the period of a flow; with 內 or 回本 beside it, a time."""
    if not cues.A_YEAR.fullmatch(flat[reading.start : reading.end]):
        return False
    before, after = flat[max(0, reading.start - 8) : reading.start], flat[reading.end : reading.end + 3]
    return not re.search(r"within\s*$|in\s*$", before) and not re.match(r"\s*(?:之?内|就?回本|打平)", after)


class _Binder:
    """Gives each reading a parameter, and remembers which are left."""

    def __init__(self, flat: str, readings: Sequence[Reading]) -> None:
        self.flat = flat
        self.readings = list(readings)
        self.left = list(readings)
        self.slots: dict[str, Any] = {}
        self.read: set[str] = set()  # words of change that have found a place

    def bind(self, folded: str, *, has_entity: bool) -> None:
        """Fill the slots, the surest first."""
        for reading in self.readings:
            if reading.quantity.unit is Unit.MONEY:
                self.slots.setdefault("value_usd_bn", reading.quantity.value)
                self.slots.setdefault("value_text", reading.text)
                if reading.quantity.currency not in (None, "USD"):
                    self.slots.setdefault("currency", reading.quantity.currency)
            if reading.quantity.unit is Unit.RATIO:
                self.slots.setdefault("value_ratio", reading.quantity.value)
        for cue, name in ((_TAKEN_BACK, "capex_usd_bn"), (_RAMPS_TO, "annual_revenue_usd_bn")):
            for reading in list(self.left):
                if reading.quantity.unit is Unit.MONEY and cue.search(self.flat[: reading.start]):
                    self._note_yearly_outlay(name, reading)
                    self._take(name, reading)
        if re.search(r"(?:从|由|from)", folded) or self._grows(folded):
            self._from_to()
        if re.search(cues.MULTIPLE, folded):
            self._multiples()
        for reading in list(self.left):
            self._by_cue(reading, folded, has_entity=has_entity)
        if re.search(rf"{cues.PAYBACK}|{cues.BREAKEVEN}", folded):
            self._what_is_paid_back()
            self._what_comes_in()

    def unread(self) -> tuple[str, ...]:
        """What of the text says something of an amount and has found no place."""
        words = [match[0] for match in in_words.CHANGE.finditer(self.flat) if match[0] not in self.read]
        return tuple(dict.fromkeys([*(reading.text for reading in self.left), *words]))

    def _take(self, name: str, reading: Reading, value: float | None = None) -> None:
        if name in self.slots:
            return  # a second value for one parameter stays unread
        factor = self._per_year(reading) if name in _FLOWS else 1.0
        self.slots[name] = (reading.quantity.value if value is None else value) * factor
        if reading.is_range and value is None:
            self.slots[f"{name}_range"] = (reading.low * factor, reading.high * factor)
        self.left.remove(reading)

    def _by_cue(self, reading: Reading, folded: str, *, has_entity: bool) -> None:
        unit, value = reading.quantity.unit, reading.quantity.value
        if unit is Unit.COUNT:
            self._plain_number(reading, value)
            return
        if unit is Unit.MONEY and self._is_profit(reading):
            return  # no calculation takes a profit, and taken for a revenue it would be halved once more
        if unit is Unit.RATIO and value > 1 and re.search(r"倍|x|times", reading.text):
            return
        role = self._nearest(cues.ROLES.get(unit, ()), reading)
        if role is None and unit is Unit.RATIO and not _OTHER_SHARE.search(self.flat[: reading.start]):
            role = "discount_rate" if cues.PRESENT_VALUE.search(folded) else None if has_entity else "margin"
            if role == "margin" and cues.EXPONENTIAL.search(folded):
                role = "growth"
        if role == "margin" and in_words.is_change(self.flat[: reading.start], self.flat[reading.end :]):
            role = None
        if role is None and unit is Unit.YEARS:
            role = "years"
        if role is not None:
            self._note_yearly_outlay(role, reading)
            self._take(role, reading)

    def _note_yearly_outlay(self, role: str, reading: Reading) -> None:
        yearly = reading.quantity.kind is Kind.FLOW or in_words.is_yearly(self.flat[: reading.start])
        if role == "capex_usd_bn" and yearly:
            self.slots["capex_a_year"] = reading.text

    def _plain_number(self, reading: Reading, value: float) -> None:
        """“capex 600” is billions, “利潤率 0.35” and “利潤率35” are the same share; the answer shows which."""
        if 0 <= value <= 1e5 and (role := self._nearest(cues.ROLES[Unit.MONEY], reading, within=3 if value else 5)):
            self._take(role, reading)
        elif -100 <= value <= 100 and (role := self._nearest(cues.ROLES[Unit.RATIO], reading, within=4)):
            self._take(role, reading, value if abs(value) <= 1 else value / 100)

    def _from_to(self) -> None:
        money = [r for r in self.readings if r.quantity.unit is Unit.MONEY]
        if len(money) == 2 and not any(self._is_an_outlay(reading) for reading in money):
            self._take("start_usd_bn", money[0])
            self._take("end_usd_bn", money[1])
        elif len(money) == 1 and money[0].is_range:
            self._take("start_usd_bn", money[0], money[0].low)
            self.slots["end_usd_bn"] = money[0].high
        if "end_usd_bn" in self.slots and (years := [r for r in self.left if r.quantity.unit is Unit.YEARS]):
            self._take("years", years[0])

    def _is_an_outlay(self, reading: Reading) -> bool:
        """“revenue grows from 100bn, capex 2 trillion”: the second is no end of that growth."""
        before = cues.BREAK.split(self.flat[: reading.start])[-1]
        return self._nearest(cues.ROLES[Unit.MONEY], reading) == "capex_usd_bn" and not _FROM_OR_TO.search(before)

    def _grows(self, folded: str) -> bool:
        """“600億變6000億要三年，年均增速?”: two sums and a time, and the question is of growth."""
        units = [reading.quantity.unit for reading in self.readings]
        asks = _GROWTH.search(folded) and not re.search(rf"{cues.PAYBACK}|{cues.BREAKEVEN}", folded)
        return bool(asks) and units.count(Unit.MONEY) == 2 and Unit.YEARS in units

    def _multiples(self) -> None:
        """In “P/S of 300 falls to 15” the number after “to” is the target, the other the multiple today."""
        for reading in list(self.left):
            if reading.quantity.unit not in (Unit.COUNT, Unit.RATIO, Unit.YEAR) or re.search(
                r"[%％成年]", reading.text
            ):
                continue
            if reading.is_range:  # “from 300 to 15”
                self._take("ps", reading, max(reading.low, reading.high))
                self.slots.setdefault("target", min(reading.low, reading.high))
                continue
            before = self.flat[max(0, reading.start - 12) : reading.start]
            to = re.search(
                r"(?:到|至|→|\bto|below|under|低于|reach(?:es)?|目标|target(?: of)?|becomes?|变成?|变为)\s*(?:p/?[se]|市销率|本益比)?\s*(?:of\s*)?$",
                before,
            )
            self._take("target" if to else "ps", reading)

    def _what_comes_in(self) -> None:
        """“每年400億要多久回本”: an amount a year with nothing said of it pays back, and is not what is paid back."""
        bare = [
            reading
            for reading in self.left
            if reading.quantity.kind is Kind.FLOW
            and _BARE_BEFORE.search(self.flat[: reading.start])
            and _BARE_AFTER.search(self.flat[reading.end :])
        ]
        if len(bare) == 1:
            self._take("annual_revenue_usd_bn", bare[0])

    def _what_is_paid_back(self) -> None:
        """“payback of $600bn?”, “6000億要多久回本”: what is paid back is an outlay, which is no amount a year."""
        if {"capex_usd_bn", "start_usd_bn", "gpu_run_rate_usd_bn"} & self.slots.keys():
            return
        money = [one for one in self.left if one.quantity.unit is Unit.MONEY and not self._is_profit(one)]
        sums = [reading for reading in money if reading.quantity.kind is not Kind.FLOW]
        if len(money) == 2 and _JOINED.fullmatch(self.flat[money[0].end : money[1].start]):
            return  # “6000億還是8000億回本快”: two outlays
        if len(money) == 2 and sums and "annual_revenue_usd_bn" not in self.slots:  # “payback 1000bn 50% 360bn”
            self._take("capex_usd_bn", sums[0])
            self._take("annual_revenue_usd_bn", next(reading for reading in money if reading is not sums[0]))
            return
        for reading in sums:
            if any(_JOINED.fullmatch(self.flat[one.end : reading.start]) for one in self.readings):
                continue  # “年收入3000億和4000億”: of the kind of the one before
            if _PAID_BACK.search(self.flat[: reading.start]) or _IS_PAID_BACK.search(self.flat[reading.end :]):
                self._take("capex_usd_bn", reading)
                return

    def _is_profit(self, reading: Reading) -> bool:
        return in_words.is_profit(self.flat[: reading.start], self.flat[reading.end :])

    def _per_year(self, reading: Reading) -> float:
        before, after = self.flat[: reading.start], self.flat[reading.end :] if reading.quantity.period is None else ""
        inside = self.flat[reading.start : reading.end]
        for (ahead, behind), times in ((_PER_MONTH, 12.0), (_PER_QUARTER, 4.0)):
            if ahead.search(before) or behind.search(after) or ahead.search(inside):
                return times
        return 1.0

    def _nearest(self, roles: Roles, reading: Reading, *, within: int = 24) -> str | None:
        """The role whose cue is nearest; a cue behind the amount counts as three characters further away."""
        left = max((r.end for r in self.readings if r.end <= reading.start), default=0)
        right = min((r.start for r in self.readings if r.start >= reading.end), default=len(self.flat))
        before, after = self.flat[left : reading.start], self.flat[reading.end : right]
        best: tuple[int, str] | None = None
        for name, cue in roles:
            distances = [len(before) - m.end() for m in cue.finditer(before) if not left or not _of_the_last(before, m)]
            distances += [
                m.start() + 3
                for m in cue.finditer(after)
                if right == len(self.flat)
                or not (cues.BREAK.search(after[: m.start()]) or cues.OF_THE_NEXT.match(after, m.start()))
            ]
            if distances and (best is None or min(distances) <= best[0]):
                best = (min(distances), name)
        return best[1] if best and best[0] <= within else None


def _of_the_last(before: str, cue: re.Match[str]) -> bool:
    """“1 trillion capex, 360bn”: a cue right behind the last amount, with a comma behind it, is of that one."""
    return cues.BREAK.search(before[cue.end() :]) is not None and cues.BREAK.search(before[: cue.start()]) is None
