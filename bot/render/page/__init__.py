"""The report as one page to share: no network, no outside file, nothing in it that runs but our own script.

The page says by its content policy that only the style and the script whose hashes stand there may act. All that
people wrote goes through the template's escaping, is cut to a length, and loses what turns the direction of text.
Style attributes would need a looser policy, so there are none: charts are drawn with SVG's own attributes.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from markupsafe import Markup

from bot.render import report
from bot.render.page import chart, foreign, gauges, money
from bot.render.page.words import WORDS
from bot.render.report_words import WORDS as REPORT_WORDS
from bot.render.wording import filled
from core import __version__
from core.circular import Flow
from core.gauges import Thermometer

Document = dict[str, Any]
LISTS: Final = ("tickers", "themes", "boards", "writers")


def page(
    document: Document,
    lang: str,
    *,
    thermometer: Thermometer | None,
    flows: Sequence[Flow],
    made_on: date,
    scope: str = "",
    age: int = 0,
) -> str:
    """A whole HTML page.

    document:    of `bot.report.to_json`
    thermometer: the gauges, or `None` for a page without them; flows: those standing, drawn if there are any
    scope:       what the report is about, as its reader would say it; empty for everything
    age:         days since the newest day, said where there are more than two
    """
    words, said = WORDS[lang], REPORT_WORDS[lang]
    style, script = _file("page.css"), _file("page.js")
    return _template().render(
        lang=lang,
        w=words,
        r=said,
        d=document,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 (our own file)
        script=Markup(script),  # noqa: S704 (our own file)
        scope=foreign.line(scope, 120),
        trend=chart.trend(document, lang),
        meter=chart.meter(document["total"]) if document["n"] else None,
        change=_change(document, said),
        notes=_notes(document, said, age),
        signals=list(report.signals(document, said, lang)),
        lead=list(report.lead(document["prices"], said)) if document["prices"] else [],
        lists=[_list(document, name, lang) for name in LISTS if _worth(document, name)],
        thermometer=gauges.view(thermometer, lang) if thermometer else None,
        money=money.view(flows, lang) if flows else None,
        version=__version__,
        made_on=made_on.isoformat(),
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _file(name: str) -> str:
    return files("bot.render.page").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.render.page", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "signed": chart.signed,
        "pct": lambda value: f"{value:.0%}",
        "change": lambda value: "" if value is None else f"{chart.signed(value * 100, 1)}%",
        "moved": lambda value: chart.signed(value, 3),
        "tenths": lambda value: chart.signed(value, 1),
        "number": lambda value: "" if value is None else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}",
        "filled": filled,
        "line": foreign.line,
        "link": foreign.link,
    }
    return env.get_template("page.j2")


def _change(document: Document, said: dict[str, str]) -> str:
    change = document["change"]
    if not document["n"] or (change is None and document["record"] is not None):
        return ""
    which = "no_before" if change is None else "change_chance" if change["chance"] else "change_up"
    return filled(said[which], now=document["total"]["bullishness"], days=report.span(document), **(change or {}))


def _notes(document: Document, said: dict[str, str], age: int) -> list[str]:
    notes = [said["few"].format(few=report.FEW)] if document["n"] < report.FEW else []
    notes += [said["old"].format(age=age)] if age > 2 else []
    return notes + ([said["unread"]] if document["unread"] else [])


def _worth(document: Document, name: str) -> bool:
    return document["record"] is None and len(document[name]) > (name == "boards")


def _list(document: Document, name: str, lang: str) -> dict[str, Any]:
    """One sortable table: rows with a name, and whether they have shares and buzz."""
    named = name in ("tickers", "themes")
    rows = document[name]
    far = max((abs(row[end]) for row in rows for end in ("low", "high") if row[end] is not None), default=1.0)
    return {
        "id": name,
        "named": named,
        "rows": [
            {**row, "name": report.name_of(row, lang, named=named), "whisker": chart.whisker(row, far)} for row in rows
        ],
    }
