"""How long an answer takes, warm, over a mixed load, and what memory it costs.

    python tests/bench/bench_answers.py [QUESTIONS]

Asks the questions that the answers are measured on, over and over, and forum questions of the bundled samples; prints
percentiles in milliseconds, the slowest kinds, and the memory of the process before the first and after the last.
"""

import resource
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.answers import Engine
from bot.evaluation import Asked, read
from bot.pipeline import score_new
from bot.render import to_html
from core.config import Settings
from core.store import Store
from scraper.ingest import ingest
from scraper.page import read_file

SAMPLES = Path(__file__).parents[2] / "scraper" / "samples"


def megabytes() -> float:
    """Resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def stored(path: Path) -> None:
    """A database with the samples."""
    noon = datetime(2026, 11, 7, 12, tzinfo=UTC)
    with Store.open(path) as store:
        for page in sorted(SAMPLES.glob("*.html")):
            ingest(store, read_file(page), clock=lambda: noon)
        score_new(store, clock=lambda: noon)


def run(engine: Engine, asked: Asked) -> float:
    """Milliseconds for one question, from text to message."""
    lang = asked.lang if asked.lang != "mixed" else "zh-Hant"
    last = engine.ask(asked.after, lang=lang).question if asked.after else None
    start = time.perf_counter()
    to_html(engine.ask(asked.text, lang=lang, last=last))
    return (time.perf_counter() - start) * 1000


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paomo.db"
        stored(path)
        engine = Engine(Settings(db=path, lang="en"), today=date(2026, 11, 23))
        questions = read()
        for asked in questions:
            run(engine, asked)
        before = megabytes()
        by_kind: dict[str, list[float]] = defaultdict(list)
        for number in range(wanted):
            asked = questions[number * 7919 % len(questions)]
            by_kind[asked.intent].append(run(engine, asked))
    every = sorted(took for kind in by_kind.values() for took in kind)
    print(
        f"{len(every)} questions: p50 {every[len(every) // 2]:.1f} ms, p99 {every[int(len(every) * 0.99)]:.1f} ms, most {every[-1]:.0f} ms"
    )
    print(f"memory {before:.0f} MB before, {megabytes():.0f} MB after")
    for kind, took in sorted(by_kind.items(), key=lambda item: -sum(item[1]) / len(item[1]))[:8]:
        print(f"  {kind:24}{sum(took) / len(took):7.1f} ms in the mean, {max(took):7.1f} at most")


if __name__ == "__main__":
    main()
