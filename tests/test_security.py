"""docs/security.md names a test for every threat, and these are the ones that have no better place."""

import ast
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StoreError
from core.forum import Post, Thread
from core.store import Store

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LOCKS = sorted(ROOT.glob("requirements*.lock"))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def rows() -> list[list[str]]:
    """The lines of the page's tables: threat, what is done, tests."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_threat_has_a_test_that_exists() -> None:
    assert len(rows()) > 40
    for threat, _, tests in rows():
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)
        assert named, threat
        for file, name in named:
            assert name in names_in(ROOT / file), f"{threat}: {file}::{name}"


def test_the_usual_dangers_are_spoken_of() -> None:
    for word in (
        "SSRF",
        "DNS rebinding",
        "redirect",
        "regular expression",
        "formula",
        "escape sequences",
        "SHA-256",
        "token",
    ):
        assert word in PAGE


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", line), line


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted|@ ", lock.read_text(encoding="utf-8"))


def test_make_installs_with_hashes_alone() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in recipe.splitlines() if "$(PIP)" in line and "-r " in line]
    assert len(installs) == 3
    assert all("--require-hashes" in line for line in installs)


@pytest.mark.parametrize(
    "effect",
    [
        "SELECT load_extension('libc.so.6')",
        "SELECT writefile('owned', 'x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT fts3_tokenizer('simple', x'0011223344556677')",
        "SELECT edit('x', 'sh')",
    ],
)
def test_a_trigger_reaches_nothing_beyond_the_file(tmp_path: Path, effect: str) -> None:
    path = tmp_path / "theirs.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TRIGGER evil AFTER INSERT ON posts BEGIN {effect}; END")
        connection.commit()
    thread = Thread(site="s", board="b", url=None, root=Post(n=0, id="1", title="泡沫"))
    with Store.open(path) as store:
        with pytest.raises(StoreError, match=r"no such function|unsafe use|not authorized"):
            store.save(thread, b"x", url=None, headers={}, fetched_at=NOW, now=NOW)
        assert store.counts().posts == 0
