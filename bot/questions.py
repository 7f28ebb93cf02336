"""From text to `Question`: what is asked, about what, with which amounts, in which language.

Nothing here knows a particular question. An intent is recognised by its cue words (`bot.understanding.cues.RULES`, the first that
fits wins); companies, metrics, periods and amounts become slots in `bot.understanding.slots`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.understanding.choice import ASKS_BACK, Choice, choose, well_known, years_named
from bot.understanding.cues import (
    ASKS_TIME,
    BREAKEVEN,
    CALCULATIONS,
    EMOJI,
    EMPTY,
    HOW_ABOUT,
    OF_AN_OUTLAY,
    OF_KINDS,
    OF_SOMETHING,
    PAYBACK,
    RESTS_ON,
    ROLES,
    RULES,
    TAKE_A_RATE,
    UNASKED,
)
from bot.understanding.currency import target
from bot.understanding.manners import without_manners
from bot.understanding.slots import find as find_slots
from bot.understanding.subject import is_foreign, is_home
from core.errors import UsageError
from core.quantity import Unit
from core.text import clean, fold, script

MAX_LENGTH = 2000
_MARGIN = dict(ROLES[Unit.RATIO])["margin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was understood.

    lang:   the language to answer in; intent: `off_topic` where nothing fits
    slots:  parameters by name, as the contract writes them: money in USD bn, shares as ratios, time in years;
            an answer adds those that it assumed
    stated: the names of the slots that the question, or the talk before it, really said
    """

    text: str
    lang: str
    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()


