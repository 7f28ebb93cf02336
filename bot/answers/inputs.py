"""The parameters of one calculation: from the question, else from the article, else a round number of ours.

The last two are named as assumptions. An amount of the question that a calculation has no place for is named as
unused, so that nobody takes the answer for one that heeds it.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.answers.base import Answer, Shown, World, claimed, sources_of
from bot.questions import Question
from core.figures import Claim

# parameter: the claim that gives its default
DEFAULTS = {
    "capex_usd_bn": "A04",
    "margin": "A05",
    "annual_revenue_usd_bn": "A07",
    "capex_year_usd_bn": "A01",
}  # fmt: skip
# Round numbers of ours, for what the article does not say.
OWN = {
    "life_years": 5.0, "horizon_years": 6.0, "discount_rate": 0.1, "growth": 0.5, "target": 10.0,
    "start_usd_bn": 60.0, "cap_usd_bn": 360.0, "ramp_years": 5.0,
}  # fmt: skip
# Every parameter a question can set.
PARAMETERS = (
    "capex_usd_bn", "margin", "annual_revenue_usd_bn", "years", "life_years", "discount_rate", "growth", "ramp_years",
    "start_usd_bn", "end_usd_bn", "cap_usd_bn", "ps", "target", "price_return", "market_cap_usd_bn", "gpu_run_rate_usd_bn",
)  # fmt: skip


@dataclass(slots=True)
class Inputs:
    """The parameters of one calculation, taken one by one, and where each came from.

    given:   every parameter used, money in USD bn; claims: what the article's defaults rest on
    assumed: parameters that are round numbers of ours; said: those that the question, or the talk, really gave
    """

    question: Question
    world: World
    given: dict[str, float] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)

    def maybe(self, name: str, *also: str) -> float | None:
        """The parameter if the question has it under one of these names; it is then kept under the first.

        An amount of money that is nothing else is the outlay: “600bn written off over 6 years”. So are GPUs bought.
        """
        if name.startswith("capex") and (loose := self._loose()) is not None:
            self.used |= {name, *also}
            self.said.add(name)
            self.given[name] = loose
            return loose
        bought = ("gpu_run_rate_usd_bn",) if name == "capex_usd_bn" else ()
        for known in (*also, name, *bought):
            if known in self.question.slots:
                self.used |= {name, *also, known}
                self.said.add(name)
                self.given[name] = float(self.question.slots[known])
                return self.given[name]
        return None

    def _loose(self) -> float | None:
        """The one amount of money that has found no place of its own; see `bot.answers.refuse`."""
        slots = self.question.slots
        unread = slots.get("value_text") in slots.get("unread", ())
        return float(slots["value_usd_bn"]) if unread and "value_usd_bn" in slots else None

    def take(self, name: str, *also: str, own: str | None = None) -> float:
        """The parameter from the question, else from the article, else ours (under the name `own`)."""
        value = self.maybe(name, *also)
        if value is not None:
            return value
        if name in DEFAULTS:
            claim = self.world.register.claim(DEFAULTS[name])
            assert claim.value is not None
            self.claims.append(claim)
            value = claim.value
        else:
            self.assumed.append(name)
            value = OWN[own or name]
        self.given[name] = value
        return value

    def answer(self, template: str, figures: tuple[Shown, ...], **data: Any) -> Answer:
        """The answer, with the parameters of question and article in its slots, and every unused one named.

        Round numbers of ours stay out of the slots, so that a follow-up does not take them for something said.
        """
        asked = {name: value for name, value in self.question.slots.items() if name not in self._left_out()}
        unused = {name: asked[name] for name in PARAMETERS if name in asked and name not in self.used}
        kept = {name: value for name, value in self.given.items() if name not in self.assumed}
        return Answer(
            question=replace(self.question, slots={**asked, **kept}, stated=self.question.stated | self.said),
            template=template,
            data={"given": self.given, "claims": self.claims, "assumed": self.assumed, "unused": unused, **data},
            figures=(*figures, *(row for claim in self.claims for row in claimed(claim)[:1])),
            sources=sources_of(*self.claims),
            followups=FOLLOWUPS[self.question.lang],
        )

    def _left_out(self) -> set[str]:
        """Slots that say again what a parameter says: “2000億” is the outlay, and not a value beside it."""
        return {"value_usd_bn", "value_text", "value_ratio", "entities", "period"} | (self.used - self.given.keys())


FOLLOWUPS = {
    "zh-Hant": ("折現率8%要幾年回本?", "設備用6年,IRR多少?", "顯卡5年折舊,每年要多少收入才夠?", "P/S 300降到15要幾年?"),
    "zh-Hans": ("折现率8%要几年回本?", "设备用6年,IRR多少?", "显卡5年折旧,每年要多少收入才够?", "P/S 300降到15要几年?"),
    "en": ("payback at a discount rate of 8%?", "IRR over 6 years?", "revenue to cover depreciation over 5 years?", "how many years until a P/S of 300 falls to 15?"),
}  # fmt: skip


def never_answer(inputs: Inputs) -> Answer:
    """The answer to a margin that leaves nothing: no figure, and what to ask instead."""
    answer = inputs.answer("never", ())
    return replace(answer, question=replace(answer.question, intent="invalid_input"), figures=(), sources=())
