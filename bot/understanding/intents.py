"""What a trained model takes a question for, beside the rules of `bot.understanding.cues`.

The model sees a question folded, with amounts and companies replaced by one character for each kind: “毛利三成,5年回本?”
and “毛利40%,八年回本?” look alike to it. It was trained on the patterns of `data/questions/train.toml`
(`bot.understanding.intent_training`, `make model`). What it says only counts where the rules say nothing sure: see `bot.questions`.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core import aliases, amounts
from core.quantity import Unit
from core.text import fold

if TYPE_CHECKING:  # brings numpy: only when the rules are not sure
    from nlp.classifier import Classifier, Guess

MODEL = Path(__file__).parents[1] / "data" / "questions" / "intents.npz"
SURE = 0.55  # at which the model is believed where no rule speaks
NEARLY = 0.12  # at which a guess is worth a button
LONGEST = 400  # characters that are looked at: an intent shows early
_MARKS = {Unit.MONEY: "\ue000", Unit.RATIO: "\ue001", Unit.YEARS: "\ue002", Unit.YEAR: "\ue003", Unit.COUNT: "\ue004"}
_NAMES = {"company": "\ue010", "index": "\ue011"}
# Companies with questions of their own stay as they are written.
_THEMSELVES = frozenset({"OPENAI", "ORCL", "NVDA"})


def marked(text: str) -> str:
    """The text as the model sees it.

    >>> marked("投8000億,毛利三成") == marked("投$2tn,毛利40%")
    True
    """
    folded = fold(text[:LONGEST]).strip(" ?!.。,，？！~～…")
    for mention in reversed(aliases.find(folded, kinds=tuple(_NAMES))):
        name = "openai" if mention.id == "OPENAI" else mention.id.lower()
        put = name if mention.id in _THEMSELVES else _NAMES[mention.kind]
        folded = f"{folded[: mention.start]}{put}{folded[mention.end :]}"
    for reading in reversed(amounts.find(folded)):
        folded = f"{folded[: reading.start]}{_MARKS.get(reading.quantity.unit, '')}{folded[reading.end :]}"
    return folded


def guesses(text: str, *, most: int = 3) -> "tuple[Guess, ...]":
    """What the question may be, likeliest first.

    >>> guesses("跑個蒙地卡羅看看")[0].kind
    'monte_carlo'
    """
    return _model().guesses(marked(text), most=most)


def kinds() -> tuple[str, ...]:
    """Every intent that the model knows."""
    return _model().kinds


@cache
def _model() -> "Classifier":
    from nlp.classifier import Classifier

    return Classifier.load(MODEL)
