"""Numbers that a text denies: 「不是130億而是37億」, 「130億，這是錯的」, “did not make $13bn”. They are not the author's claim.

What the author puts in its place is (`core.claims.beside` gives 「其實是37億」 the measure of what it corrects).
"""

import re

from core.claims.passage import Sentence
from core.claims.terms import Term

_NOT = re.compile(
    r"(?:(?<![是无])不是|并不是|并非|绝非|而非|没有(?!低于|少于|超过)|不到?等于|远不是|不再是|否认|(?:(?:is|was|were|are|did|does|do|has|had)(?:n't|n’t|\s+not)|\bnot|\bnever|\bdenie[sd]|\brather than|\binstead of)(?!\s+(?:only|just|less|more|merely|until))\b)(?P<between>[^,;。]{0,30})$"
)
_FALSE_THAT = re.compile(
    r"(?:\b(?:wrong|false|incorrect|untrue|not true|a mistake|a myth|nonsense) (?:to (?:say|claim|think|write)|that)|别再?说|误以为|错以为|误传|谣传|谁说)[^;。.]{0,80}$"
)
_TURNS = re.compile(r"而是|但|\bbut\b|其实|实际")
_ONLY = re.compile(r"(?:不只|不仅|不止|不光|是不是|不是不|只不过)")
_WRONG = re.compile(
    r"[^;。\d]{0,10}?,?\s?(?:这个?|那个?|此|该|说法|数字|都|完全|根本|显然|明显|并|也){0,3}\s?(?:是|说|写|弄|搞|记)?(?:不正确|不对|不实|不准|不真|有误|[写说弄搞]错|搞混|错了|错的|错误|谣言|假的|误传|误植|胡说)"
    r"|[^;.。\d]{0,24}?,?\s?(?:(?:which|that|this|it)\s)?(?:is|was|are)\s(?:simply |plainly |flatly |just )?(?:wrong|false|incorrect|untrue|not true|not right|a mistake)"
)


def denied(sentence: Sentence, term: Term) -> bool:
    """Whether the words say that the number is not so.

    >>> from core.claims.passage import read
    >>> [denied(s, t) for s in read("營收不是130億而是37億。說是60億，這是錯的。不只是5億。").sentences for t in s.terms]
    [True, False, True, False]
    """
    start, _ = sentence.clause(term.start)
    match = _NOT.search(sentence.folded[max(start, term.start - 44) : term.start])
    if match and not _TURNS.search(match["between"]):
        return not _ONLY.search(sentence.folded[max(start, term.start - 44) : term.start])
    if (match := _FALSE_THAT.search(sentence.before(term.start, limit=110))) and not _TURNS.search(match[0]):
        return True
    return _WRONG.match(sentence.folded, term.end, sentence.end) is not None
