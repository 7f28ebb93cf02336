"""Readers of text and what is thrown at them: pieces of what people write, put together at random.

Used by tests/fuzz/test_texts.py with fixed cases, and for as long as one likes by `make fuzz-text SECONDS=600`: it prints its
seed, counts cases and how many got past the reader's first guard, and stops at the first failure with the case.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.answers import Engine
from bot.render import strip, to_html, to_json
from core import aliases, amounts, config, figures, gauge_cards
from core.claims import checker
from core.claims.checker import CheckedClaim
from core.config import Settings
from core.errors import PaomoError
from core.figures import Register
from scraper import textdump

TODAY = date(2026, 11, 23)

PIECES = (
    "1", "0", "13", "360", "1000", "1.13", "1,000", "1,00", "9" * 20, "9" * 400, "1e9", "-5", "٣", "三", "十", "百", "千", "萬", "万",
    "億", "亿", "兆", "萬億", "万亿", "零", "兩", "半", "三成半", "兩成", "百分之", "分之", "%", "％", "pp", "bps", "$", "US$", "NT$", "美元",
    "元", "人民幣", "trillion", "T", "bn", "billion", "million", "k", "half", "a third of", "年", "個月", "years", "quarters", "每年",
    "a year", "per year", "/", "/年", "~", "～", "-", "–", "to", "到", "至", "約", "大約", "超過", "不到", "over", "<", ">", "=", "≈", "+", "×",
    "OpenAI", "NVDA", "Nvidia", "輝達", "微軟", "AI", "Oracle", "資本支出", "capex", "revenue", "營收", "利潤率", "margin", "profit",
    "市值", "估值", "折舊", "回本", "payback", "break even", "泡沫", "bubble", "2023", "2024年", "2025-10-21", "去年", "明年", "last year",
    "增長", "增加了", "grew", "from", "從", "是", "的", "was", "is", "how many", "多少", "多久", "幾年", "what is", "什麼是", "嗎", "?", "？",
    "。", "，", ",", ".", "、", "；", "\n", "\n\n", " ", "\u3000", "\t", "\0", "\u202e", "\u200b", "\ud83d", "🚀", "\u0301", "e\u0301", "ﬁ", "Ⅳ",
    "½", "①", "㊀", "<b>", "&lt;", "{{", "%s", "'; DROP TABLE posts; --", "../../etc/passwd", "http://10.0.0.1/", "[1]", "{}", "\\",
)  # fmt: skip
DUMP = (
    "標題", "正文", "所有跟帖：", "全部跟帖", "好 -甲- 给 甲 发送悄悄话 甲 的博客首页 ", "a -b- ", "-b-", "給 b 發送悄悄話 ", "(0 bytes)", "(213 bytes) ",
    "(1,234 bytes) (77 reads) ", "() ", "10/21/2025 ", "02/30/2025 ", "99/99/9999 ", "postreply ", "[postreply]", "17:01:52", "25:61:61",
    "03/08/2026 postreply 02:30:00", "(0 bytes) () 10/21/2025 postreply 16:00:33", "•", "♂", "给", "发送悄悄话", "\n", "\n\n", "\r\n", " ",
    "\u3000", "\0", "x" * 90, "🚀", "\u202e",
    *("\n好 -甲- 给 甲 发送悄悄话 甲 的博客首页 (213 bytes) () 10/21/2025 postreply 16:00:33\n",) * 4,
)  # fmt: skip
CARD = (
    "[[figure]]\n", "[[source]]\n", "[[claim]]\n", "[figure.x]\n", 'id = "A"\n', 'id = ""\n', 'entity = "NVDA"\n', 'metric = "revenue"\n',
    'metric = "nope"\n', 'period = "2025"\n', 'period = "2025-Q9"\n', "value = 1.5\n", "value = nan\n", "value = inf\n", "value = 1e999\n",
    'value = "1"\n', "value = true\n", 'unit = "USD_bn"\n', 'unit = "ratio"\n', 'stock_or_flow = "flow"\n', 'as_of = "2026-02-10"\n',
    'as_of = "2026-02-30"\n', "as_of = 2026-02-10\n", 'status = "corroborated"\n', 'status = "sure"\n', 'sources = ["A"]\n', "sources = []\n",
    'sources = "A"\n', 'title = "t"\n', 'publisher = "p"\n', 'published = "2026"\n', "checked_on = 2026-11-23\n", 'says = "s"\n', "extra = 1\n",
    "[", "]", '"', "=", "\n", "#\0\n", "a.b.c = 1\n", "x = {}\n", "\ud83d",
)  # fmt: skip
WHOLE = (
    '[[source]]\nid = "S"\ntitle = "t"\npublisher = "p"\npublished = "2026-02-10"\nchecked_on = 2026-11-23\nsays = "s"\n\n[[figure]]\nid = "mine"\n'
    'entity = "NVDA"\nmetric = "revenue"\nperiod = "2025"\nvalue = 12.5\nunit = "USD_bn"\nstock_or_flow = "flow"\nas_of = "2026-02-10"\n'
    'status = "corroborated"\nsources = ["S"]\n'
)


@dataclass(kw_only=True)
class Target:
    """A reader under fire. read: whether a text got past the first guard; raises only what is a failure."""

    name: str
    texts: st.SearchStrategy[str]
    read: Callable[[str], bool]
    cases: int
    least: float  # share of cases that must get past the first guard
    tried: int = field(default=0)
    past: int = field(default=0)

    def __call__(self, text: str) -> None:
        """Throw one text."""
        self.tried += 1
        self.past += self.read(text)

    @property
    def share(self) -> float:
        """How many of the texts got past the first guard."""
        return self.past / max(1, self.tried)


def joined(pieces: tuple[str, ...], *, most: int) -> st.SearchStrategy[str]:
    """Pieces, with and without blanks, and any text between them."""
    piece = st.sampled_from(pieces) | st.sampled_from(pieces) | st.sampled_from(pieces) | st.text(max_size=4)
    return st.lists(piece, max_size=most).map("".join) | st.lists(piece, max_size=most).map(" ".join)


def _amount(text: str) -> bool:
    found = amounts.find(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
    try:
        amounts.read(text)
    except PaomoError:
        return bool(found)
    return True


@cache
def _register() -> Register:
    return figures.load()


def _article(text: str) -> bool:
    found = checker.check(text, _register(), as_of=TODAY)
    for one in found:
        _holds(one, text)
    return bool(found or aliases.find(text) or amounts.find(text))


def _holds(one: CheckedClaim, text: str) -> None:
    assert 0 <= one.start < one.end <= len(text)
    assert one.verdict


@cache
def _engine() -> Engine:
    return Engine(Settings(db=Path("/nonexistent/paomo.db"), lang="en"), today=TODAY)


def _question(text: str) -> bool:
    try:
        answer = _engine().ask(text)
    except PaomoError:
        return False
    shown = to_html(answer)
    assert shown
    assert strip(shown).strip()
    assert to_json(answer)["answer"]
    return answer.understood


def _dump(text: str) -> bool:
    try:
        thread = textdump.parse(text)
    except PaomoError:
        return False
    assert [post.n for post in thread.posts] == list(range(len(thread.posts)))
    return True


def _card(text: str) -> bool:
    """Whether it is TOML at least; what is read then must be a card or an error of ours."""
    import tomllib

    with TemporaryDirectory() as folder:
        path = Path(folder) / "card.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        for reader in (
            lambda: figures.load(Path(folder)),
            lambda: gauge_cards.declared(path),
            lambda: aliases.load(path),
            lambda: config.load({"config_file": path}, {}),
        ):
            try:
                reader()
            except PaomoError as error:
                told = str(error)
                assert "\n" not in told
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@st.composite
def _cards(draw: st.DrawFn) -> str:
    """A card that is right but for some lines: dropped, doubled, or other ones in between."""
    lines = [f"{line}\n" for line in WHOLE.split("\n")]
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(lines)))
        lines[place : place + draw(st.integers(0, 2))] = [draw(st.sampled_from(CARD))]
    return "".join(lines)


def targets() -> list[Target]:
    """Every reader, with its texts, how many cases a run of the tests has, and how many must get past the guard."""
    return [
        Target(name="amount", texts=joined(PIECES, most=8), read=_amount, cases=6500, least=0.3),
        Target(name="article", texts=joined(PIECES, most=40), read=_article, cases=2500, least=0.5),
        Target(name="question", texts=joined(PIECES, most=10), read=_question, cases=1500, least=0.1),
        Target(name="dump", texts=joined(DUMP, most=25), read=_dump, cases=3400, least=0.2),
        Target(name="card", texts=_cards() | _cards() | joined(CARD, most=12), read=_card, cases=400, least=0.25),
    ]


def throw(target: Target, *, cases: int, number: int | None) -> None:
    """Throw so many texts; number: the seed, `None` for the same ones every time. A failure is raised, made small."""
    calm = settings(
        max_examples=cases, derandomize=number is None, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip

    @given(target.texts)
    def one(text: str) -> None:
        target(text)

    calm(one if number is None else seed(number)(one))()


def main() -> int:
    """Throw texts until the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--only", choices=[target.name for target in targets()])
    asked = parser.parse_args()
    until, number = time.monotonic() + asked.seconds, asked.seed
    chosen = [target for target in targets() if asked.only in (None, target.name)]
    while time.monotonic() < until:
        for target in chosen:
            print(f"seed {number} {target.name}", file=sys.stderr)
            throw(target, cases=300, number=number)
        number += 1
    for target in chosen:
        print(f"{target.name}: {target.tried} cases, {target.share:.0%} past the first guard")
    return 0


if __name__ == "__main__":
    sys.exit(main())
