"""The posts themselves that stand behind a mood: the clearest of each side, and the newest with their judgement."""

import json
from collections.abc import Sequence

from core.storage.rows import Row, Sql, message
from core.storage.tallies import Scope, Voice
from core.storage.trends import posts_of

_LONGEST = 400  # characters of a body; its beginning is evidence enough


def voices(
    sql: Sql, scope: Scope, start: str, end: str, *, threads: Sequence[int], label: str, limit: int
) -> list[Voice]:
    """Posts of the scope in these threads that took the side `label`, the clearest first.

    Clearest: |score| x p(on topic). Posts that their forum took down are left out; what
    forgotten authors wrote has no judgement.
    Days are text, both included. The threads bound the work, whatever the size of the store.
    """
    source, params = posts_of(scope)
    rows = sql.rows(
        "SELECT p.pk, p.published_local AS moment, p.site, p.board, p.author, p.author_key, p.title,"  # noqa: S608 (constants)
        f" substr(p.body, 1, {_LONGEST}) AS body, coalesce(p.url, t.url) AS url, s.label, s.score, s.evidence"
        # CROSS JOIN keeps this order: from a few threads to their posts, not from the days of the whole board
        f" FROM json_each(:threads) j CROSS JOIN posts p ON p.thread = j.value CROSS JOIN ({source}) f ON f.post = p.pk"
        " JOIN sentiments s ON s.post = p.pk JOIN threads t ON t.pk = p.thread"
        " WHERE s.label = :label AND NOT p.deleted"
        " ORDER BY abs(s.score) * s.p_on_topic DESC, p.pk LIMIT :limit",
        {**params, "start": start, "end": end, "threads": json.dumps(list(threads)), "label": label, "limit": limit},
    )
    return [_voice(row) for row in rows]


def said(sql: Sql, scope: Scope, start: str, end: str, *, limit: int) -> list[tuple[str, str]]:
    """The newest posts of the scope, at most `limit`: each with its label and what it says, of a body its beginning.

    Days are text, both included. Posts that their forum took down are left out.
    """
    source, params = posts_of(scope)
    rows = sql.rows(
        f"SELECT s.label, p.title, substr(p.body, 1, {_LONGEST}) AS body"  # noqa: S608 (constants)
        f" FROM ({source}) f JOIN posts p ON p.pk = f.post JOIN sentiments s ON s.post = p.pk"
        " WHERE NOT p.deleted ORDER BY f.day DESC, p.pk DESC LIMIT :limit",
        {**params, "start": start, "end": end, "limit": limit},
    )
    return [(row["label"], message(row["title"], row["body"])) for row in rows]


def _voice(row: Row) -> Voice:
    sign = 1 if row["label"] == "bullish" else -1
    terms = [(term, weight * sign) for term, weight in json.loads(row.pop("evidence"))]
    spoke = sorted((one for one in terms if one[1] > 0), key=lambda one: -one[1])
    return Voice(**row, terms=tuple(term for term, _ in spoke))
