"""How fast the stance model reads, beside jieba and SnowNLP in the same run.

    python tests/bench/bench_stance.py            # about a minute
    python tests/bench/bench_stance.py --pipe     # also a million posts through `paomo score -`, with memory

Characters a second and core, by the processor's time, the best of several runs: other programs cost the least of them
little. Texts are those of the corpus, cut and joined to one length, so that all read the same.
"""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

from nlp.learning.contrast import PAIRS  # noqa: E402
from nlp.learning.labelled import CORPUS, lines_of  # noqa: E402
from nlp.model import Model  # noqa: E402

RUNS = 5


def posts_of(size: int, count: int) -> list[str]:
    """The corpus as `count` posts of `size` characters."""
    whole = "".join(value["text"] for path in (CORPUS, PAIRS) for _, value in lines_of(path))
    return [whole[(at * size) % (len(whole) - size) :][:size] for at in range(count)]


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the processor's time, in the fastest of some runs."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def line(what: str, posts: list[str], seconds: float) -> None:
    """One line of the table."""
    characters = sum(map(len, posts)) / seconds
    print(f"{what:<44}{characters / 1e6:>9.3f} M characters/s{len(posts) / seconds:>12,.0f} posts/s")


def main() -> None:
    """Print the table."""
    model = Model.load()
    print(f"{'load':<44}{1000 * best(Model.load):>9.1f} ms, {model.name}")
    for size, count in ((20, 20_000), (60, 7_000), (200, 2_000)):
        posts = posts_of(size, count)
        model.predict(posts[:100])
        line(f"posts of {size}, in a batch", posts, best(partial(model.predict, posts)))
    posts = posts_of(20, 1000)
    line("posts of 20, one at a time", posts, best(lambda: [model.predict([post]) for post in posts]))
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    line("jieba.lcut alone, posts of 20", posts, best(lambda: [jieba.lcut(post) for post in posts]))
    if importlib.util.find_spec("snownlp"):
        from snownlp import SnowNLP

        few = posts[:100]
        line("SnowNLP's sentiments, posts of 20", few, best(lambda: [SnowNLP(post).sentiments for post in few], 2))
    else:
        print("SnowNLP is not installed")
    if "--pipe" in sys.argv[1:]:
        for done, memory, speed in pipe(1_000_000):
            print(f"{done:>10,} lines, {memory:.0f} MB, {speed:,.0f} a second")


def pipe(count: int) -> Iterator[tuple[int, float, float]]:
    """Score posts through a pipe; five times on the way: how many, the memory in MB (Linux), how many a second."""
    command = [sys.executable, "-m", "bot", "score", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as scoring:
        assert scoring.stdin is not None
        assert scoring.stdout is not None
        if not (feeder := os.fork()):
            scoring.stdout.close()
            for _ in range(0, count, 10_000):
                scoring.stdin.write(("\n".join(posts_of(20, 10_000)).replace("\r", " ") + "\n").encode())
            scoring.stdin.close()
            os._exit(0)
        scoring.stdin.close()
        begun, done = time.perf_counter(), 0
        while lines := sum(1 for _ in islice(scoring.stdout, count // 5)):
            done += lines
            status = Path(f"/proc/{scoring.pid}/status").read_text("utf-8")
            memory = next(row.split()[1] for row in status.splitlines() if row.startswith("VmRSS"))
            yield done, int(memory) / 1024, done / (time.perf_counter() - begun)
        os.waitpid(feeder, 0)


if __name__ == "__main__":
    main()
