"""What Telegram would refuse, looked for in a call as it is sent. One guard for all tests: the emulator of the end-to-end
tests asks it before it answers, the tests without a network through `Recorder` (tests/bot/telegram_line.py).

The numbers are those of the Bot API's own pages; the database of a chat, its rights and its rates are not looked at.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
LIMITS = {"text": 4096, "caption": 1024}
BUTTONS, ROW = 100, 8
PNG = b"\x89PNG\r\n\x1a\n"


class Markup(HTMLParser):
    """Telegram's HTML: allowed tags alone, each closed, in order; `wrong` says what is not."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.wrong: list[str] = []
        if stray := re.search(r"<(?!/?[a-z])|&(?!#\d+;|#x[0-9a-fA-F]+;|(?:lt|gt|amp|quot);)", text):
            self.wrong.append(f"unescaped {stray[0]}")
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag not in TAGS:
            self.wrong.append(f"tag <{tag}>")
        if [name for name, _ in attrs] != (["href"] if tag == "a" else []):
            self.wrong.append(f"attributes of <{tag}>: {attrs}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")


def broken_limits(method: str, call: Mapping[str, Any]) -> list[str]:
    """What Telegram would refuse in a call; `call` is the form as sent, its files as bytes."""
    wrong = [complaint for field in LIMITS for complaint in _words(method, field, call)]
    if method == "sendMessage" and not re.sub(r"<[^>]*>", "", str(call.get("text", ""))).strip():
        wrong.append("message text is empty")
    wrong += _keyboard(_read(call.get("reply_markup")) or {})
    for command in _read(call.get("commands")) or []:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
            wrong.append(f"command {command}")
    if method == "editMessageMedia":
        media = _read(call.get("media")) or {}
        wrong += broken_limits("sendPhoto", {k: v for k, v in media.items() if k in ("caption", "parse_mode")})
    if method == "answerInlineQuery":
        wrong += _inline(_read(call.get("results")) or [])
    photos = [body for name, body in call.items() if isinstance(body, bytes) and method in ("sendPhoto", "editMessageMedia")]  # fmt: skip
    wrong += [f"a photo that is no PNG: {body[:8]!r}" for body in photos if not body.startswith(PNG)]
    return wrong


def _words(method: str, field: str, call: Mapping[str, Any]) -> Iterator[str]:
    """Length and markup of a text; what Telegram counts are UTF-16 units, with the markup taken out."""
    text = call.get(field) or ""
    most = 200 if method == "answerCallbackQuery" else LIMITS[field]
    seen = re.sub(r"<[^>]*>", "", text) if call.get("parse_mode") == "HTML" and field == "caption" else text
    length = len(seen.encode("utf-16-le")) // 2
    if length > most:
        yield f"{field} has {length} units, the limit is {most}"
    if call.get("parse_mode") == "HTML":
        yield from Markup(text).wrong


def _keyboard(markup: Mapping[str, Any]) -> Iterator[str]:
    rows = markup.get("inline_keyboard", [])
    if sum(map(len, rows)) > BUTTONS or any(len(row) > ROW for row in rows):
        yield "too many buttons"
    for key in (key for row in rows for key in row):
        data = key.get("callback_data", "x" if "url" in key else "")
        if not key["text"].strip() or not 1 <= len(data.encode()) <= 64:
            yield f"button {key}"


def _inline(results: list[Mapping[str, Any]]) -> Iterator[str]:
    if len(results) > 50:
        yield f"{len(results)} inline results"
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64 or not result["title"]:
            yield f"inline result {result['id']}"
        content = result["input_message_content"]
        yield from broken_limits("sendMessage", {"text": content["message_text"], "parse_mode": content.get("parse_mode")})  # fmt: skip


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value
