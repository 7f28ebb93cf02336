"""`paomo models`: the published ways to judge AI spending, by name, with your own numbers if you like."""

from collections.abc import Sequence
from typing import Any

import click

from bot.cli.amounts import read_as
from bot.cli.context import print_json, settings
from core.amounts import read
from core.errors import QuantityError, UsageError
from core.models import named
from core.models.named import MODELS, Input, Model, Outcome, Value
from core.quantity import Unit, number, percent


@click.command()
@click.argument("name", required=False)
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="Change an input: margin=30%, gpu_run_rate=200bn, scores=80,60,40; may be given again.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def models(name: str | None, inputs: tuple[str, ...], as_json: bool) -> None:
    """List the named models, or run one: formula, inputs and what they rest on, result, source.

    \b
    paomo models
    paomo models gpu_chain
    paomo models Sequoia --input gpu_run_rate=200bn --input margin=40%
    """
    if name is None:
        if inputs:
            raise UsageError("an input belongs to a model", hint="paomo models gpu_chain --input margin=40%")
        _list(as_json)
        return
    model = named.find(name)
    changed: dict[str, Value] = {}
    for text in inputs:
        given, value = _given(model, text)
        if given in changed:
            raise UsageError(f"{model.name}: {given} is given twice", hint="give each input once")
        changed[given] = value
    outcome = model.run(**changed)
    if as_json:
        print_json(_document(model, changed, outcome))
        return
    _show(model, changed, outcome, settings().lang)


def _given(model: Model, text: str) -> tuple[str, Value]:
    """`margin=30%` as name and value, read by the unit of that input."""
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(
            f"“{text}” is not NAME=VALUE", hint=f"such as {model.inputs[0].name}={_plain(model.inputs[0])}"
        )
    known = {given.name: given for given in model.inputs}
    if name not in known:
        raise UsageError(f"{model.name} has no input “{name}”", hint=f"it has {', '.join(known)}")
    if isinstance(known[name].value, Sequence):
        return name, tuple(_number(part, known[name]) for part in value.split(","))
    return name, _number(value, known[name])


def _number(text: str, given: Input) -> float:
    if given.unit is not Unit.COUNT:
        return read_as(text, given.unit, given.name)
    try:
        quantity = read(text)
    except QuantityError as error:
        raise QuantityError(f"{given.name}: {error}", hint=f"write it like {_plain(given)}") from None
    wanted = ("USD", None) if given.dollars else (None,)
    if quantity.unit not in (Unit.COUNT, Unit.MONEY, Unit.YEAR) or quantity.currency not in wanted:
        raise QuantityError(f"{given.name} cannot be “{text}”", hint=f"write it like {_plain(given)}")
    if quantity.unit is Unit.MONEY and given.dollars:
        return quantity.value * 1e9
    return quantity.value  # “1.5 billion” users are 1.5, as people are counted in billions here


def _plain(given: Input) -> str:
    if isinstance(given.value, Sequence):
        return ",".join(f"{value:g}" for value in given.value)
    if given.unit is Unit.MONEY:
        return f"{number(given.value)}bn"
    return percent(given.value) if given.unit is Unit.RATIO and given.value < 1 else _digits(given.value, given)


def _digits(value: float, given: Input) -> str:
    return f"{value:.0f}" if given.unit is Unit.YEAR else number(value)


def _list(as_json: bool) -> None:
    if as_json:
        print_json([{"name": m.name, "by": m.by, "what": m.what.en, "formula": m.formula} for m in MODELS.values()])
        return
    lang = settings().lang
    for model in MODELS.values():
        click.echo(f"{model.name:<23} {model.what.text(lang)} ({model.by.split(',')[0]})\n{'':<23} {model.formula}")


def _document(model: Model, changed: dict[str, Value], outcome: Outcome) -> dict[str, Any]:
    return {
        "model": model.name,
        "by": model.by,
        "formula": model.formula,
        "inputs": {
            given.name: {
                "value": changed.get(given.name, given.value),
                "unit": "USD_bn" if given.unit is Unit.MONEY else str(given.unit),
                "basis": "yours" if given.name in changed else given.basis,
                "where": "" if given.name in changed else given.where,
            }
            for given in model.inputs
        },
        "result": dict(outcome),
        "made_up": any(given.basis == "made_up" and given.name not in changed for given in model.inputs),
        "caution": model.caution,
        "sources": [
            {"id": s.id, "title": s.title, "publisher": s.publisher, "published": s.published, "says": s.says}
            for s in model.published()
        ],
    }


WORDS = {
    "zh-Hant": {"formula": "算式", "inputs": "輸入", "result": "結果", "source": "來源", "none": "手邊沒有出處", "made_up": "範例數字是編的，只為示範", "caution": "注意", "yours": "你給的", "disclosed": "已披露", "implied": "由披露推得", "assumed": "假設"},
    "zh-Hans": {"formula": "算式", "inputs": "输入", "result": "结果", "source": "来源", "none": "手边没有出处", "made_up": "示例数字是编的，只为演示", "caution": "注意", "yours": "你给的", "disclosed": "已披露", "implied": "由披露推得", "assumed": "假设"},
    "en": {"formula": "formula", "inputs": "inputs", "result": "result", "source": "source", "none": "not at hand", "made_up": "made up, so that the example runs", "caution": "caution", "yours": "yours", "disclosed": "disclosed", "implied": "implied by what is disclosed", "assumed": "assumed"},
}  # fmt: skip


def _show(model: Model, changed: dict[str, Value], outcome: Outcome, lang: str) -> None:
    words = WORDS[lang]
    click.echo(f"{model.name}: {model.what.text(lang)} ({model.by.split(',')[0]})")
    click.echo(f"{words['result']}:")
    for name, found in outcome.items():
        click.echo(f"  {name} = {number(found) if isinstance(found, int | float) else found or '–'}")
    click.echo(f"{words['formula']}: {model.formula}\n{words['inputs']}:")
    for given in model.inputs:
        value = changed.get(given.name, given.value)
        text = ", ".join(f"{v:g}" for v in value) if isinstance(value, Sequence) else _digits(value, given)
        unit = " bn USD" if given.unit is Unit.MONEY else " USD" if given.dollars else ""
        basis = words["yours"] if given.name in changed else ": ".join(filter(None, (words[given.basis], given.where)))
        click.echo(f"  {given.name} = {text}{unit} ({basis})")
    if model.caution:
        click.echo(f"{words['caution']}: {model.caution}")
    sources = [f"{s.title}, {s.publisher}, {s.published}" for s in model.published()]
    for line in sources or [words["none"]]:
        click.echo(f"{words['source']}: {line}")
