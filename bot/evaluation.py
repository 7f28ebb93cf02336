"""How well questions are understood and answered, measured on questions that nothing was trained on.

A question counts as right when its intent is right and every figure that it expects stands both among the answer's
figures and in its text. The questions lie in `data/questions/measured.jsonl`, one JSON object a line:

    text, lang (zh-Hant, zh-Hans, en, mixed), intent, figures [{value, tol}], after (the question before it, if any),
    part: `held` were never looked at while the bot was being mended, `tune` were
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.answers import Engine
from bot.render import to_json
from core import amounts
from core.errors import PaomoError, UsageError

WRITTEN = date(2026, 11, 23)  # the day from which the questions' 去年 and “last year” are told
MEASURED = Path(__file__).with_name("data") / "questions" / "measured.jsonl"
PARTS = ("held", "tune")
ROUNDING = 0.02  # a text says 5.6 years where the figure is 5.556
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A figure that the answer must hold, in the contract's units (USD bn, ratios, years), within `tol` of itself."""

    value: float
    tol: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its right answer."""

    text: str
    lang: str
    intent: str
    part: str = "held"
    figures: tuple[Expected, ...] = ()
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a question. figures: all expected ones were there; said: all of them in the text too."""

    asked: Asked
    intent: str
    figures: bool
    said: bool

    @property
    def understood(self) -> bool:
        """The intent was right."""
        return self.intent == self.asked.intent

    @property
    def right(self) -> bool:
        """The intent was right, and so was every figure, in the figures and in the text."""
        return self.understood and self.figures and self.said


def read(path: Path = MEASURED, *, part: str | None = None) -> list[Asked]:
    """The questions of a file, all or one part's. Raises `UsageError` naming the line that is not one.

    >>> {asked.part for asked in read(part="held")}
    {'held'}
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            figures = tuple(Expected(**figure) for figure in row.get("figures", ()))
            found.append(
                Asked(text=row["text"], lang=row.get("lang", "mixed"), intent=row["intent"], part=row.get("part", "held"),
                      figures=figures, after=row.get("after"))
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(
                f"{path.name} line {number} is no question", hint='{"text": …, "intent": …, "figures": [{"value": …}]}'
            ) from None
    return [asked for asked in found if part in (None, asked.part)]


def measure(engine: Engine, questions: Iterable[Asked]) -> list[Outcome]:
    """Ask every question, each in a talk of its own, and compare."""
    return [_outcome(engine, asked) for asked in questions]


def _outcome(engine: Engine, asked: Asked) -> Outcome:
    setting = asked.lang if asked.lang != "mixed" else "zh-Hant"
    try:
        last = engine.ask(asked.after, lang=setting).question if asked.after else None
        document = to_json(engine.ask(asked.text, lang=setting, last=last))
    except PaomoError as error:
        return Outcome(asked=asked, intent=type(error).__name__, figures=not asked.figures, said=not asked.figures)
    values = [figure["value"] for figure in document["figures"]]
    said = numbers(document["answer"])
    return Outcome(
        asked=asked,
        intent=document["intent"],
        figures=all(_among(values, one.value, one.tol) for one in asked.figures),
        said=all(_among(said, one.value, max(one.tol, ROUNDING)) for one in asked.figures),
    )


def numbers(text: str) -> list[float]:
    """Every number of a text: amounts in the contract's units, and the bare digits too.

    >>> sorted({round(value, 3) for value in numbers("3,333億美元, 9.26年")})
    [9.26, 333.3, 3333.0]
    """
    plain = [float(match[0].replace(",", "")) for match in _NUMBER.finditer(text)]
    return [reading.quantity.value for reading in amounts.find(text)] + plain


def _among(values: Sequence[float], wanted: float, tol: float) -> bool:
    return any(abs(value - wanted) <= tol * abs(wanted) + 1e-9 for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a group of questions fared: counts of all, of right intents, and of right answers."""

    name: str
    n: int
    understood: int
    right: int


def scores(outcomes: Sequence[Outcome]) -> list[Score]:
    """One score an intent, by name, and `all` at the end."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.asked.intent, []).append(outcome)
    return [_score(name, group) for name, group in sorted(groups.items())] + [_score("all", outcomes)]


def _score(name: str, group: Sequence[Outcome]) -> Score:
    return Score(
        name=name,
        n=len(group),
        understood=sum(outcome.understood for outcome in group),
        right=sum(outcome.right for outcome in group),
    )
