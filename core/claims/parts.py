"""What a whole is made of: four quarters or two halves and their year; revenue less cost and the profit."""

import re
from collections.abc import Iterator

from core.claims.beside import PROFIT
from core.claims.passage import Sentence
from core.claims.relations import Finding, result
from core.claims.terms import Term

_PART_OF_YEAR = re.compile(
    r"(?:第?(?P<zh>[一二三四1-4])季度?|q(?P<q>[1-4])|(?P<en>first|second|third|fourth) (?:quarter|(?P<en_half>half))|(?P<half>[上下])半年|\bh(?P<h>[12])\b|the (?P<bare>second)(?= (?:one )?\$))[^,;。\d]{0,24}$"
)
_NUMBER = {"一": 1, "二": 2, "三": 3, "四": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "上": 1, "下": 2}
_YEAR = re.compile(
    r"(?:全年|整年|一整年|年度|full[ -]year|whole year|the year)(?!.{0,12}(?:目标|预计|预期|指引|target|guid|forecast))[^,;。\d]{0,16}$"
)
_YEAR_AFTER = re.compile(r"[^,;。\d]{0,12}\s(?:over|for|in|across) the (?:full |whole )?year\b")
_PLANNED = re.compile(r"目标|预计|预期|指引|target|guid|forecast|expected")

_REVENUE = re.compile(r"(?:收入|营收|营业额|销售额|revenues?|sales|turnover|income)[^,;。\d]{0,14}$")
_COST = re.compile(r"(?:总?成本|总?支出|总?费用|开支|total costs?|costs?|expenses|spending)[^,;。\d]{0,14}$")
_GAIN = re.compile(r"(?:获利|净?利润?|盈利|盈余|净?赚|profits?|surplus|leav(?:es|ing)|left)[^,;。\d]{0,12}$")
_LOSS = re.compile(r"(?:净?亏损?|赤字|loss|deficit|short)[^,;。\d]{0,8}$")
_LESS = re.compile(r"减去|扣掉|扣除|扣去|减掉|\bless\b|\bminus\b|\bleav(?:es|ing)\b|\bleft\b|after deducting")


def find(sentence: Sentence) -> Iterator[Finding]:
    """A year against its parts, and a profit against revenue and cost."""
    if len(sentence.amounts) >= 3:
        yield from _year(sentence)
        yield from _profit(sentence)


def _year(sentence: Sentence) -> Iterator[Finding]:
    """Four quarters, or two halves, and the year that they make."""
    parts: dict[tuple[int, int], Term] = {}
    for at, term in enumerate(sentence.amounts):
        left = sentence.amounts[at - 1].end if at else sentence.start
        lead = sentence.folded[max(left, term.start - 40) : term.start]
        if match := _PART_OF_YEAR.search(lead):
            place = _place(match, halves=2 in {count for count, _ in parts})
            if place in parts:
                return
            parts[place] = term
        elif _YEAR.search(lead) or _YEAR_AFTER.match(sentence.folded, term.end):
            if not _PLANNED.search(lead):
                yield from _adds_up(term, parts)
            return


def _place(match: re.Match[str], *, halves: bool) -> tuple[int, int]:
    """How many such parts a year has, and which of them this is."""
    word = next(match[group] for group in ("zh", "q", "en", "half", "h", "bare") if match[group])
    is_half = bool(match["half"] or match["h"] or match["en_half"] or (match["bare"] and halves))
    return (2 if is_half else 4), _NUMBER.get(word) or int(word)


def _adds_up(year: Term, parts: dict[tuple[int, int], Term]) -> Iterator[Finding]:
    terms = list(parts.values())
    counts = {count for count, _ in parts}
    if len(counts) != 1 or len(terms) != counts.pop() or not all(term.alike(year) for term in terms):
        return
    if len({term.metric for term in (*terms, year) if term.metric}) > 1:
        return
    formula = " + ".join(term.text.strip() for term in terms)
    yield result("sum", year, sum(term.size for term in terms), formula)


def _profit(sentence: Sentence) -> Iterator[Finding]:
    """revenue - cost = profit; a profit below that may have paid for more (tax, interest), unless 減去 says all is told."""
    amounts = sentence.amounts
    for first, second, stated in zip(amounts, amounts[1:], amounts[2:], strict=False):
        leads = [_lead(sentence, term) for term in (first, second, stated)]
        if _REVENUE.search(leads[0]) and _COST.search(leads[1]):
            revenue, cost = first, second
        elif _COST.search(leads[0]) and _REVENUE.search(leads[1]):
            revenue, cost = second, first
        else:
            continue
        told = _LESS.search(sentence.folded[first.end : stated.start]) is not None
        loses = _LOSS.search(leads[2]) is not None
        if not (loses or _GAIN.search(leads[2]) or stated.metric == PROFIT):
            continue
        if not (revenue.alike(cost) and revenue.alike(stated)):
            continue
        profit = cost.size - revenue.size if loses else revenue.size - cost.size
        top, bottom = (cost, revenue) if loses else (revenue, cost)
        found = result("difference", stated, profit, f"{top.text.strip()} - {bottom.text.strip()}")
        smaller = 0 <= stated.size < profit if not loses else stated.size > profit
        if found.verdict.startswith("holds") or told or not smaller:
            yield found


def _lead(sentence: Sentence, term: Term) -> str:
    """What stands between a term and the one before it, 30 characters at most."""
    before = sentence.term_before(term.start)
    return sentence.folded[max(before.end if before else sentence.start, term.start - 30) : term.start]
