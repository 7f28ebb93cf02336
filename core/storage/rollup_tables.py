"""The tables that a trend is read from, and the triggers that keep them equal to the posts.

    posts + sentiments + mentions ─► judged ─┬─► rollup_authors   a row per entity, day, board and author
                                             ├─► rollup_days      a row per day, entity and board
                                             ├─► rollup_threads   a row per entity, day and thread
                                             └─► writers          a number for every author there

`judgements` is a view: what follows from the posts, a row for every judged post with a date and for everything
that it mentions. `judged` is the same as a table. Whoever changes a post, a judgement or a mention, by whatever
statement, changes `judged`, and that changes the counts, all in the same transaction. A row of `judged` carries
its own day, board and author, so it can be taken off the counts whichever table loses its row first.

An entity is `kind:id`, such as `company:NVDA`; the empty entity is the post itself. Author and board are '' where
they are not known. In `rollup_authors` an author is a number, 0 where he is not known: there are many rows, and numbers are
read and added up several times as fast as names. A number goes with the author's last row in `judged`; `uses` counts them. Step m009 of `core.migrations` applies all of this, so none of it may change after a release.
"""

KEYS = {
    "rollup_authors": ("entity", "day", "site", "board", "writer"),
    "rollup_days": ("day", "entity", "site", "board"),
    "rollup_threads": ("entity", "day", "thread", "site", "board"),
}

_SOURCES = """
ALTER TABLE sentiments ADD COLUMN names TEXT;
CREATE INDEX sentiments_names ON sentiments (names);
CREATE INDEX posts_by_writer ON posts (author_key, published_local);
CREATE INDEX posts_by_name ON posts (author);

CREATE TABLE mentions (
    post INTEGER NOT NULL,
    entity TEXT NOT NULL CHECK (entity <> ''),
    PRIMARY KEY (post, entity)
) WITHOUT ROWID;

CREATE VIEW judgements AS
    SELECT p.pk AS post, '' AS entity, substr(p.published_local, 1, 10) AS day, p.site, coalesce(p.board, '') AS board,
        coalesce(p.author_key, '') AS author, p.thread,
        s.label = 'bullish' AS bullish, s.label = 'neutral' AS neutral, s.label = 'bearish' AS bearish
    FROM posts p JOIN sentiments s ON s.post = p.pk
    WHERE p.published_local IS NOT NULL
    UNION ALL
    SELECT p.pk, m.entity, substr(p.published_local, 1, 10), p.site, coalesce(p.board, ''),
        coalesce(p.author_key, ''), p.thread,
        s.label = 'bullish', s.label = 'neutral', s.label = 'bearish'
    FROM posts p JOIN sentiments s ON s.post = p.pk JOIN mentions m ON m.post = p.pk
    WHERE p.published_local IS NOT NULL;

CREATE TABLE judged (
    post INTEGER NOT NULL,
    entity TEXT NOT NULL,
    day TEXT NOT NULL,
    site TEXT NOT NULL,
    board TEXT NOT NULL,
    author TEXT NOT NULL,
    thread INTEGER NOT NULL,
    bullish INTEGER NOT NULL,
    neutral INTEGER NOT NULL,
    bearish INTEGER NOT NULL,
    PRIMARY KEY (post, entity)
) WITHOUT ROWID;
CREATE INDEX judged_by_day ON judged (entity, day);

CREATE TABLE writers (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    author TEXT NOT NULL,
    uses INTEGER NOT NULL,
    UNIQUE (site, author)
);
"""


