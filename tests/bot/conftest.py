"""An engine on a fixed day with no database, and one with the samples stored."""

from datetime import date
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.cli.main import main
from core.config import Settings
from tests.bot.command import Done, Run
from tests.samples import store_samples

TODAY = date(2026, 11, 23)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(db=tmp_path / "none.db", lang="en"), today=TODAY)


@pytest.fixture(scope="session")
def sample_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sample threads, stored and judged."""
    return store_samples(tmp_path_factory.mktemp("samples") / "paomo.db")


@pytest.fixture
def sample_engine(sample_db: Path) -> Engine:
    return Engine(Settings(db=sample_db, lang="en"), today=TODAY)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on `paomo.db` in the test's own folder."""
    monkeypatch.setenv("PAOMO_DB", str(tmp_path / "paomo.db"))

    def go(*args: str) -> Done:
        code = main(list(args))
        done = capfd.readouterr()
        return Done(code, done.out, done.err)

    return go


@pytest.fixture
def report_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are made on a fixed day, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("bot.cli.report.today", lambda: date(2026, 11, 7))


@pytest.fixture
def samples(run: Run, report_day: None, sample_db: Path) -> Run:
    """Runs a command on the samples."""
    return lambda *args: run("--db", str(sample_db), *args)
