"""A command of `paomo` as a test runs it, in this process."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from bot.cli.main import main


class Done(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


def ran(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """What a command wrote that ended well."""
    assert main(list(args)) == 0
    return capsys.readouterr().out
