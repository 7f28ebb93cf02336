"""Measures `paomo report` on a database of many posts; not part of the tests. Run: make bench-report

    python tests/bench/bench_report.py [--posts 1000000] [--db FILE]

The database is made in bulk, without the triggers, and kept in FILE for the next time. What it holds is what
`Store` writes: a sample is written both ways first, and the two must be equal row by row.
"""

import argparse
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.report import build, to_json
from core.forum import Post, Thread
from core.sentiment import Sentiment, Stance
from core.storage import identity, rollups
from core.storage.rollup_tables import KEYS
from core.storage.rows import columns, stamp
from core.store import Store
from core.text import fold, tokens
from nlp.entities import entities, version

ROOT = Path(__file__).parents[2]
BOARDS, AUTHORS, PER_THREAD, PER_DAY = ("cfzh", "tzlc", "finance", "stock", "usa"), 20_000, 20, 1_000
LAST = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TITLES = (
    "看好英伟达, 明年還要漲", "AI泡沫什么时候破", "降息之后怎么走", "今天梭哈纳指", "割肉走人, 畢業了", "融资余额又创新高",
    "甲骨文的資本支出誰來買單", "特斯拉要崩", "晚安", "等着看", "同意", "這個折舊算法不對", "比特币见顶了吧", "电力不够用", "轉貼一篇文章",
)  # fmt: skip
JUDGED = ("posts", "sentiments", "mentions", "judged", "threads", "posts_fts", "writers", *KEYS)


def thread(number: int, size: int, day: date) -> Thread:
    """A thread of `size` posts on a day; the same number gives the same thread."""
    rng = random.Random(number)
    at = rng.randrange(len(BOARDS))
    board = BOARDS[at]
    posts = []
    for n in range(size):
        rank = int(AUTHORS ** rng.random())  # Zipf's law: a few write much, most write little
        home = rank if rng.random() < 0.2 else rank - rank % len(BOARDS) + at  # and mostly on one board
        author = f"作者{home}"
        local = datetime(day.year, day.month, day.day) + timedelta(seconds=rng.randrange(86_400))  # noqa: DTZ001 (a wall clock)
        id = str(number * 1000 + n)
        posts.append(
            Post(
                n=n,
                id=id,
                parent_id=str(number * 1000) if n else None,
                depth=1 if n else 0,
                author=author,
                author_key=fold(author),
                title=f"{rng.choice(TITLES)} {n}",
                body="正文" if not n else None,
                bytes=0,
                published_local=local,
                published_utc=local.replace(tzinfo=UTC) + timedelta(hours=8),
                tz="America/Los_Angeles",
                url=f"https://bbs.wenxuecity.com/{board}/{id}.html",
            )
        )
    return Thread(site="wenxuecity", board=board, url=posts[0].url, root=posts[0], replies=tuple(posts[1:]))


