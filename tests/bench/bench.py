"""Measures everything once, each figure beside a peer or a limit, and writes docs/benchmarks.md. Run: make bench

    python -m tests.bench.bench [--posts 200000] [--texts 50000] [--day 2026-11-23] [--out FILE]

--posts is the largest database, of which a quarter and a sixteenth are made too; --texts go through the pipe. The run
for the record has a million of each and takes half an hour; the default takes some minutes. Runs on Linux and macOS
but for the memory, which Linux alone tells.
"""

import argparse
import json
import os
import platform
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded: processor time of one core

from bot.cli.main import COMMANDS  # noqa: E402
from tests.bench.bench_growth import growths  # noqa: E402
from tests.bench.bench_peers import asked_of, parsing, stance, stored  # noqa: E402
from tests.bench.bench_report import in_bulk  # noqa: E402
from tests.bench.bench_stance import pipe  # noqa: E402
from tests.bench.table import Page, Row, render  # noqa: E402
from tests.samples import store_samples  # noqa: E402

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "benchmarks.md"
CLAIM = "木星的訂單有60億，是對手55億的兩倍多。"
STARTS: tuple[tuple[Sequence[str], str, float], ...] = (
    (["--help"], "", 0.3),
    (["breakeven"], "", 0.5),
    (["ask", "利潤率降到30%要多少年回本?"], "", 0.5),
    (["report"], "", 0.5),
    (["score", "看多NVDA，加倉"], "", 0.5),
    (["check", "-"], CLAIM, 0.5),
)
"""What is started, what it reads, and the seconds of processor time that it may take."""

LEAST = 10_000
ANSWERS, MEMORY, P50, P99 = 3000, 256, 10, 100
"""Answers that are asked for; what the bot may hold, in MB; what an answer may take, in milliseconds."""


def seconds(args: Sequence[str], db: Path, typed: str = "", times: int = 5) -> float:
    """Processor time of the command from its start to its end, the least of some."""
    command = [sys.executable, "-m", "bot", "--db", str(db), *args]
    took = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, input=typed.encode(), check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def starts(folder: Path) -> list[Row]:
    """Commands with work to do, on the bundled samples; then the start of every command."""
    db = folder / "samples.db"
    store_samples(db)
    rows = [
        Row(what=f"`paomo {' '.join(args)}`", ours=seconds(args, db, typed), unit="s", peer="limit", theirs=limit)
        for args, typed, limit in STARTS
    ]
    every = {name: seconds([name, "--help"], db, times=2) for name in COMMANDS}
    slowest = max(every, key=lambda name: every[name])
    what = f"slowest `--help` of {len(every)} commands: `{slowest}`"
    return [*rows, Row(what=what, ours=every[slowest], unit="s", peer="limit", theirs=0.3)]


def answers() -> list[Row]:
    """Answers and the memory of what gives them, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.bench_answers", str(ANSWERS), "--json"]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return [
        Row(what="answer, warm, p50", ours=found["p50"], unit="ms", peer="limit", theirs=P50),
        Row(what="answer, warm, p99", ours=found["p99"], unit="ms", peer="limit", theirs=P99),
        Row(what=f"memory of the bot's engine after {ANSWERS:,} answers", ours=found["after"], unit="MB", peer="before them", theirs=found["before"]),
        Row(what="the same", ours=found["after"], unit="MB", peer="limit", theirs=MEMORY),
    ]  # fmt: skip


def piped(count: int) -> list[Row]:
    """Memory of `paomo score -` after a fifth of the texts and near the end."""
    found = list(pipe(count))
    (first, early, _), (_, late, _) = found[0], found[-1]
    what = f"memory of `paomo score -`, {count:,} texts"
    return [Row(what=what, ours=late, unit="MB", peer=f"after {first:,} of them", theirs=early)]


def made(folder: Path, posts: int) -> dict[int, Path]:
    """Databases of n, 4n and 16n posts, the last of them of about so many."""
    sizes = [posts // 16 * step for step in (1, 4, 16)]
    paths = {size: folder / f"{size}.db" for size in sizes}
    for size, path in paths.items():
        in_bulk(path, size)
    return paths


def machine() -> str:
    """What the figures hang on; the load tells whether other work ran beside."""
    load = f", {os.getloadavg()[0]:.1f} processes at work beside when it began" if hasattr(os, "getloadavg") else ""
    python, sql = platform.python_version(), sqlite3.sqlite_version
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}, Python {python}, SQLite {sql}"


def main() -> None:
    """Measure, and write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--posts", type=int, default=200_000, help=f"of the largest database, {LEAST:,} at least")
    options.add_argument("--texts", type=int, default=50_000, help=f"through the pipe, a multiple of {LEAST:,}")
    options.add_argument("--day", default=datetime.now(UTC).date().isoformat(), help="what the page is dated")
    options.add_argument("--out", type=Path, default=TARGET)
    asked = options.parse_args()
    if asked.posts < LEAST or asked.texts < LEAST or asked.texts % LEAST:
        options.error(f"--posts are {LEAST:,} or more, --texts a multiple of {LEAST:,}")
    where = machine()
    rows: list[Row] = []

    def told(what: str, found: list[Row]) -> None:
        print(what, *("  " + " | ".join(row.cells()) for row in found), sep="\n", file=sys.stderr, flush=True)
        rows.extend(found)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told("start", starts(folder))
        told("answers", answers())
        told("stance", stance())
        told("reading", parsing())
        told("storing", stored(folder))
        databases = made(folder, asked.posts)
        told("asking the store", asked_of(databases[max(databases)], max(databases)))
        growth = list(growths(databases))
        if Path("/proc/self/status").exists():
            told("pipe", piped(asked.texts))
    page = Page(
        day=asked.day,
        command=f"python -m tests.bench.bench --posts {asked.posts} --texts {asked.texts}",
        machine=where,
        rows=tuple(row.cells() for row in rows),
        growth=tuple(row.cells() for row in growth),
    )
    asked.out.write_text(render(page), encoding="utf-8")
    print(f"written to {asked.out}")


if __name__ == "__main__":
    main()
