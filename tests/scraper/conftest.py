"""The board and the crawler that most tests of the crawl begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store
from tests.scraper.replica import Replica
from tests.scraper.world import World


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica().serve()


@pytest.fixture
def world(replica: Replica, tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "crawl.db") as store:
        yield World(replica, store)
