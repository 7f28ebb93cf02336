"""Beside the bot: the crawl as a process of its own, and updates that are brought to us."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.cli.main import main
from bot.telegram import crawling
from bot.telegram.crawling import Crawls, command_for, environment, follows_something
from bot.telegram.webhook import HEADER, LONGEST, Hook, Listener, read_hook
from core.config import Settings
from core.errors import UsageError
from core.storage import following
from core.storage.following import Follow, Kind
from core.store import Store
from tests.bot.telegram_line import TOKEN, message

PY = sys.executable


def once(code: str) -> tuple[int, list[int]]:
    """One run of a Python program in the crawl's place: its exit code, and how often letters were looked for after it."""
    woken: list[int] = []
    crawls = Crawls([PY, "-c", code], 60, after=lambda: woken.append(1))
    return asyncio.run(crawls.once()), woken


def test_a_run_that_ends_well_is_told_and_letters_are_looked_for(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        code, woken = once("import sys; print('3 new'); print('page 1', file=sys.stderr)")
    assert (code, woken) == (0, [1])
    assert {(record.levelname, record.message) for record in caplog.records if "crawl:" in record.message} == {
        ("INFO", "crawl: 3 new"),
        ("DEBUG", "crawl: page 1"),
    }


@pytest.mark.parametrize(("code", "level"), [(1, "WARNING"), (3, "INFO")])
def test_a_run_that_fails_is_one_line_and_no_end(code: int, level: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        found, woken = once(f"import sys; print('it broke', file=sys.stderr); sys.exit({code})")
    assert (found, woken) == (code, [])
    assert [record.levelname for record in caplog.records if record.name.endswith("crawling")] == [level]


def test_endless_lines_and_bytes_of_any_kind_are_borne() -> None:
    assert (
        once("import sys; sys.stdout.write('x' * 300_000 + '\\n'); sys.stdout.buffer.write(b'\\xff\\xfe\\n')")[0] == 0
    )


def test_the_crawl_never_sees_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAOMO_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("PAOMO_TELEGRAM_TOKEN_FILE", "/x")
    assert (
        once("import os, sys; sys.exit(any('TOKEN' in name for name in os.environ if name.startswith('PAOMO')))")[0]
        == 0
    )
    assert "PAOMO_TELEGRAM_TOKEN" not in environment(os.environ)


def test_answers_go_before_the_crawl() -> None:
    assert once("import os, sys, time; time.sleep(0.2); sys.exit(os.getpriority(os.PRIO_PROCESS, 0) < 10)")[0] == 0


STUBBORN = "import signal, sys, time; signal.signal(signal.SIGTERM, {what}); print('begun', flush=True); time.sleep(60)"


@pytest.mark.parametrize(
    ("what", "patience", "code"), [("lambda *_: sys.exit(0)", 600, 0), ("signal.SIG_IGN", 0.3, -signal.SIGKILL)]
)
def test_a_stop_ends_the_run_under_way(what: str, patience: float, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that heeds the signal is given all the time that a busy machine needs; the other is not waited for."""
    monkeypatch.setattr(crawling, "PATIENCE", patience)
    begun, ended = asyncio.Event(), []
    real_end = crawling._end

    async def noted(process: asyncio.subprocess.Process) -> None:
        await real_end(process)
        ended.append(process.returncode)

    class Handler(logging.Handler):
        """Notices that the program has begun."""

        def emit(self, record: logging.LogRecord) -> None:
            if "begun" in record.getMessage():
                begun.set()

    monkeypatch.setattr(crawling, "_end", noted)
    handler = Handler()
    crawling._log.addHandler(handler)
    crawling._log.setLevel(logging.INFO)

    async def play() -> None:
        running = asyncio.create_task(Crawls([PY, "-c", STUBBORN.format(what=what)], 60).run())
        await begun.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    try:
        asyncio.run(play())
    finally:
        crawling._log.removeHandler(handler)
        crawling._log.setLevel(logging.NOTSET)
    assert ended == [code]


def test_a_command_that_is_not_there_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        running = asyncio.create_task(Crawls(["/no/such/program"], 60).run())
        while not caplog.records:  # noqa: ASYNC110 # the log is what is waited for
            await asyncio.sleep(0.01)  # the log is what is waited for
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(play())
    assert "could not be started" in caplog.text


def test_what_is_followed_decides_whether_there_is_a_crawl(tmp_path: Path) -> None:
    db = tmp_path / "paomo.db"
    held = Settings(db=db, lang="en")
    assert not follows_something(held)
    assert follows_something(Settings(db=db, lang="en", boards=("cfzh",)))
    with Store.open(db) as store:
        assert not follows_something(held)
        following.add(
            store, Follow(kind=Kind.BOARD, site="wenxuecity", what="cfzh"), now=datetime(2026, 11, 23, tzinfo=UTC)
        )
    assert follows_something(held)
    assert command_for(held, Path("x.toml"))[1:] == ["-m", "bot", "--db", str(db), "--config", "x.toml", "crawl"]


@asynccontextmanager
async def listening(secret: str = "s3cret") -> AsyncIterator[tuple[int, asyncio.Queue[Any]]]:
    """A listener at a port of its own, and what it takes in."""
    queue: asyncio.Queue[Any] = asyncio.Queue()
    listener = Listener(None, Hook(url="https://bot.example/tg", host="127.0.0.1", port=0), secret, queue)  # type: ignore[arg-type] # no bot is needed
    port = await listener.start()
    try:
        yield port, queue
    finally:
        await listener.close()


def post(
    body: bytes, *, path: str = "/tg", secret: str = "s3cret", length: int | None = None, method: str = "POST"
) -> bytes:
    """A request as Telegram sends it."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bot.example\r\nContent-Type: application/json\r\nContent-Length: {len(body) if length is None else length}\r\n"
    return head.encode() + HEADER.title() + f": {secret}\r\n\r\n".encode() + body


def answers(*requests: bytes) -> tuple[list[bytes], list[Update]]:
    """Status lines for some requests, and the updates that came through."""

    async def play() -> tuple[list[bytes], list[Update]]:
        told = []
        async with listening() as (port, queue):
            for request in requests:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request)
                await writer.drain()
                if writer.can_write_eof():
                    writer.write_eof()
                told.append((await reader.read()).split(b"\r\n")[0])
                writer.close()
                await writer.wait_closed()
        return told, [queue.get_nowait() for _ in range(queue.qsize())]

    return asyncio.run(play())


UPDATE = json.dumps({"update_id": 5, "message": message("payback?")}).encode()


def test_an_update_with_the_secret_comes_through() -> None:
    told, updates = answers(post(UPDATE), post(UPDATE, path="/tg?x=1"))
    assert told == [b"HTTP/1.1 200 OK"] * 2
    assert [update.message.text for update in updates if update.message] == ["payback?"] * 2


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (post(UPDATE, secret="wrong"), b"403"),
        (post(UPDATE, secret=""), b"403"),
        (post(UPDATE, path="/"), b"404"),
        (post(UPDATE, method="GET"), b"405"),
        (post(b"no json"), b"400"),
        (post(b"[1]"), b"400"),
        (post(b"null"), b"400"),
        (post(b'{"update_id": 1, "message": 7}'), b"400"),
        (post(b"", length=LONGEST + 1), b"413"),
        (post(b"").replace(b"Content-Length: 0", b"Content-Length: x"), b"411"),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (post(b"{}", length=500), b""),
        (b"\x16\x03\x01", b""),
    ],
)
def test_everything_else_is_refused(request_: bytes, status: bytes) -> None:
    told, updates = answers(request_)
    assert told[0].removeprefix(b"HTTP/1.1 ").startswith(status)
    assert updates == []


