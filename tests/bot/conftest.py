"""An engine on a fixed day with no database, and one with the samples stored."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.pipeline import score_new
from core.config import Settings
from core.store import Store
from scraper.ingest import ingest
from scraper.page import read_file

TODAY = date(2026, 11, 23)
SAMPLES = Path(__file__).parents[2] / "scraper" / "samples"


def _noon() -> datetime:
    return datetime(2026, 11, 7, 12, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(db=tmp_path / "none.db", lang="en"), today=TODAY)


@pytest.fixture(scope="session")
def sample_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sample threads, stored and judged."""
    path = tmp_path_factory.mktemp("samples") / "paomo.db"
    with Store.open(path) as store:
        for page in sorted(SAMPLES.glob("*.html")):
            ingest(store, read_file(page), clock=_noon)
        score_new(store, clock=_noon)
    return path


@pytest.fixture
def sample_engine(sample_db: Path) -> Engine:
    return Engine(Settings(db=sample_db, lang="en"), today=TODAY)
