"""A Bot API server on loopback, as a program of its own: `python -m tests.e2e.emulator SECRET` prints its port.

Every token with that secret behind its colon is a bot with its own updates.

The server is telemelya, which nobody here wrote; fakeredis and moto stand in for the two services that it wants.
Added, because telemelya has none of it: updates by long polling, the menu of commands, updates of any shape
(`POST /test/update`), files, new pictures in old messages, 401 for a wrong token, errors with their own status, and a
guard that holds each outgoing call to Telegram's limits and answers 400 like Telegram (`GET /test/violations` tells what
it caught). `POST /test/mood` makes it behave: `blocked` (chats that answer 403), `flood` (429 at Telegram's published
rates), `down` (502 to everything), `deaf` (chats whose message arrives, but no answer comes back).
"""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from tests.e2e.limits import broken_limits


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


class Flood:
    """Telegram's published rates: 30 messages a second in all, one a second to a person, 20 a minute to a group."""

    def __init__(self) -> None:
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, chat: str) -> int | None:
        """Seconds to wait before this chat may be sent to; `None` where it may now."""
        now = time.monotonic()
        for key, most, seconds in (("all", 30, 1.0), (chat, 20, 60.0) if chat.startswith("-") else (chat, 1, 1.0)):
            sent = self._sent[key]
            while sent and now - sent[0] > seconds:
                sent.popleft()
            if len(sent) >= most:
                return max(1, int(seconds - (now - sent[0])) + 1)
            sent.append(now)
        return None


def _failed(code: int, text: str, **more: Any) -> Any:
    from fastapi.responses import JSONResponse

    return JSONResponse({"ok": False, "error_code": code, "description": text, **more}, code)


def _app(secret: str) -> Any:
    from fastapi import Request
    from fastapi.responses import Response
    from telemelya.server.app import app

    violations: list[str] = []
    mood: dict[str, Any] = {}
    hooks: dict[str, Any] = {}
    flood = Flood()

    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Any:
        if not request.url.path.startswith("/bot"):
            return await go_on(request)
        token, _, method = request.url.path.removeprefix("/bot").partition("/")
        if not token.endswith(f":{secret}") or token in mood.get("revoked", ()):
            return _failed(401, "Unauthorized")
        if mood.get("down"):
            return _failed(502, "Bad Gateway")
        call = await _form(request)
        if wrong := broken_limits(method, call):
            violations.append(f"{method}: {'; '.join(wrong)}")
            return _failed(400, f"Bad Request: {wrong[0]}")
        if method == "setWebhook":
            hooks[token] = call
        chat = str(call.get("chat_id", ""))
        if chat in map(str, mood.get("blocked", ())):
            return _failed(403, "Forbidden: bot was blocked by the user")
        if mood.get("flood") and method.startswith("send") and (pause := flood.wait(chat)):
            return _failed(429, f"Too Many Requests: retry after {pause}", parameters={"retry_after": pause})
        response = await _with_status(await go_on(request))
        if chat in map(str, mood.get("deaf", ())):
            await asyncio.Event().wait()
        return response

    _add_methods(app)
    _add_controls(app, violations, mood, hooks)
    app.middleware("http")(guard)
    return app


async def _form(request: Any) -> dict[str, Any]:
    """A call as sent, its files as bytes; JSON stays text."""
    from starlette.datastructures import UploadFile

    await request.body()  # kept, so that it can be read again behind the guard
    form = await request.form()
    return {name: await value.read() if isinstance(value, UploadFile) else value for name, value in form.items()}


async def _with_status(response: Any) -> Any:
    """telemelya answers errors with 200; Telegram does not."""
    from fastapi.responses import Response

    body = b"".join([part async for part in response.body_iterator])
    told = json.loads(body) if body.startswith(b"{") else {}
    code = told.get("error_code") or response.status_code
    return Response(body, code, media_type=response.headers.get("content-type"))


