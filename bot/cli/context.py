"""What every command needs: the settings in force, the day, a JSON printer."""

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import click

from core import config
from core.config import Settings


def settings() -> Settings:
    """The settings for the command that is running: file, environment, flags."""
    return config.load(click.get_current_context().find_root().obj or {})


def now() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)


def today() -> date:
    """The day that 今年 and “last 7 days” are counted from."""
    return now().date()


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def print_jsonl(document: Any) -> None:
    """One JSON object on a line, at once."""
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    sys.stdout.flush()
