"""Questions to the counts, held against the same questions to the posts one by one."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from core.forum import Board, Post, Thread
from core.sentiment import Sentiment, Stance
from core.storage import trends
from core.storage.tallies import Scope, StanceCounts
from core.store import Store

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ENTITIES = ("company:NVDA", "company:ORCL", "theme:ai_bubble", "extreme:euphoria")


class Fact(NamedTuple):
    """A post as the questions see it."""

    day: str
    site: str
    board: str
    author: str
    thread: int
    label: str
    entities: frozenset[str]


class World(NamedTuple):
    """A store and what is in it."""

    store: Store
    facts: list[Fact]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    rng, facts = random.Random(11), []
    with Store.open(tmp_path_factory.mktemp("trends") / "paomo.db") as store:
        for number in range(1, 25):
            site, board = rng.choice(["wenxuecity", "ptt"]), rng.choice(["cfzh", "Stock"])
            posts = [
                Post(
                    n=n,
                    id=f"{number}{n:03}",
                    author=rng.choice(["甲", "乙", "丙", "丁", None]),
                    title=f"第{n}樓",
                    published_local=(at := datetime(2026, 10, 1) + timedelta(hours=rng.randrange(24 * 50))),  # noqa: DTZ001
                    published_utc=at.replace(tzinfo=UTC),
                    tz="UTC",
                    url=f"https://x.example/{number}/{n}",
                    deleted=rng.random() < 0.1,
                )
                for n in range(rng.randrange(1, 9))
            ]
            page = Thread(site=site, board=board, url=None, root=posts[0], replies=tuple(posts[1:]))
            saved = store.save(page, str(number).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)
            for row in store.thread(saved.thread).posts:
                said = rng.choice(list(Stance))
                named = frozenset(entity for entity in ENTITIES if rng.random() < 0.4)
                judged = Sentiment(label=said, p=(0.2, 0.2, 0.6), p_on_topic=1, margin=0, model="m")
                store.put_sentiments([(row.pk, judged)], now=NOW)
                store.put_mentions([(row.pk, named)], version="1")
                assert row.post.published_local
                day = row.post.published_local.date().isoformat()
                facts.append(Fact(day, site, board, row.post.author_key or "", row.thread, said.value, named))
        yield World(store, facts)


SCOPES = (
    Scope(),
    Scope(board=Board(site="ptt", name="Stock")),
    Scope(entities=("company:NVDA",)),
    Scope(entities=("company:NVDA", "theme:ai_bubble")),
    Scope(writers=(("ptt", "甲"), ("wenxuecity", "乙"))),
    Scope(board=Board(site="wenxuecity", name="cfzh"), entities=("theme:ai_bubble",), writers=(("wenxuecity", "甲"),)),
)
START, MIDDLE, END = "2026-10-08", "2026-10-25", "2026-11-12"


def inside(world: World, scope: Scope, start: str, end: str) -> list[Fact]:
    return [
        one
        for one in world.facts
        if start <= one.day <= end
        and (scope.board is None or (one.site, one.board) == (scope.board.site, scope.board.name))
        and set(scope.entities) <= one.entities
        and (scope.writers is None or (one.site, one.author) in scope.writers)
    ]


def counts(facts: list[Fact]) -> StanceCounts:
    return StanceCounts(**{name: sum(one.label == name for one in facts) for name in ("bullish", "neutral", "bearish")})


@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.parametrize("by", ["all", "day", "week", "month"])
def test_sums(world: World, scope: Scope, by: str) -> None:
    parts: dict[str, list[Fact]] = defaultdict(list)
    for one in inside(world, scope, START, END):
        day = datetime.fromisoformat(one.day)
        week = (day - timedelta(days=day.weekday())).date().isoformat()
        parts[{"all": "", "day": one.day, "week": week, "month": f"{one.day[:7]}-01"}[by]].append(one)
    with world.store.reading() as sql:
        found = trends.sums(sql, scope, START, END, by=by)
    assert {part: (sums.bullish, sums.neutral, sums.bearish) for part, sums in found.items()} == {
        part: (c.bullish, c.neutral, c.bearish) for part, facts in parts.items() for c in [counts(facts)]
    }
    for part, facts in parts.items():
        people: dict[object, list[Fact]] = defaultdict(list)
        for at, one in enumerate(facts):
            people[(one.site, one.author) if one.author else at].append(one)
        each = [counts(own) for own in people.values()]
        assert found[part].authors == len(each)
        assert found[part].sided == sum(c.bullish + c.bearish > 0 for c in each)
        assert found[part].bullish2 == sum(c.bullish**2 for c in each)
        assert found[part].bearish2 == sum(c.bearish**2 for c in each)
        assert found[part].both == sum(c.bullish * c.bearish for c in each)
        assert found[part].posts2 == sum(c.n**2 for c in each)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_author_days(world: World, scope: Scope) -> None:
    expected: dict[tuple[str, str, str, str], list[Fact]] = defaultdict(list)
    for one in inside(world, scope, START, END):
        expected[one.day, one.site, one.author, one.board].append(one)
    found: dict[tuple[str, str, str, str], StanceCounts] = defaultdict(StanceCounts)
    with world.store.reading() as sql:
        for day, site, board, *columns in trends.author_days(sql, scope, START, END):
            for id, *counted in zip(*(map(int, column.split(",")) for column in columns), strict=True):
                key = day, site, trends.writer(sql, id)[1] if id else "", board
                assert not id or trends.writer(sql, id)[0] == site
                pairs = zip(("bullish", "neutral", "bearish"), counted, strict=True)
                found[key] = StanceCounts(**{name: getattr(found[key], name) + n for name, n in pairs})
    assert found == {key: counts(facts) for key, facts in expected.items()}


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_mentions(world: World, scope: Scope) -> None:
    with world.store.reading() as sql:
        found = trends.mentioned(sql, scope, START, MIDDLE, END)
        some = trends.sums(sql, scope, MIDDLE, END, by="entity", entities=ENTITIES[:2])
    for entity in ENTITIES:
        now = [one for one in inside(world, scope, MIDDLE, END) if entity in one.entities]
        before = [one for one in inside(world, scope, START, "2026-10-24") if entity in one.entities]
        assert found.get(entity, (StanceCounts(), StanceCounts())) == (counts(now), counts(before))
        if entity in ENTITIES[:2] and now:
            assert (some[entity].n, some[entity].bullish) == (len(now), counts(now).bullish)
    assert set(some) <= set(ENTITIES[:2])


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_threads(world: World, scope: Scope) -> None:
    facts = inside(world, scope, START, END)
    with world.store.reading() as sql:
        found = trends.threads(sql, scope, START, END, limit=99)
    assert {one.pk: one.n for one in found} == {
        pk: sum(one.thread == pk for one in facts) for pk in {one.thread for one in facts}
    }
    b, s = 1 + counts(facts).bullish, 1 + counts(facts).bearish
    pulls = [abs(one.bullish / b - one.bearish / s) for one in found]
    assert pulls == sorted(pulls, reverse=True)


def test_days_of_mentions(world: World) -> None:
    with world.store.reading() as sql:
        found = trends.daily_mentions(sql, None, START, END)
    assert found[""] == {
        day: sum(one.day == day for one in world.facts)
        for day in {one.day for one in inside(world, Scope(), START, END)}
    }
    assert found["company:NVDA"] == {
        day: n
        for day in found[""]
        if (n := sum(one.day == day and "company:NVDA" in one.entities for one in world.facts))
    }


def test_newest_and_span(world: World) -> None:
    with world.store.reading() as sql:
        assert trends.newest(sql, None) == max(one.day for one in world.facts)
        assert trends.newest(sql, Board(site="ptt", name="none")) is None
        days = [one.day for one in world.facts if (one.site, one.author) == ("ptt", "甲")]
        assert trends.span(sql, Scope(writers=(("ptt", "甲"),))) == (min(days), max(days))
        assert trends.span(sql, Scope(writers=(("ptt", "nobody"),))) is None


def test_what_an_author_said(world: World) -> None:
    with world.store.reading() as sql:
        assert trends.find_writers(sql, "甲", "甲") == [("ptt", "甲"), ("wenxuecity", "甲")]
        assert trends.find_writers(sql, "戊", "戊") == []
        assert trends.shown_name(sql, "ptt", "甲") == "甲"
        assert trends.shown_name(sql, "ptt", "gone") == "gone"
        scope = Scope(writers=(("ptt", "甲"),))
        said = trends.said(sql, scope, START, END, limit=99)
        gone = {row["pk"] for row in sql.rows("SELECT pk FROM posts WHERE deleted")}
    assert said, "the sample has some"
    assert {one.label for one in said} <= {"bullish", "bearish"}
    assert [one.day for one in said] == sorted((one.day for one in said), reverse=True)
    assert not gone & {one.pk for one in said}
    assert all(one.url for one in said)


def test_nonsense_dates_do_not_move_the_window(world: World, tmp_path: Path) -> None:
    with Store.open(tmp_path / "odd.db") as store:
        posts = [
            Post(n=n, id=f"1{n}", title="x", author="a", published_local=datetime(year, 11, 1))  # noqa: DTZ001
            for n, year in enumerate([2026, 1, 9999])
        ]
        page = Thread(site="x", board="b", url=None, root=posts[0], replies=tuple(posts[1:]))
        saved = store.save(page, b"1", url=None, headers={}, fetched_at=NOW, now=NOW)
        judged = Sentiment(label=Stance.BULLISH, p=(0, 0, 1), p_on_topic=1, margin=0, model="m")
        store.put_sentiments([(row.pk, judged) for row in store.thread(saved.thread).posts], now=NOW)
        with store.reading() as sql:
            assert trends.newest(sql, None) == "2026-11-01"
            assert trends.span(sql, Scope()) == ("2026-11-01", "2026-11-01")
