"""`paomo train --add`: the labels of `paomo label` become part of the model that judges from then on."""

from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.context import settings
from bot.cli.measured import show_gain
from bot.stance_model import model_file, own_model
from core.errors import UsageError
from core.storage import labels
from core.store import Store
from core.text import counted
from nlp.learning.labelled import Row, read
from nlp.model import Model


def own_rows() -> list[Row]:
    """The labelled posts of the database in force. Raises `NotFound` where there is no database."""
    from nlp.learning.own import rows_of

    with Store.open(settings().db, create=False) as store:
        return rows_of(labels.labelled(store))


def add_labels(files: Sequence[Path], out: Path | None, weight: float | None) -> None:
    """Correct the model that comes with paomo by own labels and those of FILEs, and say what it gained."""
    from nlp.learning.adapt import Adapting
    from nlp.learning.own import together, write

    if out is not None and out.suffix != ".npz":
        raise UsageError(f"{out} does not end in .npz", hint="the card goes beside it as .json")
    rows = together(own_rows(), read(files) if files else [])
    base, held = Model.load(), settings()
    target = out or own_model(held.db)
    model, gained = write(base, rows, target, Adapting() if weight is None else Adapting(weight=weight))
    click.echo(f"{target}: {model.name}, {base.name} with {counted(len(rows), 'label')}")
    if gained is None:
        click.echo("what it gained cannot be measured: the labels stand in too few threads")
    else:
        show_gain(base.name, gained, as_json=False)
    if out is None and model_file(held) != target:
        click.echo(f"the setting model names another one ({held.origin['model']}): remove it to use this one", err=True)
    elif out is None:
        click.echo("it judges from now on; paomo rescore judges what is stored again, and removing the file undoes it")
