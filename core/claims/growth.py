"""Growth that a text states, against the two amounts it grew from and to.

“Doubled” is ×2; 增長兩倍 and “two times more” are ×3 by the book and ×2 to many who write it, so that one is
flagged where only the loose reading fits. A percentage that moves from 4 % to 5 % rises by one point, or by 25 %.
"""

import re
from collections.abc import Iterator, Sequence

from core.claims import moves
from core.claims.compare import judge
from core.claims.moves import Move
from core.claims.passage import Sentence
from core.claims.relations import GROWTH_CUE, Finding
from core.claims.terms import Span, Term

_BEFORE_MOVE = re.compile(
    r"(?:\s?(?:a|per|each|every) year)?[,\s]*(?:[a-z'’]+\s){0,4}?(?:from|to|between|从|由|自)\s*[^\d,;。]{0,3}"
)
_AFTER_MOVE = re.compile(
    r"[^,;:。]{0,12}(?:\s(?:in|over|within) \w+ years?)?[,;:]?\s*(?:"
    r"[一二两三四五六七八九十\d]+年[间内来里后]?|平均|每年|等于|才|足足|[只仅]有|正好|刚好|等于|也就是|即|只|仅|共|约|大约|近|一共|整整|又|则|其|是|为|相当于|同比|环比|年化|年均|年?复合|增长率?|成长率?|增加|增幅|涨幅|跌幅|降幅|年增率?|上升|上涨|提高|提升|扩大|增|升|涨|翻|减少|下降|下跌|下滑|缩水|跌|降|减|少|幅度|率|达|了|去|掉|到|原来|原先|当初|最初|之前|的"
    r"|an?\b|the\b|so\b|then\b|rate\b|at\b|cagr|compounded|roughly|grew|jumped|rose|fell|increase|rise|gain|drop|fall|decline|decrease|growth|compound|annual|yearly|of\b|by\b|or\b|i\.e\.|that|is\b|which|about|nearly|almost|more|less|than|over|up\b|down\b|yoy|it|has|thus|\+|-|\s)*"
)
_FALLS = re.compile(r"减少|下降|下跌|下滑|缩水|萎缩|跌|降|减|fell|fall|drop|down|declin|decreas|shr[aiu]nk|lost|less")
_CAGR = re.compile(
    r"(?:复合|年化|年均|年平均|(?<![一二两三四五六七八九十\d])年(?:增|成长)|每年|cagr|compound|a year|annual|yearly)"
)
_A_YEAR = re.compile(r"\s?(?:(?:a|per|each|every) year|annually|yearly|p\.a\.)")
_EVERY_YEAR = re.compile(r"(?:年年|每年|逐年|一年)[^,;。]{0,2}$")
_ADDS = re.compile(r"(?:would|will|could|may|can|to)\s+(?:more than |nearly |almost )?$")
_OBJECT = re.compile(r"[^,;:。]{0,50}(?:of|to)\s*|\s[a-z][^,;:。]{0,40}")
_ADDED = re.compile(r"\badd(?:ing|ed)?\s[^,;\d]{0,12}$")
_ADDED_TO = re.compile(r"[^,;\d]{0,24}\bto\s[^,;\d]{0,24}")
_BOOK_AFTER = re.compile(r"\s+(?:more|higher|greater|larger)\b")
_BACK_TO = re.compile(r"(?:原来|原先|当初|最初|之前|the original|what it was)[^,;。]{0,3}$")
_COURSE = re.compile(r"(?:增|长|翻|涨|是去年|全年|set to|on course|about to|will|tripl|doubl|grow|\bup\b)")


