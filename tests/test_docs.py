"""Documentation that cannot lie: what exists is documented, what is documented exists, and examples run."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS
from core.config import SETTINGS

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
CHECKER = doctest.OutputChecker()


def examples(page: Path) -> list[tuple[str, str]]:
    """The commands of a page's console blocks, each with the output that stands below it."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_readme_shows_both_commands_before_anything_else() -> None:
    commands = [command.split("#")[0].strip() for command, _ in examples(ROOT / "README.md")]
    assert commands[:2] == ["make demo", "make test"]


def test_the_readme_in_chinese_says_the_same() -> None:
    """The same commands with the same output in the same order (they are run once), the same names, the same pages."""
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-Hant.md"))
    assert [(command.split("#")[0].strip(), output) for command, output in examples(english)] == [
        (command.split("#")[0].strip(), output) for command, output in examples(chinese)
    ]
    texts = [page.read_text(encoding="utf-8") for page in (english, chinese)]
    prose = [re.sub(r"```.*?```", "", text, flags=re.DOTALL) for text in texts]
    codes = [{" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text)} for text in prose]
    assert codes[0] == codes[1]
    links = [set(re.findall(r"\]\(([^)]+)\)", text)) for text in texts]
    assert links[0] ^ links[1] == {"README.md", "README.zh-Hant.md"}
    assert [text.count("\n## ") for text in texts] == [2, 2]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if examples(page) and page.name != "README.zh-Hant.md"], ids=lambda page: page.name
)
def test_examples_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    env = {
        **os.environ,
        "PAOMO_DB": str(tmp_path / "docs.db"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }
    ran = 0
    for command, expected in examples(page):
        if not command.startswith("paomo "):
            continue
        done = subprocess.run(
            [sys.executable, "-m", "bot", *shlex.split(command)[1:]],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert CHECKER.check_output(expected, done.stdout, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), (
            f"$ {command}\n{done.stdout}"
        )
        ran += 1
    assert ran


def test_every_command_is_documented() -> None:
    documented = set(
        re.findall(r"^\| `paomo (\w+)", (ROOT / "docs" / "commands.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert documented == set(COMMANDS)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:`\w+`|–) \| `(PAOMO_\w+)` \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    assert rows == [(setting.env, setting.meaning, setting.default) for setting in SETTINGS]


@pytest.mark.parametrize(
    "page",
    [*(page for page in PAGES if page.name != "CHANGELOG.md"), *sorted((ROOT / "docs" / "examples").rglob("*.toml"))],
    ids=lambda page: page.name,
)
def test_files_and_modules_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/.:@-])((?:bot|nlp|core|scraper|tests|deploy)/[\w./*<>-]*)", text)
    files = {name.rstrip("./") for name in named if not set("*<") & set(name)}
    assert {name for name in files if not (ROOT / name).exists()} <= {"scraper/sites/teahouse.py"}  # an invented forum
    dotted = re.findall(r"`((?:bot|nlp|core|scraper)\.\w+)", text)
    assert [name for name in dotted if not list(ROOT.glob(name.replace(".", "/") + "*"))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    from click.testing import CliRunner

    from bot.cli.main import cli

    result = CliRunner().invoke(cli, [name, "--help"], prog_name="paomo")
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 5
