"""`paomo flows`: who pays whom, what goes round, how much of a vendor's sales its own money may have paid."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.context import print_json, settings, today
from bot.cli.math import Amount
from bot.cli.options import Moment
from bot.cli.output import write as write_file
from core.errors import NotFound, QuantityError, UsageError
from core.quantity import Unit, money, percent, write

if TYPE_CHECKING:
    from core.circular import Cycles, Flow, RoundTrip
    from core.vendor import SelfFunded

WORDS = {
    "en": {
        "title": "Flows standing on {day}", "who": "who pays whom", "amount": "amount", "kind": "kind", "certainty": "certainty", "date": "announced", "sources": "sources",
        "none": "no source read", "cycle": "Round: {ring}", "bottleneck": "at most {0} a year (the smallest leg)", "no_bottleneck": "how much a year is not known: an amount or its time is missing",
        "whole": "; of the sums reported, at most {0} in all", "no_cycle": "No money comes back to where it set out.", "more": "There are more or longer loops than were looked for.", "more_loops": "… and {0:,} more loops (--all)", "more_rows": "… and {0:,} more rows (--all)", "more_names": "and {0:,} more (--all)",
        "trip": "Only goes round: {0} of what is paid a year ({1} of {2})", "trip_unknown": "Only goes round: not known, for every loop has a leg whose yearly amount is unknown",
        "left_out": "; left out, their yearly amounts not being known: {0}", "self": "{vendor}'s sales paid with its own money: between {0} and {2}, {1} if all money is spent alike (of sales of {3} a year)",
        "self_unknown": "{vendor}'s sales paid with its own money: not known; missing are {0}", "self_none": "{vendor}'s sales paid with its own money: no sales here",
        "cash": "Cash from outside, a year, by these flows alone", "needs": "{0} needs {1}", "surplus": "{0} has {1} over", "even": "{0} is even", "cash_unknown": "not known for {0}",
        "spread": "Assumed: sums whose time is not known run over {0}. Without --spread they stay unknown.", "hint": "Sums without a time are not compared with yearly ones; --spread 5 assumes that they run over five years.",
    },
    "zh-Hant": {
        "title": "{day} 仍有效的資金流", "who": "誰付給誰", "amount": "金額", "kind": "種類", "certainty": "確定程度", "date": "公布", "sources": "來源",
        "none": "未讀到出處", "cycle": "一圈：{ring}", "bottleneck": "每年最多 {0}（最小的一環）", "no_bottleneck": "每年多少不明：缺金額或年限",
        "whole": "；以報導的總額計，最多共 {0}", "no_cycle": "沒有錢會轉回起點。", "more": "還有更多或更長的圈沒有去找。", "more_loops": "…另有 {0:,} 圈（--all）", "more_rows": "…另有 {0:,} 列（--all）", "more_names": "另有 {0:,} 個（--all）",
        "trip": "只在圈內轉的：占每年付款的 {0}（{2} 中的 {1}）", "trip_unknown": "只在圈內轉的：不明，每一圈都有年金額未知的一環",
        "left_out": "；年金額未知、未計入：{0}", "self": "{vendor}的銷售由自己的錢支付：介於 {0} 與 {2} 之間；若各家按比例花錢則為 {1}（年銷售 {3}）",
        "self_unknown": "{vendor}的銷售由自己的錢支付：不明，缺 {0}", "self_none": "{vendor}的銷售由自己的錢支付：這裡沒有它的銷售",
        "cash": "每年需要的外部現金（只計這些資金流）", "needs": "{0}需要 {1}", "surplus": "{0}剩餘 {1}", "even": "{0}收支相抵", "cash_unknown": "{0}不明",
        "spread": "假設：年限未知的總額分 {0}付清。不加 --spread 就維持未知。", "hint": "沒有年限的總額不與每年金額相比；--spread 5 假設分五年付清。",
    },
    "zh-Hans": {
        "title": "{day} 仍有效的资金流", "who": "谁付给谁", "amount": "金额", "kind": "种类", "certainty": "确定程度", "date": "公布", "sources": "来源",
        "none": "未读到出处", "cycle": "一圈：{ring}", "bottleneck": "每年最多 {0}（最小的一环）", "no_bottleneck": "每年多少不明：缺金额或年限",
        "whole": "；以报道的总额计，最多共 {0}", "no_cycle": "没有钱会转回起点。", "more": "还有更多或更长的圈没有去找。", "more_loops": "…另有 {0:,} 圈（--all）", "more_rows": "…另有 {0:,} 行（--all）", "more_names": "另有 {0:,} 个（--all）",
        "trip": "只在圈内转的：占每年付款的 {0}（{2} 中的 {1}）", "trip_unknown": "只在圈内转的：不明，每一圈都有年金额未知的一环",
        "left_out": "；年金额未知、未计入：{0}", "self": "{vendor}的销售由自己的钱支付：介于 {0} 与 {2} 之间；若各家按比例花钱则为 {1}（年销售 {3}）",
        "self_unknown": "{vendor}的销售由自己的钱支付：不明，缺 {0}", "self_none": "{vendor}的销售由自己的钱支付：这里没有它的销售",
        "cash": "每年需要的外部现金（只计这些资金流）", "needs": "{0}需要 {1}", "surplus": "{0}剩余 {1}", "even": "{0}收支相抵", "cash_unknown": "{0}不明",
        "spread": "假设：年限未知的总额分 {0}付清。不加 --spread 就维持未知。", "hint": "没有年限的总额不与每年金额相比；--spread 5 假设分五年付清。",
    },
}  # fmt: skip
FORMULA = "round-trip share = max sum f / sum a, with 0 <= f <= a and as much in as out at every party"
SHOWN_DRAWN, SHOWN_CYCLES, SHOWN_FLOWS, SHOWN_NAMES = 3, 10, 30, 20  # without --all


@click.command(short_help="Circular financing: who pays whom, and what only goes round.")
@click.option(
    "--flows",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of your own flow cards (TOML); they add to the built-in ones.",
)
@click.option("--only", is_flag=True, help="Your own cards alone, without the built-in ones.")
@click.option("--vendor", help="Whose sales: an id or a name.  [default: NVDA, or else the first to put money in]")
@click.option(
    "--sales",
    type=Amount(Unit.MONEY),
    help="All sales of the vendor a year, such as 200bn.  [default: those among the flows]",
)
@click.option(
    "--spread", type=Amount(Unit.YEARS), help="Assume that sums whose time is not known run over so many years."
)
@click.option("--as-of", type=Moment(), help="What stood on that day (2025, 2025-10, 2025-10-21).  [default: today]")
@click.option(
    "--png", type=click.Path(dir_okay=False, path_type=Path), help="Write the graph as a picture; needs paomo[charts]."
)
@click.option("--all", "everything", is_flag=True, help="Print every loop, flow and party, however many there are.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON document: inputs, result, formula, assumptions, figures."
)
def flows(folder: Path | None, only: bool, vendor: str | None, sales: float | None, spread: float | None, as_of: str | None,
          png: Path | None, everything: bool, as_json: bool) -> None:  # fmt: skip
    """Who pays whom, the loops with their smallest leg, the share of all payments that only goes round, the share of
    a vendor's sales that its own money may have paid, and who needs cash from outside.

    \b
    paomo flows
    paomo flows --as-of 2025-10-21 --png loop.png
    paomo flows --spread 5 --sales 200bn
    paomo flows --flows my-cards --only --vendor "the vendor"
    """
    from core import circular
    from core.flows import load, party
    from core.vendor import self_funded

    if str(png) == "-":
        raise UsageError("standard output holds the flows", hint="--png FILE")

    day = as_of or str(today())
    plain = circular.standing(load(folder, built_in=not only), day)
    if not plain:
        raise NotFound(
            f"no flow stood on {day}", hint="`paomo flows` without --as-of and --only shows the built-in ones"
        )
    found = circular.spread(plain, spread) if spread is not None else plain
    who = party(vendor) if vendor else _vendor(plain)
    if who not in circular.parties(plain):
        names = circular.parties(plain)
        more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
        raise QuantityError(f"no flow is paid by or to {who}", hint=f"parties: {', '.join(names[:SHOWN_NAMES])}{more}")
    loops, trip = circular.cycles(found), circular.round_trip(found)
    share = self_funded(found, who, sales=sales)
    cash = {name: circular.external_cash(found, {name}) for name in circular.parties(found)}
    assumed = frozenset(flow.id for flow, before in zip(found, plain, strict=True) if flow.years != before.years)
    lang = settings().lang
    if png is not None:
        _write(png, found, lang, assumed)
    if as_json:
        inputs = {"as_of": day, "vendor": who, "vendor_sales_usd_bn": sales, "spread_years": spread}
        print_json(_document(inputs, found, loops, trip, share, cash, assumed))
        return
    _print(lang, day, who, spread, found, loops, trip, share, cash, assumed, everything)


def _vendor(flows: Sequence["Flow"]) -> str:
    from core.circular import FINANCING, parties

    names = parties(flows)
    return "NVDA" if "NVDA" in names else next((flow.payer for flow in flows if flow.kind in FINANCING), names[0])


def _write(png: Path, flows: Sequence["Flow"], lang: str, assumed: frozenset[str]) -> None:
    from bot import charts

    write_file(png, charts.circular(flows, lang, assumed=assumed))


def _print(lang: str, day: str, vendor: str, spread: float | None, flows: Sequence["Flow"], loops: "Cycles", trip: "RoundTrip",
           share: "SelfFunded", cash: Mapping[str, float | None], assumed: frozenset[str], everything: bool) -> None:  # fmt: skip
    from rich.console import Console
    from rich.text import Text

    from bot.render.flows import draw

    words, out = WORDS[lang], Console(highlight=False, emoji=False, markup=False)
    out.print(Text(words["title"].format(day=day), style="bold"))
    out.print()
    most = None if everything else SHOWN_FLOWS
    drawn = loops.found if everything else loops.found[:SHOWN_DRAWN]
    listed = len(loops.found) if everything else min(SHOWN_CYCLES, len(loops.found))
    out.print(Text(draw(flows, drawn, lang, assumed=assumed, most=most)), soft_wrap=True)
    out.print()
    out.print(_table(flows[:most], lang, assumed))
    if most is not None and len(flows) > most:
        out.print(words["more_rows"].format(len(flows) - most))
    out.print()
    names = None if everything else SHOWN_NAMES
    lines = [*_loops(loops, listed, lang), *_shares(trip, share, vendor, lang, names), _cash(cash, lang, names)]
    if spread is not None:
        lines.append(words["spread"].format(_years(spread, lang)))
    elif any(flow.yearly is None and flow.total is not None for flow in flows):
        lines.append(words["hint"])
    for text in lines:
        out.print(Text(text), soft_wrap=not out.is_terminal)


def _table(flows: Sequence["Flow"], lang: str, assumed: frozenset[str]) -> Any:
    from rich.table import Table

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


def _loops(loops: "Cycles", shown: int, lang: str) -> list[str]:
    from bot.render.flows import party_name

    words, lines = WORDS[lang], []
    for loop in loops.found[:shown]:
        ring = " → ".join(party_name(node, lang) for node in (*loop.nodes, loop.nodes[0]))
        known = (
            words["no_bottleneck"]
            if loop.bottleneck is None
            else words["bottleneck"].format(_money(loop.bottleneck, lang))
        )
        whole = "" if loop.whole is None else words["whole"].format(_money(loop.whole, lang))
        lines.append(f"{words['cycle'].format(ring=ring)}\n  {known}{whole}")
    if not loops.found and loops.complete:
        lines.append(words["no_cycle"])
    if len(loops.found) > shown:
        lines.append(words["more_loops"].format(len(loops.found) - shown))
    if not loops.complete:
        lines.append(words["more"])
    return lines


def _shares(trip: "RoundTrip", share: "SelfFunded", vendor: str, lang: str, most: int | None) -> list[str]:
    from bot.render.flows import party_name

    words, name = WORDS[lang], party_name(vendor, lang)
    if trip.share is None:
        lines = [words["trip_unknown"]]
    else:
        lines = [words["trip"].format(percent(trip.share), _money(trip.circulating, lang), _money(trip.paid, lang))]
    if trip.unknown and trip.share is not None:
        lines[0] += words["left_out"].format(_names(trip.unknown, lang, most))
    if share.lower is not None and share.proportional is not None and share.upper is not None:
        bounds = [percent(bound) for bound in (share.lower, share.proportional, share.upper)]
        lines.append(words["self"].format(*bounds, _money(share.sales or 0.0, lang), vendor=name))
    elif share.unknown:
        lines.append(words["self_unknown"].format(_names(share.unknown, lang, most), vendor=name))
    else:
        lines.append(words["self_none"].format(vendor=name))
    return lines


def _cash(cash: Mapping[str, float | None], lang: str, most: int | None) -> str:
    from bot.render.flows import party_name

    words, comma = WORDS[lang], "，" if lang.startswith("zh") else ", "
    told = [
        words["needs" if need > 0 else "surplus" if need < 0 else "even"].format(
            party_name(name, lang), _money(abs(need), lang)
        )
        for name, need in list(cash.items())[:most]
        if need is not None
    ]
    unknown = [party_name(name, lang) for name, need in list(cash.items())[:most] if need is None]
    if unknown:
        told.append(words["cash_unknown"].format(("、" if lang.startswith("zh") else ", ").join(unknown)))
    if most is not None and len(cash) > most:
        told.append(words["more_names"].format(len(cash) - most))
    return f"{words['cash']}{'：' if lang.startswith('zh') else ': '}{comma.join(told)}"


def _names(flows: Sequence["Flow"], lang: str, most: int | None) -> str:
    from bot.render.flows import party_name

    pairs = list(dict.fromkeys(f"{party_name(flow.payer, lang)} → {party_name(flow.payee, lang)}" for flow in flows))
    rest = [] if most is None or len(pairs) <= most else [WORDS[lang]["more_names"].format(len(pairs) - most)]
    return ("、" if lang.startswith("zh") else ", ").join([*pairs[:most], *rest])


def _document(inputs: dict[str, Any], flows: Sequence["Flow"], loops: "Cycles", trip: "RoundTrip", share: "SelfFunded",
              cash: Mapping[str, float | None], assumed: frozenset[str]) -> dict[str, Any]:  # fmt: skip
    bounds = {"lower": share.lower, "proportional": share.proportional, "upper": share.upper}
    computed = {"round_trip_share": trip.share, **{f"self_funded_{name}": bound for name, bound in bounds.items()}}
    return {
        "inputs": inputs,
        "result": {
            "flows": [_row(flow, assumed) for flow in flows],
            "cycles": [
                {"parties": list(loop.nodes), "flows": [[flow.id for flow in leg] for leg in loop.legs],
                 "bottleneck_usd_bn_per_year": loop.bottleneck, "smallest_total_usd_bn": loop.whole}
                for loop in loops.found
            ],
            "cycles_complete": loops.complete,
            "round_trip": {"share": trip.share, "circulating_usd_bn": trip.circulating, "paid_usd_bn": trip.paid,
                           "unknown": [flow.id for flow in trip.unknown]},
            "self_funded": {**bounds, "sales_usd_bn": share.sales, "unknown": [flow.id for flow in share.unknown]},
            "external_cash_usd_bn": dict(cash),
        },
        "formula": FORMULA,
        "assumptions": [
            "sums over several years are spread evenly",
            "an amount that nobody stated stays unknown (null)",
            *([f"sums whose time is not known run over {inputs['spread_years']:g} years"] if assumed else []),
        ],
        "figures": [
            {"name": name, "value": value, "unit": "ratio", "as_of": inputs["as_of"], "source": FORMULA if name == "round_trip_share" else "core.vendor", "status": "computed"}
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


def _money(billions: float, lang: str) -> str:
    return write(money(billions), lang)


def _years(years: float, lang: str) -> str:
    from core.quantity import Quantity

    return write(Quantity(value=years, unit=Unit.YEARS), lang)
