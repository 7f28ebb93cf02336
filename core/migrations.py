"""The shape of the database, as a list of small steps.

Each step is applied once and recorded in the database under its name, so a name never changes and a step is
never edited after a release: a new need is a new step at the end. `core.store` applies what is missing in
one transaction.
"""

import hashlib

from sqlite_utils import Database, Migrations

from core.storage import rollup_tables

APPLICATION_ID = 0x70616F6D  # "paom": tells our file from anybody else's SQLite file

migrations = Migrations("paomo")


@migrations()
def m001_threads_and_posts(db: Database) -> None:
    """Threads, their posts, and what posts said before they were edited."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.executescript("""
        CREATE TABLE threads (
            pk INTEGER PRIMARY KEY,
            site TEXT NOT NULL,
            board TEXT,
            root_id TEXT,
            title TEXT NOT NULL,
            title_key TEXT NOT NULL,
            url TEXT,
            first_seen TEXT NOT NULL,
            last_seen TEXT NOT NULL
        );
        CREATE INDEX threads_title ON threads (site, title_key);

        CREATE TABLE posts (
            pk INTEGER PRIMARY KEY,
            thread INTEGER NOT NULL REFERENCES threads (pk) ON DELETE CASCADE,
            site TEXT NOT NULL,
            board TEXT,
            post_id TEXT,
            key TEXT NOT NULL,
            n INTEGER NOT NULL,
            parent_id TEXT,
            parent INTEGER REFERENCES posts (pk) ON DELETE SET NULL,
            depth INTEGER,
            author TEXT,
            author_key TEXT,
            title TEXT NOT NULL,
            body TEXT,
            bytes INTEGER,
            reads INTEGER,
            published_local TEXT,
            published_utc TEXT,
            tz TEXT,
            edited_local TEXT,
            images TEXT NOT NULL DEFAULT '[]',
            url TEXT,
            deleted INTEGER NOT NULL DEFAULT 0,
            first_seen TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            changed_at TEXT NOT NULL
        );
        CREATE UNIQUE INDEX posts_id ON posts (site, coalesce(board, ''), post_id) WHERE post_id IS NOT NULL;
        CREATE UNIQUE INDEX posts_key ON posts (thread, key);
        CREATE INDEX posts_by_id ON posts (post_id) WHERE post_id IS NOT NULL;
        CREATE INDEX posts_by_key ON posts (site, key);
        CREATE INDEX posts_by_parent_id ON posts (site, parent_id) WHERE parent IS NULL;
        CREATE INDEX posts_by_parent ON posts (parent);
        CREATE INDEX posts_by_day ON posts (published_local);

        CREATE TABLE revisions (
            pk INTEGER PRIMARY KEY,
            post INTEGER NOT NULL REFERENCES posts (pk) ON DELETE CASCADE,
            seen_at TEXT NOT NULL,
            title TEXT NOT NULL,
            body TEXT,
            bytes INTEGER
        );
        CREATE INDEX revisions_post ON revisions (post);
    """)


@migrations()
def m002_pages(db: Database) -> None:
    """The bytes as found, so that everything after them can be repeated."""
    db.executescript("""
        CREATE TABLE pages (
            pk INTEGER PRIMARY KEY,
            thread INTEGER REFERENCES threads (pk) ON DELETE SET NULL,
            kind TEXT NOT NULL,
            url TEXT,
            sha256 TEXT NOT NULL,
            headers TEXT NOT NULL,
            fetched_at TEXT NOT NULL,
            body BLOB NOT NULL
        );
        CREATE UNIQUE INDEX pages_once ON pages (sha256, coalesce(url, ''));
        CREATE INDEX pages_thread ON pages (thread);
    """)


@migrations()
def m003_sentiments(db: Database) -> None:
    """What each post was judged to say: the latest judgement only."""
    db.executescript("""
        CREATE TABLE sentiments (
            post INTEGER PRIMARY KEY REFERENCES posts (pk) ON DELETE CASCADE,
            model TEXT NOT NULL,
            label TEXT NOT NULL CHECK (label IN ('bearish', 'neutral', 'bullish')),
            p_bearish REAL NOT NULL,
            p_neutral REAL NOT NULL,
            p_bullish REAL NOT NULL,
            p_on_topic REAL NOT NULL,
            margin REAL NOT NULL,
            score REAL NOT NULL,
            evidence TEXT NOT NULL,
            scored_at TEXT NOT NULL
        );
    """)


@migrations()
def m004_search(db: Database) -> None:
    """Words of posts: `core.text.tokens`, joined by spaces.

    The `ascii` tokenizer splits at spaces and takes every character beyond ASCII as part of a word, so
    our tokens come through as they are; `unicode61` would drop characters younger than Unicode 6.1.
    The table keeps its own copy of the words, so that a row can be removed by its number alone, even after
    the folding tables have changed.
    """
    db.execute("CREATE VIRTUAL TABLE posts_fts USING fts5 (title, body, tokenize = 'ascii')")
    db.execute(
        "CREATE TRIGGER posts_fts_gone AFTER DELETE ON posts BEGIN DELETE FROM posts_fts WHERE rowid = old.pk; END"
    )


@migrations()
def m005_state(db: Database) -> None:
    """Where the crawler and the bot were, written in the same transaction as the rows it speaks of."""
    db.execute("CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")


@migrations()
def m006_counts(db: Database) -> None:
    """What lists and pushes count: replies of a thread, likes or votes of a post."""
    db.execute("ALTER TABLE posts ADD COLUMN comments INTEGER")
    db.execute("ALTER TABLE posts ADD COLUMN points INTEGER")


@migrations()
def m007_crawl(db: Database) -> None:
    """Where each board's walk is, what is known of each post of it, which sites are left alone, what was asked.

    A row of `tasks` is what a crawl knows of one post, open or done; `listed` is how a list last showed it.
    """
    db.executescript("""
        CREATE TABLE boards (
            site TEXT NOT NULL,
            name TEXT NOT NULL,
            first_tried TEXT NOT NULL,
            tried_at TEXT NOT NULL,
            finished_at TEXT,
            error TEXT,
            low INTEGER,
            high INTEGER,
            clock TEXT,
            covered_from TEXT,
            covered_to TEXT,
            walk INTEGER NOT NULL DEFAULT 0,
            place TEXT,
            PRIMARY KEY (site, name)
        ) WITHOUT ROWID;

        CREATE TABLE tasks (
            site TEXT NOT NULL,
            board TEXT NOT NULL,
            post_id TEXT NOT NULL,
            why TEXT NOT NULL CHECK (why IN ('new', 'changed', 'vanished', 'missing', 'recheck')),
            state TEXT NOT NULL CHECK (state IN ('due', 'done', 'gone', 'failed')),
            due_at TEXT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            fetched_at TEXT,
            listed TEXT,
            walk INTEGER,
            PRIMARY KEY (site, board, post_id)
        ) WITHOUT ROWID;
        CREATE INDEX tasks_open ON tasks (site, board, state, due_at);

        CREATE TABLE pauses (
            site TEXT PRIMARY KEY,
            since TEXT NOT NULL,
            until TEXT,
            why TEXT NOT NULL,
            told INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;

        CREATE TABLE requests (
            site TEXT NOT NULL,
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            n INTEGER NOT NULL,
            PRIMARY KEY (site, day, kind)
        ) WITHOUT ROWID;

        ALTER TABLE posts ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX posts_of_board ON posts (site, board, post_id);
        CREATE INDEX pages_url ON pages (url, fetched_at);
    """)


@migrations()
def m008_follow(db: Database) -> None:
    """What is followed, who is forgotten, and what `paomo reparse` must know to repeat a crawl.

    forgotten_keys holds keyed hashes, no names. posts.forgotten marks the stub of a removed post.
    threads.partial: bytes that told of the thread are not kept, so that its rows cannot be made from pages alone.
    sightings: when a page was seen again with the same bytes, which are kept once.
    """
    db.executescript("""
        CREATE TABLE follows (
            pk INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('board', 'thread', 'author', 'keyword')),
            site TEXT,
            board TEXT,
            what TEXT NOT NULL,
            key TEXT NOT NULL,
            added_at TEXT NOT NULL
        );
        CREATE UNIQUE INDEX follows_once ON follows (kind, coalesce(site, ''), coalesce(board, ''), key);

        CREATE TABLE forgotten (
            pk INTEGER PRIMARY KEY,
            site TEXT NOT NULL,
            added_at TEXT NOT NULL,
            posts INTEGER NOT NULL
        );
        CREATE TABLE forgotten_keys (
            site TEXT NOT NULL,
            author_key TEXT NOT NULL,
            who INTEGER NOT NULL REFERENCES forgotten (pk) ON DELETE CASCADE,
            PRIMARY KEY (site, author_key)
        ) WITHOUT ROWID;
        ALTER TABLE posts ADD COLUMN forgotten INTEGER REFERENCES forgotten (pk) ON DELETE SET NULL;
        CREATE INDEX posts_forgotten ON posts (forgotten) WHERE forgotten IS NOT NULL;
        CREATE INDEX posts_by_author ON posts (author_key);

        ALTER TABLE threads ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE sightings (
            pk INTEGER PRIMARY KEY,
            page INTEGER NOT NULL REFERENCES pages (pk) ON DELETE CASCADE,
            fetched_at TEXT NOT NULL
        );
        CREATE UNIQUE INDEX sightings_once ON sightings (page, fetched_at);
    """)


@migrations()
def m009_rollups(db: Database) -> None:
    """What posts mention, and daily counts that triggers keep equal to the posts; counted for what is there already.

    Mentions of posts judged before are read when a report or a crawl next has the time: `Store.unread`.
    """
    db.executescript(rollup_tables.SCHEMA)
    db.execute(rollup_tables.FILL)


@migrations()
def m010_joins(db: Database) -> None:
    """What a list's row said is kept as a hash, so that no words outlive their post; one index said twice goes."""
    db.conn.create_function(
        "hash_of", 1, lambda said: hashlib.blake2b(said.encode(), digest_size=12).hexdigest(), deterministic=True
    )
    db.execute("UPDATE tasks SET listed = hash_of(listed) WHERE listed IS NOT NULL")
    db.execute("DROP INDEX posts_by_author")  # posts_by_writer begins with the same column


