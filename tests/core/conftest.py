"""What tests of the store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own, empty."""
    with Store.open(tmp_path / "paomo.db") as opened:
        yield opened
