"""Authors of two windows: numpy's sums equal those counted one author at a time, however the days came in."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.tallies import AuthorDays, StanceCounts, Sums, Windows
from nlp.mood.divergence import divergence
from nlp.mood.panel import Panel
from nlp.mood.writers import Writers as Made
from nlp.trend import Z, add_up, change, difference, variance

WriterRow = tuple[str, str, str, int, int, int, int, int, int]
BEFORE, NOW = date(2026, 11, 1), date(2026, 11, 2)


def _packed(day: date, site: str, author: str, board: str, counts: Iterable[int]) -> AuthorDays:
    """A row as the store gives it; the number of an author is made of his site and his letter."""
    number = ord(site) * 1000 + int(author or "0") if author else 0
    b, u, s = counts
    return day.isoformat(), site, board, str(number), str(b), str(u), str(s)


def Writers(rows: list[WriterRow]) -> Made:  # noqa: N802 (stands for the class)
    """A window of a day, and the day before: site, author, board, counts now, counts before."""
    panel = Panel()
    days = [_packed(NOW, *row[:3], row[3:6]) for row in rows] + [_packed(BEFORE, *row[:3], row[6:]) for row in rows]
    panel.add(BEFORE, NOW, days)
    return panel.writers(BEFORE, NOW, NOW)


_few = st.integers(0, 4)
_rows = st.dictionaries(
    st.tuples(st.sampled_from("xy"), st.sampled_from(["", "1", "2", "3", "4"]), st.sampled_from("pq")),
    st.tuples(*[_few] * 6),
    max_size=12,
).map(lambda found: [(*key, *counts) for key, counts in sorted(found.items())])


def _people(rows: list[WriterRow]) -> dict[tuple[str, str], list[int]]:
    """Six counts for each known author; each post of an unknown one under a name of its own."""
    people: dict[tuple[str, str], list[int]] = {}
    for at, (site, author, _, *counts) in enumerate(rows):
        if author:
            old = people.setdefault((site, author), [0] * 6)
            people[site, author] = [a + b for a, b in zip(old, counts, strict=True)]
            continue
        for kind, count in enumerate(counts):
            for post in range(count):
                people["", f"{at} {kind} {post}"] = [int(other == kind) for other in range(6)]
    return people


def _counts(three: list[int]) -> StanceCounts:
    return StanceCounts(bullish=three[0], neutral=three[1], bearish=three[2])


@given(_rows)
def test_sums_are_those_of_one_author_after_another(rows: list[WriterRow]) -> None:
    people = _people(rows)
    found = Writers(rows).windows()
    assert found.now == add_up(_counts(six[:3]) for six in people.values())
    assert found.before == add_up(_counts(six[3:]) for six in people.values())
    assert found.moved == sum(six[0] + six[2] + six[3] + six[5] > 0 for six in people.values())


@given(_rows)
def test_the_change_is_that_of_authors_kept_whole(rows: list[WriterRow]) -> None:
    people, windows = _people(rows), Writers(rows).windows()
    moved = change(windows)
    if not windows.now.n or not windows.before.n:
        assert moved is None
        return
    assert moved is not None
    b, s, b0, s0 = (1 + n for n in (windows.now.bullish, windows.now.bearish, windows.before.bullish, windows.before.bearish))  # fmt: skip
    pulls = [six[0] / b - six[2] / s - six[3] / b0 + six[5] / s0 for six in people.values()]
    k = windows.moved
    clustered = sum(pull * pull for pull in pulls) * (k / (k - 1) if k > 1 else 1)
    expected = max(clustered, 1 / b + 1 / s + 1 / b0 + 1 / s0)
    assert moved.value == pytest.approx(math.log(b / s) - math.log(b0 / s0))
    assert (moved.high - moved.low) / 2 == pytest.approx(Z * math.sqrt(expected))


@given(_rows)
def test_boards_add_up(rows: list[WriterRow]) -> None:
    people = Writers(rows)
    boards, all_ = people.boards(), people.windows().now
    assert sum(sums.n for sums, _ in boards.values()) == all_.n
    for (site, board), (sums, before) in boards.items():
        here = [row for row in rows if (row[0], row[2]) == (site, board)]
        assert sums == add_up(_counts(six[:3]) for six in _people(here).values())
        assert before == sum(sum(row[6:]) for row in here)


@given(_rows)
def test_the_busiest_are_ranked_and_known(rows: list[WriterRow]) -> None:
    people = {name: six for name, six in _people(rows).items() if name[0] and sum(six[:3])}
    ranked = sorted(people, key=lambda name: (-sum(people[name][:3]), name))
    found = Writers(rows)
    assert [one.id for one in found.busiest(3)] == [ord(site) * 1000 + int(author) for site, author in ranked[:3]]
    heavy, rest = found.heaviest(3)
    enough = sum(people[ranked[-(-len(ranked) // 3) - 1]][:3]) if ranked else 0
    cut = sum(sum(people[name][:3]) >= enough for name in ranked)
    assert heavy == add_up(_counts(people[name][:3]) for name in ranked[:cut])
    assert rest == add_up(_counts(people[name][:3]) for name in ranked[cut:])


def test_nobody_at_all() -> None:
    nobody = Writers([])
    assert nobody.windows() == Windows(now=Sums(), before=Sums())
    assert nobody.boards() == {}
    assert nobody.busiest(9) == []
    assert nobody.heaviest(10) == (Sums(), Sums())


def test_the_same_people_saying_the_same_make_no_change_surer() -> None:
    steady = [("x", f"{n}", "p", 2, 0, 1, 2, 0, 1) for n in range(1, 31)]
    moved = change(Writers(steady).windows())
    assert moved is not None
    assert (moved.value, moved.chance) == (0.0, True)
    assert moved.high == pytest.approx(Z * math.sqrt(2 * (1 / 61 + 1 / 31)))


def test_one_author_with_ten_thousand_posts_is_one_voice() -> None:
    loud = [("x", "99", "p", 10_000, 0, 0, 0, 0, 0), *(("x", f"{n}", "p", 0, 0, 1, 0, 0, 1) for n in range(1, 21))]
    windows = Writers(sorted(loud)).windows()
    assert windows.now.bullish == 10_000
    assert math.sqrt(variance(windows.now)) > 1, "not the 0.22 of 10,000 independent posts"
    moved = change(windows)
    assert moved is not None
    assert moved.value > 6


def test_divergence_needs_enough_authors_and_posts() -> None:
    crowd = [("x", f"{n:02}", "p", 0, 0, 1, 0, 0, 0) for n in range(1, 20)]
    heavy = ("x", "99", "p", 12, 0, 0, 0, 0, 0)
    assert divergence(*Writers([*crowd[1:], heavy]).heaviest(10)) is None, "19 authors are too few"
    assert divergence(*Writers([*crowd, heavy]).heaviest(10)) is None, "all wrote as much as the second of 20"
    second = ("x", "98", "p", 2, 0, 0, 0, 0, 0)
    found = divergence(*Writers([*crowd, second, heavy]).heaviest(10))
    assert found is None, "a tenth of 21 is three: the third wrote as much as all the rest"
    found = divergence(*Writers([*crowd[1:], second, heavy]).heaviest(10))
    assert found is not None
    assert (found.heavy.authors, found.rest.authors) == (2, 18)
    assert found.gap == difference(found.heavy, found.rest)
    assert found.gap.value == pytest.approx(math.log(15) - math.log(1 / 19))
    quiet = [("x", f"{n:02}", "p", 0, 5, 0, 0, 0, 0) for n in range(1, 41)]
    assert divergence(*Writers(quiet).heaviest(10)) is None, "nobody takes a side"


_days = st.lists(
    st.tuples(
        st.integers(0, 40).map(lambda k: date(2026, 10, 1) + timedelta(days=k)),
        st.sampled_from("xy"),
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from("pq"),
        st.tuples(*[_few] * 3),
    ),
    max_size=30,
)
_Days = list[tuple[date, str, str, str, tuple[int, int, int]]]


def _held(panel: Panel, rows: _Days, start: date, end: date) -> None:
    panel.add(start, end, [_packed(*row) for row in rows if start <= row[0] <= end])


@given(_days, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), min_size=1, max_size=4))
def test_a_panel_that_grew_is_one_that_was_read_at_once(rows: _Days, asked: list[list[int]]) -> None:
    grown = Panel()
    for k, m in asked:
        start, end = (date(2026, 10, 1) + timedelta(days=n) for n in (k, m))
        for first, last in grown.missing(start, end):
            _held(grown, rows, first, last)
        assert grown.missing(start, end) == []
        once = Panel()
        _held(once, rows, start, end)
        middle = start + (end - start) / 2
        assert grown.writers(start, middle, end).windows() == once.writers(start, middle, end).windows()
        assert grown.writers(start, middle, end).boards() == once.writers(start, middle, end).boards()
        assert grown.writers(start, middle, end).busiest(3) == once.writers(start, middle, end).busiest(3)
        assert grown.periods(start, end, "week") == once.periods(start, end, "week")
        assert grown.periods(middle, end, "day") == once.periods(middle, end, "day")
        assert grown.periods(start, end, "day") == once.periods(start, end, "day")


@given(_days)
def test_periods(rows: _Days) -> None:
    start, end = date(2026, 10, 3), date(2026, 11, 4)
    panel = Panel()
    _held(panel, rows, date(2026, 10, 1), date(2026, 11, 10))
    weeks: dict[date, list[WriterRow]] = defaultdict(list)
    for at, site, author, board, counts in rows:
        if start <= at <= end:
            weeks[at - timedelta(days=at.weekday())].append(
                (site, author, board, counts[0], counts[1], counts[2], 0, 0, 0)
            )
    expected = {week: Writers(own).windows().now for week, own in weeks.items()}
    assert panel.periods(start, end, "week") == expected