@migrations()
def m011_labels(db: Database) -> None:
    """What people say posts mean, without the words: `mark` is a hash of what the post said then.

    A label goes with its post, and when the post becomes the stub of a forgotten author. label is NULL for a post that
    was passed over; `again`: asked a second time, to see how far somebody agrees with himself.
    """
    db.executescript("""
        CREATE TABLE labels (
            pk INTEGER PRIMARY KEY,
            post INTEGER NOT NULL REFERENCES posts (pk) ON DELETE CASCADE,
            mark TEXT NOT NULL,
            label TEXT CHECK (label IN ('bearish', 'neutral', 'bullish')),
            off INTEGER NOT NULL,
            who TEXT NOT NULL,
            labelled_at TEXT NOT NULL,
            again INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX labels_post ON labels (post);
        CREATE INDEX labels_who ON labels (who);
        CREATE TRIGGER labels_forgotten AFTER UPDATE OF forgotten ON posts WHEN new.forgotten IS NOT NULL BEGIN
            DELETE FROM labels WHERE post = new.pk;
        END;
    """)


@migrations()
def m012_subscriptions(db: Database) -> None:
    """Who reads what, by Telegram's numbers: languages and zones of people, subscriptions, and what is to be sent.

    A letter of the outbox is planned once for each slot, such as `digest:2026-11-23`, and is worded when it is sent, so
    that nothing that people wrote is kept here. told: posts that an alert was about; each is told of once.
    """
    db.executescript("""
        CREATE TABLE people (
            user INTEGER PRIMARY KEY,
            lang TEXT,
            zone TEXT
        );
        CREATE TABLE subscriptions (
            pk INTEGER PRIMARY KEY AUTOINCREMENT,
            chat INTEGER NOT NULL,
            topic INTEGER,
            user INTEGER NOT NULL,
            lang TEXT NOT NULL,
            wish TEXT NOT NULL,
            created_at TEXT NOT NULL,
            off TEXT,
            beyond TEXT NOT NULL DEFAULT '[]'
        );
        CREATE INDEX subscriptions_of_chat ON subscriptions (chat);
        CREATE TABLE outbox (
            pk INTEGER PRIMARY KEY AUTOINCREMENT,
            subscription INTEGER NOT NULL REFERENCES subscriptions (pk) ON DELETE CASCADE,
            slot TEXT NOT NULL,
            about TEXT NOT NULL,
            planned_at TEXT NOT NULL,
            not_before TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sending', 'sent', 'given_up')),
            tries INTEGER NOT NULL DEFAULT 0,
            doubt INTEGER NOT NULL DEFAULT 0,
            sent_at TEXT,
            message INTEGER,
            trouble TEXT,
            UNIQUE (subscription, slot)
        );
        CREATE INDEX outbox_open ON outbox (not_before) WHERE state IN ('planned', 'sending');
        CREATE TABLE told (
            subscription INTEGER NOT NULL REFERENCES subscriptions (pk) ON DELETE CASCADE,
            post INTEGER NOT NULL REFERENCES posts (pk) ON DELETE CASCADE,
            PRIMARY KEY (subscription, post)
        ) WITHOUT ROWID;
        CREATE INDEX told_of_post ON told (post);
        CREATE INDEX posts_first_seen ON posts (first_seen);
    """)


@migrations()
def m013_talks(db: Database) -> None:
    """The last question of each talk, which follow-ups change; an hour old at most, see `core.storage.talks`."""
    db.executescript("""
        CREATE TABLE talks (
            chat INTEGER NOT NULL,
            user INTEGER NOT NULL,
            question TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            PRIMARY KEY (chat, user)
        ) WITHOUT ROWID;
        CREATE INDEX talks_asked ON talks (asked_at);
    """)