@pytest.mark.parametrize(
    ("url", "listen"),
    [("ftp://x/y", "127.0.0.1:1"), ("http://bot.example/x", "127.0.0.1:1"), ("https://", "127.0.0.1:1"), ("https://b.example/x", "8080"), ("https://b.example/x", "h:99999")],
)  # fmt: skip
def test_an_address_that_cannot_be_is_told(url: str, listen: str) -> None:
    with pytest.raises(UsageError):
        read_hook(url, listen)


def test_a_port_that_is_taken_is_one_line() -> None:
    async def play() -> None:
        async with listening() as (port, queue):
            other = Listener(None, Hook(url="https://x/y", host="127.0.0.1", port=port), "s", queue)  # type: ignore[arg-type] # as above
            with pytest.raises(UsageError, match="cannot listen"):
                await other.start()

    asyncio.run(play())


@pytest.mark.parametrize(
    "options", [["--crawl-every", "5"], ["--crawl-every", "1s"], ["--listen", "x:1"], ["--webhook", "nonsense"]]
)
def test_wrong_options_are_one_line(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAOMO_TELEGRAM_TOKEN", TOKEN)
    assert main(["bot", *options]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("token", ["AAwrong", "1:AAwrong/../x"])
def test_what_is_no_token_is_one_line(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAOMO_TELEGRAM_TOKEN", token)
    assert main(["bot"]) == 1
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "token" in told
    assert "AAwrong" not in told


def test_without_a_token_it_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bot"]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "PAOMO_TELEGRAM_TOKEN" in told
