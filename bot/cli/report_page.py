"""`paomo report --html`: the report with the day's thermometer and the flows of money, as one page."""

from typing import Any

from bot.cli.context import settings, today
from bot.cli.report_making import Asked, scope
from bot.render.page import page
from core import circular, figures, flow_cards, gauges


def page_of(document: dict[str, Any], asked: Asked, lang: str) -> str:
    """The page; gauges and flows as of today."""
    day = today()
    newest = document["to"] if asked.until is None else None
    return page(
        document,
        lang,
        thermometer=gauges.read(figures.load(settings().figures), day),
        flows=circular.standing(flow_cards.load(), day.isoformat()),
        made_on=day,
        scope=scope(asked, lang),
        age=(day - day.fromisoformat(newest)).days if newest else 0,
    )
