"""`paomo ask` and `paomo chat`: the same answers as in Telegram."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.context import print_json, print_jsonl, settings, today
from core.errors import PaomoError, UsageError

if TYPE_CHECKING:
    from bot.answers import Answer  # brings the register: only when a question is asked


@click.command(short_help="Answer a question with figures, their dates and sources.")
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON document: intent, slots, answer, figures, sources.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
def ask(question: tuple[str, ...], as_json: bool, jsonl: bool) -> int:
    """Answer QUESTION in its own language and script.

    \b
    paomo ask "利潤率降到30%要多少年回本?"
    paomo ask "was OpenAI's revenue 13bn in 2024?" --json
    paomo ask - < questions.txt          one question a line, answers as JSONL
    """
    from bot.answers import Engine
    from bot.render import to_json

    engine = Engine(settings(), today=today())
    if question == ("-",):
        for text in _lines():
            try:
                print_jsonl(to_json(engine.ask(text)))
            except PaomoError as error:
                print_jsonl({"question": text[:200], "error": str(error)})
        return 0
    if not question:
        raise UsageError("no question", hint='paomo ask "利潤率降到30%要多少年回本?"')
    answer = engine.ask(" ".join(question))
    if as_json:
        print_json(to_json(answer))
    elif jsonl:
        print_jsonl(to_json(answer))
    else:
        _show(answer)
    return 0 if answer.found else 4


@click.command(short_help="The bot in the terminal.")
def chat() -> int:
    """Talk with the bot; “那30%呢?” changes the last answer. An empty line, `exit` or Ctrl-D ends it."""
    from bot.answers import Engine

    held = settings()
    engine = Engine(held, today=today())
    interactive = sys.stdin.isatty()
    if interactive:
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 arrow keys and history where the system has it
        _show(engine.ask("/help", lang=held.lang))
    last = None
    while True:
        try:
            text = input("\n泡沫> " if interactive else "")
        except EOFError:
            return 0
        if text.strip().lower() in {"", "exit", "quit", "/exit", "/quit"}:
            if interactive or text.strip():
                return 0
            continue
        try:
            answer = engine.ask(text, last=last)
        except PaomoError as error:
            click.echo(f"paomo: {error}", err=True)
            continue
        last = answer.question if answer.understood else last
        _show(answer)


def _show(answer: "Answer") -> None:
    from bot.render.terminal import show

    show(answer)


def _lines() -> Iterator[str]:
    """Questions from standard input: one a line, or JSONL with `question` or `text`."""
    for number, raw in enumerate(sys.stdin.buffer, 1):
        try:
            line = raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            raise UsageError(f"line {number} is not UTF-8") from None
        if not line:
            continue
        if line.startswith("{"):
            try:
                row = json.loads(line)
                line = str(row.get("question") or row["text"])
            except (json.JSONDecodeError, KeyError):
                raise UsageError(f"line {number} is neither a question nor JSON with `question`") from None
        yield line
