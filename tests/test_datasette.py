"""The queries of docs/datasette run against the store as it is, and show something; what is private stays closed."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from core.store import Store

ROOT = Path(__file__).parents[1]
DATABASE = json.loads((ROOT / "docs" / "datasette" / "metadata.json").read_text(encoding="utf-8"))["databases"]["paomo"]
QUERIES: dict[str, dict[str, Any]] = DATABASE["queries"]
ASKED = {
    "board": "sample",
    "since": "2026-10-01",
    "entity": "company:NVDA",
    "label": "bearish",
    "author": "山里人",
    "words": '"泡 沫"',
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample pages; one post edited and one taken down, as those queries need."""
    path = tmp_path_factory.mktemp("datasette") / "paomo.db"
    assert main(["--db", str(path), "ingest", str(ROOT / "scraper" / "samples")]) == 0
    with Store.open(path) as store, store.writing() as sql:
        sql.run("INSERT INTO revisions (post, seen_at, title) VALUES (5, '2026-10-13T00:00:00+00:00', '從前')")
        sql.run("UPDATE posts SET deleted = 1 WHERE pk = 7")
    return path


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    """As Datasette opens it: to read alone."""
    opened = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", QUERIES)
def test_it_runs_and_shows_something(db: sqlite3.Connection, name: str) -> None:
    query = QUERIES[name]
    assert query["title"]
    assert query["description"]
    assert set(re.findall(r":([a-z]+)", query["sql"])) == set(query.get("params", [])), "all is declared"
    found = db.execute(query["sql"], {param: ASKED[param] for param in query.get("params", [])})
    assert len({column[0] for column in found.description}) == len(found.description)
    assert found.fetchall()


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if "since" in query.get("params", [])])
def test_an_empty_field_is_no_limit(db: sqlite3.Connection, name: str) -> None:
    """A form that was not filled in sends empty texts."""
    asked = {param: "" if param in ("since", "board") else ASKED[param] for param in QUERIES[name]["params"]}
    assert db.execute(QUERIES[name]["sql"], asked).fetchall()


def test_the_search_opens_before_there_are_words(db: sqlite3.Connection) -> None:
    assert db.execute(QUERIES["search"]["sql"], {"words": ""}).fetchall() == []


def test_the_counts_are_those_of_the_report(
    db: sqlite3.Connection, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["--db", str(path), "report", "--days", "100", "--json"]) == 0
    days = json.loads(capsys.readouterr().out)["days"]
    told = {row[0]: row[1:5] for row in db.execute(QUERIES["mood_by_day"]["sql"], {"board": ""})}
    assert told == {day["date"]: (day["n"], day["bullish"], day["neutral"], day["bearish"]) for day in days if day["n"]}


def test_what_is_private_is_closed(db: sqlite3.Connection) -> None:
    assert DATABASE["allow_sql"] is False
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    closed = {name for name, table in DATABASE["tables"].items() if table["allow"] is False}
    assert {"state", "forgotten_keys"} <= closed
    shown = {name for name in tables - closed if not name.startswith(("posts_fts", "sqlite_"))}
    assert shown == {
        *("boards", "judged", "judgements", "mentions", "posts", "revisions", "rollup_authors", "rollup_days"),
        *("rollup_threads", "sentiments", "threads", "writers"),
    }, "a new table is shown or closed on purpose: say which in docs/datasette/metadata.json"


def test_the_page_names_every_query() -> None:
    page = (ROOT / "docs" / "datasette.md").read_text(encoding="utf-8")
    for name in QUERIES:
        assert f"`{name}`" in page
