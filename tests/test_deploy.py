"""What stands in deploy/ starts commands that exist, with settings that exist, and names no package index."""

import re
import shlex
from pathlib import Path

import click
import pytest

from bot.cli.main import cli
from core.config import SETTINGS

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "deploy").iterdir())
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FILES}
COMMANDS = [
    *(line.partition("bin/paomo ")[2] for text in TEXTS.values() for line in text.splitlines() if "ExecStart=" in line),
    *(match.replace(",", " ").replace('"', "") for text in TEXTS.values() for match in re.findall(r"(?:CMD|command:|test: )\s*\[(.+)\]", text)),
]  # fmt: skip


def test_there_is_something_to_start() -> None:
    assert len(COMMANDS) == 6
    assert {"Dockerfile", "compose.yaml", "paomo-crawl.service", "paomo-crawl.timer", "paomo-follow.service"} <= set(
        TEXTS
    )


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_line_can_be_parsed(line: str) -> None:
    words = [word for word in shlex.split(line) if word not in {"CMD", "paomo"}]
    with cli.make_context("paomo", words, resilient_parsing=True) as context:
        name, command, rest = cli.resolve_command(context, words)
        assert isinstance(command, click.Command)
        command.make_context(name, list(rest), parent=context)


def test_every_setting_exists() -> None:
    named = {name for text in TEXTS.values() for name in re.findall(r"\bPAOMO_[A-Z_]+\b", text)}
    assert named
    assert named <= {setting.env for setting in SETTINGS}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_package_index_is_named(name: str) -> None:
    assert not re.search(r"https?://|index-url|trusted-host", TEXTS[name])


def test_the_image_copies_what_exists_and_runs_as_nobody_special() -> None:
    copied = [
        word for line in re.findall(r"^COPY (.+)$", TEXTS["Dockerfile"], re.MULTILINE) for word in line.split()[:-1]
    ]
    assert all((ROOT / word).exists() for word in copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{word}" for word in copied} <= set(ignored)
    assert "--require-hashes" in TEXTS["Dockerfile"]
    assert TEXTS["Dockerfile"].index("USER paomo") < TEXTS["Dockerfile"].index("ENTRYPOINT")
