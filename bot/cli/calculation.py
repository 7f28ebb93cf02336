"""What commands that compute a payback share: their parameters as options, and the one shape of their JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from bot.cli.amounts import Amount
from bot.cli.context import print_json
from core.quantity import Unit

if TYPE_CHECKING:
    from bot.answers import Answer  # brings the register: only when something is computed

_OPTIONS = (
    click.option("--capex", type=Amount(Unit.MONEY), help="The outlay in US dollars, such as 1000bn, 1萬億, $1tn.  [default: 1,000bn]"),
    click.option("--margin", type=Amount(Unit.RATIO), help="Share of revenue left to repay it, before its depreciation, such as 50% or 三成.  [default: 50%]"),
    click.option("--revenue", type=Amount(Unit.MONEY), help="Revenue a year in US dollars, such as 360bn.  [default: 360bn]"),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document: inputs, result, formula, assumptions, figures."),
)  # fmt: skip


def with_parameters(command: Any) -> Any:
    """Give a command --capex, --margin, --revenue and --json."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def print_calculation(
    answer: "Answer",
    figures: Sequence[Mapping[str, Any]],
    *,
    inputs: Mapping[str, Any],
    formula: str,
    result: Mapping[str, Any] | None = None,
    assumptions: Sequence[str] = (),
) -> None:
    """One JSON document. `figures` are those of `bot.render.to_json`; `result` and `assumptions` are what a command adds."""
    lang = answer.question.lang
    print_json(
        {
            "inputs": inputs,
            "result": {row["name"]: row["value"] for row in figures if row["status"] == "computed"}
            | dict(result or {}),
            "formula": formula,
            "assumptions": [
                "the same revenue every year, from the first day",
                "undiscounted",
                "the margin is one before depreciation of the outlay",
                *assumptions,
                *(f"{claim.metric} from {claim.id}: {claim.text.text(lang)}" for claim in answer.data["claims"]),
            ],
            "figures": figures,
        }
    )
