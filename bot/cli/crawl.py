"""`paomo crawl`: follow boards, once or on a schedule. What it does is in `bot.cli.crawl_run`."""

from typing import Any

import click

from bot.cli.options import Day, Number


@click.command()
@click.argument("boards", metavar="[BOARD]...", nargs=-1)
@click.option("--pages", type=click.IntRange(1), metavar="N", help="Read at most N pages of each list.")
@click.option("--since", type=Day(), help="Go back to DATE, a day of the forum's clock, such as 2025-10-21.")
@click.option(
    "--days",
    type=Number(0, 3650),
    metavar="DAYS",
    default=3.0,
    show_default=True,
    help="Go back so many days, where no --since is given.",
)
@click.option("--every", metavar="TIME", help="Run again and again, so far apart: 30m, 6h, 1d.")
@click.option("--zero-byte", is_flag=True, help="Ask for posts of 0 bytes too: a few of them hold a picture.")
@click.option("--again", is_flag=True, help="Lift pauses, and ask again for posts that were given up.")
@click.option("--no-score", is_flag=True, help="Store only; do not judge the new posts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, with --every one line a run.")
def crawl(**said: Any) -> int:
    """Follow each BOARD (cfzh, ptt:Stock): read its list, fetch what is new or changed, store and judge it.

    Without BOARD: the setting `boards` and all of `paomo follow list`. One request at a time, with pauses, as robots.txt allows, and no
    more a day than the setting daily_requests says. A run that is cut off goes on where it was. Posts of 0 bytes are
    a title alone and are not fetched; --zero-byte fetches them for the few that hold a picture.

    \b
    Example:  paomo crawl cfzh --every 30m
    Exit codes:  0 done or stopped by SIGTERM, 1 a board could not be read,
                 3 a crawl runs already, 130 Ctrl-C
    """
    from bot.cli.crawl_run import run

    return run(**said)
