"""What flows of money come to, in sentences: loops with their smallest leg, shares that only go round, cash from outside."""

from collections.abc import Mapping, Sequence

from bot.render.flows import party_name
from bot.render.wording import filled
from core.circular import Cycles, Flow, RoundTrip
from core.quantity import Quantity, Unit, money, percent, write
from core.vendor import SelfFunded

WORDS = {
    "en": {
        "title": "Flows standing on {day}", "who": "who pays whom", "amount": "amount", "kind": "kind", "certainty": "certainty", "date": "announced", "sources": "sources",
        "none": "no source read", "cycle": "Round: {ring}", "bottleneck": "at most {0} a year (the smallest leg)", "no_bottleneck": "how much a year is not known: an amount or its time is missing",
        "whole": "; of the sums reported, at most {0} in all", "no_cycle": "No money comes back to where it set out.", "more": "There are more or longer loops than were looked for.", "more_loops": "… and {0:,more loop} (--all)", "more_rows": "… and {0:,more row} (--all)", "more_names": "and {0:,} more (--all)",
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


def loops(found: Cycles, shown: int, lang: str) -> list[str]:
    """Each loop with its smallest leg; `shown` of them, and a count of the rest."""
    words, lines = WORDS[lang], []
    for loop in found.found[:shown]:
        ring = " → ".join(party_name(node, lang) for node in (*loop.nodes, loop.nodes[0]))
        known = (
            words["no_bottleneck"]
            if loop.bottleneck is None
            else words["bottleneck"].format(_money(loop.bottleneck, lang))
        )
        whole = "" if loop.whole is None else words["whole"].format(_money(loop.whole, lang))
        lines.append(f"{words['cycle'].format(ring=ring)}\n  {known}{whole}")
    if not found.found and found.complete:
        lines.append(words["no_cycle"])
    if len(found.found) > shown:
        lines.append(filled(words["more_loops"], len(found.found) - shown))
    if not found.complete:
        lines.append(words["more"])
    return lines


def shares(trip: RoundTrip, share: SelfFunded, vendor: str, lang: str, most: int | None) -> list[str]:
    """What only goes round, and how much of a vendor's sales its own money may have paid; most: names in a list."""
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


def cash(needs: Mapping[str, float | None], lang: str, most: int | None) -> str:
    """What each party needs from outside, or has over, a year; most: parties that are named."""
    words, comma = WORDS[lang], "，" if lang.startswith("zh") else ", "
    told = [
        words["needs" if need > 0 else "surplus" if need < 0 else "even"].format(
            party_name(name, lang), _money(abs(need), lang)
        )
        for name, need in list(needs.items())[:most]
        if need is not None
    ]
    unknown = [party_name(name, lang) for name, need in list(needs.items())[:most] if need is None]
    if unknown:
        told.append(words["cash_unknown"].format(("、" if lang.startswith("zh") else ", ").join(unknown)))
    if most is not None and len(needs) > most:
        told.append(words["more_names"].format(len(needs) - most))
    return f"{words['cash']}{'：' if lang.startswith('zh') else ': '}{comma.join(told)}"


def assumption(flows: Sequence[Flow], spread: float | None, lang: str) -> list[str]:
    """That sums were spread over years, or how they can be."""
    if spread is not None:
        return [WORDS[lang]["spread"].format(write(Quantity(value=spread, unit=Unit.YEARS), lang))]
    open_ = any(flow.yearly is None and flow.total is not None for flow in flows)
    return [WORDS[lang]["hint"]] if open_ else []


def _names(flows: Sequence[Flow], lang: str, most: int | None) -> str:
    pairs = list(dict.fromkeys(f"{party_name(flow.payer, lang)} → {party_name(flow.payee, lang)}" for flow in flows))
    rest = [] if most is None or len(pairs) <= most else [WORDS[lang]["more_names"].format(len(pairs) - most)]
    return ("、" if lang.startswith("zh") else ", ").join([*pairs[:most], *rest])


def _money(billions: float, lang: str) -> str:
    return write(money(billions), lang)
