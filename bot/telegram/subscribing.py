"""/subscribe, /subscriptions and /unsubscribe: a chat says what it wants to hear of, in its own words."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.subscriptions import when
from bot.subscriptions.clock_words import find_zone
from bot.subscriptions.letters import subjects
from bot.subscriptions.parse import Misread, read_wish
from bot.telegram.desk import Desk
from bot.telegram.reply import Key, Reply, Said
from bot.telegram.words import say
from core.storage import subscribing
from core.storage.subscribing import EVERY_DAY, MOST, Subscription

PREFIX = "sub:"
EXAMPLES = {
    "zh-Hant": ("每天8點", "每天8點 輝達", "提醒 輝達 低於-0.5"),
    "zh-Hans": ("每天8点", "每天8点 英伟达", "提醒 英伟达 低于-0.5"),
    "en": ("daily 8am", "weekdays 8am nvda", "alert nvda below -0.5"),
}


def settings_key(lang: str) -> Key:
    """The button that shows the chat's subscriptions."""
    return Key(text=say("subscriptions_key", lang), data=f"{PREFIX}list")


async def subscribe(desk: Desk, said: Said) -> Reply:
    """A digest at a time, or an alert when something happens; without words examples to tap."""
    if not said.text:
        keys = tuple((Key(text=example, data=f"{PREFIX}add:{example}"),) for example in EXAMPLES[said.lang])
        return Reply(html=say("subscribe", said.lang, zone=desk.people.zone(said.user, said.lang)), keys=keys)

    def make() -> Reply:
        zone, span = find_zone(said.text)
        if zone and span and not said.text.replace(said.text[slice(*span)], "").strip(" zone時區时区"):
            desk.people.put(said.user, zone=zone)
            return Reply(html=say("zone_set", said.lang, zone=zone, now=_clock(desk.now(), zone)))
        with desk.writing() as store:
            with store.reading() as sql:
                boards = subscribing.boards(sql)
            try:
                wish = read_wish(said.text, zone=desk.people.zone(said.user, said.lang), boards=boards)
            except Misread as error:
                return Reply(html=say("misread", said.lang, kind=error.kind, told=error.told))
            made = subscribing.add(
                store, wish, chat=said.chat, topic=said.topic, user=said.user, lang=said.lang, now=desk.now()
            )
        if made is None:
            return Reply(
                html=say("misread", said.lang, kind="full", told=str(MOST)), keys=((settings_key(said.lang),),)
            )
        one = shown(made, said.lang, desk.now())
        undo = Key(text=say("undo", said.lang), data=f"{PREFIX}del:{made.pk}")
        return Reply(html=say("subscribed", said.lang, one=one), keys=((undo, settings_key(said.lang)),))

    return await desk.work(said, make)


async def subscriptions(desk: Desk, said: Said) -> Reply:
    """What this chat is subscribed to, each with a button to end it."""
    return await desk.work(said, lambda: _listed(desk, said))


async def unsubscribe(desk: Desk, said: Said) -> Reply:
    """End all, or those with these numbers; without a number a list to tap, where there are several."""

    def make() -> Reply:
        if not desk.settings.db.exists():
            return Reply(html=say("unsubscribed", said.lang, n=0))
        with desk.writing() as store:
            mine = subscribing.of_chat(store, said.chat)
            words = said.text.lower().replace(",", " ").split()
            chosen = {one.pk for number, one in enumerate(mine, 1) if str(number) in words}
            if (not words and len(mine) == 1) or set(words) & {"all", "全部", "所有"}:
                chosen = {one.pk for one in mine}
            if mine and not chosen:
                return _listed(desk, said)
            n = subscribing.remove(store, said.chat, chosen)
        return Reply(html=say("unsubscribed", said.lang, n=n))

    return await desk.work(said, make)


async def tapped(desk: Desk, said: Said) -> Reply:
    """A button: the list, one more, or one less; `said.text` is what stands behind the prefix."""
    what, _, which = said.text.partition(":")
    if what == "add":
        reply = await subscribe(desk, replace(said, text=which))
        return Reply(html=reply.html, keys=reply.keys, anew=True)
    if what == "list":
        reply = await subscriptions(desk, said)
        return Reply(html=reply.html, keys=reply.keys, anew=True)

    def make() -> Reply:
        with desk.writing() as store:
            n = subscribing.remove(store, said.chat, {int(which)} if which.isdecimal() else ())
        return _listed(desk, said, gone=n)

    return await desk.work(said, make)


def shown(one: Subscription, lang: str, now: datetime) -> dict[str, Any]:
    """A subscription for a template: its wish in words, and when it comes next."""
    wish = one.wish
    return {
        "wish": wish,
        "subjects": subjects(wish, lang),
        "days": None if wish.weekdays == EVERY_DAY else wish.weekdays,
        "next": when.following(wish, now) if wish.kind == "digest" else None,
        "off": one.off,
    }


def _listed(desk: Desk, said: Said, *, gone: int | None = None) -> Reply:
    """The chat's subscriptions; gone: how many a tap has just ended."""
    mine: list[Subscription] = []
    if desk.settings.db.exists():
        with desk.reading() as store:
            mine = subscribing.of_chat(store, said.chat)
    rows = [shown(one, said.lang, desk.now()) for one in mine]
    keys = tuple(Key(text=f"✕ {number}", data=f"{PREFIX}del:{one.pk}") for number, one in enumerate(mine, 1))
    lines = tuple(keys[at : at + 5] for at in range(0, len(keys), 5))
    return Reply(html=say("subscriptions", said.lang, rows=rows, gone=gone), keys=lines)


def _clock(now: datetime, zone: str) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"
