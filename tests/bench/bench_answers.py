"""How long an answer takes, warm, over a mixed load, and what memory it costs.

    python tests/bench/bench_answers.py [QUESTIONS] [--json]

Asks the questions that the answers are measured on, over and over, and forum questions of the bundled samples; prints
percentiles in milliseconds of processor time, the slowest kinds, and the memory of the process before the first and
after the last.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.answers import Engine
from bot.evaluation import Asked, read
from bot.render import to_html
from core.config import Settings
from tests.samples import store_samples


def megabytes() -> float:
    """Resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def run(engine: Engine, asked: Asked) -> float:
    """Milliseconds for one question, from text to message."""
    lang = asked.lang if asked.lang != "mixed" else "zh-Hant"
    last = engine.ask(asked.after, lang=lang).question if asked.after else None
    start = time.process_time()
    to_html(engine.ask(asked.text, lang=lang, last=last))
    return (time.process_time() - start) * 1000


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("questions", type=int, nargs="?", default=5000)
    options.add_argument("--json", action="store_true", help="figures alone, for tests/bench/bench.py")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paomo.db"
        store_samples(path)
        engine = Engine(Settings(db=path, lang="en"), today=date(2026, 11, 23))
        questions = read()
        for question in questions:
            run(engine, question)
        before = megabytes()
        by_kind: dict[str, list[float]] = defaultdict(list)
        for number in range(asked.questions):
            question = questions[number * 7919 % len(questions)]
            by_kind[question.intent].append(run(engine, question))
    every = sorted(took for kind in by_kind.values() for took in kind)
    p50, p99, after = every[len(every) // 2], every[int(len(every) * 0.99)], megabytes()
    if asked.json:
        print(json.dumps({"p50": p50, "p99": p99, "before": before, "after": after}))
        return
    print(f"{len(every)} questions: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {every[-1]:.0f} ms")
    print(f"memory {before:.0f} MB before, {after:.0f} MB after")
    for kind, took in sorted(by_kind.items(), key=lambda item: -sum(item[1]) / len(item[1]))[:8]:
        print(f"  {kind:24}{sum(took) / len(took):7.1f} ms in the mean, {max(took):7.1f} at most")


if __name__ == "__main__":
    main()
