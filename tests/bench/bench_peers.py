"""Rates of paomo beside named peers on the same input, for tests/bench/bench.py."""

import importlib.util
import sqlite3
import warnings
from pathlib import Path

from bot.report import build
from core.store import Store
from nlp.learning.labelled import CORPUS, read
from nlp.model import Model
from scraper.page import Page
from tests.bench.bench_scraper import rate, storing, with_bs4, with_ours, with_selectolax
from tests.bench.bench_stance import best, posts_of
from tests.bench.table import Row
from tests.scraper.replica import BOARD, REAL, Replica

SIZE, COUNT = 60, 4000
WORDS = "融资余额"
BY_DAY = "SELECT substr(p.published_utc, 1, 10), s.label, count(*) FROM posts p JOIN sentiments s ON s.post = p.pk GROUP BY 1, 2"
SCAN = "SELECT * FROM posts WHERE instr(title, ?) OR instr(body, ?) ORDER BY published_utc DESC LIMIT 20"


def stance() -> list[Row]:
    """Posts judged a second: ours in a batch, jieba's words alone, a pipeline of scikit-learn, SnowNLP."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model, posts = Model.load(), posts_of(SIZE, COUNT)
    model.predict(posts[:100])
    ours = COUNT / best(lambda: model.predict(posts))
    jieba.setLogLevel(60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jieba.initialize()
    few = posts[:1000]
    pipeline = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(1, 3)), LogisticRegression(max_iter=300))
    rows = read([CORPUS])
    pipeline.fit([row.text for row in rows], [row.label for row in rows])
    peers: dict[str, float | None] = {
        "`jieba.lcut` alone": len(few) / best(lambda: [jieba.lcut(post) for post in few]),
        "`TfidfVectorizer` (1 to 3 characters) and `LogisticRegression`": COUNT / best(lambda: pipeline.predict(posts)),
        "SnowNLP's `sentiments`": _snownlp(posts[:100]),
    }
    what = f"judge posts of {SIZE} characters, in a batch"
    return [
        Row(what=what, ours=ours, unit="posts/s", peer=peer, theirs=speed, more=True) for peer, speed in peers.items()
    ]


def _snownlp(posts: list[str]) -> float | None:
    if not importlib.util.find_spec("snownlp"):
        return None
    from snownlp import SnowNLP

    return len(posts) / best(lambda: [SnowNLP(post).sentiments for post in posts], 2)


def parsing() -> list[Row]:
    """Pages of a list read a second; the plain readers give the same rows."""
    body = Replica(posts=400, per_page=50, seed=5).answer(f"/{BOARD}/", {})[2]
    page, html = Page(body=body, url=f"{REAL}/{BOARD}/"), body.decode()
    rows = with_ours(page)
    assert rows == with_bs4(html) == with_selectolax(html)
    ours = rate(lambda: with_ours(page))
    what = f"read a list of {len(rows)} rows"
    return [
        Row(what=what, ours=ours, unit="pages/s", peer=peer, theirs=theirs, more=True)
        for peer, theirs in (
            ("bs4 and html.parser", rate(lambda: with_bs4(html))),
            ("selectolax", rate(lambda: with_selectolax(html))),
        )
    ]


def stored(folder: Path) -> list[Row]:
    """New posts stored a second."""
    speeds = storing(folder)
    return [
        Row(what="store new posts", ours=speeds["paomo, a transaction a page"], unit="posts/s", peer=peer, theirs=speeds[name], more=True)
        for peer, name in (
            ("`executemany` in one transaction", "executemany, one transaction"),
            ("the same with words for search", "executemany, with search words"),
        )
    ]  # fmt: skip


def asked_of(path: Path, posts: int) -> list[Row]:
    """A search and a report on a big database, beside the plain query for it."""
    with sqlite3.connect(path) as db:
        found = db.execute(SCAN, [WORDS, WORDS]).fetchall()
        scan = best(lambda: db.execute(SCAN, [WORDS, WORDS]).fetchall(), 3)
        grouped = best(lambda: db.execute(BY_DAY).fetchall(), 3)
    db.close()
    assert len(found) == len(searched(path))
    return [
        Row(what=f"search {posts:,} posts for a word", ours=1000 * best(lambda: searched(path)), unit="ms", peer="`instr` over all of them", theirs=1000 * scan),
        Row(what=f"report of 14 days on {posts:,} posts", ours=1000 * best(lambda: reported(path)), unit="ms", peer="one `GROUP BY` over all of them", theirs=1000 * grouped),
    ]  # fmt: skip


def searched(path: Path) -> list[object]:
    """The newest twenty hits, from a store opened for it."""
    with Store.open(path, readonly=True) as store:
        return list(store.search(WORDS))


def reported(path: Path) -> object:
    """A report of two weeks, from a store opened for it."""
    with Store.open(path, readonly=True) as store:
        return build(store, days=14)
