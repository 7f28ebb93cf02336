"""What a post names, by a table of names that stands in for `core.aliases`."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest

from nlp import entities


def test_a_table_of_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(text: str) -> list[SimpleNamespace]:
        kinds = [("bubble", "theme", 9), ("NVDA", "company", 4), ("SPX", "index", 0), ("NVDA", "company", 12)]
        return [SimpleNamespace(id=i, kind=k, start=s, end=s + 1) for i, k, s in [*kinds, ("x", "person", 1)]]

    table = ModuleType("core.aliases")
    table.__spec__ = ModuleSpec("core.aliases", None)
    table.find = find  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "core.aliases", table)
    assert entities.mentions("…") == (["SPX", "NVDA"], ["bubble"])


def test_without_a_table_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entities, "find_spec", lambda name: None)
    assert entities.mentions("英伟达") == ([], [])
