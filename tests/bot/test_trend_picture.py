"""The picture: a PNG of the right size, light and dark, with gaps, with any name in it, and refused without matplotlib."""

import struct
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from bot.pictures import trend
from bot.render.report import runs
from bot.report import build, to_json
from core.store import Store


@pytest.fixture
def document(sample_db: Path) -> dict[str, Any]:
    with Store.open(sample_db, readonly=True) as store:
        made = build(store)
    assert made is not None
    return to_json(made)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def pixels(png: bytes) -> Any:
    from io import BytesIO

    from matplotlib import image

    return image.imread(BytesIO(png), format="png")


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_light_and_dark_in_every_language(document: dict[str, Any], lang: str) -> None:
    light, dark = (trend.draw(document, lang, dark=dark) for dark in (False, True))
    assert size(light) == size(dark) == (1600, 1000)
    assert pixels(light)[5, 5, :3].mean() > 0.95
    assert pixels(dark)[5, 5, :3].mean() < 0.15


def test_an_empty_day_is_no_zero(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[float]] = []

    def noted(values: Any) -> Any:
        found = runs(values)
        drawn.extend([values[first : last + 1] for first, last in found])
        return found

    monkeypatch.setattr(trend, "runs", noted)
    trend.draw(document, "en")
    empty = [day["date"] for day in document["days"] if not day["n"]]
    assert empty == ["2026-10-25"]
    assert len(drawn) == 2
    assert sum(map(len, drawn)) == len(document["days"]) - 1


def test_an_index_and_any_name_in_it(document: dict[str, Any]) -> None:
    plain = trend.draw(document, "en")
    for day in document["days"]:
        day |= {"close": None, "close_change": None}
    document["prices"] = {"name": "$x_{1}$ 漲😀\u202e" * 20, "lead_lag": None}
    assert size(trend.draw(document, "zh-Hant", scope="<b>$\\frac" * 30)) == (1600, 1000)
    for n, day in enumerate(document["days"]):
        day["close"] = 100.0 + n
    assert trend.draw(document, "en") != plain


@pytest.mark.parametrize("days", [1, 3660])
def test_one_day_and_ten_years(sample_db: Path, days: int) -> None:
    with Store.open(sample_db, readonly=True) as store:
        made = build(store, days=days)
    assert made is not None
    assert size(trend.draw(to_json(made), "en")) == (1600, 1000)


def test_without_a_chinese_font_it_is_english(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trend, "chinese_font", lambda: None)
    assert trend.draw(document, "zh-Hant", scope="財經") == trend.draw(document, "en")


def test_without_matplotlib_it_says_what_to_install(
    sample_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mood.png"
    assert main(["--db", str(sample_db), "report", "--png", str(out), "--dark"]) == 0
    assert size(out.read_bytes()) == (1600, 1000)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["--db", str(sample_db), "report", "--png", str(tmp_path / "no.png")]) == 2
    assert "pip install 'paomo[charts]'" in capsys.readouterr().err
