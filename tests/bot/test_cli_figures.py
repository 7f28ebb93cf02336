"""`paomo figures` on the register that comes with paomo."""

import json

import pytest

from bot.cli.main import main
from tests.bot.command import ran


def test_the_table_lists_claims_and_figures(capsys: pytest.CaptureFixture[str]) -> None:
    out = ran(capsys, "figures")
    assert "A18" in out
    assert "openai_revenue_2025" in out
    assert "fails_by_power_of_ten" in out


def test_entity_and_metric_go_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    out = ran(capsys, "figures", "--entity", "甲骨文", "--metric", "經營現金流")
    assert [line.split()[0] for line in out.splitlines()[1:]] == [
        "A19",
        "A20",
        "oracle_operating_cash_flow_fy2026",
        "oracle_operating_cash_flow_fy2025",
    ]


def test_as_of_leaves_out_what_came_later(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(ran(capsys, "figures", "--metric", "commitments", "--as-of", "2025-11", "--json"))
    assert [claim["id"] for claim in document["claims"]] == ["A10"]
    assert [later["value"] for later in document["claims"][0]["later"]] == [1400.0]
    assert "openai_commitments_2026_02" not in [figure["id"] for figure in document["figures"]]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh-Hant", ["兩倍以上", "核對", "600 億美元", "發布 2025-06-11, 查閱 2026-11-23"]),
        ("zh-Hans", ["两倍以上", "核对", "600 亿美元", "发布 2025-06-11, 查阅 2026-11-23"]),
        ("en", ["more than twice", "recheck", "60 bn USD", "published 2025-06-11, checked 2026-11-23"]),
    ],
)
def test_show_speaks_three_languages(capsys: pytest.CaptureFixture[str], lang: str, words: list[str]) -> None:
    out = ran(capsys, "--lang", lang, "figures", "show", "a18")
    for word in [*words, "1.09", "A16 / A17", "ORCLFY25"]:
        assert word in out


def test_show_takes_figures_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert "13.07 bn USD" in ran(capsys, "figures", "show", "OPENAI_revenue_2025")
    assert json.loads(ran(capsys, "figures", "show", "A09", "--json"))["later"][0]["value"] == 30


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["show", "A99"], 4, "there is no claim “A99”"),
        (["show", "openai_revenue_2023"], 4, "near it: openai_revenue_2025"),
        (["--entity", "Zzyzx"], 4, "nothing is called “Zzyzx”"),
        (["--entity", "IBM"], 4, "no figure fits"),
        (["--as-of", "yesterday"], 2, "is not a date"),
    ],
)
def test_what_cannot_be_shown(capsys: pytest.CaptureFixture[str], args: list[str], code: int, message: str) -> None:
    assert main(["figures", *args]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


@pytest.mark.parametrize("args", [("figures", "show", "A10", "--as-of", "2025-11"), ("figures", "--as-of", "2025-11", "show", "A10")])  # fmt: skip
def test_a_card_as_of_a_day_leaves_out_what_came_later(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...]
) -> None:
    card = json.loads(ran(capsys, *args, "--json"))
    assert [later["value"] for later in card["later"]] == [1400.0]
    assert "CNBC600" not in [source["id"] for source in card["sources"]]
    whole = json.loads(ran(capsys, "figures", "show", "A10", "--json"))
    assert len(whole["later"]) > 1


def test_a_card_of_a_later_day_is_not_there_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "show", "openai_revenue_2025", "--as-of", "2025"]) == 4
    assert "was not known by 2025: it is of 2026-06-16" in capsys.readouterr().err
    assert main(["figures", "show", "A10", "--as-of", "soon"]) == 2
