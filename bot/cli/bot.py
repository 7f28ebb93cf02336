"""`paomo bot`: the Telegram bot."""

import click

from bot.cli.context import settings
from bot.lock import only_bot
from core.config import often
from core.errors import UsageError


@click.command()
@click.option(
    "--crawl-every",
    metavar="TIME",
    help="Crawl what is followed so often: 30m, 6h, 1d; 0 for never.  [env: PAOMO_CRAWL_EVERY; default: 30m]",
)
@click.option("--webhook", metavar="URL", help="Have updates brought to this https address instead of asking for them.")
@click.option(
    "--listen", metavar="HOST:PORT", help="With --webhook: where to listen for updates.  [default: 127.0.0.1:8080]"
)
@click.option("-v", "--verbose", is_flag=True, help="Log more; never what people write, never the token.")
def bot(crawl_every: str | None, webhook: str | None, listen: str | None, verbose: bool) -> None:
    """Run the Telegram bot until Ctrl-C or SIGTERM, and beside it the crawl of what is followed.

    The token comes from PAOMO_TELEGRAM_TOKEN, or from the file that PAOMO_TELEGRAM_TOKEN_FILE names; who may talk
    to the bot from PAOMO_TELEGRAM_ALLOW. docs/bot.md shows the way from nothing to a running bot.

    \b
    Example:  paomo bot --crawl-every 2h
    Exit codes:  0 stopped as asked, 1 Telegram does not know the token,
                 2 no token, 3 a bot runs already
    """
    held = settings()
    if not held.telegram_token:
        raise UsageError(
            "the bot has no token",
            hint="set PAOMO_TELEGRAM_TOKEN to the token that @BotFather gave you; see docs/bot.md",
        )
    if listen and not webhook:
        raise UsageError("--listen goes with --webhook")
    every = held.crawl_every if crawl_every is None else _often(crawl_every)
    with only_bot(held.db):
        from bot.telegram.app import run
        from bot.telegram.crawling import command_for, follows_something
        from bot.telegram.serve import Mode
        from bot.telegram.webhook import read_hook

        hook = read_hook(webhook, listen or "127.0.0.1:8080") if webhook else None
        crawl = None
        if every and follows_something(held):
            crawl = command_for(held, click.get_current_context().find_root().obj.get("config_file"))
        run(held, Mode(hook=hook, crawl=crawl, crawl_every=every), verbose=verbose)


def _often(text: str) -> float:
    try:
        return often(text)
    except ValueError as error:
        raise UsageError(f"--crawl-every {text}: {error}") from None
