"""From an `Answer` to words: one template a message and language, and from it HTML, plain text and JSON.

Templates are whole messages in Telegram's HTML (`<b>`, `<i>`, `<code>`, `<a>`), escaped by default. Plain text is
the same message without the tags, so that no two surfaces can say different things.
"""

import html
import re
from functools import cache
from typing import Any

import jinja2

from bot.answers.base import Answer, name_of, quantity
from bot.answers.plain import UNITS
from bot.questions import Question
from bot.render import flows
from core.figures import Claim, Figure, Source
from core.quantity import Quantity, Unit, money, number, percent, write
from core.text import clean, counted

_TAG = re.compile(r"</?(?:b|i|u|s|code|pre|blockquote|a)(?: href=\"([^\"]*)\")?>")


@cache
def _environment(lang: str) -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.render", f"texts/{lang}"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "q": jinja2.pass_context(lambda context, quantity: _in_unit(quantity, context.get("question"), lang)),
        "num": number,
        "counted": counted,
        "pct": percent,
        "share": lambda ratio: f"{ratio:.0%}",
        "name": lambda id: name_of(id, lang),
        "note": lambda words: words.text(lang),
        "quantity": lambda thing: quantity(
            thing.value, thing.unit, of=thing if isinstance(thing, Figure | Claim) else None
        ),
        "bn": money,
        "flow": lambda flow: flows.amount(flow, lang),
        "term": lambda word: flows.WORDS[lang][word],
    }
    return env


def _in_unit(quantity: Quantity, question: Question | None, lang: str) -> str:
    """Money in the unit that the question asks for (億, trillion), everything as its language writes it."""
    to = question.slots.get("to") if question is not None and question.intent != "unit_convert" else None
    if to is None or quantity.unit is not Unit.MONEY:
        return write(quantity, lang)
    value = quantity.value / UNITS[to]
    unit = to.translate(str.maketrans("万亿", "萬億")) if lang == "zh-Hant" else to
    return f"{number(value)} {unit} {quantity.currency or 'USD'}" if to.isascii() else f"{number(value)}{unit}美元"


def to_html(answer: Answer) -> str:
    """The message in Telegram's HTML, without its follow-ups (those are buttons).

    Titles are strangers' words: what a terminal would obey, or what turns the direction of a line, is left out.
    """
    template = _environment(answer.question.lang).get_template(f"{answer.template}.j2")
    text = template.render(**answer.data, figures=answer.figures, sources=answer.sources, question=answer.question)
    return re.sub(r"\n{3,}", "\n\n", clean(text).replace("\r", " ")).strip()


def to_text(answer: Answer) -> str:
    """The same message as plain text; links keep their address in brackets."""
    return strip(to_html(answer))


def strip(message: str) -> str:
    """Telegram HTML to plain text.

    >>> strip('<b>5.56</b> &lt; 6, <a href="https://x.example/1">here</a>')
    '5.56 < 6, here (https://x.example/1)'
    """
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 (\1)", message, flags=re.DOTALL)
    return html.unescape(_TAG.sub("", linked))


def to_json(answer: Answer) -> dict[str, Any]:
    """The shape of the contract (docs/commands.md): `question, lang, intent, slots, answer, figures, sources, …`."""
    return {
        "question": answer.question.text,
        "lang": answer.question.lang,
        "intent": answer.question.intent,
        "slots": {
            name: list(value) if isinstance(value, tuple) else value for name, value in answer.question.slots.items()
        },
        "answer": to_text(answer),
        "figures": [
            {
                "name": shown.name,
                "value": shown.value,
                "unit": shown.unit,
                "as_of": shown.as_of,
                "source": shown.source,
                "status": shown.status,
            }
            for shown in answer.figures
        ],
        "sources": [_source(source) for source in answer.sources],
        "followups": list(answer.followups),
        "chart": answer.chart,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published,
        "checked_on": source.checked_on.isoformat(),
        "says": source.says,
    }
