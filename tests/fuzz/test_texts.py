"""Ten thousand texts a run at the readers of text, the same ones every time; `make fuzz-text` throws others.

Only errors of ours come out of a reader, and so many texts must get past its first guard that this is worth something.
"""

import pytest

from tests.fuzz import tally
from tests.fuzz.targets import Outcome
from tests.fuzz.texts import Target, targets, throw

# Failures that were found and mended: the target's name and the text.
PAST = (
    ("article", "\ud83d"),  # a lone surrogate, as a shell's argument may hold, stopped OpenCC
    ("question", "\ud83d泡沫"),
)


def fire(name: str) -> None:
    [target] = [one for one in targets() if one.name == name]
    for owner, text in PAST:
        if owner == name:
            target(text)
    throw(target, cases=target.cases, number=None)
    tally.counts[f"texts: {name}", Outcome.READ] += target.past
    tally.counts[f"texts: {name}", Outcome.REFUSED] += target.tried - target.past
    assert target.tried >= target.cases
    assert target.share >= target.least, f"only {target.share:.0%} of {target.tried} got past the first guard"


def test_any_amount() -> None:
    fire("amount")


def test_any_article() -> None:
    fire("article")


def test_any_question() -> None:
    fire("question")


def test_any_dump() -> None:
    fire("dump")


def test_any_card() -> None:
    fire("card")


def test_there_are_ten_thousand_and_a_failure_is_one() -> None:
    assert sum(target.cases for target in targets()) >= 14_000
    broken = Target(
        name="broken", texts=targets()[0].texts, read=lambda text: 1 // (len(text) < 9) > 0, cases=50, least=0
    )
    with pytest.raises(ZeroDivisionError):
        throw(broken, cases=50, number=None)
