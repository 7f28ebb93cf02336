"""Help as a newcomer reads it: every command, every option, in 80 columns; every example is one that paomo takes."""

import re
import shlex
import unicodedata
from collections.abc import Iterator

import click
import pytest

from bot.cli.main import COMMANDS, cli

_BARE = re.compile(r"\b(?:TEXT|PATH|DIRECTORY|FLOAT|INTEGER|RANGE)\b|%Y")
_SHORT_FOR = {"--json": "Print one JSON document", "--board": "Only", "-h": "Show this message and exit."}


def _walk(command: click.Command, above: click.Context | None, name: str) -> Iterator[click.Context]:
    context = click.Context(command, info_name=name, parent=above, terminal_width=80)
    context.help_option_names = ["-h", "--help"]
    yield context
    if isinstance(command, click.Group):
        for one in command.list_commands(context):
            below = command.get_command(context, one)
            assert below is not None
            yield from _walk(below, context, one)


TREE = {context.command_path: context for context in _walk(cli, None, "paomo")}
every_command = pytest.mark.parametrize("path", TREE)


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _options(path: str) -> Iterator[click.Option]:
    context = TREE[path]
    yield from (one for one in context.command.get_params(context) if isinstance(one, click.Option))


@every_command
def test_help_fits_eighty_columns(path: str) -> None:
    assert [line for line in TREE[path].get_help().splitlines() if _columns(line) > 80] == []


@every_command
def test_no_line_of_a_list_of_commands_is_cut_off(path: str) -> None:
    shown = TREE[path].get_help().partition("\nCommands:\n")[2]
    assert "..." not in shown


def test_a_line_of_the_list_of_all_commands_says_what_one_does_in_one_line() -> None:
    for name, (_, said) in COMMANDS.items():
        assert re.fullmatch(r"[A-Z].{10,64}\.", said), name


@every_command
def test_every_option_says_what_it_is_and_what_it_takes(path: str) -> None:
    context = TREE[path]
    for option in _options(path):
        assert option.help, option.opts
        assert option.help.endswith((".", "]")), option.help
        if not option.is_flag:
            assert not _BARE.search(option.make_metavar(context)), option.opts


@every_command
def test_the_same_option_is_said_in_the_same_words(path: str) -> None:
    for option in _options(path):
        for name, words in _SHORT_FOR.items():
            if name in option.opts:
                assert (option.help or "").startswith(words), path


def _examples() -> list[str]:
    lines = [line.strip() for context in TREE.values() for line in (context.command.help or "").splitlines()]
    found = [line.removeprefix("Example:").strip().rpartition("| ")[2] for line in lines]
    return [line for line in found if line.startswith("paomo ")]


@pytest.mark.parametrize("line", _examples())
def test_an_example_in_help_is_a_command_that_paomo_takes(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, _param, _ctx: value)  # files of the reader's own
    _, *words = shlex.split(re.split(r"[<>]", line)[0], comments=True)
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group):
        below = command.get_command(context, words[0]) if words else None
        if below is None:
            break
        command, words = below, words[1:]
    command.make_context("paomo", words, resilient_parsing=False)


def test_every_command_with_arguments_or_options_shows_an_example() -> None:
    without = [path for path, context in TREE.items() if "paomo " not in (context.command.help or "")]
    assert [path for path in without if TREE[path].command.params] == []
