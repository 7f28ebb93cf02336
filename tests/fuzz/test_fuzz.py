"""Every reader against mutated pages: what comes out is sound or an error of ours. The same cases each time.

`make fuzz` searches on, by coverage. `past/` has inputs that once failed, or of a kind that did, each named after its
target.
"""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import tally
from tests.fuzz.mutate import CHANGES, mutated, soup
from tests.fuzz.targets import TARGETS, Outcome, Target

PAST = Path(__file__).with_name("past")
SIGHTED = {Outcome.READ, Outcome.RECOGNISED}
HEALTHY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
steady = settings(max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=HEALTHY)
short = settings(steady, max_examples=40)


def slug(target: Target) -> str:
    return target.name.replace(" ", "_")


def run(target: Target, body: bytes, url: str | None) -> Outcome:
    outcome = target.read(body, url)
    tally.counts[target.name, outcome] += 1
    return outcome


@pytest.mark.parametrize("target", TARGETS, ids=slug)
def test_each_seed_is_read(target: Target) -> None:
    for seed in target.seeds:
        assert target.read(seed, target.urls[0]) in SIGHTED
    assert target.read(target.seeds[0], target.urls[0]) is (
        Outcome.RECOGNISED if target.name == "headers" else Outcome.READ
    )


@pytest.mark.parametrize("target", TARGETS, ids=slug)
def test_mutations_are_read_or_refused(target: Target) -> None:
    reached = set()

    @steady
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        def roll(sides: int) -> int:
            return data.draw(st.integers(0, max(0, sides - 1)))

        body = soup(roll) if roll(10) == 9 else mutated(target.seeds[roll(len(target.seeds))], roll)
        reached.add(run(target, body, target.urls[0 if roll(3) else roll(len(target.urls))]))

    fuzz()
    assert reached & SIGHTED, "no case got past the first guard"


@pytest.mark.parametrize("target", TARGETS, ids=slug)
@short
@given(body=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(target: Target, body: bytes) -> None:
    run(target, body, target.urls[0])


@pytest.mark.parametrize("path", sorted(PAST.iterdir()), ids=lambda path: path.name)
def test_what_once_failed_is_read_or_refused(path: Path) -> None:
    target = next(target for target in TARGETS if path.name.startswith(slug(target)))
    for url in target.urls:
        target.read(path.read_bytes(), url)


@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_change_changes_something(change: object) -> None:
    """A mutator that does nothing would test nothing."""
    assert callable(change)
    page = TARGETS[0].seeds[0]
    assert any(change(page, random.Random(n).randrange) != page for n in range(9))
