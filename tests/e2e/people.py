"""The bot and the Bot API server as two processes on loopback, and people who write to them."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

Found = TypeVar("Found")
ROOT = Path(__file__).resolve().parents[2]
SECRET = "AAnobody-may-read-this-in-a-log_0123"
OWNER, GROUP = 7, -1007
BOT = {"id": 123456789, "is_bot": True, "first_name": "TestBot", "username": "telemelya_bot"}
_numbers = itertools.count(1)


def until(
    find: Callable[[], Found | None], seconds: float = 15, why: Callable[[], str] = lambda: "it never came"
) -> Found:
    """What is found, as soon as there is any; else the test fails."""
    patience = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < patience, why()
        time.sleep(0.02)
    return found


class Telegram:
    """The server as seen by people: they write, tap, and read what the bot sent to their chat."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.address, timeout=10, trust_env=False)

    def update(self, token: str, **update: Any) -> None:
        """Put an update of any shape on a bot's way."""
        self.http.post("/test/update", params={"token": token}, json=update).raise_for_status()

    def sent(self) -> list[dict[str, Any]]:
        """Every call of the bot that talks to people, oldest first."""
        found = self.http.get("/api/v1/test/responses", headers={"Authorization": "Bearer x"}).json()["responses"]
        assert isinstance(found, list)
        return found

    def wait_for(self, fits: Callable[[dict[str, Any]], bool], seconds: float = 15) -> dict[str, Any]:
        """The first call that fits, as soon as there is one."""
        return until(lambda: next(filter(fits, self.sent()), None), seconds, lambda: "no such call")

    def file(self, bot: "RunningBot", id: str) -> bytes:
        """The bytes of a file, fetched as a program of Telegram's would."""
        path = self.http.post(f"/bot{bot.token}/getFile", json={"file_id": id}).json()["result"]["file_path"]
        return self.http.get(f"/file/bot{bot.token}/{path}").content

    def hook(self, token: str, seconds: float = 20) -> dict[str, Any]:
        """What a bot said when it asked for its updates to be brought."""
        found = until(lambda: self.http.get("/test/hooks").json().get(token), seconds, lambda: "no webhook was set")
        assert isinstance(found, dict)
        return found

    def mood(self, **mood: Any) -> None:
        """Make the server behave: see `tests/e2e/emulator.py`."""
        self.http.post("/test/mood", json=mood).raise_for_status()

    def violations(self) -> list[str]:
        """What the guard caught."""
        found = self.http.get("/test/violations").json()
        assert isinstance(found, list)
        return found


class Person:
    """Somebody in a chat."""

    def __init__(
        self, telegram: Telegram, token: str, user: int, *, chat: int | None = None, lang: str | None = None
    ) -> None:
        self.telegram = telegram
        self.token = token
        self.user = {"id": user, "is_bot": False, "first_name": "Tester"} | ({"language_code": lang} if lang else {})
        self.chat = chat or user
        self.seen = len(self._mine())

    def write(self, text: str, *, kind: str = "message", **more: Any) -> None:
        """Write, as Telegram would deliver it: with entities for a command and for mentions."""
        entities = []
        if text.startswith("/"):
            entities.append({"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])})
        if (at := text.find("@telemelya_bot")) >= 0:
            length = len(text[:at].encode("utf-16-le")) // 2
            entities.append({"type": "mention", "offset": length, "length": len("@telemelya_bot")})
        message = {
            "message_id": next(_numbers),
            "from": self.user,
            "chat": {"id": self.chat, "type": "supergroup" if self.chat < 0 else "private", "title": "T"},
            "date": int(time.time()),
            "text": text,
            "entities": entities,
            **more,
        }
        self.telegram.update(self.token, **{kind: message})

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """Write and wait for the message that comes."""
        self.write(text, **more)
        return self.hear()

    def inline(self, text: str, id: str) -> None:
        """Type something behind the bot's name."""
        self.telegram.update(self.token, inline_query={"id": id, "from": self.user, "query": text, "offset": ""})

    def tap(self, message: dict[str, Any], row: int = 0, column: int = 0) -> None:
        """Tap a button under a message of the bot."""
        markup = message["reply_markup"]
        rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
        photo = (
            {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]}
            if message.get("file_id")
            else {}
        )
        self.tap_data(rows[row][column]["callback_data"], message_id=message["message_id"], **photo)

    def tap_data(self, data: str, **more: Any) -> None:
        """Tap a button with this data, however old."""
        chat = {"id": self.chat, "type": "private"}
        held = {"message_id": 1, "from": BOT, "chat": chat, "date": int(time.time()), "text": "…"} | more
        tap = {"id": f"tap{next(_numbers)}", "from": self.user, "chat_instance": "1", "data": data, "message": held}
        self.telegram.update(self.token, callback_query=tap)

    def hear(self, seconds: float = 15) -> dict[str, Any]:
        """The next message in this chat."""
        [heard, *_] = until(lambda: self._mine()[self.seen :], seconds, lambda: "no answer")
        self.seen += 1
        return heard

    def hears_nothing(self, seconds: float = 0.7) -> bool:
        """Whether nothing comes for a while."""
        time.sleep(seconds)
        return len(self._mine()) == self.seen

    def _mine(self) -> list[dict[str, Any]]:
        return [call for call in self.telegram.sent() if call.get("chat_id") == self.chat]


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone afterwards, whatever happens."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without settings of ours and without proxies."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PAOMO_") and "proxy" not in k.lower()}
    return kept | {"PYTHONUTF8": "1"} | more


class RunningBot:
    """`python -m bot bot` in a folder of its own."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, token: str) -> None:
        self.process = process
        self.token = token
        self._log = log

    @property
    def log(self) -> str:
        """Everything it wrote, to both streams."""
        return self._log.read_text(encoding="utf-8")

    def wait_for(self, words: str, seconds: float = 20) -> None:
        """Until the log holds the words."""

        def told() -> bool:
            assert self.process.poll() is None or words in self.log, self.log
            return words in self.log

        until(told, seconds, lambda: f"not in the log: {words}\n{self.log}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(15)


Start = Callable[..., RunningBot]
People = Callable[..., Person]


def started(folder: Path, telegram: Telegram, *options: str, **environment: str) -> RunningBot:
    """A bot process of its own token that talks to the server."""
    token = f"{next(_numbers)}:{SECRET}"
    env = clean_environment(
        HOME=str(folder),
        PAOMO_DB=str(folder / "paomo.db"),
        PAOMO_LANG="en",
        PAOMO_TELEGRAM_API=telegram.address,
        PAOMO_TELEGRAM_TOKEN=token,
        PAOMO_TELEGRAM_ALLOW=f"{OWNER} 8 9 {GROUP}",
    )
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "bot", "bot", "--verbose", *options]
        process = subprocess.Popen(
            command, cwd=ROOT, env=env | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    return RunningBot(process, folder / "log", token)


@contextmanager
def serving() -> Iterator[Telegram]:
    """The server, gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.emulator", SECRET],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )
    with ended(process):
        assert process.stdout is not None
        served = Telegram(int(process.stdout.readline()))
        try:
            yield served
        finally:
            served.http.close()
