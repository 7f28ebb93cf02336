"""How long answers take while a crawl judges posts: alone, with the crawl in a thread, with the crawl in a process.

    python tests/bench/bench_beside_crawl.py [questions=600]

The crawl's arithmetic is judging all sample posts again and again, which is what a run does most of its time when it is not
waiting for a forum. Prints p50, p99 and the slowest answer in milliseconds, through the desk that Telegram's handlers use.
"""

import asyncio
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.pipeline import score_new
from bot.telegram.crawling import _lower
from bot.telegram.desk import Desk
from bot.telegram.reply import Said
from core.config import Settings
from core.store import Store
from tests.samples import store_samples

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "利潤率降到30%要多少年回本?",
    "AI資本支出要多少收入才能打平?",
    "was OpenAI's revenue 13bn in 2024?",
    "margin debt 多少?",
    "6年內回本每年要多少收入?",
    "payback on an S-curve?",
    "1.13T 是多少億?",
    "什麼是IRR?",
)
JUDGING = """
import sys
from datetime import UTC, datetime
from bot.pipeline import score_new
from core.store import Store
with Store.open(sys.argv[1]) as store:
    print("begun", flush=True)
    while True:
        score_new(store, clock=lambda: datetime.now(UTC), again=True)
"""


def measure(db: Path, n: int) -> tuple[float, float, float]:
    """p50, p99 and the slowest of so many answers, in milliseconds; two people ask at once."""
    desk = Desk(Settings(db=db, lang="en"))
    took: list[float] = []

    async def person(user: int) -> None:
        for number in range(n // 2):
            began = time.perf_counter()
            await desk.ask(Said(chat=user, user=user, text=QUESTIONS[number % len(QUESTIONS)], lang="en"))
            took.append((time.perf_counter() - began) * 1000)
        await desk.talks.settled()

    async def both() -> None:
        await asyncio.gather(person(1), person(2))

    asyncio.run(both())
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99)], took[-1]


@contextmanager
def in_a_thread(db: Path) -> Iterator[None]:
    """Judging in this process."""
    done = threading.Event()

    def judge() -> None:
        with Store.open(db) as store:
            while not done.is_set():
                score_new(store, clock=lambda: datetime.now(UTC), again=True)

    thread = threading.Thread(target=judge)
    thread.start()
    yield
    done.set()
    thread.join()


@contextmanager
def in_a_process(db: Path) -> Iterator[None]:
    """Judging beside, as the bot has it."""
    process = subprocess.Popen([sys.executable, "-c", JUDGING, str(db)], stdout=subprocess.PIPE, cwd=ROOT)
    _lower(process.pid)
    assert process.stdout is not None
    process.stdout.readline()
    yield
    process.kill()
    process.communicate()


def main(n: int = 600) -> None:
    """Print the three rows."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "paomo.db"
        store_samples(db)
        measure(db, 40)  # warm
        rows = [("alone", measure(db, n))]
        with in_a_thread(db):
            rows.append(("crawl in a thread", measure(db, n)))
        with in_a_process(db):
            rows.append(("crawl in a process", measure(db, n)))
    for name, (half, most, worst) in rows:
        print(f"{name:20} p50 {half:7.1f} ms  p99 {most:7.1f} ms  slowest {worst:7.1f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
