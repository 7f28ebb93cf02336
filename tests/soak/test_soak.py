"""The short form of `make soak`: five days, in CI; and that its checks see what they are there for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store
from tests.scraper.replica import Replica
from tests.soak.checks import problems, summary
from tests.soak.soak import Soak


@pytest.fixture(scope="module")
def soak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soak]:
    """Five days that were lived through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTB_TIMEDELTA", "1")  # the library warns of its own numbers where a test asks for a flood's pause
        for replica in Replica(posts=0, per_page=20, etags=True, sticky=False).serve():
            soak = Soak(replica, tmp_path_factory.mktemp("soak"), days=5, kills=2, seed=3)
            soak.live()
            yield soak


def test_five_days_of_schedule_lose_nothing_and_tell_nothing_twice(
    soak: Soak, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{summary(soak)}")
    assert problems(soak) == []
    assert len(soak.whole) > 60
    assert min(soak.met["kills"], soak.met["crashes"], soak.met["restarts"], soak.met["hours off"]) > 0
    assert any(what.startswith("forum") for what in soak.met)
    assert any(what.startswith("Telegram") for what in soak.met)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM posts WHERE pk = (SELECT max(pk) FROM posts WHERE NOT deleted)", "is missing"),
        ("UPDATE posts SET body = 'x' WHERE pk = (SELECT max(pk) FROM posts WHERE body != '')", "says 'x'"),
        ("UPDATE posts SET deleted = 1 - deleted WHERE pk = 20", "is marked"),
        ("DELETE FROM revisions", "lost the wording"),
        ("DELETE FROM sentiments WHERE post = 20", "have no judgement"),
        ("UPDATE sentiments SET label = 'neutral' WHERE label = 'bullish'", "stands there as neutral"),
        ("UPDATE rollup_days SET bullish = bullish + 1", "not what a recount gives"),
    ],
)
def test_harm_to_the_store_is_seen(soak: Soak, statement: str, words: str, tmp_path: Path) -> None:
    whole, soak.db = soak.db, tmp_path / "harmed.db"
    soak.db.write_bytes(whole.read_bytes())
    try:
        with Store.open(soak.db) as store, store.writing() as sql:
            sql.run(statement)
        assert any(words in line for line in problems(soak))
    finally:
        soak.db = whole


def test_a_digest_that_does_not_come_or_comes_twice_is_seen(soak: Soak) -> None:
    sent = soak.line.taken
    digest = next(one for one in sent if "Digest of" in one.text and "Perhaps" not in one.text)
    try:
        soak.line.taken = [one for one in sent if one != digest]
        assert any("never got the digest" in line for line in problems(soak))
        soak.line.taken = [*sent, digest]
        assert any("twice" in line for line in problems(soak))
    finally:
        soak.line.taken = sent


def test_alerts_too_near_or_of_the_same_post_are_seen(soak: Soak) -> None:
    letters = soak.letters
    pk, row = next(
        (pk, row) for pk, row in letters.items() if row["slot"].startswith("alert") and "posts" in row["about"]
    )
    try:
        soak.letters = letters | {10**6: row}
        found = problems(soak)
        assert any("and again at" in line for line in found)
        assert any("was told 2 times of post" in line for line in found)
        soak.letters = {one: other for one, other in letters.items() if one != pk}
        assert any("never told of post" in line for line in problems(soak))
    finally:
        soak.letters = letters


def test_growth_is_seen(soak: Soak) -> None:
    memory = soak.memory
    try:
        soak.memory = [memory[0], memory[0] + 100]
        assert any("memory grew" in line for line in problems(soak))
    finally:
        soak.memory = memory
