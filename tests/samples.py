"""A database with the sample threads that come with paomo, stored and judged."""

from datetime import UTC, datetime
from pathlib import Path

from bot.pipeline import score_new
from core.store import Store
from scraper.ingest import ingest
from scraper.page import read_file

FOLDER = Path(__file__).resolve().parents[1] / "scraper" / "samples"
NOON = datetime(2026, 11, 7, 12, tzinfo=UTC)


def store_samples(path: Path) -> Path:
    """All sample threads in a database at this path, as if fetched at `NOON`."""
    with Store.open(path) as store:
        for page in sorted(FOLDER.glob("*.html")):
            ingest(store, read_file(page), clock=lambda: NOON)
        score_new(store, clock=lambda: NOON)
    return path
