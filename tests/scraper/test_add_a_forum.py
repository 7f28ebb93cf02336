"""The example of docs/add-a-forum.md is a forum that works."""

import re
from pathlib import Path
from typing import Any

import pytest

import scraper.sites
from bot.cli.main import main
from core.forum import Index, Thread
from scraper.outcome import CutShort, LayoutChanged
from scraper.page import Page
from scraper.site import Site

DOC = (Path(__file__).parents[2] / "docs" / "add-a-forum.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"```python\n(.*?)```", DOC, re.DOTALL)
THREAD, LIST = re.findall(r"```html\n(.*?)```", DOC, re.DOTALL)


@pytest.fixture
def teahouse(monkeypatch: pytest.MonkeyPatch) -> Site:
    """The page's class, with a row in the table."""
    module: dict[str, Any] = {}
    exec(compile(CODE, "docs/add-a-forum.md", "exec"), module)
    site: Site = module["Teahouse"]()
    monkeypatch.setattr(scraper.sites, "SITES", (*scraper.sites.SITES, site))
    return site


def parse(text: str) -> Thread | Index:
    return scraper.sites.parse_page(Page(body=text.encode()))


def test_its_thread_is_read(teahouse: Site) -> None:
    found = parse(THREAD)
    assert isinstance(found, Thread)
    assert (found.site, found.board, found.url) == ("teahouse", "leaves", teahouse.post_url("leaves", "p41"))
    assert [(post.id, post.parent_id, post.author_key, post.title, post.body) for post in found.posts] == [
        ("p41", None, "ann", "Oolong futures", "They only go up."),
        ("p44", "p41", "ben", "Until harvest.", ""),
    ]
    assert str(found.root.published_utc) == "2026-03-02 10:15:00+00:00"


def test_its_thread_is_shown_as_a_tree(teahouse: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / f"{teahouse.name}.html"
    page.write_text(THREAD, encoding="utf-8")
    assert main(["parse", str(page)]) == 0
    shown = capsys.readouterr().out
    assert "└── Until harvest.  Ben" in shown
    assert "who answers whom" not in shown


def test_its_list_is_read_and_leads_on(teahouse: Site) -> None:
    found = parse(LIST)
    assert isinstance(found, Index)
    assert [(post.id, post.depth, post.title) for post in found.entries] == [("p41", 0, "Oolong futures")]
    assert found.next_url == teahouse.index_url("leaves", 2)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("</html>", "", CutShort),
        ("<time>", "<span>", LayoutChanged),
        ("<b>", "<i>", LayoutChanged),
        ("article", "div", LayoutChanged),
        ("data-board", "data-x", LayoutChanged),
    ],
)
def test_it_names_what_is_missing(teahouse: Site, old: str, new: str, outcome: type[Exception]) -> None:
    assert old in THREAD
    with pytest.raises(outcome):
        parse(THREAD.replace(old, new))
    assert teahouse.name in scraper.sites.site_named("teahouse").name


def test_its_host_may_be_fetched(teahouse: Site) -> None:
    assert teahouse.hosts <= scraper.sites.hosts()


def test_its_tree_is_drawn_without_a_word_of_doubt(
    teahouse: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "thread.html"
    page.write_text(THREAD, "utf-8")
    assert main(["parse", str(page)]) == 0
    shown = capsys.readouterr().out
    assert "Until harvest." in shown
    assert "not in this source" not in shown, "the page says who answers whom, though not how deep"
