"""A command of `paomo` as a test runs it, in this process."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli, main


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


def invoke(*args: str, given: str | bytes = "") -> Result:
    """A command with something on its standard input; its error is raised by nobody."""
    return CliRunner().invoke(cli, args, prog_name="paomo", input=given)
