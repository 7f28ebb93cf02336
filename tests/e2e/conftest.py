"""A Bot API server and a bot that every test may talk to, bots of a test's own, and a database with the samples."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store
from tests.e2e.people import OWNER, People, Person, RunningBot, Start, Telegram, ended, serving, started
from tests.samples import store_samples


@pytest.fixture(scope="session")
def telegram() -> Iterator[Telegram]:
    """The server, one for all tests."""
    with serving() as served:
        yield served


@pytest.fixture
def start(tmp_path: Path, telegram: Telegram) -> Iterator[Start]:
    """Starts a bot of the test's own; settings as keywords."""
    running: list[RunningBot] = []

    def start_one(*options: str, **environment: str) -> RunningBot:
        folder = tmp_path / f"bot{len(running)}"
        folder.mkdir()
        running.append(started(folder, telegram, *options, **environment))
        return running[-1]

    yield start_one
    for bot in running:
        bot.process.kill()
        bot.process.wait()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample threads, judged."""
    return store_samples(tmp_path_factory.mktemp("samples") / "paomo.db")


@pytest.fixture
def stored(samples: Path, tmp_path: Path) -> Path:
    """A copy of it for the test alone."""
    with Store.open(samples) as store, store.writing():  # no other connection: the file is whole
        return Path(shutil.copy(samples, tmp_path / "stored.db"))


@pytest.fixture(scope="session")
def bot(telegram: Telegram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """One bot for every test that only talks to it."""
    folder = tmp_path_factory.mktemp("bot")
    running = started(folder, telegram)
    with ended(running.process):
        running.wait_for("is listening")
        yield running


@pytest.fixture
def person(telegram: Telegram, bot: RunningBot) -> People:
    """Makes people who write to the shared bot."""

    def make(user: int = OWNER, chat: int | None = None, lang: str | None = None, to: RunningBot = bot) -> Person:
        return Person(telegram, to.token, user, chat=chat, lang=lang)

    return make


@pytest.fixture(autouse=True)
def within_limits(telegram: Telegram) -> Iterator[None]:
    """No call of the bot breaks Telegram's limits, in any test."""
    yield
    assert telegram.violations() == []
