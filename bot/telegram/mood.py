"""/report: the mood of the forum as a table and a picture, with buttons for the range that edit it in place."""

import re
from itertools import dropwhile
from typing import Any

from bot.pictures import trend
from bot.render.columns import Column, table
from bot.render.report import FEW, share, spark
from bot.render.report_words import WORDS
from bot.report import build, to_json
from bot.scope import scope_asked, title_of
from bot.telegram.desk import DRAWING, Desk
from bot.telegram.reply import Key, Reply, Said
from bot.telegram.words import said_back, say
from core.errors import NotFound, UsageError
from core.forum import Board
from core.store import Store

PREFIX = "rep:"
RANGES = (7, 30, 90)
MOST = 366  # days of a report in a chat
_WIDTH = 34  # columns of a telephone in a fixed-width block


async def report(desk: Desk, said: Said) -> Reply:
    """The mood; behind the command a number of days, a board, a company or a theme."""

    def make() -> Reply:
        with desk.reading() as store:
            asked = scope_asked(store, said.text)
            days = int(asked.rest) if re.fullmatch(r"[1-9]\d{0,2}", asked.rest) else asked.days
            if asked.rest and not (days or asked.boards or asked.about):
                return Reply(html=say("report_unknown", said.lang, words=said_back(asked.rest)))
            board = asked.boards[0] if asked.boards else None
            return shown(store, min(days or RANGES[0], MOST), board, asked.about[:1], said.lang)

    return await desk.work(said, make)


async def again(desk: Desk, said: Said) -> Reply:
    """The same for another range or a later day; `said.text` is what stands behind the prefix of a button."""

    def make() -> Reply:
        days, board, entity = (*said.text.removeprefix("+").split("|"), "", "")[:3]
        if not days.isdecimal() or not 1 <= int(days) <= MOST:
            raise NotFound("a button of no report")
        with desk.reading() as store:
            return shown(
                store, int(days), Board.parse(board) if board else None, (entity,) if entity else (), said.lang
            )

    return await desk.work(said, make)


def shown(store: Store, days: int, board: Board | None, about: tuple[str, ...], lang: str) -> Reply:
    """The report of some days as a message, with a picture where one can be drawn."""
    keys = keyboard(days, board, about, lang)
    made = build(store, days=days, board=board, about=about, by="day" if days <= 14 else "week")
    if made is None or made.total.n == 0:
        return Reply(html=say("report_none", lang, scope=scope_of(board, about, lang)), keys=keys)
    document = to_json(made)
    title = scope_of(board, about, lang)
    picture = _picture(document, lang, title if board or about else "")
    html = say(
        "report",
        lang,
        scope=title,
        document=document,
        rows="\n".join(rows(document, lang)),
        bars=None if picture else spark([day["bullishness"] for day in document["days"]]),
        few=FEW if document["n"] < FEW else None,
    )
    return Reply(html=html, keys=keys, picture=picture)


def _picture(document: dict[str, Any], lang: str, title: str) -> bytes | None:
    """The trend as a picture, `None` where none can be drawn here. One at a time: matplotlib keeps settings for all threads."""
    try:
        with DRAWING:
            return trend.draw(document, lang, scope=title)
    except UsageError:
        return None


def keyboard(
    days: int, board: Board | None, about: tuple[str, ...], lang: str, *, anew: bool = False
) -> tuple[tuple[Key, ...], ...]:
    """Buttons for the ranges and for the newest figures; none where a name is too long for a button.

    days: the range that is shown now, 0 for none; anew: what they make is a new message
    """
    rest = f"|{board or ''}|{about[0] if about else ''}".rstrip("|")
    data = {one: f"{PREFIX}{'+' if anew else ''}{one}{rest}" for one in (*RANGES, days or RANGES[0])}
    if any(len(text.encode()) > 64 for text in data.values()):
        return ()
    unit = " d" if lang == "en" else " 天"
    ranges = tuple(Key(text=f"{'• ' if one == days else ''}{one}{unit}", data=data[one]) for one in RANGES)
    return ranges, (Key(text=say("refresh", lang), data=data[days or RANGES[0]]),)


def scope_of(board: Board | None, about: tuple[str, ...], lang: str) -> str:
    """A board and names, or a word for all of it."""
    return title_of(board, about, lang) or {"en": "All boards", "zh-Hant": "所有看板"}.get(lang, "所有看板")


def rows(document: dict[str, Any], lang: str) -> list[str]:
    """The table, narrow enough for a telephone."""
    words = WORDS[lang]
    days = list(dropwhile(lambda day: not day["n"], document["days"]))
    return table(
        [
            Column(head=words["day" if document["by"] == "day" else "week"], cells=[day["date"][5:] for day in days], right=False),
            Column(head=words["n"], cells=[str(day["n"] or "") for day in days]),
            Column(head=words["bullish"], cells=[share(day["bullish"], day["n"]) for day in days]),
            Column(head=words["bearish"], cells=[share(day["bearish"], day["n"]) for day in days]),
            Column(head=words["bullishness"], cells=["" if day["bullishness"] is None else f"{day['bullishness']:+.2f}" for day in days]),
        ],
        _WIDTH,
    )  # fmt: skip
