"""How a recheck is put into words: the arithmetic first, then what was stated, then what may have gone wrong."""

from core import aliases
from core.claims.beside import PROFIT
from core.claims.contradictions import Contradiction
from core.claims.known import Known
from core.claims.relations import Finding
from core.errors import NotFound
from core.figures import Bilingual, Figure
from core.quantity import Kind, Quantity, Unit, number, percent, write

NOTES = {
    "doubles": Bilingual(
        zh="相加後為原來的兩倍，但本身並不是對方的兩倍。", en="Added to it, it doubles it; it is not twice as much."
    ),
    "times_more": Bilingual(
        zh="「增長 n 倍」照字面是原來的 n + 1 倍；這裡只有當成「變成 n 倍」才對得上。",
        en="By the book, n times more is n + 1 times as much; it fits only if “n times as much” was meant.",
    ),
    "points": Bilingual(
        zh="兩個百分比之差要用百分點；按百分比算是另一個數。",
        en="The difference of two percentages is in percentage points; in per cent it is another number.",
    ),
    "percent": Bilingual(
        zh="這是百分比的變化率，不是百分點。", en="That is the change in per cent, not in percentage points."
    ),
    "half_year": Bilingual(
        zh="半年乘以二，仍遠不及所說的倍數：年份可能寫錯。",
        en="Twice the half year is far from that multiple: the year may be wrong.",
    ),
    "stock_flow": Bilingual(
        zh="一個是多年累計，一個是一年的數，不能比大小，只能相除得出年數。",
        en="One is a total over years, the other a year's: they cannot be compared, only divided, which gives years.",
    ),
    "stock_flow_sum": Bilingual(
        zh="一個是一年的流量，一個是手上的存量，不能相加。",
        en="One is a year's flow, the other a stock at hand: they cannot be added.",
    ),
    "over_whole": Bilingual(
        zh="部分不能大於全體：最多 100%。", en="Parts cannot come to more than the whole: 100% at most."
    ),
    "part_year": Bilingual(
        zh="所說的是每月、每季或半年的數，不是一年的。", en="That counts months, quarters or half years as years."
    ),
    "ten": Bilingual(
        zh="差了約十的整數次方，像是億與 billion（10 億）之間的筆誤。",
        en="That is out by a power of ten, like a slip between 億 and billion (10 億).",
    ),
}
NO_FIGURE = Bilingual(zh="登錄的數字裡沒有這一項。", en="The register has no figure for it.")
UNTOLD = Bilingual(
    zh="文中沒有日期，「{said}」沒有換算成年份（可用 --as-of 指定日期）。",
    en="The text has no date, so “{said}” is not tied to a year (--as-of gives one).",
)
VOUCHED = {
    "unverified": Bilingual(zh="這個數字本身未經查證，不足以判定對錯。", en="That figure itself is not verified, so it shows nothing either way."),
    "estimated": Bilingual(zh="這個數字本身是估計值。", en="That figure itself is an estimate."),
}  # fmt: skip
_PROFIT = Bilingual(zh="利潤", en="profit")


def relation(finding: Finding, quoted: str, lang: str) -> str:
    """48億 / 36億 = 1.333；文中說「兩倍多」。"""
    share = finding.relation in ("share", "margin") or finding.formula.endswith("- 1")
    value = percent(finding.value) if share else _value(finding.value, finding.unit, lang)
    said = {"en": f"stated: “{quoted}”.", "zh-Hans": f"文中说“{quoted}”。"}.get(lang, f"文中說「{quoted}」。")
    notes = [finding.note] if finding.note else []
    if finding.verdict == "fails_by_power_of_ten":
        notes.append("ten")
    tail = [NOTES[note].text(lang) for note in notes]
    if finding.formula.endswith("100%") and finding.note == "over_whole":
        return _join(lang, said, *tail)
    return _join(lang, f"{finding.formula} = {value}", said, *tail)


def amount(one: Known, lang: str) -> str:
    """What the register has for the amount."""
    told = _told(one, lang)
    return _join(lang, told, UNTOLD.text(lang).format(said=one.term.untold)) if one.term.untold else told


