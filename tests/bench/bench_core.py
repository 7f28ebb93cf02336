"""Prints how long the core takes; not part of the tests. Run: python tests/bench/bench_core.py"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from core import distributions
from core import uncertainty as u


def best_of(times: int, work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of several runs, after one that does not count."""
    work()
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took) * 1000


def main() -> None:
    """Each line: what, and milliseconds, warm."""
    two = {"capex": distributions.lognormal(1000, 0.20), "margin": distributions.lognormal(0.5, 0.15)}
    three = {**two, "revenue": distributions.lognormal(360, 0.30)}
    for name, work in (
        ("Monte Carlo, 100,000 draws, breakeven", lambda: u.monte_carlo(u.breakeven_many, two)),
        ("Monte Carlo, 100,000 draws, payback", lambda: u.monte_carlo(u.payback_many, three)),
        ("variance ranking, 100,000 draws, 3 inputs", lambda: u.first_order(u.payback_many, three)),
    ):
        print(f"{name}: {best_of(7, work):.1f} ms")


if __name__ == "__main__":
    main()
