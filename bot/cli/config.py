"""`paomo config`: what holds, and where it came from."""

import click

from bot.cli.context import console, print_json, settings
from core.config import SETTINGS


@click.command(short_help="Show every setting, its value and where it came from.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def config(as_json: bool) -> None:
    """Show every setting, its value and where it came from: default, paomo.toml, the environment or a flag.

    Secrets are hidden.
    """
    held = settings()
    rows = []
    for setting in SETTINGS:
        value = getattr(held, setting.name)
        if isinstance(value, frozenset):
            value = sorted(value)
        if setting.secret and value:
            value = "(hidden)"
        rows.append(
            {
                "name": setting.name,
                "env": setting.env,
                "value": value if isinstance(value, int | float | list) or value is None else str(value),
                "origin": held.origin[setting.name],
                "meaning": setting.meaning,
            }
        )
    if as_json:
        print_json({"settings": rows})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("setting", "value", "from", "environment", "meaning"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            row["name"],
            "–" if row["value"] in (None, []) else str(row["value"]),
            row["origin"],
            row["env"],
            row["meaning"],
        )
    console().print(table)
