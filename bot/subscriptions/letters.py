"""How a letter is put, at the moment that it is sent: what was taken down or forgotten meanwhile is not in it."""

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from functools import partial
from typing import Any

from bot.quoting import link, quoted, short
from bot.report import build, to_json
from bot.scope import name_of, title_of
from bot.subscriptions import when
from core.forum import Board
from core.storage import exporting
from core.storage.outbox import Letter
from core.storage.subscribing import Wish
from core.store import Store

SECTIONS, THREADS, NAMES, POSTS = 6, 3, 4, 5
_HITS = 200


class Drafts:
    """Sections of digests that were made in one round: many chats want the same. Made twice at worst, by two threads."""

    def __init__(self) -> None:
        self._made: dict[Hashable, dict[str, Any]] = {}

    def get(self, key: Hashable, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What was made for a key, or what `make` makes now."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def data(store: Store, letter: Letter, today: date, drafts: Drafts | None = None) -> tuple[str, dict[str, Any]] | None:
    """The template of a letter and what it needs; `None` where nothing is left to tell.

    today: to tell how old the newest post is; drafts: what letters of the same round have made already
    """
    wish = letter.subscription.wish
    if letter.subscription.wish.kind == "digest":
        return "digest", {"repeat": letter.doubt, **_digest(store, letter, today, drafts or Drafts())}
    if "crossed" in letter.about:
        lang = letter.subscription.lang
        moods = [
            {"scope": scope(one["board"], one["entity"], lang), "n": one["n"], "mood": one["mood"], "low": wish.below is not None and one["mood"] <= wish.below}
            for one in letter.about["crossed"]
        ]  # fmt: skip
        return "alert_mood", {"repeat": letter.doubt, "moods": moods, "wish": wish}
    posts = exporting.by_number(store, letter.about.get("posts", ()))
    if not posts:
        return None
    shown = [quoted(hit) for hit in posts[-POSTS:][::-1]]
    about = subjects(wish, letter.subscription.lang)
    return "alert_posts", {"repeat": letter.doubt, "posts": shown, "n": len(posts), "about": about}


def subjects(wish: Wish, lang: str) -> list[str]:
    """What a wish is about, in words: names, then words to look for."""
    return [*(name_of(entity, lang) for entity in wish.about), *wish.words]


def scope(board: str | None, entity: str | None, lang: str) -> str | None:
    """A board and a name as one, or `None` for everything."""
    return title_of(board, [entity] if entity else [], lang) or None


def _digest(store: Store, letter: Letter, today: date, drafts: Drafts) -> dict[str, Any]:
    """A section for each board and thing, then what was said with the words to look for."""
    wish, lang = letter.subscription.wish, letter.subscription.lang
    day = date.fromisoformat(letter.about["day"])
    days = when.span(wish, day)
    pairs = [(board, entity) for board in wish.boards or (None,) for entity in wish.about or (None,)]
    if wish.words and not (wish.boards or wish.about):
        pairs = []
    sections = [
        drafts.get((pair, days, lang), partial(_section, store, *pair, days, lang, today)) for pair in pairs[:SECTIONS]
    ]
    return {"day": day, "days": days, "sections": sections, "words": _said(store, wish, days, today)}


def _section(store: Store, board: str | None, entity: str | None, days: int, lang: str, today: date) -> dict[str, Any]:
    made = build(store, days=days, board=Board.parse(board) if board else None, about=(entity,) if entity else ())
    told: dict[str, Any] = {"scope": scope(board, entity, lang), "document": None}
    if made is None or made.total.n == 0:
        return told
    document = to_json(made)
    threads = [
        {"title": short(row["title"]), "url": link(row["url"]), "bullish": row["bullish"], "bearish": row["bearish"], "moved": row["moved"]}
        for row in document["threads"][:THREADS]
    ]  # fmt: skip
    names = [] if entity else [
        {"name": name_of(f"{one['kind']}:{one['id']}", lang), "n": one["n"]} for one in (*document["tickers"], *document["themes"])[:NAMES]
    ]  # fmt: skip
    return told | {"document": document, "threads": threads, "names": names, "age": max(0, (today - made.end).days)}


def _said(store: Store, wish: Wish, days: int, today: date) -> list[dict[str, Any]]:
    """For each word what was written with it in the digest's days, newest first."""
    told = []
    for word in wish.words:
        hits = store.search(word, limit=_HITS)
        near = [
            hit for hit in hits
            if hit.post.published_local and hit.post.published_local.date() > today - timedelta(days=days + 1)
            and not hit.post.deleted and (not wish.boards or f"{hit.site}:{hit.board}" in wish.boards)
        ]  # fmt: skip
        told.append({"word": word, "n": len(near), "posts": [quoted(hit) for hit in near[:2]]})
    return told
