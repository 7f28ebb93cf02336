"""Which function answers which intent. A module is loaded when its first question comes, which keeps a start short."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from bot.answers.base import Answer, World
from bot.questions import Question
from bot.understanding.choice import WELL_KNOWN

Answering = Callable[[Question, World], Answer]
WHERE = {
    "breakeven_revenue": "cashflow:breakeven_revenue",
    "payback_years": "payback:payback_years",
    "payback_ramp": "payback:payback_ramp",
    "required_cagr": "payback:required_cagr",
    "inverse": "payback:inverse",
    "invalid_input": "payback:payback_years",
    "own_payback": "own_payback:own_payback",
    "depreciation_breakeven": "cashflow:depreciation_breakeven",
    "discounted_payback": "cashflow:discounted_payback",
    "npv_irr": "cashflow:npv_irr",
    "capital_cycle": "cashflow:capital_cycle",
    "valuation_years": "valuation:valuation_years",
    "figure_lookup": "lookup:figure_lookup",
    **dict.fromkeys(WELL_KNOWN, "lookup:figure_lookup"),
    "oracle_contract": "ratio:oracle_contract",
    "source_lookup": "lookup:source_lookup",
    "explain": "why:explain",
    "explain_term": "term:explain_term",
    "compare": "compare:compare",
    "since_article": "lookup:since_article",
    "claim_check": "check:claim_check",
    "forum_sentiment": "forum:forum_sentiment",
    "trend": "trend:trend",
    "search_posts": "search:search_posts",
    "bubble_verdict": "bubble:bubble_verdict",
    "circular_financing": "circular:circular_financing",
    "dotcom_compare": "history:dotcom_compare",
    "margin_history": "history:margin_history",
    "monte_carlo": "uncertainty:monte_carlo",
    "sensitivity": "uncertainty:sensitivity",
    "exchange": "exchange:exchange",
    "unit_convert": "plain:unit_convert",
    "help": "plain:usage",
    "advice_refusal": "plain:advice",
    "ambiguous": "plain:ambiguous",
    "injection": "plain:unknown",
    "off_topic": "plain:unknown",
}


class _Answers(Mapping[str, Answering]):
    """`WHERE` with its functions, loaded when they are asked for."""

    def __getitem__(self, intent: str) -> Answering:
        module, _, name = WHERE[intent].partition(":")
        found: Answering = getattr(import_module(f"bot.answers.{module}"), name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(WHERE)

    def __len__(self) -> int:
        return len(WHERE)


ANSWERS: Mapping[str, Answering] = _Answers()
