"""An engine on a fixed day with no database, and one with the samples stored."""

from datetime import date
from pathlib import Path

import pytest

from bot.answers import Engine
from core.config import Settings
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
