"""The same work on n, 4n and 16n, for tests/bench/bench.py."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from core import figures
from core.claims import checker
from nlp.model import Model
from scraper.page import Page
from tests.bench.bench_peers import reported, searched
from tests.bench.bench_scraper import storing, with_ours
from tests.bench.bench_stance import best, posts_of
from tests.bench.table import Growth
from tests.scraper.replica import BOARD, REAL, Replica

GOLD = Path(__file__).parents[1] / "gold"
STEPS = (1, 4, 16)
JUDGED, ROWS, THREADS, CHARACTERS = 1000, 50, 25, 1500


def growths(databases: dict[int, Path]) -> Iterator[Growth]:
    """A row for each kind of work; the databases by their posts, n, 4n and 16n."""
    model = Model.load()
    model.predict(posts_of(60, 100))
    yield _grown("judge posts of 60 characters", f"{JUDGED:,} posts", lambda step: _judge(model, JUDGED * step))
    yield _grown("read one page of a list", f"{ROWS} rows", lambda step: _read(ROWS * step))
    yield _grown("store new posts", f"{THREADS * 20} posts", lambda step: _store(THREADS * step))
    least = min(databases)
    yield _grown("search for a word", f"{least:,} posts", lambda step: best(lambda: searched(databases[least * step])))
    yield _grown("report of 14 days", f"{least:,} posts", lambda step: best(lambda: reported(databases[least * step])))
    yield _grown("check the claims of a text", f"{CHARACTERS:,} characters", lambda step: _check(CHARACTERS * step))


def _grown(what: str, n: str, seconds: Callable[[int], float]) -> Growth:
    first, second, third = (seconds(step) for step in STEPS)
    return Growth(what=what, n=n, seconds=(first, second, third))


def _judge(model: Model, count: int) -> float:
    posts = posts_of(60, count)
    return best(lambda: model.predict(posts), 3)


def _read(rows: int) -> float:
    body = Replica(posts=rows, per_page=rows, seed=5).answer(f"/{BOARD}/", {})[2]
    page = Page(body=body, url=f"{REAL}/{BOARD}/")
    assert len(with_ours(page)) >= rows
    return best(lambda: with_ours(page), 3)


def _store(threads: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return threads * 20 / storing(Path(folder), threads)["paomo, a transaction a page"]


def _check(characters: int) -> float:
    register = figures.load()
    lines = [json.loads(line)["text"] for path in sorted(GOLD.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    whole = "\n".join(lines)
    assert len(whole) >= characters
    return best(lambda: checker.check(whole[:characters], register), 3)
