"""`paomo bot`: the Telegram bot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.cli.context import settings
from core.errors import Busy, StoreError, UsageError


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Log more; never what people write, never the token.")
def bot(verbose: bool) -> None:
    """Run the Telegram bot until Ctrl-C or SIGTERM.

    The token comes from PAOMO_TELEGRAM_TOKEN, or from the file that PAOMO_TELEGRAM_TOKEN_FILE names; who may talk
    to the bot from PAOMO_TELEGRAM_ALLOW. docs/bot.md shows the way from nothing to a running bot.

    \b
    Exit codes:  0 stopped as asked, 1 Telegram does not know the token, 2 no token, 3 a bot runs already
    """
    held = settings()
    if not held.telegram_token:
        raise UsageError(
            "the bot has no token",
            hint="set PAOMO_TELEGRAM_TOKEN to the token that @BotFather gave you; see docs/bot.md",
        )
    with only_one(held.db):
        from bot.telegram.app import run

        run(held, verbose=verbose)


@contextmanager
def only_one(db: Path) -> Iterator[None]:
    """Hold the bot's lock beside the database; it is free again however the process ends.

    Raises `Busy` where another bot holds it, `StoreError` where no file can be made there.
    """
    from filelock import FileLock, Timeout

    path = db.expanduser().absolute()
    lock = path.with_name(f"{path.name}.bot.lock")
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = FileLock(lock, timeout=0).acquire()
    except Timeout:
        raise Busy(f"a bot already runs with {path}", hint="stop it first, or use another database with --db") from None
    except OSError as error:
        raise StoreError(
            f"{lock}: the lock cannot be made: {error.strerror or error}",
            hint="give a path that you may write, with --db",
        ) from None
    with held:
        yield
