"""What must hold when a life is over. Each check yields a line for each thing that is wrong."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.pipeline import _judge
from core.storage.rows import Row
from core.store import Store
from core.upkeep.health import examine
from tests.soak.line import REPEAT
from tests.soak.people import WORD, Life
from tests.soak.soak import BEGAN, STEP, WISHES, Soak

SEEN = timedelta(days=2.5)
"""A thread that began later ago stands on the pages of the list that every walk reads."""

LONG = timedelta(hours=30)
"""A mood that stays beyond its mark for longer is told of, whatever else was told that day."""

GROWTH = 24.0
"""Megabytes that the process may grow by after its first days: a month of the board, which lives in it, takes a few."""


def problems(soak: Soak) -> list[str]:
    """Everything that is wrong."""
    with Store.open(soak.db) as store, store.reading() as sql:
        posts = {int(row["post_id"]): row for row in sql.rows("SELECT * FROM posts")}
        twice = sql.rows("SELECT post_id, count(*) AS n FROM posts GROUP BY post_id HAVING count(*) > 1")
        said: defaultdict[int, list[str]] = defaultdict(list)
        for row in sql.rows("SELECT * FROM revisions ORDER BY pk"):
            said[row["post"]].append(row["body"] or "")
        return [
            *(f"post {row['post_id']} is stored {row['n']} times" for row in twice),
            *_stored(soak, posts),
            *_worded(soak, posts, said),
            *_sound(soak, store),
            *_judged(soak, store),
            *_digests(soak),
            *_alerts(soak, posts),
            *_moods(soak),
            *_delivered(soak),
            *_light(soak),
        ]


def summary(soak: Soak) -> str:
    """What happened and what it cost, in a few lines."""
    posts = len(soak.people.lives)
    asked = ", ".join(f"{n} {kind}" for kind, n in sorted(soak.requests.items()))
    met = ", ".join(f"{n} {what}" for what, n in sorted(soak.met.items()))
    slots = Counter(row["slot"].partition(":")[0] for row in soak.letters.values())
    memory = " MB, ".join(f"{mb:.1f}" for mb in soak.memory)
    return (
        f"{soak.days:g} days, {posts} posts, {len(soak.whole)} whole crawls, {slots['digest']} digests,"
        f" {slots['alert']} alerts, {len(soak.taken)} messages\n  {met}\n"
        f"  {sum(soak.requests.values()) / posts:.2f} requests a post ({asked}); memory {memory} MB"
    )


def _stored(soak: Soak, posts: dict[int, Row]) -> Iterator[str]:
    """Everything that could be seen is there, with its fate."""
    lives = soak.people.lives
    yield from (f"post {id} was never written" for id in posts.keys() - lives.keys())
    for id, life in lives.items():
        row = posts.get(id)
        if row is None:
            if life.deleted is None or _in_view(soak, life, life.written, life.deleted):
                yield f"post {id} is missing: {life}"
        elif bool(row["deleted"]) != (life.deleted is not None):
            yield f"post {id} is marked {'gone' if row['deleted'] else 'there'} and is not: {life}"


def _worded(soak: Soak, posts: dict[int, Row], said: dict[int, list[str]]) -> Iterator[str]:
    """The last words, in their place; each wording that stood while everything was read, once."""
    ids = {row["pk"]: id for id, row in posts.items()}
    for id, row in posts.items():
        life, theirs = soak.people.lives[id], soak.replica.rows[id]
        known = [*said.get(row["pk"], ()), row["body"] or ""]
        wordings = [_plain(body) for _, body in life.wordings]
        if row["title"] != theirs.title or ids.get(row["parent"]) != theirs.parent:
            yield f"post {id} stands elsewhere or has another title: {row}"
        if life.deleted is None and known[-1] != wordings[-1]:
            yield f"post {id} says {known[-1]!r} in place of {wordings[-1]!r}"
        if len(set(known)) != len(known):
            yield f"post {id} has a wording twice: {known}"
        yield from (f"post {id} never said {body!r}" for body in set(known) - set(wordings) if body)
        ends = [since for since, _ in life.wordings[1:]] + [life.deleted or soak.now]
        for (since, body), until in zip(life.wordings, ends, strict=True):
            if _in_view(soak, life, since, until) and _plain(body) not in known:
                yield f"post {id} lost the wording {body!r} of {since}"


def _in_view(soak: Soak, life: Life, since: datetime, until: datetime) -> bool:
    """Whether a whole crawl between two moments found the thread on its list."""
    began = soak.people.lives[life.root].written
    return any(since <= one < min(until, began + SEEN) for one in soak.whole)


def _sound(soak: Soak, store: Store) -> Iterator[str]:
    """The file is sound, nothing is left to do, the counts are those of a recount."""
    health = examine(store, soak.now)
    yield from health.damage
    yield from (f"{table}: {n} rows are not what a recount gives" for table, n in health.miscounted.items())
    for board in health.boards:
        if board.due or board.missing or board.failed or board.holes or board.state.error:
            yield f"the crawl is not done: {board}"


def _judged(soak: Soak, store: Store) -> Iterator[str]:
    """Each post has the judgement that its text has now."""
    if left := len(store.unscored(soak.scorer.name, limit=1000)):
        yield f"{left} posts have no judgement"
    every = store.unscored("", limit=10**6)
    with store.reading() as sql:
        labels = {row["post"]: row["label"] for row in sql.rows("SELECT post, label FROM sentiments")}
    for post, judged in zip(every, _judge(soak.scorer, every), strict=True):
        if labels.get(post.pk) != judged.label.value:
            yield f"post number {post.pk} is {judged.label.value}, and stands there as {labels.get(post.pk)}"


def _digests(soak: Soak) -> Iterator[str]:
    """Each day's digest, on the clock of its reader, once; a second one says that it may be a repeat."""
    for chat, wish in WISHES.items():
        if wish.kind != "digest":
            continue
        came: defaultdict[date, list[str]] = defaultdict(list)
        for one in soak.taken:
            if one.chat == chat:
                came[date.fromisoformat(one.text.partition("Digest of ")[2][:10])].append(one.text)
        zone, due = ZoneInfo(wish.zone), set[date]()
        for n in range(int(soak.days) + 4):
            day = BEGAN.date() + timedelta(days=n)
            moment = datetime.combine(day, time.fromisoformat(wish.at), zone)
            if day.weekday() in wish.weekdays and BEGAN <= moment <= soak.now:
                due.add(day)
        yield from (f"chat {chat} never got the digest of {day}" for day in sorted(due - came.keys()))
        yield from (f"chat {chat} got a digest of {day}" for day in sorted(came.keys() - due))
        yield from (f"chat {chat} got the digest of {day} twice" for day, texts in came.items() if _unmarked(texts) > 1)


