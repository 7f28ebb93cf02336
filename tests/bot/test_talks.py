"""What a talk goes on from: kept through a restart, for one person in one chat, for an hour."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.talks import StoredTalks, read, written
from core.config import Settings
from core.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def engine(path: Path) -> Engine:
    return Engine(Settings(db=path, lang="en"), today=date(2026, 11, 23))


def test_a_follow_up_is_understood_after_a_restart(tmp_path: Path) -> None:
    path, clock = tmp_path / "x.db", Clock()
    with Store.open(path) as store:
        StoredTalks(store, clock=clock).put((1, 2), engine(path).ask("capex 8000億幾年回本?").question)
    with Store.open(path) as store:
        last = StoredTalks(store, clock=clock).get((1, 2))
    answer = engine(path).ask("那30%呢?", last=last)
    assert (answer.question.slots["capex_usd_bn"], answer.question.slots["margin"]) == (800, 0.3)
    assert answer.figures[0].value == pytest.approx(800 / 0.3 / 360)


def test_a_talk_is_one_person_in_one_chat(tmp_path: Path) -> None:
    path, clock = tmp_path / "x.db", Clock()
    with Store.open(path) as store:
        kept = StoredTalks(store, clock=clock)
        kept.put((-100, 1), engine(path).ask("幾年回本?").question)
        assert kept.get((-100, 2)) is None
        assert kept.get((1, 1)) is None
        assert kept.get((-100, 1)) is not None


def test_an_hour_later_nothing_is_left_in_the_database(tmp_path: Path) -> None:
    path, clock = tmp_path / "x.db", Clock()
    with Store.open(path) as store:
        kept = StoredTalks(store, clock=clock)
        kept.put((1, 1), engine(path).ask("margin 30% payback").question)
        clock.now += timedelta(minutes=59)
        assert kept.get((1, 1)) is not None
        clock.now += timedelta(minutes=1)
        assert kept.get((1, 1)) is None
        kept.put((2, 2), engine(path).ask("help").question)
        with store.reading() as sql:
            assert [row["chat"] for row in sql.rows("SELECT chat FROM talks")] == [2]


def test_reset_forgets_one_talk(tmp_path: Path) -> None:
    path, clock = tmp_path / "x.db", Clock()
    with Store.open(path) as store:
        kept = StoredTalks(store, clock=clock)
        for talk in ((1, 1), (1, 2)):
            kept.put(talk, engine(path).ask("幾年回本?").question)
        kept.drop((1, 1))
        assert kept.get((1, 1)) is None
        assert kept.get((1, 2)) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"text": 1}'])
def test_what_another_version_wrote_is_no_question(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text", ["幾年回本?", "OpenAI 2025年收入多少?", "收入照S曲線走呢?", "為什麼?", "利潤率30到50%要多少年回本?"]
)
def test_every_question_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    question = engine(tmp_path / "x.db").ask(text).question
    assert read(written(question)) == question
