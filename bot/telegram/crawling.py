"""The crawl beside the bot: `paomo crawl` as a process of its own, every so often.

A process and not a thread: judging posts and reading pages is arithmetic, which in a thread would hold the interpreter that
answers wait for (docs/bot.md has the figures). It never sees the token, and has the lower priority.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from core.config import Settings
from core.errors import Busy, PaomoError
from core.storage import following
from core.store import Store

PATIENCE = 20.0  # seconds that a crawl has to end its request when the bot is stopped
_SECRETS = ("PAOMO_TELEGRAM_TOKEN", "PAOMO_TELEGRAM_TOKEN_FILE")
_LONGEST = 300  # characters of a line of its output that the log takes
_log = logging.getLogger(__name__)


class Crawls:
    """Runs the command again and again; `after` is called when a run ended well, so that letters are looked for."""

    def __init__(self, command: Sequence[str], every: float, *, after: Callable[[], None] = lambda: None) -> None:
        self.command, self.every, self._after = tuple(command), every, after

    async def run(self) -> None:
        """Until cancelled; then the run under way is asked to end, and waited for."""
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self.once()
            except OSError as error:
                _log.error("the crawl could not be started: %s", error.strerror or type(error).__name__)
            await asyncio.sleep(max(1.0, self.every - (asyncio.get_running_loop().time() - started)))

    async def once(self) -> int:
        """One run; its exit code. What it says goes to the log."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(os.environ),
        )
        _lower(process.pid)
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_tell(process.stdout, logging.INFO))
                last = tasks.create_task(_tell(process.stderr, logging.DEBUG))
            code = await process.wait()
        finally:
            await _end(process)
        if code == Busy.exit_code:
            _log.info("another crawl is at work on this database; the bot's own looks again later")
        elif code != 0:
            _log.warning("the crawl ended with %d: %s", code, last.result())
        else:
            self._after()
        return code


def command_for(settings: Settings, config_file: Path | None = None) -> list[str]:
    """What the bot runs to crawl what is followed, into the same database."""
    config = ["--config", str(config_file)] if config_file else []
    return [sys.executable, "-m", "bot", "--db", str(settings.db), *config, "crawl"]


def follows_something(settings: Settings) -> bool:
    """Whether there is anything to crawl: the setting `boards`, or what `paomo follow` keeps."""
    if settings.boards:
        return True
    if not settings.db.exists():
        return False
    try:
        with Store.open(settings.db, readonly=True) as store:
            return bool(following.listed(store))
    except PaomoError:
        return False


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the token.

    >>> environment({"PAOMO_TELEGRAM_TOKEN": "1:AA", "LANG": "C"})
    {'LANG': 'C'}
    """
    return {name: value for name, value in environ.items() if name not in _SECRETS}


async def _tell(stream: asyncio.StreamReader, level: int) -> str:
    """Write each line of a stream to the log; the last one."""
    last = ""
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # a line without an end; the rest of it is let go
            continue
        if not line:
            return last
        if text := line.decode("utf-8", "replace").strip()[:_LONGEST]:
            last = text
            _log.log(level, "crawl: %s", text)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to end, and end it where it does not."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()


def _lower(pid: int) -> None:
    """Let answers go first where the system knows priorities."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 10)