def _rollup(table: str) -> str:
    """A table of counts, and the two triggers on `judged` that keep it; a row that counts nothing goes."""
    key = KEYS[table]
    columns = ", ".join(f"{column} {'INTEGER' if column in _NUMBERS else 'TEXT'} NOT NULL" for column in key)
    new = ", ".join(_of(column, "new") for column in key)
    same = " AND ".join(f"{column} = {_of(column, 'old')}" for column in key)
    more, less = (_MORE, _LESS) if table == "rollup_authors" else ("", "")
    return f"""
CREATE TABLE {table} (
    {columns},
    bullish INTEGER NOT NULL, neutral INTEGER NOT NULL, bearish INTEGER NOT NULL,
    PRIMARY KEY ({", ".join(key)})
) WITHOUT ROWID;
CREATE TRIGGER {table}_more AFTER INSERT ON judged BEGIN{more}
    INSERT INTO {table} VALUES ({new}, new.bullish, new.neutral, new.bearish) ON CONFLICT DO UPDATE SET
        bullish = bullish + new.bullish, neutral = neutral + new.neutral, bearish = bearish + new.bearish;
END;
CREATE TRIGGER {table}_less AFTER DELETE ON judged BEGIN
    UPDATE {table} SET
        bullish = bullish - old.bullish, neutral = neutral - old.neutral, bearish = bearish - old.bearish
        WHERE {same};
    DELETE FROM {table} WHERE {same} AND bullish = 0 AND neutral = 0 AND bearish = 0;{less}
END;
"""  # noqa: S608 (our own names)


def _of(column: str, row: str) -> str:
    """A column of the key, from a row of `judged`."""
    if column != "writer":
        return f"{row}.{column}"
    return f"coalesce((SELECT id FROM writers WHERE site = {row}.site AND author = {row}.author), 0)"  # noqa: S608


_NUMBERS = ("thread", "writer")
_MORE = """
    INSERT INTO writers (site, author, uses) SELECT new.site, new.author, 1 WHERE new.author <> ''
        ON CONFLICT DO UPDATE SET uses = uses + 1;"""
_LESS = """
    UPDATE writers SET uses = uses - 1 WHERE site = old.site AND author = old.author;
    DELETE FROM writers WHERE site = old.site AND author = old.author AND uses = 0;"""

_TRIGGERS = """
CREATE TRIGGER judged_by_insert AFTER INSERT ON sentiments BEGIN
    DELETE FROM judged WHERE post = new.post;
    INSERT INTO judged SELECT * FROM judgements WHERE post = new.post;
END;
CREATE TRIGGER judged_by_update AFTER UPDATE OF label ON sentiments WHEN old.label <> new.label BEGIN
    DELETE FROM judged WHERE post = new.post;
    INSERT INTO judged SELECT * FROM judgements WHERE post = new.post;
END;
CREATE TRIGGER judged_by_delete AFTER DELETE ON sentiments BEGIN
    DELETE FROM judged WHERE post = old.post;
    DELETE FROM mentions WHERE post = old.post;
END;
CREATE TRIGGER judged_by_mention AFTER INSERT ON mentions BEGIN
    INSERT INTO judged SELECT * FROM judgements WHERE post = new.post AND entity = new.entity;
END;
CREATE TRIGGER judged_by_silence AFTER DELETE ON mentions BEGIN
    DELETE FROM judged WHERE post = old.post AND entity = old.entity;
END;
CREATE TRIGGER judged_by_post AFTER UPDATE OF thread, site, board, author_key, published_local ON posts
WHEN old.thread IS NOT new.thread OR old.site IS NOT new.site OR old.board IS NOT new.board
    OR old.author_key IS NOT new.author_key OR old.published_local IS NOT new.published_local BEGIN
    DELETE FROM judged WHERE post = new.pk;
    INSERT INTO judged SELECT * FROM judgements WHERE post = new.pk;
END;
CREATE TRIGGER judged_by_loss AFTER DELETE ON posts BEGIN
    DELETE FROM judged WHERE post = old.pk;
    DELETE FROM mentions WHERE post = old.pk;
END;
"""

SCHEMA = _SOURCES + "".join(map(_rollup, KEYS)) + _TRIGGERS
FILL = "INSERT INTO judged SELECT * FROM judgements"
