"""`paomo figures`: the register in the terminal, as a table, one card at a time, or as JSON."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from bot.cli.context import settings, today
from bot.cli.options import Moment
from core import aliases
from core.errors import NotFound, UsageError
from core.figures import Claim, Figure, Register, Source, known_by, load
from core.text import to_mainland

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


CardT = TypeVar("CardT", bound=Claim | Figure)


WORDS = {
    "holds": "屬實", "holds_approximately": "大致屬實", "fails": "不成立", "fails_by_power_of_ten": "差了十倍",
    "category_error": "存量與流量相比", "contradicted": "與查證不符", "unverified": "無從證實",
    "not_checkable": "無可查證", "corroborated": "已查證", "estimated": "估計值",
}  # fmt: skip


@click.group(invoke_without_command=True)
@click.option(
    "--as-of",
    type=Moment(),
    help="Only what was said by then (2025, 2025-10, 2025-10-21); rechecks stay as of today.",
)
@click.option("--entity", help="Only this company, group or index: an id or a name (ORCL, 甲骨文).")
@click.option("--metric", help="Only this measure: an id or a name (capex, 資本支出).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def figures(ctx: click.Context, as_of: str | None, entity: str | None, metric: str | None, as_json: bool) -> None:
    """The register of figures and claims, each rechecked.

    Without a command: a table of all that fit. `paomo figures show A18` has one card whole.
    """
    if ctx.invoked_subcommand:
        return
    register, lang = load(settings().figures), settings().lang
    entity_id = _alias(entity, set(aliases.KINDS) - {"metric", "theme"})
    metric_id = _alias(metric, {"metric"})
    claims = [
        _as_known(claim, as_of)
        for claim in register.claims_about(entity_id, metric_id)
        if as_of is None or known_by(claim.as_of, as_of)
    ]
    found = register.find(entity_id, metric_id, as_of=as_of)
    if not claims and not found:
        raise NotFound("no figure fits", hint="`paomo figures` lists all")
    if as_json:
        click.echo(_json({"claims": [asdict(claim) for claim in claims], "figures": [asdict(one) for one in found]}))
        return
    _table(lang, claims, found)


@figures.command()
@click.argument("card_id", metavar="ID")
@click.option("--as-of", type=Moment(), help="As it was known then: what came later is left out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def show(ctx: click.Context, card_id: str, as_of: str | None, as_json: bool) -> None:
    """One claim (A18) or figure (openai_revenue_2025) with its recheck, its sources and what came later.

    With --as-of only what was said by then; the recheck stays as of today.
    """
    as_of = as_of or (ctx.parent.params["as_of"] if ctx.parent else None)
    card = _as_known(_card(load(settings().figures), card_id), as_of)
    if as_json:
        click.echo(_json(asdict(card)))
        return
    lang = settings().lang
    rows = _claim_rows(card, lang) if isinstance(card, Claim) else _figure_rows(card, lang)
    rows += [(LABELS[lang]["source"], _source(source, lang)) for source in card.sources]
    table = Table(box=None, show_header=False, title=_what(card, lang), title_justify="left", title_style="bold")
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    _print(table)


@figures.command(short_help="Take newer figures of your own from a CSV.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of your own cards.  [default: the setting figures]",
)
def update(file: Path, folder: Path | None) -> None:
    """Write newer figures of your own as cards, so that gauges do not go stale.

    FILE is a CSV with the columns entity, metric, period, value, unit, as_of, source, publisher, published; or one
    with a month and debit balances in millions, as FINRA has it; or with a date and total assets in billions, as
    ICI has it. All of it is checked first; one bad row, and nothing is written. The same file again replaces its
    cards.
    """
    from core.own_figures import update as take

    held = settings()
    target = folder or held.figures
    if target is None:
        raise UsageError(
            "there is no folder for cards of your own", hint="name one with --to, or set figures in paomo.toml"
        )
    done = take(file, target, today=today())
    for row in done.rows:
        click.echo(f"{row.id}: {row.value:g} {row.unit}, as of {row.as_of}")
    click.echo(f"written to {done.path}: {len(done.rows)}", err=True)
    if held.figures is None or held.figures.resolve() != target.resolve():
        click.echo(f"to have them used, set figures = {str(target)!r} in paomo.toml, or PAOMO_FIGURES", err=True)


def _print(table: Table) -> None:
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = 160  # nobody's window: a file or another program
    console.print(table)


def _card(register: Register, card_id: str) -> Claim | Figure:
    wanted = card_id.casefold()
    for cards in (register.claims, register.figures):
        for known, card in cards.items():
            if known.casefold() == wanted:
                return card
    return register.figure(card_id) if "_" in card_id else register.claim(card_id)


def _as_known(card: CardT, as_of: str | None) -> CardT:
    """The card without what came later; `NotFound` where it is itself later than that."""
    if as_of is None:
        return card
    if not known_by(card.as_of, as_of):
        raise NotFound(
            f"{card.id} was not known by {as_of}: it is of {card.as_of}", hint="leave out --as-of, or give a later date"
        )
    if isinstance(card, Claim):
        kept = tuple(later for later in card.later if known_by(later.as_of, as_of))
        gone = {later.source.id for later in card.later} - {later.source.id for later in kept}
        return replace(card, later=kept, sources=tuple(source for source in card.sources if source.id not in gone))
    return card


def _table(lang: str, claims: list[Claim], found: list[Figure]) -> None:
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(HEADINGS[lang]):
        table.add_column(heading, justify="right" if place == 2 else "left", no_wrap=place != 1, overflow="fold")
    for claim in claims:
        table.add_row(
            claim.id, _what(claim, lang), _amount(claim, lang), claim.as_of, _word(claim.recheck.verdict, lang)
        )
    for figure in found:
        table.add_row(figure.id, _what(figure, lang), _amount(figure, lang), figure.as_of, _word(figure.status, lang))
    _print(table)


def _word(word: str, lang: str) -> str:
    """A verdict or status of the contract in the reader's language; English keeps the contract's word."""
    return word if lang == "en" else (WORDS[word] if lang == "zh-Hant" else to_mainland(WORDS[word]))


def _claim_rows(claim: Claim, lang: str) -> list[tuple[str, str]]:
    label, recheck = LABELS[lang], claim.recheck
    rows = [
        (label["said_by"], claim.said_by.text(lang)),
        (label["value"], _amount(claim, lang)),
        (label["as_of"], claim.as_of),
        (label["status"], _word(claim.status, lang)),
        (label["formula"], claim.formula or ""),
        (
            label["recheck"],
            " ".join(filter(None, (_word(recheck.verdict, lang), amount(recheck.value, recheck.unit, lang)))),
        ),
        ("", recheck.how.text(lang)),
        ("", recheck.formula or ""),
    ]
    rows += [
        ("", f"{one.id}: {_amount(one, lang)} ({one.as_of}, {_word(one.status, lang)})") for one in recheck.figures
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
        (label["status"], _word(figure.status, lang)),
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


def _alias(name: str | None, kinds: set[str]) -> str | None:
    """An id as it is, else what the name is a name of."""
    if name is None:
        return None
    for kind in aliases.KINDS:
        if kind in kinds:
            for alias in aliases.every(kind):
                if alias.id.casefold() == name.casefold():
                    return alias.id
    mentions = aliases.find(name, kinds)
    if not mentions:
        raise NotFound(f"nothing is called “{name}”", hint="`paomo figures` lists all")
    return mentions[0].id


def _json(document: Any) -> str:
    def plain(value: Any) -> str:
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no JSON form")

    return json.dumps(document, ensure_ascii=False, indent=2, default=plain)
