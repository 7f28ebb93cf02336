"""`paomo ingest`, `thread` and `search` as a user meets them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import pipeline
from bot.cli.main import main
from core.forum import Post, Thread
from core.sentiment import Evidence, Sentiment, Stance
from core.store import Store

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
NOW = datetime(2025, 10, 23, tzinfo=UTC)
Captured = pytest.CaptureFixture[str]


class ByWord:
    """Judges by one character, so that a test can see which post got which stance."""

    name = "by word 1"

    def predict(self, texts: Sequence[str], *, evidence: int = 0) -> list[Sentiment]:
        label = {"漲": Stance.BULLISH, "跌": Stance.BEARISH}
        return [
            Sentiment(
                label=next((label[letter] for letter in text if letter in label), Stance.NEUTRAL),
                p=(0.2, 0.3, 0.5),
                p_on_topic=1.0,
                margin=1.0,
                evidence=(Evidence(term="漲", weight=1.0),),
                model=self.name,
            )
            for text in texts
        ]


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "paomo.db"
    monkeypatch.setenv("PAOMO_DB", str(path))
    monkeypatch.setattr(pipeline, "_shipped", ByWord)
    return path


def put(path: Path, *titles: str, body: str | None = None) -> None:
    root = Post(n=0, id="100", depth=0, title=titles[0], author="甲", body=body)
    replies = tuple(
        Post(n=n, id=str(100 + n), parent_id=str(99 + n), depth=n, title=title, author="乙", author_key="乙")
        for n, title in enumerate(titles[1:], 1)
    )
    thread = Thread(site="wenxuecity", board="cfzh", url="https://x/cfzh/100.html", root=root, replies=replies)
    with Store.open(path) as store:
        store.save(thread, b"", url=None, headers={}, fetched_at=None, now=NOW)
        pipeline.score_new(store, clock=lambda: NOW)


def test_ingest_says_one_line_a_source_and_goes_on_after_a_failure(db: Path, capsys: Captured) -> None:
    missing = str(db.parent / "missing.html")
    sources = [str(PAGES / "thread.html"), missing, str(PAGES / "index.html"), str(PAGES / "thread.html")]
    assert main(["ingest", *sources]) == 4
    out, err = capsys.readouterr()
    first, listed, second = out.splitlines()
    assert "thread 1" in first
    assert "0 changed, 0 unchanged" in first
    assert "0 new, 0 changed" in second
    assert "list of wenxuecity:gupiao with" in listed
    assert [line.split(":")[0] for line in err.splitlines()] == ["paomo"]
    assert "no such file" in err


def test_ingest_as_one_document(db: Path, capsys: Captured) -> None:
    assert main(["ingest", "--json", str(PAGES / "thread.html"), str(PAGES / "nothing.html")]) != 0
    document = json.loads(capsys.readouterr().out)
    stored, failed = document["sources"]
    assert (stored["thread"], stored["new"]) == (1, document["scored"])
    assert failed["error"]


def test_new_posts_are_judged_unless_told_not_to(db: Path) -> None:
    page = str(PAGES / "thread.html")
    assert main(["ingest", "--no-score", page]) == 0
    with Store.open(db) as store:
        assert store.counts().scored == 0
    assert main(["ingest", page]) == 0
    with Store.open(db) as store:
        assert store.counts().scored == store.counts().posts


def test_judging_goes_in_chunks_and_judges_once(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(db, "題")
    monkeypatch.setattr(pipeline, "_CHUNK", 2)
    told: list[int] = []
    with Store.open(db) as store:
        replies = tuple(Post(n=n, id=str(n), parent_id="1", title=f"{n}") for n in range(2, 7))
        thread = Thread(site="s", board="b", url=None, root=Post(n=0, id="1", title="漲"), replies=replies)
        store.save(thread, b"", url=None, headers={}, fetched_at=None, now=NOW)
        assert pipeline.score_new(store, clock=lambda: NOW, progress=told.append) == 6
        assert pipeline.score_new(store, clock=lambda: NOW) == 0
    assert told == [2, 4, 6]


def test_replies_are_judged_by_what_they_reply_to(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the parent was judged in an earlier chunk, and quoted words do not count."""

    class Surer(ByWord):
        name = "surer 1"

        def predict(self, texts: Sequence[str], *, evidence: int = 0) -> list[Sentiment]:
            p = {Stance.BULLISH: (0.1, 0.1, 0.8), Stance.BEARISH: (0.8, 0.1, 0.1), Stance.NEUTRAL: (0.2, 0.6, 0.2)}
            return [replace(one, p=p[one.label]) for one in super().predict(texts)]

    monkeypatch.setattr(pipeline, "_shipped", Surer)
    for chunk in (1, 500):
        monkeypatch.setattr(pipeline, "_CHUNK", chunk)
        put(db, "要漲", "+1", "胡扯", "> 還跌\n吃麵")
        with Store.open(db) as store:
            labels = [post.sentiment.label for post in store.thread("100").posts if post.sentiment]
        assert labels == [Stance.BULLISH, Stance.BULLISH, Stance.BEARISH, Stance.NEUTRAL]
        monkeypatch.setattr(Surer, "name", "surer 2")


