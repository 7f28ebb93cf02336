"""Which database a command works on."""

import os
from pathlib import Path

import click


def database(ctx: click.Context) -> Path:
    """`--db`, else `PAOMO_DB`, else `paomo.db` in the user's data folder."""
    named = (ctx.obj or {}).get("db") or os.environ.get("PAOMO_DB")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("paomo", appauthor=False) / "paomo.db"
