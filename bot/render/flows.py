"""Flows of money in words, and their loops drawn with lines, for the terminal and the picture alike."""

from collections.abc import Iterable, Sequence
from functools import cache

from bot.render.wording import filled
from core import aliases
from core.circular import Cycle, Flow
from core.errors import NotFound
from core.quantity import Quantity, Unit, money, write

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "equity": "equity", "loan": "loan", "purchase": "purchase", "lease": "lease", "prepayment": "prepayment", "warrant": "warrants",
        "paid": "paid", "contract": "contract", "letter_of_intent": "letter of intent", "report": "reported",
        "a_year": "{0} a year", "in_all": "{0} in all", "over": "{0} a year ({1} over {2})", "up_to": "up to {0}", "unknown": "amount unknown",
        "assumed": "{0} a year ({1} spread over {2}, assumed)", "more": "… and {0:,more flow} (--all)",
    },
    "zh-Hant": {
        "equity": "股權投資", "loan": "貸款", "purchase": "採購", "lease": "租賃", "prepayment": "預付款", "warrant": "認股權證",
        "paid": "已付", "contract": "合約", "letter_of_intent": "意向書", "report": "據報導",
        "a_year": "每年{0}", "in_all": "共{0}", "over": "每年{0}（{2}共{1}）", "up_to": "最多{0}", "unknown": "金額未知",
        "assumed": "每年{0}（假設{1}分{2}付清）", "more": "…另有 {0:,} 筆（--all）",
    },
    "zh-Hans": {
        "equity": "股权投资", "loan": "贷款", "purchase": "采购", "lease": "租赁", "prepayment": "预付款", "warrant": "认股权证",
        "paid": "已付", "contract": "合同", "letter_of_intent": "意向书", "report": "据报道",
        "a_year": "每年{0}", "in_all": "共{0}", "over": "每年{0}（{2}共{1}）", "up_to": "最多{0}", "unknown": "金额未知",
        "assumed": "每年{0}（假设{1}分{2}付清）", "more": "…另有 {0:,} 笔（--all）",
    },
}  # fmt: skip
FIRM = ("paid", "contract")  # drawn with a whole line; a letter of intent or a report is dashed


@cache
def party_name(party: str, lang: str) -> str:
    """What to call a party: by the table of names, or as the card has it.

    >>> party_name("ORCL", "zh-Hans"), party_name("pension funds", "en")
    ('甲骨文', 'pension funds')
    """
    for kind in ("company", "institution", "group"):
        try:
            return aliases.get(party, kind).name(lang)
        except NotFound:
            continue
    return party


def amount(flow: Flow, lang: str, *, assumed: bool = False) -> str:
    """A flow's amount in words; `assumed` says that its years were.

    >>> from core import flow_cards
    >>> cards = {flow.id: flow for flow in flow_cards.load()}
    >>> [amount(cards[id], "en") for id in ("nvda_to_openai_intent", "openai_to_oracle", "openai_to_nvda_systems")]
    ['up to $100bn in all', '$60bn a year ($300bn over 5 years)', 'amount unknown']
    """
    words = WORDS[lang]
    if flow.yearly is None and flow.total is None:
        return words["unknown"]
    if flow.total is None or flow.years is None:
        one = flow.total if flow.yearly is None else flow.yearly
        text = words["in_all" if flow.yearly is None else "a_year"].format(write(money(one or 0.0), lang))
    else:
        text = words["assumed" if assumed else "over"].format(
            write(money(flow.yearly or 0.0), lang),
            write(money(flow.total), lang),
            write(Quantity(value=flow.years, unit=Unit.YEARS), lang),
        )
    return words["up_to"].format(text) if flow.up_to else text


def line(flow: Flow, lang: str, *, assumed: bool = False) -> str:
    """Amount, kind, certainty and date on one line."""
    words, comma = WORDS[lang], "，" if lang.startswith("zh") else ", "
    told = (amount(flow, lang, assumed=assumed), words[flow.kind], f"{words[flow.certainty]} {flow.announced}")
    return comma.join(told)


def draw(
    flows: Sequence[Flow],
    cycles: Iterable[Cycle],
    lang: str,
    *,
    assumed: frozenset[str] = frozenset(),
    most: int | None = None,
) -> str:
    """The loops, each from top to bottom and back up on the left, then what is off them. Fits 80 columns.

    A whole line is paid or under contract, a dashed one a letter of intent or a report. All lines stand left of
    the text, so that characters of any width stay aligned. `most`: how many flows to write of each leg, and off the
    loops; the rest is counted.

    >>> from core import circular, flow_cards
    >>> cards = circular.standing(flow_cards.load(), "2026-11-23")
    >>> print(draw(cards, circular.cycles(cards).found, "en"))
    ╭─▶ Nvidia
    │     ┊  $30bn in all, equity, reported 2026-02
    │     ▼
    │   OpenAI
    │     │  $60bn a year ($300bn over 5 years), purchase, contract 2025-09-10
    │     ▼
    │   Oracle
    │     ┊  $40bn in all, purchase, reported 2025-10
    ╰─────╯
    OpenAI ┄┄▶ AMD
        up to $300bn in all, purchase, reported 2025-10-07
    OpenAI ──▶ CoreWeave
        $22bn in all, purchase, contract 2025-10-07
    """
    words, rows = WORDS[lang], list[str]()
    drawn: set[str] = set()
    for cycle in cycles:
        if rows:
            rows.append("")
        for place, (node, leg) in enumerate(zip(cycle.nodes, cycle.legs, strict=True)):
            rows.append(f"{'│   ' if place else '╭─▶ '}{party_name(node, lang)}")
            rows += [f"│     {_bar(flow)}  {line(flow, lang, assumed=flow.id in assumed)}" for flow in leg[:most]]
            rows += (
                [f"│     ┊  {filled(words['more'], len(leg) - most)}"] if most is not None and len(leg) > most else []
            )
            rows.append("│     ▼" if place < len(cycle.nodes) - 1 else "╰─────╯")
            drawn |= {flow.id for flow in leg}
    off = [flow for flow in flows if flow.id not in drawn]
    for flow in off[:most]:
        arrow = "──▶" if flow.certainty in FIRM else "┄┄▶"
        rows.append(f"{party_name(flow.payer, lang)} {arrow} {party_name(flow.payee, lang)}")
        rows.append(f"    {line(flow, lang, assumed=flow.id in assumed)}")
    rows += [filled(words["more"], len(off) - most)] if most is not None and len(off) > most else []
    return "\n".join(rows)


def _bar(flow: Flow) -> str:
    return "│" if flow.certainty in FIRM else "┊"