def _add_controls(app: Any, violations: list[str], mood: dict[str, Any], hooks: dict[str, Any]) -> None:
    """What tests ask and set, beside telemelya's own."""
    from fastapi import APIRouter, Request

    routes = APIRouter(prefix="/test")

    @routes.post("/mood")
    async def set_mood(request: Request) -> dict[str, Any]:
        mood.update(await request.json())
        return mood

    @routes.get("/hooks")
    async def get_hooks() -> dict[str, Any]:
        return hooks

    @routes.post("/revoke")
    async def revoke(token: str) -> bool:
        mood.setdefault("revoked", []).append(token)
        return True

    @routes.get("/violations")
    async def get_violations() -> list[str]:
        return violations

    @routes.delete("/violations")
    async def forgive() -> list[str]:
        forgiven = violations.copy()
        violations.clear()
        return forgiven

    app.include_router(routes)


def _add_methods(app: Any) -> None:
    """Methods of the Bot API that telemelya lacks."""
    from fastapi import APIRouter, Request
    from telemelya.server import bot_api, control_api

    mailboxes: defaultdict[str, Mailbox] = defaultdict(Mailbox)
    menus: dict[str, Any] = {}
    shown: dict[int, tuple[Any, ...]] = {}
    routes = APIRouter()
    state = control_api.state_manager

    @routes.post("/bot{token}/getUpdates")
    async def get_updates(token: str, request: Request) -> dict[str, Any]:
        form = await bot_api._parse_body(request)
        updates = await mailboxes[token].get(int(form.get("offset", 0)), float(form.get("timeout", 0)))
        return {"ok": True, "result": updates}

    @routes.post("/test/update")
    async def put_update(token: str, request: Request) -> bool:
        await mailboxes[token].put(await request.json())
        return True

    @routes.post("/bot{token}/setMyCommands")
    async def set_my_commands(request: Request) -> dict[str, Any]:
        form = await bot_api._parse_body(request)
        menus[form.get("language_code", "")] = form["commands"]
        return {"ok": True, "result": True}

    @routes.get("/test/menus")
    async def get_menus() -> dict[str, Any]:
        return menus

    async def keep(form: dict[str, Any], method: str, message: int, **more: Any) -> dict[str, Any]:
        """Keep the call for tests and answer with a message, as telemelya does."""
        chat = int(form["chat_id"])
        caption = more.pop("caption", form.get("caption"))
        record = {"method": method, "chat_id": chat, "message_id": message, "caption": caption, "reply_markup": form.get("reply_markup"), **more}  # fmt: skip
        await state.push_response("default", record)
        result = {"message_id": message, "date": int(time.time()), "chat": {"id": chat, "type": "private"}, "caption": caption}  # fmt: skip
        return {"ok": True, "result": result}

    async def kept_file(upload: Any) -> str:
        """Put a file where telemelya's own are; its id."""
        id = f"file{time.monotonic_ns()}"
        body = await upload.read()
        await bot_api.media_manager.upload("default", id, upload.filename or "file", body, "application/octet-stream")
        await state.push_media_meta("default", {"file_id": id, "file_unique_id": id[:16], "filename": upload.filename or "file", "session_id": "default"})  # fmt: skip
        await state.set_file_meta(id, {"session_id": "default", "filename": upload.filename or "file"})
        return id

    @routes.post("/bot{token}/sendDocument")
    async def send_document(request: Request) -> dict[str, Any]:
        form = await bot_api._parse_body(request)
        id = await kept_file(form["document"])
        message = await state.next_message_id("default")
        return await keep(form, "sendDocument", message, file_id=id, filename=form["document"].filename)

    @routes.post("/bot{token}/editMessageMedia")
    async def edit_message_media(request: Request) -> Any:
        form = await bot_api._parse_body(request)
        message, media = int(form["message_id"]), form["media"]
        upload = form[str(media["media"]).removeprefix("attach://")]
        same = (await upload.read(), media.get("caption"), json.dumps(form.get("reply_markup")))
        await upload.seek(0)
        if shown.get(message) == same:
            return _failed(400, "Bad Request: message is not modified: specified new message content is the same")
        shown[message] = same
        return await keep(
            form, "editMessageMedia", message, file_id=await kept_file(upload), caption=media.get("caption")
        )

    @routes.post("/bot{token}/leaveChat")
    async def leave_chat(request: Request) -> dict[str, Any]:
        await keep(await bot_api._parse_body(request), "leaveChat", 0)
        return {"ok": True, "result": True}

    app.include_router(routes)


if __name__ == "__main__":
    main(sys.argv[1])
