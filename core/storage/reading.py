"""What the store is asked: threads, search, what is left to judge, the rows of a trend."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from core.errors import NotFound, UsageError
from core.forum import Board
from core.sentiment import Sentiment
from core.storage.rows import (
    JUDGED,
    Counts,
    Hit,
    Revision,
    Row,
    Sql,
    StoredThread,
    Unscored,
    hit_of,
    message,
    of_board,
    readable,
    sentiment_of,
    stored_post_of,
)
from core.text import tokens

_ON_BOARD: Final = "(:site IS NULL OR (p.site = :site AND p.board = :board))"
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|([^\s"“「]+)|["“「]')


def thread(sql: Sql, which: str) -> StoredThread:
    """See `Store.thread`."""
    which = which.strip()
    found = next((rows for rows in _lookups(sql, which) if rows), [])
    if not found:
        raise NotFound(f"no thread {which!r} in the database", hint="paomo search finds posts by their words")
    if len(found) > 1:
        names = "; ".join(f"{row['pk']} {row['title'][:30]}" for row in found[:5])
        raise NotFound(f"{which!r} fits {len(found)} threads: {names}", hint="give the number that stands first")
    line = found[0]
    posts = sql.rows(
        f"SELECT p.*, {JUDGED} FROM posts p LEFT JOIN sentiments s ON s.post = p.pk WHERE p.thread = ? ORDER BY p.n, p.pk",  # noqa: S608 (constants)
        [line["pk"]],
    )
    with readable("thread", line["pk"]):
        return StoredThread(
            pk=line["pk"],
            site=line["site"],
            board=line["board"],
            root_id=line["root_id"],
            title=line["title"],
            url=line["url"],
            first_seen=datetime.fromisoformat(line["first_seen"]),
            last_seen=datetime.fromisoformat(line["last_seen"]),
            posts=tuple(stored_post_of(row) for row in posts),
        )


def _lookups(sql: Sql, which: str) -> Iterable[list[Row]]:
    """The ways to understand what was asked for, surest first."""
    of_posts = "SELECT * FROM threads WHERE pk IN (SELECT thread FROM posts p WHERE "
    yield sql.rows(f"{of_posts} p.post_id = ?)", [which])
    if which.isascii() and which.isdecimal() and len(which) < 19:
        yield sql.rows("SELECT * FROM threads WHERE pk = ?", [int(which)])
    if "/" not in which and "." not in which:
        return
    yield sql.rows(f"{of_posts} p.url = ?) OR url = ?", [which, which])
    # The same post on another host or in another script: board and id end the path.
    ending = re.search(r"([^/]+)/([^/]+?)(?:-print)?(?:\.html?)?/?$", re.split("[?#]", which)[0])
    if ending:
        yield sql.rows(f"{of_posts} p.board = ? AND p.post_id = ?)", [ending[1], ending[2]])
    yield sql.rows(f"{of_posts} instr(p.url, ?)) OR instr(url, ?)", [which, which])


def search(sql: Sql, words: str, limit: int, board: Board | None) -> list[Hit]:
    """See `Store.search`. A copied first post has no time and stands where its first reply does."""
    rows = sql.rows(
        f"SELECT p.*, {JUDGED}, t.title AS thread_title, t.url AS thread_url FROM"  # noqa: S608 (constants)
        " (SELECT p.pk, coalesce(p.published_utc, p.published_local,"
        " (SELECT min(o.published_utc) FROM posts o WHERE o.thread = p.thread)) AS moment"
        f" FROM posts_fts f JOIN posts p ON p.pk = f.rowid WHERE posts_fts MATCH :query AND {_ON_BOARD}"
        " ORDER BY moment DESC, p.pk DESC LIMIT :limit) found"  # sorted before the texts are read: many may match
        " JOIN posts p ON p.pk = found.pk JOIN threads t ON t.pk = p.thread LEFT JOIN sentiments s ON s.post = p.pk"
        " ORDER BY found.moment DESC, p.pk DESC",
        {**of_board(board), "query": fts_query(words), "limit": limit},
    )
    return [hit_of(row) for row in rows]


def fts_query(words: str) -> str:
    """Words as SQLite's full-text search wants them: each a phrase of tokens, all required.

    >>> fts_query('margin "創 新高"')
    '"margin" AND "创 新 高"'
    """
    found = phrases(words)
    if not found:
        raise UsageError(f"nothing to look for in {words!r}", hint="give letters, digits or Chinese characters")
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in found)


def phrases(words: str) -> list[list[str]]:
    """The tokens of each word or quoted phrase; what has none, such as a lone full stop, is left out.

    >>> phrases('margin "創 新高" …')
    [['margin'], ['创', '新', '高']]
    """
    return [found for groups in _QUOTED.findall(words) if (found := tokens("".join(groups)))]


def revisions(sql: Sql, post: int) -> list[Revision]:
    """See `Store.revisions`."""
    rows = sql.rows("SELECT * FROM revisions WHERE post = ? ORDER BY seen_at, pk", [post])
    return [
        Revision(
            seen_at=datetime.fromisoformat(row["seen_at"]), title=row["title"], body=row["body"], bytes=row["bytes"]
        )
        for row in rows
    ]


def unscored(sql: Sql, model: str, limit: int, after: int) -> list[Unscored]:
    """See `Store.unscored`."""
    rows = sql.rows(
        "SELECT p.pk, p.title, p.body, q.pk AS parent, q.title AS parent_title, q.body AS parent_body,"
        " t.model, t.label, t.p_bearish, t.p_neutral, t.p_bullish, t.p_on_topic, t.margin, t.score, t.evidence"
        " FROM posts p LEFT JOIN sentiments s ON s.post = p.pk"
        " LEFT JOIN posts q ON q.pk = p.parent AND q.forgotten IS NULL LEFT JOIN sentiments t ON t.post = q.pk"
        " WHERE p.pk > ? AND (s.model IS NULL OR s.model <> ?) AND p.forgotten IS NULL ORDER BY p.pk LIMIT ?",
        [after, model, limit],
    )
    return [
        Unscored(
            pk=row["pk"],
            title=row["title"],
            body=row["body"],
            parent=row["parent"],
            parent_text=None if row["parent"] is None else message(row["parent_title"], row["parent_body"]),
            parent_sentiment=sentiment_of(row),
        )
        for row in rows
    ]


def put_sentiments(sql: Sql, judged: Iterable[tuple[int, Sentiment]], now: str) -> int:
    """See `Store.put_sentiments`. A post that went in the meantime is passed over."""
    kept = 0
    for pk, sentiment in judged:
        if not sql.rows("SELECT 1 FROM posts WHERE pk = ?", [pk]):
            continue
        evidence = [[one.term, one.weight] for one in sentiment.evidence]
        sql.run(
            "INSERT INTO sentiments (post, model, label, p_bearish, p_neutral, p_bullish, p_on_topic,"
            " margin, score, evidence, scored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (post) DO UPDATE SET model = excluded.model, label = excluded.label,"
            " p_bearish = excluded.p_bearish, p_neutral = excluded.p_neutral, p_bullish = excluded.p_bullish,"
            " p_on_topic = excluded.p_on_topic, margin = excluded.margin, score = excluded.score,"
            " evidence = excluded.evidence, scored_at = excluded.scored_at",
            [
                pk,
                sentiment.model,
                sentiment.label.value,
                *sentiment.p,
                sentiment.p_on_topic,
                sentiment.margin,
                sentiment.score,
                json.dumps(evidence, ensure_ascii=False),
                now,
            ],
        )
        kept += 1
    return kept


def counts(sql: Sql) -> Counts:
    """See `Store.counts`."""
    row = sql.rows(
        "SELECT (SELECT count(*) FROM threads) AS threads, (SELECT count(*) FROM posts) AS posts,"
        " (SELECT count(*) FROM sentiments) AS scored, (SELECT count(*) FROM revisions) AS revisions,"
        " (SELECT count(*) FROM pages) AS pages"
    )[0]
    return Counts(**row)


def last_seen(sql: Sql, board: Board | None) -> datetime | None:
    """See `Store.last_seen`."""
    row = sql.rows(
        "SELECT max(last_seen) AS seen FROM threads WHERE :site IS NULL OR (site = :site AND board = :board)",
        of_board(board),
    )[0]
    return row["seen"] and datetime.fromisoformat(row["seen"])
