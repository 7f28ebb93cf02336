"""`paomo ask` and `paomo chat`: the same answers as in Telegram."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.context import print_json, print_jsonl, settings, today
from bot.cli.output import write
from core.errors import NotFound, PaomoError, UsageError

if TYPE_CHECKING:
    from bot.answers import Answer  # brings the register: only when a question is asked


MAX_LINE = 100_000  # bytes of one line of a batch


@click.command()
@click.argument("question", nargs=-1)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document: intent, slots, answer, figures, sources."
)
@click.option("--jsonl", is_flag=True, help="Print one JSON object a line.")
@click.option(
    "--png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the answer's picture to FILE; needs paomo[charts].",
)
def ask(question: tuple[str, ...], as_json: bool, jsonl: bool, png: Path | None) -> int:
    """Answer QUESTION with figures, their dates and sources, in its own language and script.

    \b
    paomo ask "利潤率降到30%要多少年回本?"
    paomo ask "was OpenAI's revenue 13bn in 2024?" --json
    paomo ask "現在是泡沫嗎?" --png gauges.png
    paomo ask - < questions.txt          one question a line, answers as JSONL
    """
    from bot.answers import Engine
    from bot.render import to_json

    if str(png) == "-":
        raise UsageError("standard output holds the answer", hint="--png FILE")
    if png and question == ("-",):
        raise UsageError("--png is for one question", hint="leave the - out, and give the question")
    engine = Engine(settings(), today=today())
    if question == ("-",):
        worst = 0
        for text in _lines():
            try:
                if isinstance(text, UsageError):
                    raise text
                print_jsonl(to_json(engine.ask(text)))
            except PaomoError as error:
                print_jsonl({"question": None if text is error else str(text)[:200], "error": str(error)})
                worst = worst or error.exit_code
        return worst
    if not question:
        raise UsageError("no question", hint='paomo ask "利潤率降到30%要多少年回本?"')
    answer = engine.ask(" ".join(question))
    if as_json:
        print_json(to_json(answer))
    elif jsonl:
        print_jsonl(to_json(answer))
    else:
        _show(answer)
    if png:
        _picture(answer, png)
    return 0 if answer.found else 4


def _picture(answer: "Answer", path: Path) -> None:
    from bot.pictures.answers import draw

    picture = draw(answer)
    if picture is None:
        raise NotFound(
            "this answer has no picture",
            hint="paybacks, ramps, gauges, trends, margin debt and circular money have one",
        )
    write(path, picture)


@click.command()
def chat() -> int:
    """Talk with the bot in the terminal, with the answers that it gives in Telegram.

    A question may go on from the last one, as “那30%呢?” does. An empty line, `exit` or Ctrl-D ends it.
    """
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
        if not interactive:
            click.echo()


def _show(answer: "Answer") -> None:
    from bot.render.terminal import show

    show(answer)


def _lines() -> Iterator[str | UsageError]:
    """Questions from standard input, one a line, or JSONL with `question` or `text`; a bad line is its error."""
    while raw := sys.stdin.buffer.readline(MAX_LINE):
        if len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            while (rest := sys.stdin.buffer.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield UsageError(f"a line is longer than {MAX_LINE:,} bytes")
            continue
        try:
            line = raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            yield UsageError("a line is not UTF-8")
            continue
        if line.startswith("{"):
            yield _from_json(line)
        elif line:
            yield line


def _from_json(line: str) -> str | UsageError:
    try:
        row = json.loads(line)
        asked = row.get("question") or row.get("text")
    except (json.JSONDecodeError, RecursionError, AttributeError):
        return UsageError("a line begins like JSON and is none")
    return asked if isinstance(asked, str) else UsageError("a line of JSON has neither `question` nor `text`")
