"""`paomo train` and `paomo evaluate` from end to end, on a slice of the corpus."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.model import evaluate, train
from bot.cli.score import score
from core.errors import ModelError, UsageError
from nlp.learning.labelled import CORPUS


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Posts to learn and posts to measure on: 24 threads and 8."""
    lines = CORPUS.read_text("utf-8").splitlines()
    folder = tmp_path_factory.mktemp("posts")
    learn, test = folder / "learn.jsonl", folder / "test.jsonl"
    learn.write_text("\n".join(lines[:600]), "utf-8")
    test.write_text("\n".join(lines[600:800]), "utf-8")
    return learn, test


def test_train_measure_score(tmp_path: Path, files: tuple[Path, Path]) -> None:
    learn, test = files
    out = tmp_path / "own.npz"
    run = CliRunner()
    done = run.invoke(train, [str(learn), "--out", str(out), "--name", "mine", "--test", str(test)])
    assert done.exit_code == 0, done.exception
    assert "fold 5 of 5" in done.stderr
    card = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert card["name"] == "mine"
    assert card["figures"]["test.jsonl"]["posts"] == 200

    done = run.invoke(evaluate, [str(test), "--model", str(out), "--json"])
    figures = json.loads(done.stdout)
    assert figures["accuracy"]["value"] == pytest.approx(card["figures"]["test.jsonl"]["accuracy"]["value"], abs=1e-4)
    assert done.stderr == ""
    assert "flatter" in run.invoke(evaluate, [str(learn), "--model", str(out), "--json"]).stderr
    learn.write_text(learn.read_text("utf-8") + "\n\n", "utf-8")
    assert "an earlier learn.jsonl" in run.invoke(evaluate, [str(learn), "--model", str(out), "--json"]).stderr
    table = run.invoke(evaluate, [str(test), "--model", str(out)]).stdout
    assert "always neutral" in table
    assert "Calibration error" in table

    assert "mine" in run.invoke(score, ["--model", str(out), "--json", "看好"]).stdout


def test_posts_marked_as_test_are_learned_only_when_asked(tmp_path: Path) -> None:
    lines = CORPUS.read_text("utf-8").splitlines()[:200]
    posts, out, run = tmp_path / "posts.jsonl", tmp_path / "own.npz", CliRunner()
    posts.write_text("\n".join(lines), "utf-8")
    marked = sum('"split": "test"' in line for line in lines)
    assert 0 < marked < len(lines)

    done = run.invoke(train, [str(posts), "--out", str(out)])
    assert done.exit_code == 0, done.exception
    assert f"{marked} marked as test are left out" in done.stderr
    card = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert card["data"][0]["posts"] == len(lines) - marked
    assert card["figures"]["posts.jsonl, test part"]["posts"] == marked
    asked = [str(posts), "--model", str(out), "--json"]
    apart = run.invoke(evaluate, [*asked, "--split", "test"])
    assert json.loads(apart.stdout)["posts"] == marked
    assert apart.stderr == ""
    assert "flatter" in run.invoke(evaluate, [*asked, "--split", "train"]).stderr

    done = run.invoke(train, [str(posts), "--out", str(out), "--all"])
    card = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert card["data"][0]["posts"] == len(lines)
    assert "flatter" in run.invoke(evaluate, [*asked, "--split", "test"]).stderr


def test_contrast_pairs() -> None:
    run = CliRunner()
    all_pairs = json.loads(run.invoke(evaluate, ["--pairs", "--json"]).stdout)["pairs"]
    kept = json.loads(run.invoke(evaluate, ["--pairs", "--split", "test", "--json"]).stdout)["pairs"]
    assert {of["phenomenon"] for of in kept} == {of["phenomenon"] for of in all_pairs}
    assert 0.4 < sum(of["pairs"] for of in kept) / sum(of["pairs"] for of in all_pairs) < 0.6
    for of in all_pairs:
        assert of["both"] + of["one"] + of["neither"] == of["pairs"] >= of["ordered"]
    table = run.invoke(evaluate, ["--pairs"]).stdout
    assert "both right" in table
    assert "negation" in table
    assert isinstance(run.invoke(evaluate, ["--pairs", "--folds", "3"]).exception, UsageError)


def test_a_split_that_no_post_has(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "看好", "label": "bullish"}', "utf-8")
    done = CliRunner().invoke(evaluate, [str(posts), "--split", "test"])
    assert isinstance(done.exception, UsageError)


def test_folds(files: tuple[Path, Path]) -> None:
    done = CliRunner().invoke(evaluate, [str(files[1]), "--folds", "2", "--json"])
    figures = json.loads(done.stdout)
    assert figures["protocol"].startswith("2 folds")
    assert figures["posts"] == 200


def test_what_cannot_be_asked(tmp_path: Path, files: tuple[Path, Path]) -> None:
    run = CliRunner()
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "x", "label": "up"}', "utf-8")
    done = run.invoke(train, [str(bad), "--out", str(tmp_path / "a.npz")])
    assert isinstance(done.exception, UsageError)
    assert "bad.jsonl:1" in str(done.exception)
    assert isinstance(run.invoke(train, [str(files[0]), "--out", str(tmp_path / "a.pkl")]).exception, UsageError)
    assert isinstance(run.invoke(evaluate, ["--model", str(tmp_path / "a.npz")]).exception, UsageError)
    none = run.invoke(evaluate, [str(files[1]), "--model", str(tmp_path / "a.npz")])
    assert isinstance(none.exception, ModelError)