def _told(one: Known, lang: str) -> str:
    if one.claim is not None:
        return one.claim.recheck.how.text(lang)
    figure = one.check.figure if one.check else None
    return NO_FIGURE.text(lang) if figure is None else _against(one, figure, lang)


def contradiction(one: Contradiction, lang: str) -> str:
    """What the text gave before."""
    before, fits, said = (term.text.strip() for term in (one.before, one.fits, one.term))
    return {
        "en": f"The text itself gives {before} for it; {said} is what it gives elsewhere ({fits}).",
        "zh-Hans": f"前文同一项是{before}；{said}是前文另一项的数字（{fits}）。",
    }.get(lang, f"前文同一項是{before}；{said}是前文另一項的數字（{fits}）。")


def _against(one: Known, figure: Figure, lang: str) -> str:
    assert one.check is not None
    parts = [_figure(figure, lang)]
    if one.check.times is not None:
        year = _value(one.term.size * 1e-9 * one.check.times, figure.unit, lang)
        a_year = Bilingual(
            zh=f"{one.term.text.strip()} × {one.check.times}，一年是 {year}",
            en=f"{one.term.text.strip()} × {one.check.times} is {year} a year",
        )
        parts.insert(0, a_year.zh if lang != "zh-Hans" and lang.startswith("zh") else a_year.text(lang))
    if one.check.ratio is not None and one.check.verdict not in ("holds", "holds_approximately"):
        times = number(one.check.ratio)
        parts.append(
            {"en": f"Stated is {times} times that.", "zh-Hans": f"文中是它的 {times} 倍。"}.get(
                lang, f"文中是它的 {times} 倍。"
            )
        )
    if one.check.other is not None:
        other = _figure(one.check.other, lang)
        parts.append(
            {"en": f"What is stated fits {other}", "zh-Hans": f"文中的数符合：{other}"}.get(
                lang, f"文中的數符合：{other}"
            )
        )
    if figure.status in VOUCHED and one.check.verdict != "holds":
        parts.append(VOUCHED[figure.status].text(lang))
    if one.check.verdict == "fails_by_power_of_ten":
        parts.append(NOTES["ten"].text(lang))
    if one.check.verdict == "category_error":
        parts.append(NOTES["stock_flow"].text(lang))
    return _join(lang, *parts)


def _figure(figure: Figure, lang: str) -> str:
    """OpenAI, revenue, 2025: $13.07bn (openai_revenue_2025)."""
    what = ", ".join(filter(None, (_name(figure.entity, lang), _name(figure.metric, lang, "metric"), figure.period)))
    if lang.startswith("zh"):
        what = what.replace(", ", " ")
        return f"{what}：{_value(figure.value, figure.unit, lang)}（{figure.id}）"
    return f"{what}: {_value(figure.value, figure.unit, lang)} ({figure.id})"


def _name(id: str, lang: str, kind: str | None = None) -> str:
    if id == PROFIT:
        return _PROFIT.text(lang)
    try:
        return aliases.get(id, kind).name(lang)
    except NotFound:  # a card of the user's own, of something that the table of names does not have
        return id


def _value(value: float, unit: str, lang: str) -> str:
    if unit == "ratio":
        return number(value)
    if unit == "count":
        return number(value)
    currency, _, billions = unit.rpartition("_")
    kind = Unit.MONEY if billions == "bn" else Unit(unit)
    return write(Quantity(value=value, unit=kind, currency=currency or None, kind=Kind.STOCK), lang)


def _join(lang: str, *parts: str) -> str:
    if not lang.startswith("zh"):
        return " ".join(
            part if part.endswith(".") else f"{part};" if i == 0 and len(parts) > 1 else f"{part}."
            for i, part in enumerate(parts)
        )
    return "".join(
        part if part.endswith("。") else f"{part}；" if i < len(parts) - 1 else f"{part}。"
        for i, part in enumerate(parts)
    )