def test_a_thread_is_a_tree_with_stances(db: Path, capsys: Captured) -> None:
    put(db, "泡沫?", "要跌", "還漲", body="第一行\n第二行")
    assert main(["thread", "100"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[:1]] == ["· 泡沫?"]
    assert lines[1].startswith(" ▼ 要跌  乙")
    assert lines[2].startswith("  ▲ 還漲  乙")
    assert "1 bullish, 1 neutral, 1 bearish" in lines[3]
    assert main(["thread", "--bodies", "100"]) == 0
    assert "  第二行" in capsys.readouterr().out.splitlines()


def test_a_thread_as_one_document(db: Path, capsys: Captured) -> None:
    put(db, "泡沫?", "還漲")
    assert main(["thread", "--json", "cfzh/100"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["board"], document["id"], len(document["posts"])) == ("cfzh", "100", 2)
    reply = document["posts"][1]
    assert (reply["parent_id"], reply["depth"], reply["sentiment"]["label"]) == ("100", 1, "bullish")
    assert reply["sentiment"]["p"] == {"bullish": 0.5, "neutral": 0.3, "bearish": 0.2}


def test_search_shows_stance_line_and_link(db: Path, capsys: Captured) -> None:
    put(db, "泡沫?", "還漲", body="無關\n說到創曆史新高的那一行")
    assert main(["search", "历史新高"]) == 0
    out = capsys.readouterr().out
    assert "說到創曆史新高的那一行" in out
    assert "無關" not in out
    assert "https://x/cfzh/100.html" in out
    assert main(["search", "--json", "--board", "cfzh", "--limit", "1", "漲"]) == 0
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    assert (hit["title"], hit["thread_title"], hit["sentiment"]["label"]) == ("還漲", "泡沫?", "bullish")


def test_nothing_found_is_four(db: Path, capsys: Captured) -> None:
    assert main(["search", "泡沫"]) == 4
    assert "no database" in capsys.readouterr().err
    put(db, "題")
    for command in (["search", "泡沫"], ["search", "題", "--board", "tzlc"], ["thread", "999"]):
        assert main(command) == 4
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
    assert main(["search", "。"]) == 2


def test_what_people_wrote_is_neither_markup_nor_a_terminal_command(db: Path, capsys: Captured) -> None:
    put(db, "[bold red]漲[/bold red] \x1b[2J\x1b]0;evil\x07\u202egnp", "[/nope] :smile: [link=https://e]x[/link]\nzwei")
    for command in (["thread", "100"], ["search", "漲"], ["search", "nope"]):
        assert main(command) == 0
        out = capsys.readouterr().out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
        assert "[bold red]漲[/bold red]" in out
    assert main(["thread", "100"]) == 0
    assert "[/nope] :smile: [link=https://e]x[/link] zwei" in capsys.readouterr().out


def test_the_path_comes_from_flag_then_environment_then_home(db: Path, own_home: Path, capsys: Captured) -> None:
    other = db.parent / "other.db"
    assert main(["--db", str(other), "ingest", "--no-score", str(PAGES / "thread.html")]) == 0
    assert (other.exists(), db.exists()) == (True, False)


def test_the_default_is_in_the_users_data_folder(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert main(["ingest", "--no-score", str(PAGES / "thread.html")]) == 0
    assert (own_home / ".local" / "share" / "paomo" / "paomo.db").exists()
