"""A Bot API server on loopback, as a program of its own: `python tests/e2e/emulator.py SECRET` prints its port.

Every token with that secret behind its colon is a bot with its own updates.

The server is telemelya, which nobody here wrote; fakeredis and moto stand in for the two services that it wants.
Added, because telemelya has none of it: updates by long polling, the menu of commands, updates of any shape
(`POST /test/update`), 401 for a wrong token, and a guard that holds each outgoing call to Telegram's limits and
answers 400 like Telegram (`GET /test/violations` tells what it caught).
"""

import asyncio
import json
import os
import re
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
LIMITS = {"text": 4096, "caption": 1024}


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


def broken_limits(method: str, call: Mapping[str, str]) -> list[str]:
    """What Telegram would refuse in a call; `call` is the form as sent."""
    wrong = []
    for field, limit in LIMITS.items():
        length = len(call.get(field, "").encode("utf-16-le")) // 2
        most = 200 if method == "answerCallbackQuery" else limit
        if length > most:
            wrong.append(f"{field} has {length} units, the limit is {most}")
        if call.get("parse_mode") == "HTML":
            wrong += Markup(call.get(field, "")).wrong
    if method == "sendMessage" and not re.sub(r"<[^>]*>", "", call.get("text", "")).strip():
        wrong.append("message text is empty")
    for row in json.loads(call.get("reply_markup", "{}")).get("inline_keyboard", []):
        wrong += [
            f"button {key}" for key in row if not 1 <= len(key["callback_data"].encode()) <= 64 or not key["text"]
        ]
    for command in json.loads(call.get("commands", "[]")):
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
            wrong.append(f"command {command}")
    return wrong


class Mailbox:
    """Updates on their way to a bot; one is kept until the bot asks for a later one."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._ids = count(1)
        self._changed = asyncio.Condition()

    async def put(self, update: dict[str, Any]) -> None:
        async with self._changed:
            self._waiting.append({"update_id": next(self._ids), **update})
            self._changed.notify_all()

    async def get(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        """What is waiting from `offset` on, as soon as there is any; nothing after so many seconds."""
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        try:
            async with asyncio.timeout(seconds + 0.01), self._changed:
                await self._changed.wait_for(lambda: self._waiting)
        except TimeoutError:
            return []
        return self._waiting[:100]


def main(secret: str) -> None:
    """Serve until killed, or until standard input ends: then whoever started us is gone."""
    _start_stand_ins()
    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)  # from here on a caller waits instead of being turned away
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    server = uvicorn.Server(uvicorn.Config(_app(secret), log_level="warning"))
    print(listening.getsockname()[1], flush=True)
    server.run(sockets=[listening])


def _start_stand_ins() -> None:
    from fakeredis import TcpFakeServer
    from moto.server import ThreadedMotoServer

    redis = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    threading.Thread(target=redis.serve_forever, daemon=True).start()
    files = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    files.start()
    host, port = files.get_host_and_port()
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{redis.server_address[1]}/0"
    os.environ["MINIO_ENDPOINT"] = f"{host}:{port}"
    os.environ["STRICT_EDIT"] = "true"


def _app(secret: str) -> Any:
    from fastapi import APIRouter, Request
    from fastapi.responses import JSONResponse, Response
    from telemelya.server import bot_api
    from telemelya.server.app import app

    mailboxes: defaultdict[str, Mailbox] = defaultdict(Mailbox)
    menus: dict[str, Any] = {}
    violations: list[str] = []
    revoked: set[str] = set()
    routes = APIRouter()

    @routes.post("/bot{token}/getUpdates")
    async def get_updates(token: str, request: Request) -> dict[str, Any]:
        form = await bot_api._parse_body(request)
        updates = await mailboxes[token].get(int(form.get("offset", 0)), float(form.get("timeout", 0)))
        return {"ok": True, "result": updates}

    @routes.post("/bot{token}/setMyCommands")
    async def set_my_commands(request: Request) -> dict[str, Any]:
        form = await bot_api._parse_body(request)
        menus[form.get("language_code", "")] = form["commands"]
        return {"ok": True, "result": True}

    @routes.get("/test/menus")
    async def get_menus() -> dict[str, Any]:
        return menus

    @routes.post("/test/update")
    async def put_update(token: str, request: Request) -> bool:
        await mailboxes[token].put(await request.json())
        return True

    @routes.post("/test/revoke")
    async def revoke(token: str) -> bool:
        revoked.add(token)
        return True

    @routes.get("/test/violations")
    async def get_violations() -> list[str]:
        return violations

    @routes.delete("/test/violations")
    async def forgive() -> list[str]:
        forgiven = violations.copy()
        violations.clear()
        return forgiven

    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if not request.url.path.startswith("/bot"):
            return await go_on(request)
        token, _, method = request.url.path.removeprefix("/bot").partition("/")
        if not token.endswith(f":{secret}") or token in revoked:
            return JSONResponse({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        wrong = broken_limits(method, dict(parse_qsl((await request.body()).decode(), keep_blank_values=True)))
        if wrong:
            violations.append(f"{method}: {'; '.join(wrong)}")
            text = f"Bad Request: {wrong[0]}"
            return JSONResponse({"ok": False, "error_code": 400, "description": text}, 400)
        return await go_on(request)

    app.include_router(routes)
    app.middleware("http")(guard)
    return app


if __name__ == "__main__":
    main(sys.argv[1])
