"""How a reply reaches a chat: in messages short enough for Telegram, each with whole tags.

Telegram counts UTF-16 units and takes 4,096 of them. Messages are counted with their tags here, which is never
more than Telegram allows.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters
from telegram.error import BadRequest

from bot.render import strip
from bot.telegram.reply import Reply

LIMIT = 4096
CAPTION = 1024
_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*)(?: [^<>]*)?>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,8});|.", re.DOTALL
)
_STRAY = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reply goes: a chat, its topic where it has topics, the message that is answered."""

    chat: int
    topic: int | None = None
    message: int | None = None


async def deliver(
    bot: Bot, place: Place, reply: Reply, *, keyboard: InlineKeyboardMarkup | None = None
) -> Message | None:
    """Send a reply as one message or several, the keyboard under the last; returns that one, `None` for a reply of nothing.

    A picture goes first, with the words under it where they are short enough. Should Telegram not take the HTML, its words
    are sent without it.
    """
    answered = ReplyParameters(place.message, allow_sending_without_reply=True) if place.message else None
    head: dict[str, Any] = {"chat_id": place.chat, "message_thread_id": place.topic}
    parts = split(reply.html)
    last: Message | None = None
    if reply.picture is not None:
        fits = _visible(reply.html) <= CAPTION
        last = await _worded(
            bot.send_photo, "caption", reply.html if fits else None, photo=reply.picture, **head,
            reply_parameters=answered, reply_markup=keyboard if fits else None,
        )  # fmt: skip
        parts, answered = ([] if fits else parts), None
        if fits:
            return last
    if reply.file is not None:
        return await _worded(
            bot.send_document, "caption", reply.html, document=reply.file.body, filename=reply.file.name, **head,
            reply_parameters=answered, reply_markup=keyboard,
        )  # fmt: skip
    for number, part in enumerate(parts):
        final = number == len(parts) - 1
        last = await _worded(
            bot.send_message, "text", part, **head, reply_parameters=answered if number == 0 else None,
            reply_markup=keyboard if final else None,
        )  # fmt: skip
    return last


async def edit(
    bot: Bot, place: Place, reply: Reply, *, keyboard: InlineKeyboardMarkup | None = None, picture: bool = False
) -> None:
    """Put a reply in the place of a message, which may have a picture; as a new message where it cannot take its place.

    That nothing changed is no trouble.
    """
    ids: dict[str, Any] = {"chat_id": place.chat, "message_id": place.message, "reply_markup": keyboard}
    fits = _visible(reply.html) <= (CAPTION if picture else LIMIT)
    try:
        if reply.picture is not None and picture and fits:
            await bot.edit_message_media(InputMediaPhoto(reply.picture, caption=reply.html, parse_mode="HTML"), **ids)
        elif picture and reply.picture is None and fits:
            await bot.edit_message_caption(caption=reply.html, **ids)
        elif not picture and reply.picture is None and fits:
            await bot.edit_message_text(reply.html, **ids)
        else:
            await deliver(bot, Place(chat=place.chat, topic=place.topic), reply, keyboard=keyboard)
    except BadRequest as error:
        if "not modified" not in str(error).lower():
            raise


async def _worded(send: Callable[..., Awaitable[Message]], field: str, html: str | None, **call: Any) -> Message:
    """Send with words in HTML, or without their markup where Telegram does not take it."""
    try:
        return await send(**{field: html}, **call)
    except BadRequest as error:
        if html is None or "parse entities" not in str(error):
            raise
        return await send(**{field: strip(html)}, **call, parse_mode=None)


def _visible(html: str) -> int:
    return units(strip(html))


def units(text: str) -> int:
    """Length as Telegram counts: UTF-16 units.

    >>> units("泡沫"), units("🚀")
    (2, 2)
    """
    return len(text) + sum(char > "\uffff" for char in text)


def split(html: str, limit: int = LIMIT) -> list[str]:
    """Cut Telegram HTML into messages of at most `limit` units; a tag that is open at a cut is closed and opened anew.

    Cuts stand behind a line where there is one in the second half, else behind a space, else where the limit is,
    never inside a character, an entity or a tag. A link too long to leave room for words is dropped, its words stay.

    >>> split("<b>one two</b> three", limit=16)
    ['<b>one two</b>', 'three']
    """
    tokens = list(_well_formed(html, limit))
    parts = []
    start = 0
    opened: tuple[str, ...] = ()
    while start < len(tokens):
        end, still = _cut(tokens, start, opened, limit)
        closing = "".join(_closer(tag) for tag in reversed(still))
        part = "".join((*opened, *tokens[start:end]))
        if strip(part).strip():
            parts.append(part.strip() + closing)
        start, opened = end, still
    return parts


def _well_formed(html: str, limit: int) -> list[str]:
    """Tags, entities and characters; tags without a partner, and those too long to open anew, are left out."""
    tokens: list[str] = []
    opened: list[tuple[str, bool]] = []  # name, and whether the tag was kept
    cost = 0
    for match in _TOKEN.finditer(html):
        token, name = match[0], match["name"]
        if name is None:
            tokens.append(_STRAY.get(token, token))
        elif not match["close"]:
            kept = cost + units(token) + units(_closer(token)) <= limit // 2
            opened.append((token, kept))
            if kept:
                cost += units(token) + units(_closer(token))
                tokens.append(token)
        elif opened and _closer(opened[-1][0]) == token:
            tag, kept = opened.pop()
            if kept:
                cost -= units(tag) + units(token)
                tokens.append(token)
    tokens += [_closer(tag) for tag, kept in reversed(opened) if kept]
    return tokens


def _cut(tokens: list[str], start: int, opened: tuple[str, ...], limit: int) -> tuple[int, tuple[str, ...]]:
    """Where the message that begins at `start` ends, and which tags are open there."""
    used = sum(units(tag) for tag in opened)
    stack = list(opened)
    line = space = (start, opened)
    whole = (start, opened)
    half = limit // 2
    for at in range(start, len(tokens)):
        token = tokens[at]
        if _is_tag(token):
            if token.startswith("</"):
                stack.pop()
            else:
                stack.append(token)
        used += units(token)
        if used + sum(units(_closer(tag)) for tag in stack) > limit:
            break
        whole = (at + 1, tuple(stack))
        if token.isspace() and used > half:
            space = whole
            if "\n" in token:
                line = whole
    else:
        return len(tokens), ()
    return next(found for found in (line, space, whole) if found[0] > start)


def _is_tag(token: str) -> bool:
    return len(token) > 1 and token.startswith("<")


def _closer(tag: str) -> str:
    return f"</{re.split(r'[ >]', tag[1:], maxsplit=1)[0]}>"
