"""`paomo score`: the stance of texts, given as arguments, in a file, through a pipe, or in folders of Parquet files."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import click

from core.errors import UsageError
from core.sentiment import Sentiment, Stance
from nlp.frames import EVIDENCE, shape
from nlp.model import Model

MAX_LINE = 1 << 20  # bytes; a longer line is no post, and memory is bounded
_BLOCK = 1 << 16
_STYLE = {Stance.BULLISH: "green", Stance.BEARISH: "red", Stance.NEUTRAL: "default"}


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]…")
@click.option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Like -, from a file."
)
@click.option("--explain", is_flag=True, help="Show what spoke for it.")
@click.option("--json", "as_json", is_flag=True, help="One object, or an array for several texts.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="One object a line.")
@click.option("--model", "model_file", type=click.Path(path_type=Path), help="A model of your own (.npz).")
@click.option(
    "--parquet", "folder", type=click.Path(path_type=Path), help="A folder of Parquet files; needs paomo[scale]."
)
@click.option("--out", type=click.Path(path_type=Path), help="The folder for what --parquet judges.")
@click.option("--engine", type=click.Choice(["here", "dask"]), help="Where --parquet is judged.  [default: here]")
@click.option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster, such as tcp://10.0.0.1:8786.")
def score(
    *,
    texts: tuple[str, ...],
    file: Path | None,
    explain: bool,
    as_json: bool,
    as_jsonl: bool,
    model_file: Path | None,
    folder: Path | None,
    out: Path | None,
    engine: str | None,
    scheduler: str | None,
) -> None:
    """Stance of texts: bullish, neutral or bearish.

    With - (or --file) one text a line, or JSONL with a `text` in each object, is read and one JSON object a
    line is written, in the same order, as the texts come in.

    \b
    paomo score 看多NVDA，加倉
    paomo score --explain "margin創新高確實很不好"
    zcat posts.jsonl.gz | paomo score - > stances.jsonl
    paomo score --parquet posts --out judged --engine dask --scheduler tcp://10.0.0.1:8786
    """
    if folder is not None or out is not None or engine is not None or scheduler is not None:
        if texts or file or explain or as_json or as_jsonl:
            raise UsageError("--parquet judges folders", hint="give it --out, --model, --engine and --scheduler alone")
        from bot.cli.score_folder import judge

        judge(folder, out, model_file, engine, scheduler)
        return
    stream = file is not None or texts == ("-",)
    if as_json and (as_jsonl or stream):
        raise UsageError("--json writes one value", hint="a stream of texts is written as JSONL")
    if file is not None and texts:
        raise UsageError("texts are given both as arguments and by --file", hint="give one of them")
    if not stream and not texts:
        raise UsageError("no text to score", hint="give one, or - to read one a line from standard input")
    model = Model.load(model_file)
    if file is not None:
        with file.open("rb") as lines:
            _stream(model, lines)
    elif stream:
        _stream(model, sys.stdin.buffer)
    elif as_jsonl or (as_json and len(texts) == 1):
        _write(_shapes(model, texts))
    elif as_json:
        _write([list(_shapes(model, texts))])
    else:
        for text, judged in zip(texts, model.predict(texts, evidence=EVIDENCE if explain else 0), strict=True):
            _show(text, judged, prefix=len(texts) > 1)


def _stream(model: Model, stream: BinaryIO) -> None:
    for texts in batches(stream):
        _write(_shapes(model, texts))


def _write(values: Iterable[object]) -> None:
    """One JSON value a line, in UTF-8 whatever the terminal speaks: it is read by programs."""
    sys.stdout.flush()
    for value in values:
        line = json.dumps(value, ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))  # \udc80 is its own JSON escape
    sys.stdout.buffer.flush()


def _shapes(model: Model, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    for text, judged in zip(texts, model.predict(texts, evidence=EVIDENCE), strict=True):
        yield shape(text, judged)


def batches(stream: BinaryIO) -> Iterator[list[str]]:
    """Texts as they come in: whatever lines have arrived at once.

    The first line that is not empty decides: an object with a `text` means JSONL, anything else one text a
    line. An empty line is a text without words; in JSONL it is skipped. `UsageError` names the line that is
    not UTF-8, not JSON or too long, after the texts before it.
    """
    read: Any = getattr(stream, "read1", stream.read)
    rest, number, jsonl = b"", 0, None
    for block in chain(iter(lambda: read(_BLOCK), b""), [None]):
        *lines, rest = (rest + (block or b"")).split(b"\n")
        if block is None and rest:
            lines, rest = [rest], b""
        texts: list[str] = []
        try:
            for line in lines:
                number += 1
                text = _decode(line, number)
                if jsonl is None and text.strip():
                    jsonl = _is_object(text)
                if not jsonl or text.strip():
                    texts.append(_text(text, number) if jsonl else text)
            _bound(rest, number + 1)
        except UsageError:
            if texts:
                yield texts
            raise
        if texts:
            yield texts


def _bound(line: bytes, number: int) -> None:
    if len(line) > MAX_LINE:
        raise UsageError(f"line {number} is longer than {MAX_LINE} bytes", hint="one text a line")


def _decode(line: bytes, number: int) -> str:
    _bound(line, number)
    try:
        text = line.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"line {number} is not UTF-8: {error.reason} at byte {error.start + 1}") from error
    return text.removeprefix("\ufeff") if number == 1 else text


def _is_object(line: str) -> bool:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(item, dict) and "text" in item


def _text(line: str, number: int) -> str:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"line {number} is not JSON: {error}", hint="the first line was, so all must be") from error
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise UsageError(f"line {number} has no text", hint='each line must be an object with a "text"')
    return str(item["text"])


def _show(text: str, judged: Sentiment, *, prefix: bool) -> None:
    from rich.text import Text

    from bot.render.terminal import console as plain_console

    console = plain_console()
    bearish, neutral, bullish = judged.p
    line = Text.assemble(
        (f"{judged.label:<8}", f"bold {_STYLE[judged.label]}"),
        f"  bullish {bullish:.2f}  neutral {neutral:.2f}  bearish {bearish:.2f}  on topic {judged.p_on_topic:.2f}",
    )
    if prefix:
        line.append(f"  {' '.join(text.split())[:60]}")
    console.print(line, soft_wrap=True)
    for item in judged.evidence:
        style = "green" if item.weight > 0 else "red"
        console.print(Text.assemble("  ", (f"{item.weight:+6.2f}", style), "  ", item.term), soft_wrap=True)
    if judged.evidence:
        console.print(f"  {judged.margin:+6.2f}  log-odds of bullish against bearish ({judged.model})", soft_wrap=True)