def read(text: str, *, lang: str, today: date, last: Question | None = None) -> Question:
    """Understand `text`; `lang` is the reader's setting, `last` the question before it in the same talk.

    Raises `UsageError` when it is longer than 2,000 characters.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"a question of {len(text):,} characters is too long; the limit is {MAX_LENGTH:,}",
            hint="`paomo check` takes a whole text",
        )
    last = _explained(last)
    text = clean(text).strip()
    language = answer_language(text, lang)
    asked = without_manners(text)
    folded = fold(asked)
    slots = find_slots(_UNHYPHENED.sub(" ", asked), folded, today)
    if (to := _other_currency(folded, slots)) is not None:
        slots = {"value_usd_bn": slots["value_usd_bn"], "currency": slots.get("currency"), "to_currency": to}
        ruled, chosen = "exchange", Choice(intent="exchange")
    else:
        ruled = _intent(folded, slots, last)
        if ruled == "off_topic" and _says_nothing(text, folded):
            ruled = "ambiguous"
        in_talk = last is not None and last.intent in CALCULATIONS
        chosen = choose(asked, folded, ruled, slots, in_talk=in_talk, last=last.intent if last else None)
    intent = chosen.intent
    own = _own(folded, chosen, slots, last)
    if own is not None:
        intent, slots = "own_payback", own
    elif last is not None and (intent == ruled or intent in ASKS_BACK):
        intent, slots = _carry_on(asked, intent, slots, last)
    slots |= well_known(intent, slots)
    if chosen.options:
        slots = {"options": chosen.options}
    filled = {name: value for name, value in slots.items() if value is not None}
    return Question(text=text, lang=language, intent=intent, slots=filled, stated=frozenset(filled))


def _explained(last: Question | None) -> Question | None:
    """The question before; where it was “why?” of a calculation, or compared two of them, that calculation."""
    if last is None or last.intent not in ("explain", "compare") or "of" not in last.slots:
        return last
    intent, text = last.slots["of"]
    return replace(last, intent=intent, text=text, slots={k: v for k, v in last.slots.items() if k != "of"})


def _says_nothing(text: str, folded: str) -> bool:
    return len(re.findall(r"\w", folded)) < 3 or bool(EMOJI.search(text) or EMPTY.fullmatch(folded))


def _other_currency(folded: str, slots: Mapping[str, Any]) -> str | None:
    """The currency that an amount is wanted in, where that is not its own."""
    to = target(folded) if slots.get("value_usd_bn") is not None else None
    return None if to == (slots.get("currency") or "USD") else to


def _own(folded: str, chosen: Choice, slots: dict[str, Any], last: Question | None) -> dict[str, Any] | None:
    """The slots of a payback of the asker's own things (`bot.understanding.subject`), or `None` where the question is of ours.

    Amounts that follow on one are about it still: “每年省6萬呢?”
    """
    intent = chosen.intent
    asked = intent in OF_SOMETHING or intent in OF_KINDS
    in_talk = last is not None and last.intent in CALCULATIONS
    kinds_only = intent in OF_KINDS or (chosen.sure and intent != "payback_years")
    if chosen.own and not is_home(folded, slots):
        return {}
    if asked and is_foreign(folded, slots, in_talk=in_talk, kinds_only=kinds_only):
        return {}
    goes_on = last is not None and last.intent == "own_payback" and "said" in last.slots and not is_home(folded, slots)
    amounts_given = any(slots.get(name) for name in ("unread", "value_usd_bn", "value_ratio"))
    if last is not None and goes_on and (asked or intent in ("off_topic", "figure_lookup")) and amounts_given:
        return {"said": last.slots["said"]}
    return None


def _carry_on(text: str, intent: str, slots: dict[str, Any], last: Question) -> tuple[str, dict[str, Any]]:
    """What a follow-up leaves unsaid comes from the question before it.

    A calculation goes on with its other parameters (“那30%呢?”), a look-up with its company and metric
    (“2024年呢?”), and “對嗎?” or “來源?” ask about what was just said.
    """
    given = {name: value for name, value in slots.items() if value is not None}
    if intent == last.intent and intent in CALCULATIONS:
        given = _of_the_share_before(given, fold(text), last)
        said = {name: last.slots[name] for name in last.stated & last.slots.keys()}
        if "years" in given and "annual_revenue_usd_bn" not in given:
            said.pop("annual_revenue_usd_bn", None)  # “那10年內呢?” turns the calculation round
        if given.keys() & {"annual_revenue_usd_bn"}:
            said.pop("years", None)
        for name in given:
            said.pop(f"{name}_range", None)
        if given.keys() & {"capex_usd_bn", "gpu_run_rate_usd_bn"}:
            said.pop("capex_a_year", None)  # the new outlay says itself whether it is one of every year
        return intent, {**{k: v for k, v in said.items() if k not in ("unread", "currency")}, **given}
    if {intent, last.intent} <= OF_AN_OUTLAY:
        return intent, {**_of_the_outlay(intent, given, last), **given}
    subject = {name: last.slots[name] for name in ("entity", "metric", "period", "claim_id") if name in last.slots}
    if intent in ("claim_check", "source_lookup", "explain", "since_article") and not given.keys() & {
        "entity",
        "metric",
        "claim_id",
        "value_usd_bn",
    }:
        if intent == "explain" and last.intent in CALCULATIONS:
            said = {name: last.slots[name] for name in last.stated & last.slots.keys()}
            return intent, {**said, **given, "of": (last.intent, last.text)}
        if last.intent in CALCULATIONS:
            subject = {"claims": RESTS_ON.get(last.intent, ("A04", "A05", "A07"))}
        return intent, {**subject, **given}
    if intent == "off_topic" and "metric" in subject and given.keys() & {"period", "entity"}:
        return "figure_lookup", {**{k: v for k, v in subject.items() if k != "claim_id"}, **given}
    if intent == "figure_lookup" and "metric" not in given and "metric" in subject and HOW_ABOUT.search(fold(text)):
        return intent, {"metric": subject["metric"], **given}
    return intent, slots


def _of_the_outlay(intent: str, given: Mapping[str, Any], last: Question) -> dict[str, Any]:
    """What was said of outlay, margin and revenue goes on into another calculation of the same: “折現率8%呢?”."""
    left_out = UNASKED.get(intent, frozenset())
    if intent == "payback_years" and "years" in given and "annual_revenue_usd_bn" not in given:
        left_out |= {"annual_revenue_usd_bn"}  # the revenue that it takes is asked for
    if given.keys() & {"capex_usd_bn", "gpu_run_rate_usd_bn"}:
        left_out |= {"capex_a_year"}
    names = {"capex_usd_bn", "capex_a_year", "margin", "annual_revenue_usd_bn"} & last.stated & last.slots.keys()
    return {name: last.slots[name] for name in names - left_out}


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
    have = _have(folded, slots, last)
    what_if = have & _PARAMETERS
    in_talk = last is not None and last.intent in CALCULATIONS
    for intent, cue, needs in RULES:
        if have.issuperset(needs) and cue.search(folded):
            if intent == "discounted_payback" and last and last.intent in TAKE_A_RATE and not ASKS_TIME.search(folded):
                return last.intent
            if intent == "figure_lookup" and _is_what_if(what_if, have, folded):
                return last.intent if last and in_talk else "payback_years"
            return intent
    if last and in_talk and have & (_PARAMETERS | _MORE_PARAMETERS):
        return last.intent
    if what_if:
        return "payback_years"
    return "ambiguous" if re.search(r"来源|出处|谁说|\bsources?\b|who says", folded) else "off_topic"


def _of_the_share_before(given: dict[str, Any], folded: str, last: Question) -> dict[str, Any]:
    """“NPV at 8%”, “and 10%?”: a bare share is what the only share before it was, and a margin where that was one."""
    before = {"margin", "growth", "discount_rate"} & last.stated
    if len(before) != 1 or before & {"margin"} or given.keys() & before or _MARGIN.search(folded):
        return given
    names = {f"margin{end}": f"{one}{end}" for one in before for end in ("", "_range")}
    return {names.get(name, name): value for name, value in given.items()}


_UNHYPHENED = re.compile(r"(?<=\d)-(?=(?:year|yr|month)s?\b)", re.IGNORECASE)  # “a 10-year ramp”

# No subject for a search: all posts are about that.
_AT_LARGE = re.compile(
    r"市场|股市|大盘|后市|行情|走势|明年|今年|现在|这|泡沫|\b(?:market|stocks|it|this|that|bubble)s?\b"
)
# “Is it a bubble?” in the midst of a talk is no “is it right?”.
_OF_ITS_OWN = re.compile(r"泡沫|看多|看空|看涨|看跌|多空|情绪|乐观|悲观|\b(?:bubble|bullish|bearish|sentiment|mood)\b")
_ASKS_BACK = 40  # characters of “對嗎?” and “explain how you computed it”
_PARAMETERS = frozenset({"capex_usd_bn", "margin", "annual_revenue_usd_bn", "life_years", "growth", "cap_usd_bn"})
_MORE_PARAMETERS = frozenset(
    {"years", "start_usd_bn", "ramp_years", "discount_rate", "ps", "target", "price_return", "unread"}
)


def _have(folded: str, slots: Mapping[str, Any], last: Question | None) -> set[str]:
    """The slots that are filled, and which of `bot.understanding.cues.NEEDS` are met."""
    have = {name for name, value in slots.items() if value is not None}
    named = have & {"entity", "metric"}
    in_talk = last is not None and last.intent in CALCULATIONS
    asks_back = (
        last is not None
        and not named
        and len(folded) <= _ASKS_BACK
        and not _OF_ITS_OWN.search(folded)
        and (in_talk or last.slots.keys() & {"entity", "metric", "claim_id"})
    )
    asks_payback = re.search(rf"{PAYBACK}|{BREAKEVEN}", folded) is not None
    claim = (named and have & {"value_usd_bn", "value_ratio"}) or have & {"claim_id", "value_usd_bn"} or asks_back
    met = {
        "about": bool(named),
        "claim": bool(claim),  # “對嗎?” asks about what was just said
        "subject": bool(named or claim),
        "asks_payback": asks_payback,
        "two_entities": len(slots.get("entities") or ()) > 1,
        "two_years": years_named(folded) > 1,
        "two_alike": bool(slots.get("alike")) and not have >= {"capex_usd_bn", "annual_revenue_usd_bn"},
        "oracle_and_openai": set(slots.get("entities") or ()) == {"ORCL", "OPENAI"},
        "no_amount": "value_usd_bn" not in have,
        "a_topic": not have & {"entity", "value_usd_bn", "value_ratio", "period"} and not _AT_LARGE.search(folded),
        "two_metrics": len(slots.get("metrics") or ()) > 1,
        "margin_open": "margin" not in have,
        "outlay_open": "capex_usd_bn" not in have,
        "calculation": bool(have & _PARAMETERS) or asks_payback or in_talk,
        "not_specific": not have & {"entity", "metric", "claim_id", "value_usd_bn"},
    }
    have |= {need for need, is_met in met.items() if is_met}
    return have | ({slots["method"]} if slots.get("method") else set())


def _is_what_if(what_if: set[str], have: set[str], folded: str) -> bool:
    """“如果capex到6000億呢?” names a metric but sets it; “微軟capex多少?” asks for it."""
    return bool(what_if) and "entity" not in have and not re.search(r"多少(?!年)|how much|what (?:is|was)", folded)
