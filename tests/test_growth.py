"""The work that a text makes grows with its length and no faster, whoever wrote it; no pattern can blow up.

Work is counted in two ways that no clock disturbs: calls that Python makes, at n and at 4n; and, because a regular
expression works inside one call, a budget of processor time many times what is needed, which long texts would use up
if the work grew with their square or worse.
"""

import importlib
import pkgutil
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bot
import core
import nlp
import scraper
from core import aliases, amounts, figures
from core.claims import checker, passage
from core.errors import PaomoError
from scraper import textdump

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as sre_parser  # type: ignore[attr-defined]

ROOT = Path(__file__).parents[1]
ENDLESS = 1000  # repeats above this are without an end for our purpose
DUMP = "x -b- (1 bytes) () 10/21/2025 postreply 17:01:52\n"
UNITS = (
    "1", "1,", "1.", "9" * 7 + "萬", "億", "十百千萬億", "三成", "-", "1-", "$1 ", "1万亿", "「", "所有跟帖\n", DUMP, "a -b- 给 b 发送悄悄话 ", "给 ",
    "送悄悄话", "\n", " ", "\u3000", "a", "NVDA ", "泡沫", "1/", "1%", "trillion ", "from 1 to ", "增長", "去年", "2025年", "Q1 ", "\u0301", "百分之",
    "分之", "half ",
)  # fmt: skip
REGISTER = figures.load()
READERS: dict[str, Callable[[str], object]] = {
    "amounts": amounts.find,
    "names": aliases.find,
    "article": lambda text: checker.check(text, REGISTER),
    "dump": lambda text: textdump.parse(DUMP + text),
}


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every compiled pattern that stands in one of our modules."""
    for package in (bot, core, nlp, scraper):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    yield f"{module.name}.{name}", value


def repeats_a_repeat(parsed: Any, *, inside: bool = False) -> bool:
    """Whether an endless repeat holds nothing but another one, as in `(a+)*`: such a pattern can try for ever."""
    alone = inside and len(parsed) == 1
    for code, about in parsed:
        if code in {sre.MAX_REPEAT, sre.MIN_REPEAT}:
            endless = about[1] > ENDLESS
            if (alone and endless) or repeats_a_repeat(about[2], inside=alone or endless):
                return True
        elif any(repeats_a_repeat(one, inside=alone) for one in _inner(code, about)):
            return True
    return False


def _inner(code: Any, about: Any) -> list[Any]:
    """What a group, a choice or a look-around holds."""
    if code is sre.BRANCH:
        return list(about[1])
    return [about[3]] if code is sre.SUBPATTERN else [about[1]] if code in {sre.ASSERT, sre.ASSERT_NOT} else []


@pytest.mark.parametrize(("pattern", "bad"), [("(a+)*", True), ("(a*)+b", True), ("(?:a|b+)*", True), ("(?:ab+)*", False), ("a+b*", False), ("(a{1,3})*", False)])  # fmt: skip
def test_what_counts_as_a_repeat_of_a_repeat(pattern: str, bad: bool) -> None:
    assert repeats_a_repeat(sre_parser.parse(pattern)) is bad


def test_no_pattern_repeats_a_repeat() -> None:
    found = dict(patterns())
    assert len(found) > 50
    assert [
        name for name, pattern in found.items() if repeats_a_repeat(sre_parser.parse(pattern.pattern, pattern.flags))
    ] == []


def calls(reader: Callable[[str], object], text: str) -> int:
    """How many calls Python makes to read a text."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        reader(text)
    except PaomoError:
        pass
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", READERS)
def test_work_grows_with_the_length(name: str) -> None:
    reader, n = READERS[name], 400
    reader(UNITS[0])  # what is made once
    for unit in UNITS:
        once, four = (calls(reader, (unit * size)[:size]) for size in (n, 4 * n))
        assert four < 6 * once + 500, (unit, once, four)


@pytest.mark.parametrize("unit", ["1,", "1 2 3 ", "去年5億,"])
def test_work_grows_with_the_amounts_of_a_sentence(unit: str) -> None:
    READERS["article"](unit * 4)  # what is made once
    once, four = (calls(READERS["article"], (unit * size)[:size]) for size in (150, passage.LONGEST))
    assert four < 4.5 * once + 500, (once, four)


@pytest.mark.parametrize("name", READERS)
def test_a_long_text_is_read_within_its_budget(name: str) -> None:
    size = {"dump": 2_000_000, "article": 8_000}.get(name, 30_000)
    code = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, (40, 40))\nfrom tests.test_growth import *\nread(READERS[{name!r}], {size})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"after {done.stdout.splitlines()[-1:]}: {done.stderr[-400:]}"


def read(reader: Callable[[str], object], size: int) -> None:
    """Read a long text of each kind, for the test above."""
    for unit in UNITS:
        print(repr(unit), flush=True)
        try:
            reader((unit * (size // len(unit) + 1))[:size])
        except PaomoError:
            continue
