"""Stored threads and posts as JSON, in the shapes of the contract (docs/commands.md)."""

from typing import Any

from core.sentiment import Sentiment
from core.storage.rows import Hit, StoredPost, StoredThread
from scraper.contract import post_to_json


def thread_json(found: StoredThread) -> dict[str, Any]:
    """A thread with all its posts."""
    return {
        "thread": found.pk,
        "site": found.site,
        "board": found.board,
        "id": found.root_id,
        "title": found.title,
        "url": found.url,
        "posts": [_stored(row) for row in found.posts],
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A post as `paomo parse` shows it, with its place and its stance; `url` is its thread's where it has none."""
    place = {"site": hit.site, "board": hit.board, "thread": hit.thread, "thread_title": hit.thread_title}
    return {**place, **post_to_json(hit.post), "url": hit.url, "sentiment": sentiment_json(hit.sentiment)}


def sentiment_json(sentiment: Sentiment | None) -> dict[str, Any] | None:
    """As `paomo score` prints it, without the text."""
    if sentiment is None:
        return None
    bearish, neutral, bullish = sentiment.p
    return {
        "label": sentiment.label.value,
        "score": sentiment.score,
        "margin": sentiment.margin,
        "p": {"bullish": bullish, "neutral": neutral, "bearish": bearish},
        "p_on_topic": sentiment.p_on_topic,
        "evidence": [{"term": one.term, "weight": one.weight} for one in sentiment.evidence],
        "model": sentiment.model,
    }


def _stored(row: StoredPost) -> dict[str, Any]:
    return {"pk": row.pk, **post_to_json(row.post), "sentiment": sentiment_json(row.sentiment)}
