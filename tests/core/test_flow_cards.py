"""Flow cards: those that come with paomo, and what a card must and must not say."""

from pathlib import Path

import pytest

from core import figures, flow_cards
from core.circular import Flow, cycles, standing
from core.errors import CardError

GOOD = """
[[flow]]
id = "one"
payer = "softbank"
payee = "OpenAI"
kind = "equity"
certainty = "report"
announced = "2025-12"
total = 40
years = 2
"""


def load(folder: Path, text: str, *, built_in: bool = False) -> tuple[Flow, ...]:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return flow_cards.load(folder, built_in=built_in)


def test_every_built_in_flow_is_dated_and_sourced() -> None:
    register = figures.load()
    for flow in flow_cards.load():
        assert flow.announced >= "2025"
        assert flow.sources or flow.certainty == "report"
        assert all(register.sources[source.id] == source for source in flow.sources)
        assert flow.note is not None


def test_the_article_and_what_became_of_it() -> None:
    then, now = (standing(flow_cards.load(), day) for day in ("2025-10-21", "2026-11-23"))
    by_id = {flow.id: flow for flow in flow_cards.load()}
    assert by_id["nvda_to_openai_intent"].total == 100
    assert by_id["nvda_to_openai_equity"].total == 30
    assert by_id["openai_to_oracle"].yearly == 60
    assert by_id["openai_to_nvda_systems"].total is None
    assert [loop.whole for loop in cycles(then).found] == [40, None]
    assert [(loop.nodes, loop.bottleneck, loop.whole) for loop in cycles(now).found] == [
        (("NVDA", "OPENAI", "ORCL"), None, 30)
    ]


def test_names_become_ids_and_other_names_stay(tmp_path: Path) -> None:
    (flow,) = load(tmp_path, GOOD.replace("softbank", "軟銀"))
    assert (flow.payer, flow.payee, flow.yearly) == (flow_cards.party("SoftBank"), "OPENAI", 20)
    (flow,) = load(tmp_path, GOOD.replace("softbank", "the pension funds"))
    assert flow.payer == "the pension funds"


def test_own_cards_add_to_the_built_in_and_replace_them(tmp_path: Path) -> None:
    known = len(flow_cards.load())
    assert len(load(tmp_path, GOOD, built_in=True)) == known + 1
    mine = load(tmp_path, GOOD.replace('"one"', '"openai_to_oracle"'), built_in=True)
    assert len(mine) == known
    assert next(flow for flow in mine if flow.id == "openai_to_oracle").total == 40


def test_own_sources(tmp_path: Path) -> None:
    source = '\n[[source]]\nid = "MINE"\ntitle = "a"\npublisher = "b"\npublished = "2025"\nchecked_on = 2026-01-01\nsays = "c"\n'
    (flow,) = load(tmp_path, GOOD.replace('"report"', '"contract"\nsources = ["MINE"]') + source)
    assert flow.sources[0].title == "a"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('payer = "softbank"\n', "", "mine.toml: one: missing key “payer”"),
        ("years = 2", "yeers = 2", "mine.toml: one: unknown key “yeers”"),
        ("total = 40", "total = -40", "mine.toml: one: the total of the flow one must be above zero"),
        ("total = 40", "total = nan", "mine.toml: one: total: must be a finite number"),
        ("total = 40", 'total = "40bn"', "mine.toml: one: total: must be a finite number"),
        ("total = 40", "per_year = 40", "mine.toml: one: years: only a total"),
        ("total = 40", "total = 40\nper_year = 20", "mine.toml: one: total: say the amount once"),
        ("total = 40", 'figure = "nothing"', "mine.toml: one: figure: there is no figure in dollars “nothing”"),
        ("total = 40", 'figure = "circular_edges"', "mine.toml: one: figure: there is no figure in dollars"),
        ("years = 2", "years = 0", "mine.toml: one: "),
        ('"equity"', '"gift"', "mine.toml: one: kind: unknown word “gift”"),
        ('"report"', '"contract"', "mine.toml: one: sources: needs one"),
        ('"report"', '"report"\nsources = ["X"]', "mine.toml: one: sources: there is no source “X”"),
        ('announced = "2025-12"\n', "", "mine.toml: one: missing key “announced”"),
        ('"2025-12"', '"last week"', "mine.toml: one: announced: must be YYYY"),
        ('"2025-12"', '"2025-12"\nfrom = "2027"\nto = "2026"', "mine.toml: one: to: 2026 is before 2027"),
        ('"2025-12"', '"2025-12"\nup_to = 1', "mine.toml: one: up_to: must be true or false"),
        ('"2025-12"', '"2025-12"\ninstead_of = "two"', "mine.toml: one: instead_of: there is no flow “two”"),
        ('"OpenAI"', '"softbank"', "mine.toml: one: the flow one pays"),
        ("[[flow]]", "[[flows]]", "unknown key “flows”"),
        ("[[flow]]", "[flow", "is not TOML"),
    ],
)
def test_a_bad_card_is_refused_by_file_card_and_key(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(CardError) as refused:
        load(tmp_path, GOOD.replace(old, new))
    assert problem in str(refused.value)


def test_an_id_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="two flows with this id"):
        load(tmp_path, GOOD + GOOD)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="is not a folder"):
        flow_cards.load(tmp_path / "nowhere")
