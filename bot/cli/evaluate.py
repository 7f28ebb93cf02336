"""`paomo evaluate`: how good the stance model is, and how good the answers are."""

from pathlib import Path

import click

from bot.cli.context import print_json, settings, today
from bot.cli.model import evaluate as stance
from core.text import counted


class _OneIsMeant(click.Group):
    """A group in which a word that is none of its commands belongs to the first: `paomo evaluate posts.jsonl`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["stance", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_OneIsMeant)
def evaluate() -> None:
    """Measure the stance model (`stance`, also where no word is given) or the answers (`questions`).

    \b
    Example:  paomo evaluate --pairs
    """


@click.command(short_help="Measure the answers on questions kept out of all training.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option(
    "--part", type=click.Choice(["held", "tune"]), help="Only the questions whose `part` is this.  [default: both]"
)
@click.option("--wrong", is_flag=True, help="List the questions of the part `tune` that went wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def questions(*, file: Path | None, part: str | None, wrong: bool, as_json: bool) -> None:
    """Measure the answers on FILE, or on the questions that come with paomo and that nothing was trained on.

    A question is right when its intent is, and every figure that it expects stands in the figures and in the text.
    Questions about the forum are judged by their intent alone. Wrong ones are listed for the part `tune` only, so
    that the part `held` stays unseen.
    """
    from bot import evaluation
    from bot.answers import Engine

    engine = Engine(settings(), today=today() if file else evaluation.WRITTEN)
    outcomes = evaluation.measure(engine, evaluation.read(file or evaluation.MEASURED, part=part))
    scores = evaluation.scores(outcomes)
    missed = [one for one in outcomes if not one.right and (file or one.asked.part == "tune")] if wrong else []
    if as_json:
        rows = [{"intent": row.name, "n": row.n, "understood": row.understood, "right": row.right} for row in scores]
        lost = [{"question": one.asked.text, "expected": one.asked.intent, "intent": one.intent} for one in missed]
        print_json({"intents": rows, **({"wrong": lost} if wrong else {})})
        return
    from rich.table import Table

    from bot.console import console

    table = Table(title=counted(len(outcomes), "question"), title_justify="left")
    for heading in ("intent", "questions", "right intent", "and right figures"):
        table.add_column(heading, justify="left" if heading == "intent" else "right")
    for row in scores:
        table.add_row(row.name, str(row.n), _share(row.understood, row.n), _share(row.right, row.n))
    out = console()
    out.print(table)
    for one in missed:
        said = "" if one.understood else f", taken for {one.intent}"
        out.print(f"{one.asked.intent}: {one.asked.text}{said}")


def _share(count: int, n: int) -> str:
    return f"{count} ({count / n:.1%})" if n else "0"


evaluate.add_command(stance, "stance")
evaluate.add_command(questions, "questions")