def threads(posts: int) -> Iterator[Thread]:
    """As many threads as hold so many posts, the oldest first."""
    days = max(1, posts // PER_DAY)
    count = -(-posts // PER_THREAD)
    for number in range(count):
        size = min(PER_THREAD, posts - number * PER_THREAD)
        yield thread(number + 1, size, LAST - timedelta(days=days - 1 - number * days // count))


def judgement(post: Post) -> Sentiment:
    """A stance that depends on the post alone."""
    rng = random.Random(int(post.id or 0))
    stance = rng.choices(list(Stance), [3, 5, 3])[0]
    return Sentiment(label=stance, p=(0.25, 0.5, 0.25), p_on_topic=0.9, margin=0.0, model="bench")


@cache
def named(title: str) -> tuple[str, ...]:
    """What a title mentions; the number at its end names nothing."""
    return tuple(entities(title))


def through_the_store(path: Path, posts: int) -> None:
    """The same posts, one thread at a time, as a crawl writes them."""
    with Store.open(path) as store:
        for one in threads(posts):
            saved = store.save(one, (one.url or "").encode(), url=one.url, headers={}, fetched_at=NOW, now=NOW)
            rows = store.thread(saved.thread).posts
            store.put_sentiments([(row.pk, judgement(row.post)) for row in rows], now=NOW)
            store.put_mentions([(row.pk, named(row.post.title.rpartition(" ")[0])) for row in rows], version=version())


def in_bulk(path: Path, posts: int) -> None:
    """The same posts without triggers, which are put back at the end."""
    Store.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous = OFF")
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        pk = 0
        for number, one in enumerate(threads(posts), 1):
            pk = _put(db, number, pk, one)
        db.execute("INSERT INTO judged SELECT * FROM judgements ORDER BY 1, 2")
        db.execute(
            "INSERT INTO writers (site, author, uses) SELECT site, author, count(*) FROM judged GROUP BY 1, 2 ORDER BY min(post)"
        )
        for table, key in KEYS.items():
            names = ", ".join(f"j.{column}" if column != "writer" else "w.id" for column in key)
            db.execute(
                f"INSERT INTO {table} SELECT {names}, sum(bullish), sum(neutral), sum(bearish) FROM judged j"
                f" JOIN writers w ON w.site = j.site AND w.author = j.author GROUP BY {names}"
            )
        for _, sql in triggers:
            db.execute(sql)
    db.close()


def _put(db: sqlite3.Connection, number: int, pk: int, one: Thread) -> int:
    seen = stamp(NOW)
    _insert(db, "threads", {"pk": number, "site": one.site, "board": one.board, "root_id": one.root.id, "title": one.root.title, "title_key": identity.flat(one.root.title), "url": one.url, "first_seen": seen, "last_seen": seen})  # fmt: skip
    root = pk + 1
    for post in one.posts:
        pk += 1
        row = columns(post) | {"pk": pk, "thread": number, "site": one.site, "board": one.board, "n": post.n, "parent": root if post.n else None, "key": identity.base_key(post), "first_seen": seen, "seen_at": seen, "changed_at": seen}  # fmt: skip
        _insert(db, "posts", row)
        db.execute(
            "INSERT INTO posts_fts (rowid, title, body) VALUES (?, ?, ?)",
            [pk, " ".join(tokens(post.title)), " ".join(tokens(post.body or ""))],
        )
        said = judgement(post)
        _insert(db, "sentiments", {"post": pk, "model": said.model, "label": said.label.value, "p_bearish": said.p[0], "p_neutral": said.p[1], "p_bullish": said.p[2], "p_on_topic": said.p_on_topic, "margin": said.margin, "score": said.score, "evidence": "[]", "scored_at": seen, "names": version()})  # fmt: skip
        db.executemany(
            "INSERT INTO mentions VALUES (?, ?)",
            [(pk, entity) for entity in named(post.title.rpartition(" ")[0])],
        )
    return pk


def _insert(db: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def check(posts: int = 300) -> None:
    """Both ways must give the same rows, and both what a recount gives."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "store.db", Path(folder) / "bulk.db"]
        through_the_store(paths[0], posts)
        in_bulk(paths[1], posts)
        found = []
        for path in paths:
            with Store.open(path) as store, store.reading() as sql:
                assert rollups.differences(sql) == {}, path
                found.append({table: sorted(map(repr, sql.rows(f"SELECT * FROM {table}"))) for table in JUDGED})
        for table in JUDGED:
            assert found[0][table] == found[1][table], f"{table} is not what the store writes"


def took(work: Callable[[], object], times: int) -> float:
    """The median, in milliseconds."""
    runs = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        runs.append((time.perf_counter() - start) * 1000)
    return statistics.median(runs)


def main() -> None:
    """Make the database if it is not there, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--db", type=Path)
    options = parser.parse_args()
    path = options.db or Path(tempfile.gettempdir()) / f"paomo-bench-{options.posts}.db"
    check()
    if not path.exists():
        start = time.perf_counter()
        in_bulk(path, options.posts)
        print(f"made {path}: {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - start:.0f} s")
    for args in (["--help"], [], ["--json"], ["--days", "30"], ["--days", "90"], ["--by", "week"], ["--by", "month"], ["--days", "1000", "--by", "month"], ["--theme", "ai_bubble"], ["--ticker", "NVDA", "--days", "365", "--by", "month"], ["--theme", "ai_capex", "--company", "ORCL"]):  # fmt: skip
        command = [sys.executable, "-m", "bot", "--db", str(path), "report", *args]
        cold = took(lambda command=command: subprocess.run(command, cwd=ROOT, check=True, capture_output=True), 5)  # type: ignore[misc] # bound in the loop
        print(f"cold: paomo report {' '.join(args):32} {cold:7.0f} ms")
    with Store.open(path, readonly=True) as store:
        build(store)
        for days in (
            30,
            90,
            14,
            60,
            30,
            365,
            180,
            90,
            7,
        ):  # the first time a window is longer than any before, days are read
            wall, cpu = time.perf_counter(), time.process_time()
            made = build(store, days=days)
            wall, cpu = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
            assert made is not None
            print(f"warm: change to {days:4} days {wall:23.0f} ms, {cpu:.0f} of them computing")
            json.dumps(to_json(made))


if __name__ == "__main__":
    main()
