"""`paomo models`: the list, one model, changed inputs, and what goes wrong."""

import json

import pytest

from core.errors import NotFound, QuantityError, UsageError
from core.models.named import MODELS
from tests.bot.command import invoke


def test_the_list_names_all() -> None:
    assert all(name in invoke("models").output for name in MODELS)
    assert [row["name"] for row in json.loads(invoke("models", "--json").output)] == list(MODELS)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("lang", ["zh-Hant", "zh-Hans", "en"])
def test_every_model_prints_in_every_language(name: str, lang: str) -> None:
    result = invoke("--lang", lang, "models", name)
    assert result.exit_code == 0
    assert MODELS[name].what.text(lang) in result.output


def test_inputs_are_read_as_people_write_them() -> None:
    result = invoke("models", "Sequoia", "--input", "gpu_run_rate=2000億", "--input", "margin=四成", "--json")
    document = json.loads(result.output)
    assert document["result"]["revenue"] == 1000
    assert document["inputs"]["margin"]["basis"] == "yours"
    assert document["sources"][0]["published"] == "2024-06-20"


def test_lists_and_counts() -> None:
    document = json.loads(invoke("models", "composite", "--input", "scores=80,60,40", "--input", "weights=1,1,1", "--input", "first_block=1", "--input", "floor=1", "--json").output)  # fmt: skip
    assert document["result"]["mean"] == 60
    assert document["made_up"] is False
    users = json.loads(invoke("models", "per_user_equivalent", "--input", "users=1.56 billion", "--json").output)
    assert users["result"]["price_a_month"] == pytest.approx(34.72, abs=0.01)


def test_a_made_up_example_says_so() -> None:
    assert "made up" in invoke("models", "minsky_class").output
    assert "not at hand" in invoke("models", "composite").output


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("nobody",), NotFound),
        (("gpu_chain", "--input", "margin"), UsageError),
        (("gpu_chain", "--input", "life=5"), UsageError),
        (("gpu_chain", "--input", "margin=5年"), QuantityError),
        (("gpu_chain", "--input", "margin=nan"), QuantityError),
        (("per_user_equivalent", "--input", "users=50%"), QuantityError),
        (("composite", "--input", "scores=80,,40"), QuantityError),
        (("gpu_chain", "--input", "margin=40%", "--input", "margin=50%"), UsageError),
        (("per_user_equivalent", "--input", "users=€5bn"), QuantityError),
        (("revenue_from_users", "--input", "price_a_month=¥180"), QuantityError),
        (("lppls", "--input", "from_year=5年"), QuantityError),
        (("--input", "margin=5%"), UsageError),
    ],
)
def test_what_goes_wrong_is_one_of_our_errors(args: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(invoke("models", *args).exception, error)


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("gpu_chain", "gpu_run_rate=5年"), ("gpu_chain", "gpu_run_rate=100"), ("gpu_chain", "gpu_run_rate=€100bn"),
        ("gpu_chain", "gpu_run_rate="), ("gpu_chain", "margin=1e400"), ("depreciation_breakeven", "life=5bn"),
        ("event_study", "months=1年"), ("composite", "scores=80,x,40"),
    ],
)  # fmt: skip
def test_an_error_names_the_input(model: str, given: str) -> None:
    error = invoke("models", model, "--input", given).exception
    assert str(error).startswith(given.partition("=")[0])
    assert "$" not in str(error)


def test_a_price_is_counted_in_dollars() -> None:
    for text in ("180", "$180"):
        document = json.loads(
            invoke("models", "revenue_from_users", "--input", f"price_a_month={text}", "--json").output
        )
        assert document["result"]["revenue"] == pytest.approx(650.16)
