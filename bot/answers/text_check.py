"""A pasted text, or a stored thread by its address: every numeric claim in it with its verdict."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answers.base import Answer, Shown, World, quantity
from bot.questions import Question
from core.errors import NotFound, QuantityError
from core.text import one_line

if TYPE_CHECKING:  # brings the whole grammar of claims: only when a text is checked
    from core.claims.checker import CheckedClaim

LONGEST = 20_000  # characters of a text that is checked in a talk
MOST_SHOWN, WIDTH = 8, 120
_COMMAND = re.compile(
    r"^\s*/?(?:fact[- ]?check|check|verify|查[核證证]?一?下?|核[實实]一?下?|檢查一?下?|检查一?下?)\s*[:：\s]\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S{8,}")
_ASKS_WHETHER = re.compile(
    r"[ ,，、]?[ ]?(?:(?:對|对|是|真|沒錯|没错|不是)?(?:嗎|吗|麼|么|吧)|對不對|对不对|是不是真的|(?:is that |is this )?(?:right|true|correct)|really)$",
    re.IGNORECASE,
)
_TURNED = re.compile(
    r"^\s*(is|are|was|were)\s+(\S+(?:\s\S+){0,5}?)\s+(?=(?:more|less|over|about|nearly|almost|at|exactly|twice|\S+ times)\b)",
    re.IGNORECASE,
)
_UNTOLD = frozenset({"ambiguous", "off_topic", "claim_check"})


def is_text(text: str) -> bool:
    """Whether something said is a text to check and not a question: several lines, long, or told to be checked.

    >>> is_text("幾年回本?"), is_text("check: OpenAI made 13bn in 2024. Oracle made 55bn."), is_text("第一行\\n營收130億\\n")
    (False, True, True)
    """
    body = _COMMAND.sub("", text).strip()
    told = body != text.strip()
    return (
        len(body) > 160
        or body.count("\n") > 0
        or (told and len(re.findall(r"\d", body)) > 0 and (len(body) > 60 or len(re.findall(r"\d+", body)) > 2))
    )


def is_address(text: str) -> bool:
    """Whether what is said is an address and nothing else.

    >>> is_address("https://bbs.wenxuecity.com/cfzh/1.html"), is_address("看 https://x.example/1")
    (True, False)
    """
    return _ADDRESS.fullmatch(_COMMAND.sub("", text).strip()) is not None


def text_check(question: Question, world: World) -> Answer:
    """The claims of the question's text, or of the stored thread whose address it is."""
    from core.claims import checker

    asked = replace(question, intent="claim_check", slots={})
    body = _COMMAND.sub("", question.text).strip()
    if (address := _ADDRESS.fullmatch(body)) is not None:
        return _thread(asked, world, address[0])
    return _answer(asked, list(checker.check(body[:LONGEST], world.register, as_of=None)))


def is_to_check(text: str, world: World) -> bool:
    """Whether it is a text with claims, or a sentence told to be checked whose own amounts tell right from wrong.

    A sentence of one amount is a question: its answer sets the amount against the register, and goes on in the talk.
    """
    body, whole = _COMMAND.sub("", text), is_text(text)
    if not whole and body == text:
        return False
    from core.claims import checker

    if not whole:
        return any(claim.relation for claim in checker.check(body, world.register))
    return next(iter(checker.check(text[:LONGEST], world.register)), None) is not None


def multiple(question: Question, world: World) -> Answer | None:
    """The arithmetic, where a question is if one number of its own is so many times another: 60是55的兩倍多嗎?

    A claim of the register that is asked for by its number is for the register.
    """
    if question.intent not in _UNTOLD or "claim_id" in question.slots:
        return None
    from core.claims import checker

    found = checker.check(_stated(question.text), world.register)
    if not any(claim.relation == "ratio" for claim in found):
        return None
    return _answer(replace(question, intent="claim_check", slots={}), list(found))


def _stated(text: str) -> str:
    """What a question asks whether it is so, as a statement.

    >>> _stated("60是55的兩倍多嗎?"), _stated("is 60 more than twice 55?"), _stated("check: 60 is twice 55, right?")
    ('60是55的兩倍多', '60 is more than twice 55', '60 is twice 55')
    """
    plain = _ASKS_WHETHER.sub("", " ".join(_COMMAND.sub("", text).split()).rstrip(" ?？"))
    return _TURNED.sub(lambda found: f"{found[2]} {found[1].lower()} ", plain, count=1)


def _thread(asked: Question, world: World, address: str) -> Answer:
    store = world.store()
    if store is None:
        return Answer(question=asked, template="no_thread", data={"asked": address[:80]})
    with store:
        try:
            thread = store.thread(address)
        except NotFound:
            return Answer(question=asked, template="no_thread", data={"asked": address[:80]})
    found: list[CheckedClaim] = []
    for row in thread.posts:
        day = row.post.published_local.date() if row.post.published_local else None
        found += _claims(f"{row.post.title}\n{row.post.body or ''}", world, day)
    return _answer(asked, found)


def _claims(text: str, world: World, day: date | None) -> "tuple[CheckedClaim, ...]":
    from core.claims import checker

    return checker.check(text[:LONGEST], world.register, as_of=day)


def _answer(asked: Question, found: "list[CheckedClaim]") -> Answer:
    if not found:
        return Answer(question=asked, template="no_claims")
    wrong = [claim for claim in found if claim.is_wrong]
    rest = [claim for claim in found if not claim.is_wrong]
    chosen = [*wrong, *rest][:MOST_SHOWN]
    rows = [(claim, one_line(claim.text, WIDTH)) for claim in sorted(chosen, key=lambda claim: claim.start)]
    sources = {source.id: source for claim in chosen for source in claim.sources}
    return Answer(
        question=asked,
        template="text_check",
        data={"rows": rows, "n": len(found), "wrong": len(wrong), "more": len(found) - len(chosen)},
        figures=tuple(_figures(found)),
        sources=tuple(sources.values()),
    )


def _figures(found: "list[CheckedClaim]") -> Iterator[Shown]:
    """What each claim states, and what the recheck gives, numbered in the text's order."""
    for number, claim in enumerate(found, 1):
        for name, value, unit in (
            ("claimed", claim.value, claim.unit),
            ("recheck", claim.recheck.value, claim.recheck.unit),
        ):
            if value is None or unit is None:
                continue
            try:
                amount = quantity(value, unit)
            except (QuantityError, ValueError):  # a unit of its own, such as GW: its words say it
                continue
            status = "computed" if name == "recheck" else {"holds": "corroborated"}.get(claim.verdict, "unverified")
            yield Shown(name=f"claim_{number}_{name}", quantity=amount, status=status, source=claim.verdict)
