"""Makes training questions from the patterns of `data/questions/train.toml`, and the intent model from them.

A pattern is one group: its variants never stand on both sides of a measurement. Which variants are drawn hangs on the
pattern alone, so that the same patterns give the same model.
"""

import hashlib
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot import evaluation
from bot.understanding import intents
from core.cards import read_card
from nlp.classifier import Classifier

PATTERNS = Path(__file__).parents[1] / "data" / "questions" / "train.toml"
MOST = 40  # variants of a pattern
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"\$([A-Z])")
_FILL: dict[str, dict[str, tuple[str, ...]]] = {
    "M": {"zh": ("8000億", "6000亿", "1.5兆", "两万亿", "3000億美元", "五千亿", "$700bn", "4500億"), "en": ("$800bn", "600 billion", "1.5 trillion", "$2tn", "450bn", "$1.2T", "300 billion dollars")},
    "R": {"zh": ("30%", "三成", "45%", "两成半", "百分之二十", "8%", "12%", "四成"), "en": ("30%", "45 percent", "8%", "12%", "0.4", "60%", "25 %")},
    "Y": {"zh": ("5年", "六年", "8年", "十年", "三年", "4 年"), "en": ("5 years", "six years", "8 years", "10 yrs", "3 years", "4 year")},
    "E": {"zh": ("英伟达", "輝達", "微软", "亚马逊", "谷歌", "Meta", "甲骨文", "OpenAI", "特斯拉", "台積電"), "en": ("Nvidia", "Microsoft", "Amazon", "Google", "Meta", "Oracle", "OpenAI", "Tesla", "AMD", "IonQ")},
    "P": {"zh": ("2024", "2025", "2026"), "en": ("2024", "2025", "2026")},
    "D": {"zh": ("3", "9", "十"), "en": ("March", "September")},
    "N": {"zh": ("300", "15", "500", "20", "60", "10"), "en": ("300", "15", "500", "20", "60", "10")},
    "O": {"zh": ("20万", "8万", "六千", "120万", "3000"), "en": ("$12,000", "900 dollars", "250k", "$3000", "1500")},
    "T": {"zh": ("降息", "margin", "甲骨文", "量子", "泡沫", "折旧", "英伟达", "关税", "融资余额", "OpenAI"), "en": ("rate cuts", "margin debt", "Oracle", "quantum", "the bubble", "depreciation", "Nvidia", "tariffs", "OpenAI")},
    "C": {"zh": ("台北", "上海"), "en": ("London", "Taipei", "Paris")},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A training question; `group` is the pattern that it was made from."""

    text: str
    intent: str
    group: str


def bare(text: str) -> str:
    """What the model sees of a question without spaces and signs: two that are equal in it are one.

    >>> bare("5年, 利潤率 30%?") == bare("八年利润率四成")
    True
    """
    return "".join(char for char in intents.marked(text) if char.isalnum() or char >= "\ue000")


def rows(path: Path = PATTERNS, *, most: int = MOST) -> list[Row]:
    """Every intent's questions, at most `most` a pattern, without those that the answers are measured on.

    >>> len({row.group for row in rows(most=1)}) > 400
    True
    """
    card = read_card(path)
    found = []
    for intent in tomllib.loads(path.read_text(encoding="utf-8")):
        kind = card.table(intent)
        for lang in ("zh", "en"):
            for pattern in kind.texts(lang):
                found += [
                    Row(text=text, intent=intent, group=f"{intent}: {pattern}")
                    for text in _variants(pattern, lang, most)
                ]
        kind.done()
    card.done()
    measured = {bare(asked.text) for asked in evaluation.read()}
    return [row for row in found if bare(row.text) not in measured]


def train(found: list[Row]) -> Classifier:
    """The model of these questions."""
    from nlp.learning.classifier_train import fit

    return fit([intents.marked(row.text) for row in found], [row.intent for row in found])


def unseen(found: list[Row]) -> float:
    """How many of the questions models name rightly that never saw their pattern, as a share."""
    from nlp.learning.classifier_train import unseen as guess

    kinds = [row.intent for row in found]
    guessed = guess([intents.marked(row.text) for row in found], kinds, [row.group for row in found])
    return sum(one == other for one, other in zip(guessed, kinds, strict=True)) / len(found)


def _variants(pattern: str, lang: str, most: int) -> Iterator[str]:
    """Different texts of a pattern, drawn by a generator seeded with the pattern."""
    draw = random.Random(hashlib.sha256(pattern.encode()).digest())  # noqa: S311 # no secret hangs on it
    seen = set()
    for _ in range(3 * most):
        text = pattern
        while match := _CHOICE.search(text):
            text = text[: match.start()] + draw.choice(match[1].split("|")) + text[match.end() :]
        text = " ".join(_SLOT.sub(lambda slot: draw.choice(_FILL[slot[1]][lang]), text).split())
        if text and text not in seen:
            seen.add(text)
            yield text
        if len(seen) == most:
            return


def main() -> None:
    """Write the model, and say how many questions of unseen patterns it names rightly."""
    from nlp.learning.classifier_train import save

    found = rows()
    save(train(found), intents.MODEL)
    print(
        f"{len(found)} questions of {len({row.group for row in found})} patterns; of patterns left out {unseen(found):.1%} were named rightly"
    )


if __name__ == "__main__":
    main()
