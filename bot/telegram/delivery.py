"""How a reply reaches a chat: in messages short enough for Telegram, each with whole tags.

Telegram counts UTF-16 units and takes 4,096 of them. Messages are counted with their tags here, which is never
more than Telegram allows.
"""

import re
from dataclasses import dataclass

from telegram import Bot, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest

from bot.render import strip

LIMIT = 4096
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


async def deliver(bot: Bot, place: Place, html: str, *, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Send HTML as one message or several, the keyboard under the last.

    Should Telegram not take the HTML, its words are sent without it.
    """
    parts = split(html)
    answered = ReplyParameters(place.message, allow_sending_without_reply=True) if place.message else None
    for number, part in enumerate(parts):
        words = {
            "chat_id": place.chat,
            "message_thread_id": place.topic,
            "reply_parameters": answered if number == 0 else None,
            "reply_markup": keyboard if number == len(parts) - 1 else None,
        }
        try:
            await bot.send_message(text=part, **words)  # type: ignore[arg-type] # one table of arguments for two calls
        except BadRequest as error:
            if "parse entities" not in str(error):
                raise
            await bot.send_message(text=strip(part), parse_mode=None, **words)  # type: ignore[arg-type] # as above


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
