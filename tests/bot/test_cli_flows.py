"""`paomo flows`: text in three languages within 80 columns, JSON, own cards, pictures, bad input."""

import builtins
import importlib.util
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from bot.cli.main import main
from tests.bot.command import ran

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "flows"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Nvidia", "$60bn a year ($300bn over 5 years)", "reported 2026-02", "not known", "--spread 5"]),
        ("zh-Hant", ["輝達", "每年600億美元", "據報導", "不明"]),
        ("zh-Hans", ["英伟达", "每年600亿美元", "据报道", "不明"]),
    ],
)
def test_text_and_drawing(capsys: pytest.CaptureFixture[str], lang: str, words: list[str]) -> None:
    out = ran(capsys, "--lang", lang, "flows", "--as-of", "2026-11-23")
    for word in words:
        assert word in out
    drawing = out.split("\n\n")[1].splitlines()
    assert drawing[0].startswith("╭─▶ ")
    assert all(cell_len(row) <= 80 for row in drawing)
    assert "AMD" in out or "超" in out


def test_as_of_shows_what_stood_then(capsys: pytest.CaptureFixture[str]) -> None:
    then = json.loads(ran(capsys, "flows", "--as-of", "2025-10-21", "--json"))["result"]
    now = json.loads(ran(capsys, "flows", "--as-of", "2026-11-23", "--json"))["result"]
    assert [loop["smallest_total_usd_bn"] for loop in then["cycles"]] == [40, None]
    assert [loop["smallest_total_usd_bn"] for loop in now["cycles"]] == [30]
    assert {row["id"] for row in then["flows"]} >= {"nvda_to_openai_intent", "openai_to_nvda_systems"}
    assert {row["usd_bn_per_year"] for row in then["flows"]} == {None, 60}


def test_the_worked_example(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["flows", "--flows", str(EXAMPLE), "--only", "--vendor", "vendor", "--sales", "200bn", "--as-of", "2026"]
    document = json.loads(ran(capsys, *args, "--json"))
    assert list(document) == ["inputs", "result", "formula", "assumptions", "figures"]
    share = document["result"]["self_funded"]
    assert (share["upper"], share["proportional"], share["lower"]) == pytest.approx((0.125, 0.041667, 0), abs=1e-6)
    assert document["result"]["external_cash_usd_bn"]["lab"] == pytest.approx(-10)
    assert document["result"]["round_trip"]["share"] == pytest.approx(75 / 228)
    assert document["figures"][0]["name"] == "round_trip_share"


def test_spread_is_an_assumption_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    out = ran(capsys, "flows", "--as-of", "2026-11-23", "--spread", "5", "--sales", "200bn")
    assert "Assumed: sums whose time is not known run over 5 years" in out
    assert "at most $6bn a year" in out
    assert "between 0% and 3%" in out
    document = json.loads(ran(capsys, "flows", "--as-of", "2026-11-23", "--spread", "5", "--json"))
    assert sum(row["years_assumed"] for row in document["result"]["flows"]) == 4
    assert any("5 years" in line for line in document["assumptions"])


def test_a_picture_is_a_png_of_the_size_it_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for lang in ("en", "zh-Hant"):
        file = tmp_path / f"{lang}.png"
        ran(capsys, "--lang", lang, "flows", "--as-of", "2025-10-21", "--png", str(file))
        picture = file.read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == (1600, 1200)


def test_english_labels_without_a_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.pictures import flows as picture
    from core import flow_cards

    cards = flow_cards.load()
    english = picture.draw(cards, "en")
    assert picture.draw(cards, "zh-Hant") != english
    monkeypatch.setattr(picture, "chinese_font", lambda: None)
    assert picture.draw(cards, "zh-Hant") == picture.draw(cards, "en")


def test_without_matplotlib_the_extra_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    find_spec, load = importlib.util.find_spec, builtins.__import__

    def without(name: str, package: str | None = None) -> Any:
        return None if name == "matplotlib" else find_spec(name, package)

    def refuse(name: str, *args: Any, **more: Any) -> Any:
        assert not name.startswith("matplotlib")
        return load(name, *args, **more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert main(["flows", "--png", str(tmp_path / "x.png")]) == 2
    assert "pip install 'paomo[charts]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--as-of", "last week"], 2, "is not a date"),
        (["--as-of", "2020"], 4, "no flow stood on 2020"),
        (["--vendor", "TSMC"], 2, "no flow is paid by or to TSM"),
        (["--spread", "0"], 2, "above"),
        (["--spread", "5", "--sales", "1bn"], 2, "less than"),
        (["--sales", "nan"], 2, ""),
        (["--only"], 4, "no flow stood"),
        (["--flows", "nowhere"], 1, "is not a folder of cards"),
        (["--png", "nowhere/x.png"], 1, "cannot be written"),
        (["--png", "-"], 2, "standard output holds the flows"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str) -> None:
    assert main(["flows", "--as-of", "2026-11-23", *args] if args[0] != "--as-of" else ["flows", *args]) == code
    err = capsys.readouterr().err
    assert said in err


