"""/search, /gauges and /export: what is stored, to read and to take along."""

import io
from datetime import timedelta
from typing import Any

from bot import export
from bot.answers.base import quantity
from bot.quoting import quoted
from bot.scope import scope_asked
from bot.telegram.desk import Desk
from bot.telegram.reply import File, Reply, Said
from bot.telegram.words import said_back, say
from core import figures, gauges
from core.storage import exporting
from core.storage.exporting import Wanted
from core.storage.reading import phrases

SHOWN = 5
COUNTED = 200  # hits that are counted; beyond it says “more than”
EXPORT_DAYS = 30
EXPORT_MOST = 20_000_000  # bytes; Telegram takes 50 MB of a bot


async def search(desk: Desk, said: Said) -> Reply:
    """Posts that hold all the words, newest first, with what they say in sum."""
    if not phrases(said.text):
        return Reply(html=say("search_ask", said.lang))

    def make() -> Reply:
        with desk.reading() as store:
            hits = store.search(said.text, limit=COUNTED + 1)
        hits = [hit for hit in hits if not hit.post.deleted]
        labels = [hit.sentiment.label.value for hit in hits[:COUNTED] if hit.sentiment]
        counts = {name: labels.count(name) for name in ("bullish", "bearish", "neutral")}
        posts = [quoted(hit) for hit in hits[:SHOWN]]
        n = min(len(hits), COUNTED)
        return Reply(
            html=say(
                "search",
                said.lang,
                words=said_back(said.text),
                n=n,
                more=len(hits) > COUNTED,
                counts=counts,
                posts=posts,
            )
        )

    return await desk.work(said, make)


async def gauge(desk: Desk, said: Said) -> Reply:
    """The bubble thermometer."""

    def make() -> Reply:
        read = gauges.read(figures.load(desk.settings.figures), desk.now().date())
        readings = [
            {
                "name": one.gauge.name.text(said.lang),
                "level": str(one.level) if one.live and one.level else None,
                "value": None if one.value is None else quantity(one.value, one.gauge.unit),
                "red": quantity(one.gauge.red, one.gauge.unit),
                "as_of": one.as_of,
                "stale": one.stale,
                "source": one.sources[0].publisher if one.sources else None,
            }
            for one in read.readings
        ]
        return Reply(html=say("gauges", said.lang, read=read, readings=readings))

    return await desk.work(said, make)


async def take_out(desk: Desk, said: Said) -> Reply:
    """The posts of the last days as a table for spreadsheets; behind the command a board and a number of days."""

    def make() -> Reply:
        with desk.reading() as store:
            asked = scope_asked(store, said.text)
            if asked.about or (asked.rest and not (asked.days or asked.boards)):
                return Reply(html=say("export_unknown", said.lang, words=said_back(said.text)))
            days = min(asked.days or EXPORT_DAYS, 366)
            since = desk.now().date() - timedelta(days=days - 1)
            board = asked.boards[0] if asked.boards else None
            hits = exporting.posts(store, Wanted(board=board, since=since))
            first = next(hits, None)
            if first is None:
                return Reply(html=say("export_none", said.lang, days=days, board=str(board) if board else None))
            stream = _Bounded("\ufeff".encode())  # spreadsheets want it
            stream.seek(0, io.SEEK_END)
            try:
                n = export.WRITERS["csv"](stream, first, hits)
            except OverflowError:
                return Reply(html=say("export_big", said.lang, days=days))
        name = f"paomo-{board.name if board else 'all'}-{since.isoformat()}.csv"
        html = say("export", said.lang, n=n, since=since, board=str(board) if board else None)
        return Reply(html=html, file=File(name=name, body=stream.getvalue()))

    return await desk.work(said, make)


class _Bounded(io.BytesIO):
    """Raises `OverflowError` where more is written than may be sent."""

    def write(self, data: Any, /) -> int:
        if self.tell() > EXPORT_MOST:
            raise OverflowError
        return super().write(data)
