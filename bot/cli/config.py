"""`paomo config`: what holds, and where it came from."""

import math
from typing import Any

import click

from bot.cli.context import print_json, settings
from core.config import SETTINGS, without_password

LENGTHS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def config(as_json: bool) -> None:
    """Show every setting, its value and where it came from: default, paomo.toml, the environment or a flag.

    Secrets are hidden. docs/settings.md says what each is for.

    \b
    Example:  paomo config --json
    """
    held = settings()
    rows: list[dict[str, Any]] = [
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
        from_where = row["origin"] if row["origin"] == row["env"] else f"{row['origin']}; {row['env']}"
        click.echo(f"{row['name']} = {_written(row['name'], row['value'])}  [{from_where}]\n    {row['meaning']}")


def _written(name: str, value: Any) -> str:
    """A value as it is written in the environment; “–” for none."""
    if value in (None, []):
        return "–"
    if name == "crawl_every":
        return _length(value)
    if isinstance(value, list):
        return " ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _length(seconds: float) -> str:
    """A length of time in the largest unit that it is whole in, as the environment takes it.

    >>> [_length(seconds) for seconds in (1800.0, 0.07 * 86400, 61.5, 0.0)]
    ['30m', '6048s', '61.5s', '0']
    """
    for unit, size in LENGTHS:
        if seconds and math.isclose(seconds / size, round(seconds / size), rel_tol=1e-12):
            return f"{round(seconds / size)}{unit}"
    return f"{seconds:.15g}s" if seconds else "0"


def _shown(value: object) -> object:
    if isinstance(value, frozenset | tuple):
        return sorted(value) if isinstance(value, frozenset) else list(value)
    return value if value is None or isinstance(value, int | float) else without_password(str(value))