def test_a_bad_card_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[flow]]\nid = "x"\npayer = "A"\n', encoding="utf-8")
    assert main(["flows", "--flows", str(tmp_path)]) == 1
    assert "mine.toml: x: missing key" in capsys.readouterr().err


def test_many_flows_are_told_in_text_and_refused_as_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cards = "".join(
        f'[[flow]]\nid = "f{i}"\npayer = "p{i}"\npayee = "p{(i + 1) % 50}"\nkind = "loan"\ncertainty = "report"\n'
        f'announced = "2026"\nper_year = {i}\n'
        for i in range(50)
    )
    (tmp_path / "ring.toml").write_text(cards, encoding="utf-8")
    picture = tmp_path / "ring.png"
    assert "more or longer loops" in ran(capsys, "flows", "--flows", str(tmp_path), "--only", "--as-of", "2026")
    assert main(["flows", "--flows", str(tmp_path), "--only", "--as-of", "2026", "--png", str(picture)]) == 2
    assert "50 parties cannot be read" in capsys.readouterr().err
    assert not picture.exists()


def complete_graph(folder: Path, parties: int) -> Path:
    """Flow cards in which everybody pays everybody."""
    cards = [
        f'[[flow]]\nid = "f{i}_{j}"\npayer = "p{i}"\npayee = "p{j}"\nkind = "equity"\ncertainty = "report"\n'
        f'announced = "2026-01"\nper_year = {i + 1}\n'
        for i in range(parties)
        for j in range(parties)
        if i != j
    ]
    folder.mkdir()
    (folder / "all.toml").write_text("\n".join(cards), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ["and 990 more loops (--all)", "more flows (--all)", "and 2,420 more rows (--all)", "and 30 more (--all)"],
        ),
        ("zh-Hant", ["另有 990 圈", "另有 2,420 列", "另有 30 個"]),
        ("zh-Hans", ["另有 990 圈", "另有 2,420 行", "另有 30 个"]),
    ],
)
def test_a_complete_graph_is_cut_and_says_by_how_much(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, lang: str, words: list[str]
) -> None:
    folder = complete_graph(tmp_path / "cards", 50)
    args = ["--lang", lang, "flows", "--flows", str(folder), "--only", "--as-of", "2026-11-23"]
    out = ran(capsys, *args)
    assert len(out.splitlines()) < 250
    for word in words:
        assert word in out
    assert main([*args, "--png", str(tmp_path / "a.png")]) != 0
    assert "a picture of 50 parties cannot be read" in capsys.readouterr().err


def test_all_prints_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = complete_graph(tmp_path / "cards", 8)
    args = ["--lang", "en", "flows", "--flows", str(folder), "--only", "--as-of", "2026-11-23"]
    short, whole = ran(capsys, *args), ran(capsys, *args, "--all")
    assert "--all" in short
    assert "--all" not in whole
    assert whole.count("p7 → p6 ") > short.count("p7 → p6 ")
