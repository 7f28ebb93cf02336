"""The real command, with a replica in place of Wenxuecity: `python replica_command.py URL crawl cfzh …`."""

import functools
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)


def main(url: str, *args: str) -> int:
    """Run `paomo ARGS` against the server at `url`."""
    from bot.cli.main import main as paomo
    from scraper import fetch, sites
    from tests.scraper.replica import Mirror

    sites.SITES = (Mirror(url),)
    fetch.Fetcher = functools.partial(fetch.Fetcher, private={"127.0.0.1"})  # type: ignore[misc,assignment]
    return paomo(args)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
