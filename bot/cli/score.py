"""`paomo score`: the stance of texts, given as arguments, in a file, through a pipe, or in folders of Parquet files."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import click

from bot.cli.context import settings
from bot.cli.lines import batches, write
from bot.stance_model import load_model, load_reader
from bot.stance_model import model_file as model_file_in_force
from core.errors import UsageError
from core.sentiment import Sentiment
from nlp.frames import EVIDENCE, to_json
from nlp.model import Model
from nlp.targets import targets

_TOLD = 20  # bad lines that are told one by one


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]…")
@click.option(
    "--file",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read texts from FILE, one a line, as - does from standard input.",
)
@click.option("--explain", is_flag=True, help="Show the words that spoke for and against.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document: an object, or an array for several texts."
)
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Print one JSON object a line.")
@click.option(
    "--model",
    "model_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A model of your own (.npz).  [default: the one in force]",
)
@click.option(
    "--reader",
    "reader_name",
    metavar="READER",
    help="Ask another reader: endpoint, or an installed one (docs/readers.md).  [env: PAOMO_READER; default: model]",
)
@click.option("--no-evidence", "bare", is_flag=True, help="Leave the evidence out of a stream: three times as fast.")
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip"]),
    default="stop",
    help="A line that cannot be read ends the run (stop) or is told and left out (skip).  [default: stop]",
)
@click.option(
    "--parquet",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Judge the Parquet files of FOLDER; needs paomo[scale].",
)
@click.option(
    "--out", metavar="FOLDER", type=click.Path(path_type=Path), help="With --parquet: write what was judged to FOLDER."
)
@click.option(
    "--engine",
    type=click.Choice(["here", "dask"]),
    help="With --parquet: on this machine, or on many.  [default: here]",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="With --engine dask: that of the cluster, such as tcp://10.0.0.1:8786."
)
def score(
    *,
    texts: tuple[str, ...],
    file: Path | None,
    explain: bool,
    as_json: bool,
    as_jsonl: bool,
    model_file: Path | None,
    reader_name: str | None,
    bare: bool,
    on_error: str,
    folder: Path | None,
    out: Path | None,
    engine: str | None,
    scheduler: str | None,
) -> int:
    """Judge each TEXT: bullish, neutral or bearish.

    With - (or --file) one text a line, or JSONL with a `text` in each object, is read and one JSON object a
    line is written, in the same order, as the texts come in.

    \b
    paomo score 看多NVDA，加倉
    paomo score --explain "margin創新高確實很不好"
    zcat posts.jsonl.gz | paomo score - > stances.jsonl
    paomo score --parquet posts --out judged
    """
    if folder is not None or out is not None or engine is not None or scheduler is not None:
        if texts or file or explain or as_json or as_jsonl or reader_name:
            raise UsageError("--parquet judges folders", hint="give it --out, --model, --engine and --scheduler alone")
        from bot.cli.score_folder import judge

        judge(folder, out, model_file or model_file_in_force(settings()), engine, scheduler)
        return 0
    stream = file is not None or texts == ("-",)
    if as_json and (as_jsonl or stream):
        raise UsageError("--json writes one value", hint="a stream of texts is written as JSONL")
    if file is not None and texts:
        raise UsageError("texts are given both as arguments and by --file", hint="give one of them")
    if not stream and not texts:
        raise UsageError("no text to score", hint="give one, or - to read one a line from standard input")
    held = settings()
    name = reader_name or ("model" if model_file else held.reader)
    if name != "model" and (explain or model_file):
        raise UsageError(f"the reader {name} gives no evidence and takes no model", hint="leave --reader out")
    if name != "model":
        from bot.cli.reading import ReaderJudge

        judged_by: Judge = ReaderJudge(load_reader(name, held))
    else:
        judged_by = ModelJudge(
            Model.load(model_file) if model_file else load_model(held), evidence=0 if bare else EVIDENCE
        )
    if stream:
        with file.open("rb") if file else nullcontext(sys.stdin.buffer) as lines:
            _stream(judged_by, lines, skip=on_error == "skip")
    elif as_jsonl or (as_json and len(texts) == 1):
        write(judged_by.shapes(texts))
    elif as_json:
        write([list(judged_by.shapes(texts))])
    else:
        judged_by.show(texts, explain=explain)
    return judged_by.close()


class Judge(Protocol):
    """What judges texts here: the model, with its evidence, or another reader, without."""

    def shapes(self, texts: Sequence[str]) -> Iterator[dict[str, Any]]: ...
    def show(self, texts: Sequence[str], *, explain: bool) -> None: ...
    def close(self) -> int: ...


class ModelJudge:
    """The stance model."""

    def __init__(self, model: Model, *, evidence: int) -> None:
        self.model, self.evidence = model, evidence

    def shapes(self, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Judged texts in the shape of the contract."""
        for text, judged in zip(texts, self.model.predict(texts, evidence=self.evidence), strict=True):
            of_whom = [asdict(target) for target in targets(self.model, text, judged)]
            yield {**to_json(text, judged), "targets": of_whom}

    def show(self, texts: Sequence[str], *, explain: bool) -> None:
        """Judged texts for people."""
        for text, judged in zip(texts, self.model.predict(texts, evidence=EVIDENCE if explain else 0), strict=True):
            _show(text, judged, prefix=len(texts) > 1)

    def close(self) -> int:
        """The exit code: always 0."""
        return 0


def _stream(judge: Judge, stream: BinaryIO, *, skip: bool) -> None:
    told = 0

    def bad(error: UsageError) -> None:
        nonlocal told
        told += 1
        if told <= _TOLD:
            click.echo(f"paomo: {error}; left out", err=True)

    for texts in batches(stream, bad=bad if skip else None):
        write(judge.shapes(texts))
    if told > _TOLD:
        click.echo(f"paomo: {told} lines were left out", err=True)


def _show(text: str, judged: Sentiment, *, prefix: bool) -> None:
    from bot.console import console
    from bot.render.evidence import explained, verdict

    out = console()
    out.print(verdict(judged, text=text if prefix else None), soft_wrap=True)
    if judged.evidence:
        for line in explained(judged, text):
            out.print(line, soft_wrap=not out.is_terminal)
