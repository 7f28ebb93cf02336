"""/health, /version and /lang: how the bot is, which it is, and which language it speaks."""

from datetime import datetime
from typing import Any

from bot.lock import holder
from bot.telegram.desk import Desk
from bot.telegram.reply import Key, Reply, Said
from bot.telegram.words import say
from core import __version__, figures
from core.config import LANGS
from core.storage import outbox
from core.storage.ledger import Ledger

LANG = "lang:"
NAMES = {"zh-Hant": "繁體中文", "zh-Hans": "简体中文", "en": "English"}
_SPELLINGS = {
    **{name.lower(): name for name in LANGS},
    **dict.fromkeys(("繁體", "繁体", "繁體中文", "正體", "tw", "zh-tw", "hant", "traditional"), "zh-Hant"),
    **dict.fromkeys(("简体", "簡體", "简体中文", "簡體中文", "cn", "zh-cn", "zh", "hans", "simplified"), "zh-Hans"),
    **dict.fromkeys(("english", "英文", "英語", "英语"), "en"),
}


async def health(desk: Desk, said: Said) -> Reply:
    """When each board was last crawled, what is stored, what waits to be sent."""

    def make() -> Reply:
        now = desk.now()
        with desk.reading() as store:
            ledger = Ledger(store)
            boards = [
                {"name": str(one.board), "finished": ago(one.finished_at, now), "newest": one.clock, "error": one.error is not None, **ledger.left(one.board)}
                for one in ledger.boards()
            ]  # fmt: skip
            pauses = [{"site": one.site, "until": one.until} for one in ledger.pauses(now)]
            with store.reading() as sql:
                letters = outbox.tally(sql)
            counts = store.counts()
            stored = ago(store.last_seen(), now)
        crawling = holder(desk.settings.db) is not None
        return Reply(html=say("health", said.lang, boards=boards, pauses=pauses, counts=counts, stored=stored, letters=letters, crawling=crawling))  # fmt: skip

    return await desk.work(said, make)


def ago(moment: datetime | None, now: datetime) -> dict[str, Any] | None:
    """How long ago, as a number and a unit that a template words.

    >>> from datetime import UTC
    >>> ago(datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
    {'n': 2, 'unit': 'hours'}
    """
    if moment is None:
        return None
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 120:
        return {"n": minutes, "unit": "minutes"}
    return {"n": minutes // 60, "unit": "hours"} if minutes < 48 * 60 else {"n": minutes // 1440, "unit": "days"}


async def version(desk: Desk, said: Said) -> Reply:
    """Which paomo, with which model and how many figures."""

    def make() -> Reply:
        from nlp.model import Model

        register = figures.load(desk.settings.figures)
        told = {"version": __version__, "model": Model.load().name, "n_figures": len(register.figures), "n_claims": len(register.claims)}  # fmt: skip
        return Reply(html=say("version", said.lang, **told))

    return await desk.work(said, make)


async def lang(desk: Desk, said: Said) -> Reply:
    """The language for what is in no clear language; `auto` goes by what Telegram says."""
    wanted = _SPELLINGS.get(said.text.strip().lower())
    if wanted is None and said.text.strip().lower() not in ("auto", "自動", "自动"):
        keys = tuple((Key(text=name, data=f"{LANG}{code}"),) for code, name in NAMES.items())
        return Reply(html=say("lang", said.lang, now=NAMES[said.lang]), keys=keys)

    def make() -> Reply:
        if wanted is None:
            desk.people.forget_lang(said.user)
            return Reply(html=say("lang_auto", said.lang))
        desk.people.put(said.user, lang=wanted)
        return Reply(html=say("lang_set", wanted, now=NAMES[wanted]))

    return await desk.work(said, make)
