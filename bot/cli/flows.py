"""`paomo flows`: who pays whom, what goes round, how much of a vendor's sales its own money may have paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.amounts import Amount
from bot.cli.context import print_json, settings, today
from bot.cli.options import Moment
from bot.cli.output import write as write_file
from core.errors import NotFound, QuantityError, UsageError
from core.quantity import Unit

if TYPE_CHECKING:
    from core.circular import Cycles, Flow, RoundTrip
    from core.vendor import SelfFunded

FORMULA = "round-trip share = max sum f / sum a, with 0 <= f <= a and as much in as out at every party"
SHOWN_DRAWN, SHOWN_CYCLES, SHOWN_FLOWS, SHOWN_NAMES = 3, 10, 30, 20  # without --all


@click.command()
@click.option(
    "--flows",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Folder of your own flows (TOML, as in core/data/flows), beside the built-in ones.",
)
@click.option("--only", is_flag=True, help="With --flows: your own alone, without the built-in ones.")
@click.option(
    "--vendor", metavar="NAME", help="Whose sales: an id or a name.  [default: NVDA, or else the first to put money in]"
)
@click.option(
    "--sales",
    type=Amount(Unit.MONEY),
    help="All sales of the vendor a year, such as 200bn.  [default: those among the flows]",
)
@click.option(
    "--spread",
    type=Amount(Unit.YEARS),
    help="Assume that sums whose time is not known run over so many years.  [default: they stay unknown]",
)
@click.option("--as-of", type=Moment(), help="What stood on that day: 2025, 2025-10 or 2025-10-21.  [default: today]")
@click.option(
    "--png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the graph to FILE as a picture; needs paomo[charts].",
)
@click.option("--all", "everything", is_flag=True, help="Print every loop, flow and party, however many there are.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document: inputs, result, formula, assumptions, figures."
)
def flows(folder: Path | None, only: bool, vendor: str | None, sales: float | None, spread: float | None, as_of: str | None,
          png: Path | None, everything: bool, as_json: bool) -> None:  # fmt: skip
    """Show circular financing: who pays whom, and what only goes round.

    The loops with their smallest leg, the share of all payments that only goes round, the share of a vendor's sales
    that its own money may have paid, and who needs cash from outside. A sum of
    unknown time is not compared with yearly ones.

    \b
    paomo flows
    paomo flows --as-of 2025-10-21 --png loop.png
    paomo flows --spread 5 --sales 200bn
    paomo flows --flows my-cards --only --vendor "the vendor"
    """
    if str(png) == "-":
        raise UsageError("standard output holds the flows", hint="--png FILE")
    told = _found(folder, only, vendor, sales, spread, as_of or str(today()))
    lang = settings().lang
    if png is not None:
        _write(png, told, lang)
    if as_json:
        print_json(_document(told, sales))
    else:
        _print(told, lang, everything)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """The flows that stood on a day and what they come to. assumed: ids of flows whose years were spread."""

    day: str
    vendor: str
    spread: float | None
    flows: "Sequence[Flow]"
    loops: "Cycles"
    trip: "RoundTrip"
    share: "SelfFunded"
    cash: Mapping[str, float | None]
    assumed: frozenset[str]


def _found(
    folder: Path | None, only: bool, vendor: str | None, sales: float | None, spread: float | None, day: str
) -> _Told:
    from core import circular
    from core.flow_cards import load, party
    from core.vendor import self_funded

    plain = circular.standing(load(folder, built_in=not only), day)
    if not plain:
        raise NotFound(
            f"no flow stood on {day}", hint="`paomo flows` without --as-of and --only shows the built-in ones"
        )
    flows = circular.spread(plain, spread) if spread is not None else plain
    who, names = party(vendor) if vendor else _vendor(plain), circular.parties(plain)
    if who not in names:
        more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
        raise QuantityError(f"no flow is paid by or to {who}", hint=f"parties: {', '.join(names[:SHOWN_NAMES])}{more}")
    return _Told(
        day=day, vendor=who, spread=spread, flows=flows, loops=circular.cycles(flows), trip=circular.round_trip(flows),
        share=self_funded(flows, who, sales=sales), cash={name: circular.external_cash(flows, {name}) for name in names},
        assumed=frozenset(flow.id for flow, before in zip(flows, plain, strict=True) if flow.years != before.years),
    )  # fmt: skip


def _vendor(flows: Sequence["Flow"]) -> str:
    from core.circular import FINANCING, parties

    names = parties(flows)
    return "NVDA" if "NVDA" in names else next((flow.payer for flow in flows if flow.kind in FINANCING), names[0])


def _write(png: Path, told: _Told, lang: str) -> None:
    from bot.pictures.flows import draw

    write_file(png, draw(told.flows, lang, assumed=told.assumed))


def _print(told: _Told, lang: str, everything: bool) -> None:
    from rich.text import Text

    from bot.console import console
    from bot.render import flow_lines
    from bot.render.flows import draw
    from bot.render.wording import filled

    words, out, loops = flow_lines.WORDS[lang], console(), told.loops
    out.print(Text(words["title"].format(day=told.day), style="bold"))
    out.print()
    most = None if everything else SHOWN_FLOWS
    drawn = loops.found if everything else loops.found[:SHOWN_DRAWN]
    listed = len(loops.found) if everything else min(SHOWN_CYCLES, len(loops.found))
    out.print(Text(draw(told.flows, drawn, lang, assumed=told.assumed, most=most)), soft_wrap=True)
    out.print()
    out.print(_table(told.flows[:most], lang, told.assumed))
    if most is not None and len(told.flows) > most:
        out.print(filled(words["more_rows"], len(told.flows) - most))
    out.print()
    names = None if everything else SHOWN_NAMES
    for text in (
        *flow_lines.loops(loops, listed, lang),
        *flow_lines.shares(told.trip, told.share, told.vendor, lang, names),
        flow_lines.cash(told.cash, lang, names),
        *flow_lines.assumption(told.flows, told.spread, lang),
    ):
        out.print(Text(text), soft_wrap=not out.is_terminal)


def _table(flows: Sequence["Flow"], lang: str, assumed: frozenset[str]) -> Any:
    from rich.table import Table

    from bot.render.flow_lines import WORDS
    from bot.render.flows import WORDS as TERMS
    from bot.render.flows import amount, party_name

    words, terms = WORDS[lang], TERMS[lang]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("who", "amount", "kind", "certainty", "date", "sources"):
        table.add_column(words[name], no_wrap=name in ("who", "date"), overflow="fold")
    for flow in flows:
        table.add_row(
            f"{party_name(flow.payer, lang)} → {party_name(flow.payee, lang)}",
            amount(flow, lang, assumed=flow.id in assumed),
            terms[flow.kind],
            terms[flow.certainty],
            flow.announced,
            ", ".join(source.id for source in flow.sources) or words["none"],
        )
    return table


def _document(told: _Told, sales: float | None) -> dict[str, Any]:
    inputs = {"as_of": told.day, "vendor": told.vendor, "vendor_sales_usd_bn": sales, "spread_years": told.spread}
    loops, trip, share = told.loops, told.trip, told.share
    bounds = {"lower": share.lower, "proportional": share.proportional, "upper": share.upper}
    computed = {"round_trip_share": trip.share, **{f"self_funded_{name}": bound for name, bound in bounds.items()}}
    return {
        "inputs": inputs,
        "result": {
            "flows": [_row(flow, told.assumed) for flow in told.flows],
            "cycles": [
                {"parties": list(loop.nodes), "flows": [[flow.id for flow in leg] for leg in loop.legs],
                 "bottleneck_usd_bn_per_year": loop.bottleneck, "smallest_total_usd_bn": loop.whole}
                for loop in loops.found
            ],
            "cycles_complete": loops.complete,
            "round_trip": {"share": trip.share, "circulating_usd_bn": trip.circulating, "paid_usd_bn": trip.paid,
                           "unknown": [flow.id for flow in trip.unknown]},
            "self_funded": {**bounds, "sales_usd_bn": share.sales, "unknown": [flow.id for flow in share.unknown]},
            "external_cash_usd_bn": dict(told.cash),
        },
        "formula": FORMULA,
        "assumptions": [
            "sums over several years are spread evenly",
            "an amount that nobody stated stays unknown (null)",
            *([f"sums whose time is not known run over {told.spread:g} years"] if told.assumed else []),
        ],
        "figures": [
            {"name": name, "value": value, "unit": "ratio", "as_of": told.day, "source": FORMULA if name == "round_trip_share" else "core.vendor", "status": "computed"}
            for name, value in computed.items()
            if value is not None
        ],
    }  # fmt: skip


def _row(flow: "Flow", assumed: frozenset[str]) -> dict[str, Any]:
    return {
        "id": flow.id, "payer": flow.payer, "payee": flow.payee, "kind": flow.kind, "certainty": flow.certainty,
        "usd_bn_per_year": flow.yearly, "total_usd_bn": flow.total, "years": flow.years, "years_assumed": flow.id in assumed,
        "up_to": flow.up_to, "announced": flow.announced, "from": flow.start, "to": flow.end, "dropped": flow.dropped,
        "instead_of": flow.instead_of, "status": flow.status, "sources": [source.id for source in flow.sources],
        "note": flow.note.en if flow.note else None,
    }  # fmt: skip
