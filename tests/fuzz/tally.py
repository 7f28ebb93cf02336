"""How many cases each reader was given, and how far they got."""

from collections import Counter

from tests.fuzz.targets import Outcome

counts: Counter[tuple[str, Outcome]] = Counter()


def lines() -> list[str]:
    """One line a target and one for all: cases, the share that got past the first guard, the share that was read."""
    names = list(dict.fromkeys(name for name, _ in counts))
    rows = [(name, [counts[name, outcome] for outcome in Outcome]) for name in names]
    rows.append(("all", [sum(got[place] for _, got in rows) for place in range(len(Outcome))]))
    return [
        f"{name:24} {sum(got):9,} cases, {1 - got[0] / max(1, sum(got)):4.0%} past the first guard, {got[2] / max(1, sum(got)):4.0%} read"
        for name, got in rows
    ]
