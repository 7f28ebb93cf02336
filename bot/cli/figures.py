"""`paomo figures`: the register in the terminal, as a table, one card at a time, or as JSON."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.cli.context import settings, today
from bot.cli.figure_tables import show_card, show_table
from bot.cli.options import Moment
from core import aliases
from core.errors import NotFound, UsageError
from core.figures import Claim, Figure, Register, known_by, load

CardT = TypeVar("CardT", bound=Claim | Figure)


@click.group(invoke_without_command=True)
@click.option(
    "--as-of",
    type=Moment(),
    help="Only what was said by then: 2025, 2025-10 or 2025-10-21; rechecks stay as of today.",
)
@click.option(
    "--entity", metavar="NAME", help="Only this company, group or index: an id or a name, such as ORCL or 甲骨文."
)
@click.option("--metric", metavar="NAME", help="Only this measure: an id or a name, such as capex or 資本支出.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def figures(ctx: click.Context, as_of: str | None, entity: str | None, metric: str | None, as_json: bool) -> None:
    """Show the register of figures and claims, each rechecked: without COMMAND, a table of all that fit.

    \b
    paomo figures --entity NVDA --metric revenue
    paomo figures show A18
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
    show_table(lang, claims, found)


@figures.command(short_help="Show one claim or figure with its recheck and its sources.")
@click.argument("card_id", metavar="ID")
@click.option("--as-of", type=Moment(), help="As it was known then: 2025, 2025-10 or 2025-10-21.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def show(ctx: click.Context, card_id: str, as_of: str | None, as_json: bool) -> None:
    """Show one claim (A18) or figure (openai_revenue_2025) with its recheck, its sources and what came later.

    With --as-of only what was said by then; the recheck stays as of today.

    \b
    Example:  paomo figures show A18 --as-of 2025-12
    """
    as_of = as_of or (ctx.parent.params["as_of"] if ctx.parent else None)
    card = _as_known(_card(load(settings().figures), card_id), as_of)
    if as_json:
        click.echo(_json(asdict(card)))
        return
    show_card(card, settings().lang)


@figures.command(short_help="Take newer figures of your own from a CSV.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of your own cards.  [default: the setting figures]",
)
def update(file: Path, folder: Path | None) -> None:
    """Write newer figures of your own as cards, so that gauges do not go stale.

    FILE is a CSV with the columns entity, metric, period, value, unit, as_of, source, publisher, published; or one
    with a month and debit balances in millions, as FINRA has it; or with a date and total assets in billions, as
    ICI has it. All of it is checked first; one bad row, and nothing is written. The same file again replaces its
    cards.

    \b
    Example:  paomo figures update finra.csv --to my-figures
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
