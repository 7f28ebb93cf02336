"""What a post names: each once, in reading order, and what of it is kept."""

from pathlib import Path

import pytest

from nlp import entities


def test_each_thing_once_in_reading_order() -> None:
    text = "纳指今天又是英伟达, 英伟达的AI泡沫, 泡沫, 特斯拉"
    assert entities.mentions(text) == (["NASDAQ", "NVDA", "TSLA"], ["ai_bubble"])


def test_a_text_that_names_nothing() -> None:
    assert entities.mentions("晚安") == ([], [])
    assert entities.entities("晚安") == []
    assert entities.entities("") == []


def test_extremes_are_kept_beside_names() -> None:
    assert entities.entities("梭哈比特幣, 昨天才割肉") == [
        "asset:BTC",
        "extreme:capitulation",
        "extreme:euphoria",
        "theme:crypto",
    ]


def test_another_table_of_names_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entities.version.cache_clear()
    before = entities.version()
    (tmp_path / "aliases.toml").write_text("# none", encoding="utf-8")
    monkeypatch.setattr(entities, "DATA", tmp_path)
    entities.version.cache_clear()
    try:
        assert entities.version() != before
    finally:
        entities.version.cache_clear()
