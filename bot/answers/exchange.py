"""Dollars in another currency: by a dated rate of the register, and where it has none, not at all.

A rate is a figure of the metric `exchange_rate` whose entity is the pair, such as `USDTWD` (Taiwan dollars for one
dollar). None comes with paomo, since a rate is old the day after; a card in a folder of your own brings it.
"""

from dataclasses import replace

from bot.answers import computed
from bot.answers.base import Answer, World, shown, sources_of
from bot.questions import Question
from core.quantity import money

METRIC = "exchange_rate"


def exchange(question: Question, world: World) -> Answer:
    """The amount in the other currency with the rate, its date and its source; or that there is no rate."""
    to = str(question.slots["to_currency"])
    own = str(question.slots.get("currency", "USD"))
    value = float(question.slots["value_usd_bn"])
    other = to if own == "USD" else own
    rates = world.register.find(f"USD{other}", METRIC, as_of=world.today)
    slots = {"value": value, "unit": f"{own}_bn", "to": to}
    asked = replace(question, intent="unit_convert", slots=slots)
    amount = replace(money(value), currency=own)
    if not rates or "USD" not in (own, to):
        return Answer(question=asked, template="no_rate", data={"amount": amount, "to": to, "pair": f"USD{other}"})
    rate = rates[0]
    result = value * rate.value if own == "USD" else value / rate.value
    converted = replace(money(result), currency=to)
    formula = f"{value:g} {'×' if own == 'USD' else '/'} {rate.value:g} = {result:.6g}"
    return Answer(
        question=asked,
        template="exchange",
        data={"amount": amount, "converted": converted, "rate": rate, "formula": formula},
        figures=(computed.figure("value", converted, formula, as_of=rate.as_of), shown(rate)),
        sources=sources_of(rate),
    )