def find(sentence: Sentence, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """Every growth that a sentence states and gives the amounts of."""
    changes = list(moves.find(sentence))
    for stated in sentence.terms:
        for move in changes if stated.kind in ("percent", "times", "points") else ():
            if stated not in (move.old, move.new) and move.old.size and _belongs(sentence.folded, stated, move):
                yield from _growth(sentence, stated, move)
        yield from _adding(sentence, stated)
        yield from _half_year(sentence, stated, earlier)


def _belongs(folded: str, stated: Term, move: Move) -> bool:
    """Whether the growth is that of the move: beside it, with no other thing named in between."""
    if stated.start >= move.last.end:
        between = folded[move.last.end : stated.start]
        return len(between) < 80 and _AFTER_MOVE.fullmatch(moves.undated(between)) is not None
    if stated.end <= move.first.start:
        between = folded[stated.end : move.first.start]
        return len(between) < 80 and _BEFORE_MOVE.fullmatch(moves.undated(between)) is not None
    return True


def _growth(sentence: Sentence, stated: Term, move: Move) -> Iterator[Finding]:
    lead = sentence.before(stated.start, limit=16)
    cue = GROWTH_CUE.search(lead)
    formula = f"{move.new.text.strip()} / {move.old.text.strip()}"
    if stated.kind == "points":
        yield from _points(stated, move)
    elif stated.kind == "percent" and _is_yearly(sentence, stated, move):
        yield from _yearly(sentence, stated, move)
    elif stated.kind == "percent" and cue:
        yield from _percent(stated, move, falls=bool(_FALLS.search(cue[0])), formula=formula)
    elif stated.kind == "times" and not _EVERY_YEAR.search(lead):
        book = (bool(cue) and not stated.becomes) or _BOOK_AFTER.match(sentence.folded, stated.end) is not None
        if book or stated.becomes or _BACK_TO.search(lead) or lead.endswith("的"):
            yield multiple(stated, move, formula, book=book)


def multiple(stated: Term, move: Move, formula: str, *, book: bool) -> Finding:
    """×n: 增長n倍 is n + 1 by the book; 翻n倍 may be either."""
    wanted = [stated.size + 1] if book else [stated.size, *([stated.size + 1] if stated.loose else [])]
    verdicts = [judge(one, move.multiple, text=stated.text, bound=stated.bound) for one in wanted]
    verdict = min(
        verdicts, key=lambda one: ("holds", "holds_approximately").index(one) if one.startswith("holds") else 2
    )
    note = None
    if verdict == "fails" and book and judge(stated.size, move.multiple, text=stated.text).startswith("holds"):
        note = "times_more"
    return Finding(
        relation="growth", stated=stated, verdict=verdict, value=move.multiple, unit="ratio", formula=formula, note=note
    )


def _percent(stated: Term, move: Move, *, falls: bool, formula: str) -> Iterator[Finding]:
    grown = move.multiple - 1
    if move.years and move.years > 1 and _fits_yearly(stated, move):
        return  # 「2019年100億，2024年200億，增長15%」: meant a year, mostly
    value = -grown if falls else grown
    verdict = judge(abs(stated.size), value if stated.size >= 0 else -value, text=stated.text, bound=stated.bound)
    note = None
    if move.old.kind == "percent" and verdict.startswith("fails"):
        points = move.new.size - move.old.size
        if judge(abs(stated.size), abs(points), text=stated.text).startswith("holds"):
            verdict, note = "fails", "points"
    yield Finding(
        relation="growth",
        stated=stated,
        verdict=verdict,
        value=grown,
        unit="ratio",
        formula=f"{formula} - 1",
        note=note,
    )


def _points(stated: Term, move: Move) -> Iterator[Finding]:
    if move.old.kind != "percent":
        return
    points = (move.new.size - move.old.size) * 100
    verdict = judge(abs(stated.size), abs(points), text=stated.text, bound=stated.bound)
    note = None
    if verdict.startswith("fails") and judge(
        abs(stated.size) / 100, abs(move.multiple - 1), text=stated.text
    ).startswith("holds"):
        verdict, note = "fails", "percent"
    yield Finding(
        relation="points", stated=stated, verdict=verdict, value=points, unit="points", note=note,
        formula=f"{move.new.text.strip()} - {move.old.text.strip()}",
    )  # fmt: skip


def _is_yearly(sentence: Sentence, stated: Term, move: Move) -> bool:
    """A rate a year: 年均…, a compound rate of …, … a year; 年增 with nothing said of years is that of one year."""
    cue = _CAGR.search(sentence.before(stated.start, limit=20).rpartition(",")[2])
    if cue and cue[0] in ("年增", "年成长") and not move.years and not _years_said(sentence):
        return False
    own = _A_YEAR.search(stated.text.lower()) or _A_YEAR.match(sentence.folded, stated.end)
    return cue is not None or own is not None


def _years_said(sentence: Sentence) -> Term | None:
    return next((term for term in sentence.terms if term.kind == "years" and term.size > 0), None)


def _yearly(sentence: Sentence, stated: Term, move: Move) -> Iterator[Finding]:
    """Compound growth over the years between the two amounts, else over those that the sentence names."""
    said = _years_said(sentence)
    years = move.years or (said.size if said else None)
    if not years or move.multiple <= 0:
        return
    value = move.multiple ** (1 / years) - 1
    grown = -value if _FALLS.search(sentence.before(stated.start, limit=16)) else value
    power = said.text.strip() if said and not move.years else f"{years:g}"
    yield Finding(
        relation="growth", stated=stated, value=value, unit="ratio",
        verdict=judge(stated.size, grown, text=stated.text, bound=stated.bound),
        formula=f"({move.new.text.strip()} / {move.old.text.strip()}) ^ (1 / {power}) - 1",
    )  # fmt: skip


def _fits_yearly(stated: Term, move: Move) -> bool:
    yearly = abs(move.multiple ** (1 / (move.years or 1)) - 1) if move.multiple > 0 else 0.0
    return judge(abs(stated.size), yearly, text=stated.text, bound=stated.bound).startswith("holds")


def _adding(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """“a would double the b of …”: b with a added to it, over b. A ratio of a to b is another claim."""
    if stated.kind != "times" or stated.becomes or not _ADDS.search(sentence.before(stated.start, limit=24)):
        return
    before = sentence.amounts_before(stated.start)
    after = next((term for term in sentence.terms if term.start >= stated.end and term.is_amount), None)
    if len(before) > 1 and _ADDED.search(sentence.before(before[1].start, limit=20)):
        added, base = before[1], before[0]
        if not _ADDED_TO.fullmatch(sentence.folded[added.end : base.start]):
            return
    elif before and after and _OBJECT.fullmatch(sentence.folded[stated.end : after.start]):
        added, base = before[0], after
    else:
        return
    if not added.alike(base) or not base.size:
        return
    value = (added.size + base.size) / base.size
    top, bottom = added.text.strip(), base.text.strip()
    yield Finding(
        relation="growth", stated=stated, value=value, unit="ratio", formula=f"({top} + {bottom}) / {bottom}",
        verdict=judge(stated.size, value, text=stated.text, bound=stated.bound),
    )  # fmt: skip


def _half_year(sentence: Sentence, stated: Term, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """A year of 90, half a year of 20, and “three times last year's”: twice the half year must be near it."""
    if stated.kind != "times" or stated.size <= 1 or not _COURSE.search(sentence.before(stated.end, limit=30)):
        return
    pool = [term for one in (*earlier[-1:], sentence) for term in one.terms if term.is_amount and term.period]
    whole = [term for term in pool if re.fullmatch(r"(?:FY)?\d{4}", term.period or "")]
    part = [term for term in pool if re.fullmatch(r"\d{4}H1", term.period or "") and term.end <= stated.start]
    pairs = [(year, half) for year in whole for half in part if year.alike(half) and _follows(year, half) and year.size]
    if len(pairs) != 1:
        return
    year, half = pairs[0]
    value = half.size * 2 / year.size
    verdict = judge(stated.size, value, text=stated.text, bound=stated.bound)
    if verdict.startswith("fails") and value > stated.size / 2:
        return  # the second half may bring it
    yield Finding(
        relation="growth", stated=stated, value=value, unit="ratio", note="half_year",
        formula=f"{half.text.strip()} × 2 / {year.text.strip()}", verdict="fails" if verdict.startswith("fails") else verdict,
    )  # fmt: skip


def _follows(year: Term, half: Term) -> bool:
    """The half year is of the year after, and both are earned, not held."""
    same = year.metric == half.metric or not (year.metric and half.metric)
    held = {year.span, half.span} & {Span.STOCK, Span.TOTAL}
    return same and not held and int((half.period or "0")[:4]) == int((year.period or "0")[-4:]) + 1
