"""`paomo config`: what holds, and where it came from."""

import click

from bot.cli.context import print_json, settings
from core.config import SETTINGS, without_password


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def config(as_json: bool) -> None:
    """Show every setting, its value and where it came from: default, paomo.toml, the environment or a flag.

    Secrets are hidden. docs/settings.md says what each is for.

    \b
    Example:  paomo config --json
    """
    held = settings()
    rows = [
        {
            "name": setting.name,
            "env": setting.env,
            "value": "(hidden)"
            if setting.secret and getattr(held, setting.name)
            else _shown(getattr(held, setting.name)),
            "origin": held.origin[setting.name],
            "meaning": setting.meaning,
        }
        for setting in SETTINGS
    ]
    if as_json:
        print_json({"settings": rows})
        return
    for row in rows:
        value = "–" if row["value"] in (None, []) else row["value"]
        click.echo(f"{row['name']} = {value}  [{row['origin']}; {row['env']}]\n    {row['meaning']}")


def _shown(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return value if value is None or isinstance(value, int | float) else without_password(str(value))
