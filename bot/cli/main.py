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
    "backup": ("bot.cli.backup:backup", "The whole database as one file, while others write."),
    "bot": ("bot.cli.bot:bot", "Run the Telegram bot."),
    "breakeven": ("bot.cli.math:breakeven", "Revenue that pays back a capital outlay, and how long it takes."),
    "chat": ("bot.cli.ask:chat", "The bot in the terminal."),
    "check": ("bot.cli.check:check", "Numeric claims of a text, rechecked."),
    "config": ("bot.cli.config:config", "Show every setting, its value and where it came from."),
    "crawl": ("bot.cli.crawl:crawl", "Follow boards: fetch what is new, once or on a schedule."),
    "demo": ("bot.cli.demo:demo", "The whole main job on bundled sample pages; no network, no token."),
    "doctor": ("bot.cli.doctor:doctor", "What is wrong, and what to do: boards, pauses, database, disk."),
    "evaluate": ("bot.cli.evaluate:evaluate", "Measure the stance model, or the answers, on labelled JSONL."),
    "explosive": ("bot.cli.explosive:explosive", "Tests of a price series for explosive growth; side notes only."),
    "export": ("bot.cli.export:export", "Posts with stance and source link, as JSON lines, CSV, Markdown or Parquet."),
    "figures": ("bot.cli.figures:figures", "The register of figures and claims, each rechecked."),
    "flows": ("bot.cli.flows:flows", "Circular financing: who pays whom, and what only goes round."),
    "follow": ("bot.cli.follow:follow", "Boards, threads, authors and keywords that a crawl goes by."),
    "forget": ("bot.cli.forget:forget", "Remove an author's words and keep him out, or remove what is old."),
    "gauges": ("bot.cli.gauges:gauges", "The bubble thermometer: gauges with dates, sources and cut-offs."),
    "ingest": ("bot.cli.ingest:ingest", "Store threads from pages, copied text or addresses."),
    "label": ("bot.cli.label:label", "Say what posts of your board mean, one key a post; the model can learn it."),
    "models": ("bot.cli.models:models", "Published ways to judge AI spending, by name."),
    "montecarlo": ("bot.cli.uncertainty:montecarlo", "Payback and breakeven over many random draws."),
    "parse": ("bot.cli.ingest:parse", "Parse one page and print it; nothing is stored."),
    "payback": ("bot.cli.math:payback", "Years until an outlay is recovered, or the revenue needed to do it in time."),
    "reparse": ("bot.cli.reparse:reparse", "Read all stored pages again, as after a parser was mended."),
    "report": ("bot.cli.report:report", "Sentiment trends."),
    "rescore": ("bot.cli.rescore:rescore", "Judge every stored post again with the current model."),
    "restore": ("bot.cli.backup:restore", "Put a backup in the database's place; the old one stays aside."),
    "score": ("bot.cli.score:score", "Stance of texts: bullish, neutral or bearish."),
    "search": ("bot.cli.thread:search", "Posts that contain some words."),
    "sensitivity": ("bot.cli.uncertainty:sensitivity", "Which input of the payback matters most."),
    "thread": ("bot.cli.thread:thread", "One thread as a tree, with stances."),
    "train": ("bot.cli.model:train", "Train the stance model on labelled JSONL."),
}


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
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Database file.  [env: PAOMO_DB]")
@click.option(
    "--lang",
    type=click.Choice(["zh-Hant", "zh-Hans", "en"]),
    help="Language of tables and of answers to questions in no clear language.  [env: PAOMO_LANG]",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file.  [env: PAOMO_CONFIG]",
)
@click.version_option(__version__, prog_name="paomo")
@click.pass_context
def cli(ctx: click.Context, db: Path | None, lang: str | None, config_file: Path | None) -> None:
    """paomo 泡沫 reads Chinese stock-forum threads, scores who is bullish and who is bearish, and answers
    “is it a bubble?” with figures that can be checked.

    Start with:  paomo demo
    """
    ctx.obj = {
        key: value for key, value in (("db", db), ("lang", lang), ("config_file", config_file)) if value is not None
    }


def main(args: Sequence[str] | None = None) -> int:
    """Run `paomo`; returns the exit code of the contract (docs/commands.md)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a GBK terminal must not crash on an emoji
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
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has what it wanted
        return 0
    except OSError as error:
        return _complain(f"the output cannot be written: {error.strerror or error}", 1)
    except PaomoError as error:
        return _complain(f"{error}" + (f" ({error.hint})" if error.hint else ""), error.exit_code)
    return result if isinstance(result, int) else 0


def _complain(line: str, code: int) -> int:
    click.echo(f"paomo: {one_line(line)}", err=True)
    return code
