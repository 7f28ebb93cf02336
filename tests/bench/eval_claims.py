"""How often the claims checker is right: precision and recall on texts with planted errors, and without.

    python -m tests.bench.eval_claims            the tables of docs/claims.md
    python -m tests.bench.eval_claims --misses   and every text that it gets wrong

A gold file has one text a line: `verdict` is what a checker should say of the place `at`; `null` is a text that claims
nothing to check; `unflagged` one whose numbers must not be called wrong.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.claims.checker import WRONG, CheckedClaim, check
from core.figures import load

GOLD = Path(__file__).parents[1] / "gold"
SETS = ("claims", "claims_later", "claims_last", "claims_fourth", "claims_fifth", "claims_sixth")
HOLDS = ("holds", "holds_approximately")


@dataclass(kw_only=True)
class Score:
    """Counts over texts; a flag is a claim called wrong."""

    texts: int = 0
    errors: int = 0  # planted
    found: int = 0  # planted and flagged where they stand
    exact: int = 0  # …with the verdict that they should have
    false: int = 0  # flags elsewhere
    right: int = 0  # claims without error that should pass
    passed: int = 0
    silent: int = 0  # texts that claim nothing, and of which nothing is said
    empty: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of what was flagged, the share that is wrong."""
        flags = self.found + self.false
        return self.found / flags if flags else 1.0

    @property
    def recall(self) -> float:
        """Of what is wrong, the share that was flagged."""
        return self.found / self.errors if self.errors else 1.0

    def add(self, other: "Score") -> None:
        for name in ("texts", "errors", "found", "exact", "false", "right", "passed", "silent", "empty"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.misses += other.misses


def rows(name: str) -> list[dict[str, Any]]:
    """The texts of one set."""
    return [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def score(row: dict[str, Any]) -> Score:
    """One text's counts."""
    text, verdict, at = row["text"], row["verdict"], row["at"]
    claims = check(text, load())
    here = [claim for claim in claims if at and _overlaps(claim, text, at)]
    flags = [claim for claim in claims if claim.is_wrong]
    one = Score(texts=1)
    if verdict in WRONG:
        hits = [claim for claim in here if claim.is_wrong]
        one.errors, one.found, one.exact = 1, bool(hits), any(claim.verdict == verdict for claim in hits)
        one.false = sum(claim not in here for claim in flags)
        good = bool(hits) and not one.false
    else:
        one.false = len(flags)
        one.right = verdict in HOLDS
        one.passed = int(one.right and any(claim.verdict in HOLDS for claim in here))
        one.empty = verdict is None
        one.silent = int(verdict is None and not claims)
        good = not flags and one.right == one.passed and one.empty == one.silent
    if not good or (verdict in WRONG and not one.exact):
        said = [(claim.text, claim.relation, claim.verdict, claim.recheck.how) for claim in claims]
        one.misses = [f"{row['id']} {row['kind']} {verdict} “{at}”: {text}\n      {said}"]
    return one


def _overlaps(claim: CheckedClaim, text: str, at: str) -> bool:
    start = text.index(at)
    return claim.start < start + len(at) and start < claim.end


def measure(*names: str) -> dict[str, Score]:
    """Scores by kind of error, in the order of the sets, and over all of them as `all`, last."""
    scores: dict[str, Score] = {}
    total = Score()
    for row in (row for name in names for row in rows(name)):
        counted = score(row)
        scores.setdefault(row["kind"], Score()).add(counted)
        total.add(counted)
    return {**scores, "all": total}


def table(scores: dict[str, Score]) -> Iterator[str]:
    """The table of docs/claims.md."""
    yield "| kind | texts | errors found | false alarms | exact verdict | right ones passed | silent where nothing is claimed |"
    yield "|---|---|---|---|---|---|---|"
    for name, one in scores.items():
        cells = [
            f"{name.replace('_', ' ')}",
            f"{one.texts}",
            f"{one.found} of {one.errors}" if one.errors else "–",
            f"{one.false}",
            f"{one.exact} of {one.found}" if one.found else "–",
            f"{one.passed} of {one.right}" if one.right else "–",
            f"{one.silent} of {one.empty}" if one.empty else "–",
        ]
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in table(measure(*SETS)):
        print(line)
    for name in SETS:
        total = measure(name)["all"]
        print(f"\n{name}: {total.texts} texts, precision {total.precision:.3f}, recall {total.recall:.3f}")
        if "--misses" in sys.argv:
            print("\n".join(total.misses))