def _alerts(soak: Soak, posts: dict[int, Row]) -> Iterator[str]:
    """Each post with the word, once; never two alerts within the cool-down, or more than the budget of a day."""
    ids = {row["pk"]: id for id, row in posts.items()}
    for chat, wish in WISHES.items():
        if wish.kind != "alert":
            continue
        rows = [row for row in soak.letters.values() if _chat(row) == chat]
        moments = [datetime.fromisoformat(row["planned_at"]) for row in rows]
        for earlier, later in pairwise(moments):
            if later - earlier < timedelta(hours=wish.cooldown):
                yield f"chat {chat} was told at {earlier} and again at {later}"
        days = Counter(one.astimezone(ZoneInfo(wish.zone)).date() for one in moments)
        yield from (f"chat {chat} was told {n} times on {day}" for day, n in days.items() if n > wish.budget)
        if wish.mood:
            continue
        told = Counter(ids[post] for row in rows for post in _about(row)["posts"])
        yield from (f"chat {chat} was told {n} times of post {id}" for id, n in told.items() if n > 1)
        for id, row in posts.items():
            news = not row["backfill"] and datetime.fromisoformat(row["first_seen"]) < soak.now - timedelta(days=1)
            if news and not row["deleted"] and WORD in row["title"] and id not in told:
                yield f"chat {chat} was never told of post {id}, seen {row['first_seen']}"


def _moods(soak: Soak) -> Iterator[str]:
    """A mood beyond its mark is told of once until it comes back, and is told of if it stays for long."""
    [(chat, wish)] = [(chat, wish) for chat, wish in WISHES.items() if wish.mood]
    assert wish.above is not None
    assert wish.below is not None
    told = [datetime.fromisoformat(row["planned_at"]) for row in soak.letters.values() if _chat(row) == chat]
    stretches: list[tuple[datetime, datetime]] = []
    before, was = BEGAN, False
    for at, mood in soak.moods:
        is_beyond = mood <= wish.below or mood >= wish.above
        if is_beyond:
            stretches.append((stretches.pop()[0] if was else before, at))
        before, was = at, is_beyond
    for begin, end in stretches:
        n = sum(begin < one < end + STEP for one in told)
        if n > 1 or (n == 0 and end - begin > LONG):
            yield f"chat {chat} was told {n} times of a mood that stayed from {begin} to {end}"
    if not told and soak.days > 6:
        yield f"chat {chat} was never told of a mood"


def _delivered(soak: Soak) -> Iterator[str]:
    """Each letter arrived; who got more messages than letters was told that it may be a repeat."""
    for chat in WISHES:
        rows = [row for row in soak.letters.values() if _chat(row) == chat]
        texts = [one.text for one in soak.taken if one.chat == chat]
        for row in rows:
            if row["state"] != "sent" and row["trouble"] != "nothing left to tell":
                yield f"chat {chat}: {row['slot']} is {row['state']} after {row['tries']} tries: {row['trouble']}"
        arrived = sum(row["state"] == "sent" for row in rows)
        if not _unmarked(texts) <= arrived <= len(texts):
            yield f"chat {chat}: {len(texts)} messages, {_unmarked(texts)} of them not marked, for {arrived} letters"


def _light(soak: Soak) -> Iterator[str]:
    """Memory does not grow with time."""
    first, last = soak.memory[0], soak.memory[-1]
    if last - first > GROWTH:
        yield f"memory grew from {first:.1f} to {last:.1f} MB"


def _unmarked(texts: list[str]) -> int:
    return sum(REPEAT not in text for text in texts)


def _plain(body: str) -> str:
    return body.removeprefix("<p>").removesuffix("</p>")


def _chat(row: Row) -> int:
    return int(row["subscription"])


def _about(row: Row) -> Row:
    found: Row = json.loads(row["about"])
    return found
