"""The front door: finds the command, loads only its module, turns errors into one line and an exit code."""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from core import __version__
from core.errors import PaomoError
from core.text import one_line

# name: (where, what `paomo --help` says)
COMMANDS: dict[str, tuple[str, str]] = {
    "ask": ("bot.cli.ask:ask", "Answer a question with figures, their dates and sources."),
    "backup": ("bot.cli.backup:backup", "Copy the whole database into one file, while others write."),
    "bot": ("bot.cli.bot:bot", "Run the Telegram bot."),
    "breakeven": ("bot.cli.math:breakeven", "Compute the revenue that pays back an outlay, and the years."),
    "chat": ("bot.cli.ask:chat", "Talk with the bot in the terminal."),
    "check": ("bot.cli.check:check", "Find the numeric claims of a text and recheck them."),
    "config": ("bot.cli.config:config", "Show every setting, its value and where it came from."),
    "crawl": ("bot.cli.crawl:crawl", "Fetch what is new on boards, once or on a schedule."),
    "demo": ("bot.cli.demo:demo", "Show the main job on sample pages; no network, no token."),
    "doctor": ("bot.cli.doctor:doctor", "Say what is wrong with boards, database or disk, and what to do."),
    "evaluate": ("bot.cli.evaluate:evaluate", "Measure the stance model, or the answers, on labelled JSONL."),
    "explosive": ("bot.cli.explosive:explosive", "Test a price series for explosive growth; side notes only."),
    "export": ("bot.cli.export:export", "Write out posts with stance and source link, as JSONL or CSV."),
    "figures": ("bot.cli.figures:figures", "Show the register of figures and claims, each rechecked."),
    "flows": ("bot.cli.flows:flows", "Show circular financing: who pays whom, what only goes round."),
    "follow": ("bot.cli.follow:follow", "Choose the boards, threads, authors and keywords to crawl."),
    "forget": ("bot.cli.forget:forget", "Remove an author's words and keep him out, or what is old."),
    "gauges": ("bot.cli.gauges:gauges", "Read the bubble thermometer: dates, sources and cut-offs."),
    "ingest": ("bot.cli.ingest:ingest", "Store threads from pages, copied text or addresses."),
    "label": ("bot.cli.label:label", "Say what posts mean, one key a post; the model can learn it."),
    "models": ("bot.cli.models:models", "List or run published ways to judge AI spending."),
    "montecarlo": ("bot.cli.uncertainty:montecarlo", "Compute payback and breakeven over many random draws."),
    "parse": ("bot.cli.ingest:parse", "Parse one page and print it; nothing is stored."),
    "payback": ("bot.cli.math:payback", "Compute the years until an outlay is recovered."),
    "reparse": ("bot.cli.reparse:reparse", "Read all stored pages again, as after a parser was mended."),
    "report": ("bot.cli.report:report", "Show sentiment trends as a table, a page or a picture."),
    "rescore": ("bot.cli.rescore:rescore", "Judge every stored post again with the current model."),
    "restore": ("bot.cli.backup:restore", "Put a backup in the database's place; the old one stays aside."),
    "score": ("bot.cli.score:score", "Judge texts: bullish, neutral or bearish."),
    "search": ("bot.cli.thread:search", "Find posts that contain some words."),
    "sensitivity": ("bot.cli.uncertainty:sensitivity", "Show which input of the payback matters most."),
    "thread": ("bot.cli.thread:thread", "Show one thread as a tree, with stances."),
    "train": ("bot.cli.model:train", "Train the stance model on labelled JSONL."),
}


_GLOBAL = frozenset({"--db", "--lang", "--config"})


class Lazy(click.Group):
    """A group that knows its commands by name and loads a module only when its command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Database file.  [env: PAOMO_DB; default: paomo.db in your data folder]",
)
@click.option(
    "--lang",
    type=click.Choice(["zh-Hant", "zh-Hans", "en"]),
    help="Language of tables and of answers to questions in no clear language.  [env: PAOMO_LANG; default: your system's]",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file.  [env: PAOMO_CONFIG; default: paomo.toml in your settings folder]",
)
@click.version_option(__version__, prog_name="paomo")
@click.pass_context
def cli(ctx: click.Context, db: Path | None, lang: str | None, config_file: Path | None) -> None:
    """paomo 泡沫 reads Chinese stock-forum threads, scores who is bullish and who is bearish, and answers
    “is it a bubble?” with figures that can be checked.

    \b
    Start with:  paomo demo
    Then:        paomo ingest ADDRESS-OR-FILE, paomo report
    One command: paomo COMMAND --help
    """
    ctx.obj = {
        key: value for key, value in (("db", db), ("lang", lang), ("config_file", config_file)) if value is not None
    }


def main(args: Sequence[str] | None = None) -> int:
    """Run `paomo`; returns the exit code of the contract (docs/commands.md)."""
    _prepare_streams()
    try:
        result: Any = cli.main(args=args, prog_name="paomo", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return _complain("stopped", 130)
    except KeyboardInterrupt:
        return _complain("stopped", 130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.ClickException as error:
        error.show(sys.stderr)
        if isinstance(error, click.NoSuchOption) and error.ctx and error.option_name in _GLOBAL:
            rest = error.ctx.command_path.removeprefix("paomo ")
            click.echo(f"{error.option_name} goes before the command: paomo {error.option_name} … {rest}", err=True)
        return error.exit_code
    except (BrokenPipeError, SystemExit):  # without standalone mode click exits on a broken pipe alone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has what it wanted
        return 0
    except OSError as error:
        return _complain(f"the output cannot be written: {error.strerror or error}", 1)
    except PaomoError as error:
        return _complain(error.in_full, error.exit_code)
    return result if isinstance(result, int) else 0


def _prepare_streams() -> None:
    """Standard streams that can be used: one that was closed (`>&-`) is the null device, for who closes it wants
    nothing of it, and a file opened later must not take its number; a GBK terminal must not crash on an emoji.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (as long as we run)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _complain(line: str, code: int) -> int:
    click.echo(f"paomo: {one_line(line)}", err=True)
    return code
