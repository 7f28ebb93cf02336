"""The register in the terminal: cards as a table, and one card whole."""

from rich.table import Table

from bot.console import console
from bot.verdicts import status, verdict
from core import aliases
from core.figures import Claim, Figure, Source

HEADINGS = {
    "zh-Hant": ("編號", "內容", "數值", "日期", "核對"),
    "zh-Hans": ("编号", "内容", "数值", "日期", "核对"),
    "en": ("id", "what", "value", "as of", "verdict"),
}
LABELS = {
    "zh-Hant": {"said_by": "出自", "value": "數值", "as_of": "日期", "status": "狀態", "recheck": "核對", "later": "後來", "note": "附註", "source": "來源", "formula": "算式", "published": "發布", "checked": "查閱"},
    "zh-Hans": {"said_by": "出自", "value": "数值", "as_of": "日期", "status": "状态", "recheck": "核对", "later": "后来", "note": "附注", "source": "来源", "formula": "算式", "published": "发布", "checked": "查阅"},
    "en": {"said_by": "said by", "value": "value", "as_of": "as of", "status": "status", "recheck": "recheck", "later": "later", "note": "note", "source": "source", "formula": "formula", "published": "published", "checked": "checked"},
}  # fmt: skip
UNIT_WORDS = {
    "zh-Hant": {"USD_bn": "億美元", "ratio": "", "years": "年", "year": "年", "count": "", "points": "點"},
    "zh-Hans": {"USD_bn": "亿美元", "ratio": "", "years": "年", "year": "年", "count": "", "points": "点"},
    "en": {"USD_bn": "bn USD", "ratio": "", "years": "years", "year": "", "count": "", "points": "points"},
}


def show_table(lang: str, claims: list[Claim], found: list[Figure]) -> None:
    """All cards, one a row."""
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(HEADINGS[lang]):
        table.add_column(heading, justify="right" if place == 2 else "left", no_wrap=place != 1, overflow="fold")
    for claim in claims:
        table.add_row(
            claim.id, _what(claim, lang), _amount(claim, lang), claim.as_of, verdict(claim.recheck.verdict, lang)
        )
    for figure in found:
        table.add_row(figure.id, _what(figure, lang), _amount(figure, lang), figure.as_of, status(figure.status, lang))
    _print(table)


def show_card(card: Claim | Figure, lang: str) -> None:
    """One card whole, with its sources."""
    rows = _claim_rows(card, lang) if isinstance(card, Claim) else _figure_rows(card, lang)
    rows += [(LABELS[lang]["source"], _source(source, lang)) for source in card.sources]
    table = Table(box=None, show_header=False, title=_what(card, lang), title_justify="left", title_style="bold")
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    _print(table)


def _claim_rows(claim: Claim, lang: str) -> list[tuple[str, str]]:
    label, recheck = LABELS[lang], claim.recheck
    rows = [
        (label["said_by"], claim.said_by.text(lang)),
        (label["value"], _amount(claim, lang)),
        (label["as_of"], claim.as_of),
        (label["status"], status(claim.status, lang)),
        (label["formula"], claim.formula or ""),
        (
            label["recheck"],
            " ".join(filter(None, (verdict(recheck.verdict, lang), amount(recheck.value, recheck.unit, lang)))),
        ),
        ("", recheck.how.text(lang)),
        ("", recheck.formula or ""),
    ]
    rows += [
        ("", f"{one.id}: {_amount(one, lang)} ({one.as_of}, {status(one.status, lang)})") for one in recheck.figures
    ]
    for later in claim.later:
        told = f"{later.as_of}: {amount(later.value, later.unit, lang)} {later.note.text(lang)} [{later.source.id}]"
        rows.append((label["later"], told))
    rows.append((label["note"], claim.note.text(lang) if claim.note else ""))
    return [row for row in rows if row[1]]


def _figure_rows(figure: Figure, lang: str) -> list[tuple[str, str]]:
    label = LABELS[lang]
    rows = [
        (label["value"], _amount(figure, lang)),
        (label["as_of"], figure.as_of),
        (label["status"], status(figure.status, lang)),
        (label["note"], figure.note.text(lang) if figure.note else ""),
    ]
    return [row for row in rows if row[1]]


def _source(source: Source, lang: str) -> str:
    dates = f"{LABELS[lang]['published']} {source.published}, {LABELS[lang]['checked']} {source.checked_on}"
    return f"[{source.id}] {source.title} ({source.publisher}; {dates}): {source.says}"


def _what(card: Claim | Figure, lang: str) -> str:
    if isinstance(card, Claim):
        return card.text.text(lang)
    names = [aliases.get(card.entity).name(lang), aliases.get(card.metric, "metric").name(lang), card.period]
    return " ".join(name for name in names if name)


def _amount(card: Claim | Figure, lang: str) -> str:
    return amount(card.value, card.unit, lang)


def amount(value: float | None, unit: str | None, lang: str) -> str:
    """A number with its unit in words; billions become 億 in Chinese.

    >>> [amount(13.07, "USD_bn", lang) for lang in ("zh-Hant", "en")]
    ['130.7 億美元', '13.07 bn USD']
    """
    if value is None or unit is None:
        return ""
    shown = value * 10 if unit == "USD_bn" and lang.startswith("zh") else value
    digits = f"{shown:.0f}" if unit == "year" else f"{round(shown, 4):,}".removesuffix(".0")
    return f"{digits} {UNIT_WORDS[lang][unit]}".strip()


def _print(table: Table) -> None:
    console(unwatched=160).print(table)
