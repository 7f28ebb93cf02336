"""`paomo train` and `paomo evaluate`: learn a stance model from labelled posts, and measure one."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.measured import show_gain, show_pairs, show_report
from bot.cli.options import Number
from core.errors import UsageError
from core.text import counted
from nlp.learning.labelled import SPLITS, read
from nlp.model import Model

if TYPE_CHECKING:
    from nlp.learning.contrast import Pair

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, type=_FILES, metavar="[FILE]…")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the model to FILE, which ends in .npz."
)
@click.option("--name", metavar="NAME", help="The model's name.  [default: the file's]")
@click.option(
    "--test", "tests", multiple=True, type=_FILES, help="Measure on FILE too; it is not learned; may be given again."
)
@click.option("--all", "with_tests", is_flag=True, help="Learn the posts marked `test` too.")
@click.option(
    "--public",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Learn also the posts of this folder that paomo has labels for.",
)
@click.option("--add", is_flag=True, help="Fit the labels of `paomo label` into the model; used from then on.")
@click.option(
    "--weight", metavar="WEIGHT", type=Number(0.01, 1000), help="With --add: how much a label counts.  [default: 2]"
)
def train(
    *,
    files: tuple[Path, ...],
    out: Path | None,
    name: str | None,
    tests: tuple[Path, ...],
    with_tests: bool,
    add: bool,
    weight: float | None,
    public: Path | None,
) -> None:
    """Train the stance model on labelled JSONL.

    Each line has a `text` and a `label` (bearish, neutral, bullish), and may have `thread`, `off` (off topic),
    `weight` and `split`. Posts with the split `test` are measured on and not learned, unless --all is given.
    The same files give the same model.

    \b
    paomo train nlp/data/corpus/corpus.jsonl --out own.npz
    paomo score --model own.npz 看多NVDA
    paomo train --add
    """
    if add:
        if tests or with_tests or name:
            raise UsageError("--add takes FILEs, --weight and --out alone", hint="leave the others out")
        from bot.cli.adding import add_labels

        add_labels(files, out, weight)
        return
    if weight is not None:
        raise UsageError("--weight goes with --add", hint="a line of a FILE may have a weight of its own")
    if not files or out is None:
        raise UsageError(
            "no FILE to learn from" if not files else "no --out to write to", hint="see paomo train --help"
        )
    if out.suffix != ".npz":
        raise UsageError(f"{out} does not end in .npz", hint="the card goes beside it as .json")
    from nlp.learning.public import labelled

    found = read(files, labelled(public) if public else ())
    kept_apart = [(path.name, read([path])) for path in tests]
    rows = [row for row in found if with_tests or row.split != "test"]
    for source in dict.fromkeys(row.source for row in found):
        marked = [row for row in found if row.source == source and row.split == "test" and not with_tests]
        kept_apart += [(f"{source}, test part", marked)] if marked else []
    from nlp.learning.evaluate import evaluate as measure
    from nlp.learning.evaluate import evaluate_pairs
    from nlp.learning.packing import pack, write
    from nlp.learning.train import figures
    from nlp.learning.train import train as learn

    aside = f"; {len(found) - len(rows)} marked as test are left out" if len(found) > len(rows) else ""
    click.echo(f"{counted(len(rows), 'post')}{aside}", err=True)
    trained = learn(rows, progress=_progress)
    measured = figures(rows, trained)
    plain = Model.from_bytes(pack(trained.weights), {"name": name or out.stem, "version": "", "labels": []})
    for source, posts in kept_apart:
        measured[source] = {"protocol": "never trained on", **asdict(measure(plain, posts))}
    for path in files:
        if kept := [pair for pair in _pairs_of(path) if pair.a.split == "test" and not with_tests]:
            measured[f"{path.name}, pairs"] = {
                "protocol": "never trained on",
                "pairs": [asdict(of) for of in evaluate_pairs(plain, kept)],
            }
    model = write(trained, rows, out, name=name or out.stem, figures=measured)
    click.echo(f"{out}: {model.name}, {model.card['bytes'] / 1e6:.2f} MB")


@click.command()
@click.argument("files", nargs=-1, type=_FILES, metavar="[FILE]…")
@click.option(
    "--model",
    "model_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A model of your own (.npz).  [default: the one in force]",
)
@click.option(
    "--folds",
    metavar="N",
    type=click.IntRange(2, 20),
    help="Train on N - 1 parts of the FILEs and measure on the other, in turn.",
)
@click.option("--pairs", is_flag=True, help="Measure how often both posts of a contrast pair are right.")
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="READER",
    help="Compare readers (docs/readers.md); may be given again.",
)
@click.option("--own", is_flag=True, help="Measure what the labels of `paomo label` gain.")
@click.option("--split", type=click.Choice(SPLITS), help="Measure only on the posts marked so.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(
    *,
    files: tuple[Path, ...],
    model_file: Path | None,
    folds: int | None,
    pairs: bool,
    readers: tuple[str, ...],
    own: bool,
    split: str | None,
    as_json: bool,
) -> int | None:
    """Measure the stance model on labelled JSONL.

    With FILEs, the model is measured on them. With --folds, or without FILEs (then on the corpus that comes
    with paomo, which the model has learned), models are trained on a part and measured on the rest.

    With --pairs, the model is measured on pairs of posts that differ in a few characters and in their label:
    those of the FILEs, or those that come with paomo.

    With --reader, once or more, readers are measured on the same posts, side by side: model, endpoint, a model file
    or an installed one; without FILEs on the part of the corpus that is kept for measuring.

    With --own, the model is measured on the posts that you labelled, before and after learning from the others.

    \b
    paomo evaluate stance mine.jsonl
    paomo evaluate stance --reader model --reader endpoint
    """
    if own or readers:
        if pairs or folds or (own and (readers or files or split or model_file)):
            raise UsageError("--own and --reader each stand alone", hint="--reader takes FILEs, --model and --split")
        return _own(as_json=as_json) if own else _compare(readers, files, split, model_file, as_json=as_json)
    if pairs:
        if folds:
            raise UsageError("--pairs measures one model", hint="leave --folds out")
        _evaluate_pairs(Model.load(model_file), files, split, as_json=as_json)
        return None
    from nlp.learning import evaluate as measuring
    from nlp.learning.labelled import CORPUS
    from nlp.learning.train import Settings, unseen

    if model_file and (folds or not files):
        raise UsageError("--model measures on files that it has not learned", hint="give FILEs, and no --folds")
    rows = read(files or (CORPUS,))
    chosen = [i for i, row in enumerate(rows) if split in {None, row.split}]
    if not chosen:
        raise UsageError(f"no post is marked {split}", hint='a line says so as "split": "test"')
    if folds or not files:
        settings = replace(Settings(), folds=folds or Settings().folds)
        how = f"{settings.folds} folds, threads and copies kept together"
        p = unseen(rows, settings, progress=_progress).p
        report = measuring.measure([rows[i] for i in chosen], p[chosen])
    else:
        model = Model.load(model_file)
        _warn_of_known(model, files, split)
        measured = [rows[i] for i in chosen]
        theirs = measuring.snownlp(measured)
        how, report = (
            model.name,
            measuring.evaluate(model, measured, others={} if theirs is None else {"SnowNLP": theirs}),
        )
    if as_json:
        click.echo(json.dumps({"protocol": how, **asdict(report)}, ensure_ascii=False))
    else:
        show_report(how, report)
    return None


def _own(*, as_json: bool) -> int:
    from bot.cli.adding import own_rows
    from nlp.learning.own import gain

    model = Model.load()
    show_gain(model.name, gain(model, own_rows()), as_json=as_json)
    return 0


def _compare(
    names: Sequence[str], files: tuple[Path, ...], split: str | None, model_file: Path | None, *, as_json: bool
) -> int:
    from bot.cli.comparing import compare
    from bot.cli.context import settings
    from bot.stance_model import load_reader
    from nlp.learning.labelled import CORPUS
    from nlp.readers import ByModel

    if not files:
        split = split or "test"
    rows = [row for row in read(files or (CORPUS,)) if split in {None, row.split}]
    if not rows:
        raise UsageError(f"no post is marked {split}", hint='a line says so as "split": "test"')
    readers = [load_reader(name, settings(), model=model_file) for name in names]
    for reader in readers:
        if isinstance(reader, ByModel):
            _warn_of_known(reader.model, files or (CORPUS,), split)
    return compare(readers, rows, as_json=as_json, progress=_progress)


def _evaluate_pairs(model: Model, files: tuple[Path, ...], split: str | None, *, as_json: bool) -> None:
    from nlp.learning.contrast import PAIRS, read_pairs
    from nlp.learning.evaluate import evaluate_pairs

    found = [pair for path in files or (PAIRS,) for pair in read_pairs(path) if split in {None, pair.a.split}]
    if not found:
        raise UsageError(f"no pair is marked {split}", hint='a line says so as "split": "test"')
    _warn_of_known(model, files or (PAIRS,), split)
    figures = evaluate_pairs(model, found)
    if as_json:
        click.echo(json.dumps({"model": model.name, "pairs": [asdict(of) for of in figures]}, ensure_ascii=False))
    else:
        show_pairs(model.name, figures)


def _pairs_of(path: Path) -> "list[Pair]":
    """The contrast pairs of a file; none if it holds posts that are in no pair."""
    from nlp.learning.contrast import read_pairs

    return read_pairs(path) if all(row.pair for row in read([path])) else []


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _warn_of_known(model: Model, files: tuple[Path, ...], split: str | None) -> None:
    data = [item for item in model.card.get("data", []) if not (split == "test" and item.get("split") == "train")]
    for path in files:
        if hashlib.sha256(path.read_bytes()).hexdigest() in {item.get("sha256") for item in data}:
            click.echo(f"paomo: {model.name} was trained on {path}: the figures flatter; use --folds 5", err=True)
        elif path.name in {item.get("name") for item in data}:
            click.echo(f"paomo: {model.name} was trained on an earlier {path.name}: the figures may flatter", err=True)
