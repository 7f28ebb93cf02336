"""Words and keywords; jieba stays quiet and writes nothing."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from nlp.segment import heaviest, notable, words


def keywords(texts: Iterable[str], n: int) -> list[tuple[str, float]]:
    return heaviest(Counter(word for text in texts for word in notable(text)), n)


def test_words() -> None:
    assert words("保證金債務，創新高！") == words("保证金债务,创新高") != []
    assert words("🚀，。\ud800\x00") == []
    assert words("") == []
    assert len(words("涨跌" * 1_000_000)) <= 20_000


def test_keywords() -> None:
    texts = ["英偉達的泡沫 $英伟达(NVDA)$", "泡沫？泡沫！", "大家今天都说算力", "1234 5678"]
    found = keywords(texts, 3)
    assert found[0][0] == "泡沫"
    assert [weight for _, weight in found] == sorted((weight for _, weight in found), reverse=True)
    assert not {"今天", "大家", "1234"} & {word for word, _ in keywords(texts, 99)}
    assert keywords(texts, 0) == keywords([], 5) == []
    assert keywords(iter(texts), 3) == found


def test_nothing_is_written_and_nothing_said(tmp_path: Path) -> None:
    folder = tmp_path / "readonly"
    folder.mkdir(mode=0o500)
    done = subprocess.run(
        [sys.executable, "-c", "from nlp.segment import words; print(len(words('保证金债务')))"],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(folder), "HOME": str(folder), "PYTHONWARNINGS": "ignore", "PYTHONPATH": "."},
    )
    assert (done.stdout, done.stderr) == ("2\n", "")
    assert list(folder.iterdir()) == []
