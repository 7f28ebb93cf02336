"""Fuzzing by coverage, one reader after the other; not part of the tests. Run: make fuzz

    python tests/fuzz/cover.py [--seconds 60] [TARGET ...]

Each target runs in a process of its own, from its recorded pages, for so many seconds. Atheris is for Linux with
CPython up to 3.13; elsewhere this says so and `tests/fuzz/test_fuzz.py` is what there is. An input that fails is
written to the folder `fuzz-failures`, with the command that repeats it: once mended, move it to `tests/fuzz/past`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FAILURES = Path("fuzz-failures")
LONGEST = 40_000  # bytes of an input; the longest recorded page has half of that


def main() -> int:
    """Fuzz the targets that are named, or all of them; 1 where an input failed, 2 where atheris is not to be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="parts of targets' names; all if none is given")
    parser.add_argument("--seconds", type=int, default=60, help="how long each target is fuzzed")
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="read one input that failed")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child is not None:
        search(args.targets[0], args.child, args.seconds)
        return 0
    try:
        import_module("atheris")
    except ImportError as error:
        said = f"Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
        print(
            f"atheris cannot be used here ({said}): {error}; it needs Linux and CPython 3.11 to 3.13", file=sys.stderr
        )
        return 2
    from tests.fuzz.targets import TARGETS

    names = [target.name for target in TARGETS if not args.targets or any(part in target.name for part in args.targets)]
    if args.repeat is not None:
        print(case(names[0], args.repeat.read_bytes()))
        return 0
    failed = [name for name in names if not supervise(name, args.seconds)]
    print(f"{len(names) - len(failed)} of {len(names)} targets held", *failed, sep=", ")
    return int(bool(failed))


def supervise(name: str, seconds: int) -> bool:
    """Run one target in a process; prints its counts and, where it failed, what failed."""
    from tests.fuzz.targets import TARGETS

    target = next(target for target in TARGETS if target.name == name)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "corpus").mkdir()
        for at, seed in enumerate(target.seeds):
            (work / "corpus" / str(at)).write_bytes(seed + b"\0")
        command = [sys.executable, __file__, name, "--child", str(work), "--seconds", str(seconds)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
        counts = json.loads((work / "counts").read_text()) if (work / "counts").exists() else {}
        crashes = [*work.glob("crash-*"), *work.glob("timeout-*"), *work.glob("oom-*")]
        report(name, counts, [line for line in done.stderr.splitlines() if "cov:" in line])
        for crash in crashes:
            FAILURES.mkdir(exist_ok=True)
            kept = FAILURES / f"{name.replace(' ', '_')}-{crash.name[-12:]}"
            kept.write_bytes(crash.read_bytes())
            print(f"  FAILED: python tests/fuzz/cover.py {name!r} --repeat {kept}")
    if crashes or done.returncode:
        print("\n".join(f"  {line}" for line in (done.stdout + done.stderr).splitlines()[-25:]))
    return not crashes and done.returncode == 0


def report(name: str, counts: dict[str, int], progress: list[str]) -> None:
    """One line of counts; the edges that libFuzzer saw are the last number it printed."""
    total = sum(counts.values())
    past = total - counts.get("REFUSED", 0)
    edges = progress[-1].split("cov: ")[1].split()[0] if progress else "no"
    print(
        f"{name:24} {total:9,} cases, {past / max(1, total):4.0%} past the first guard,"
        f" {counts.get('READ', 0) / max(1, total):4.0%} read, {edges} edges",
        flush=True,
    )


def case(name: str, data: bytes) -> str:
    """Give an input to a target: the page, and behind it a byte that chooses the address."""
    from tests.fuzz.targets import TARGETS

    target = next(target for target in TARGETS if target.name == name)
    return target.read(data[:-1], target.urls[data[-1] % len(target.urls)] if data else None).name


def search(name: str, work: Path, seconds: int) -> None:
    """The process of one target; libFuzzer ends it."""
    atheris = import_module("atheris")  # not to be had everywhere, nor are its types
    with atheris.instrument_imports(include=["scraper", "bs4", "html"]):
        import tests.fuzz.targets  # noqa: F401
    from tests.fuzz.mutate import SCRAPS, mutated

    counts: Counter[str] = Counter()
    written = time.monotonic()

    def one(data: bytes) -> None:
        nonlocal written
        counts[case(name, data)] += 1
        if time.monotonic() - written > 1:
            written = time.monotonic()
            (work / "counts").write_text(json.dumps(counts))

    def change(data: bytes, most: int, seed: int) -> bytes:
        """Every other time our own changes, which know what a page is made of; else libFuzzer's."""
        if seed % 2:
            return bytes(atheris.Mutate(data, most))
        import random

        chance = random.Random(seed)
        return mutated(data[:-1], lambda sides: chance.randrange(max(1, sides)))[: most - 1] + data[-1:]

    words = ["".join(rf"\x{byte:02x}" for byte in scrap) for scrap in SCRAPS]
    (work / "dictionary").write_text("".join(f'"{word}"\n' for word in words))
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=30", "-rss_limit_mb=2048", "-print_final_stats=1"]  # fmt: skip
    places = [f"-dict={work / 'dictionary'}", f"-artifact_prefix={work}/", str(work / "corpus")]
    atheris.Setup([sys.argv[0], *options, *places], one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
