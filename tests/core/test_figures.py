"""Every card of the register is read, recomputed and compared; every kind of bad card is refused."""

import ast
import itertools
import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import aliases, figures, register, series
from core.errors import CardError, NotFound
from core.figures import Bilingual, Claim, Figure, Register
from core.text import to_mainland, to_simplified, to_traditional

CLAIM_IDS = [
    *(f"A{n:02}" for n in range(1, 34)),
    *(f"R{n:02}" for n in range(1, 11)),
    *(f"X{n:02}" for n in range(1, 15)),
]
REGISTER = figures.load()

OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def worked_out(formula: str) -> Any:
    """Arithmetic on numbers, claim ids and figure ids, and one comparison; nothing else."""

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name) if name in REGISTER.claims:
                return REGISTER.claims[name].value
            case ast.Name(id=name):
                return REGISTER.figure(name).value
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return OPERATORS[type(op)](value(left), value(right))
        raise AssertionError(f"not arithmetic: {ast.dump(node)}")

    return value(ast.parse(formula, mode="eval").body)


def bilinguals() -> Iterator[tuple[str, Bilingual]]:
    for figure in REGISTER.figures.values():
        if figure.note:
            yield figure.id, figure.note
    for claim in REGISTER.claims.values():
        yield from ((claim.id, words) for words in (claim.text, claim.said_by, claim.recheck.how))
        yield from ((claim.id, later.note) for later in claim.later)
        if claim.note:
            yield claim.id, claim.note


def claims() -> list[Claim]:
    return list(REGISTER.claims.values())


def cards() -> list[Claim | Figure]:
    return [*REGISTER.claims.values(), *REGISTER.figures.values()]


def test_every_claim_is_there() -> None:
    assert sorted(REGISTER.claims) == sorted(CLAIM_IDS)


def test_statuses_are_counted() -> None:
    statuses = [claim.status for claim in claims()]
    assert {status: statuses.count(status) for status in set(statuses)} == {
        "corroborated": 35,
        "estimated": 3,
        "unverified": 13,
        "contradicted": 6,
    }


def test_every_entity_and_metric_has_a_name() -> None:
    for card in cards():
        assert aliases.get(card.entity).id == card.entity, card.id
        assert aliases.get(card.metric, "metric").id == card.metric, card.id


def test_every_source_is_used() -> None:
    used = {source.id for card in cards() for source in card.sources}
    assert used == set(REGISTER.sources)


def test_every_finding_is_used() -> None:
    assert {claim.recheck.finding for claim in claims()} == set(register.FINDINGS)
    assert {verdict for verdicts in register.FINDINGS.values() for verdict in verdicts} == set(figures.VERDICTS)


@pytest.mark.parametrize("claim", [claim for claim in claims() if claim.recheck.formula], ids=lambda claim: claim.id)
def test_rechecks_are_recomputed(claim: Claim) -> None:
    assert claim.recheck.formula is not None
    assert worked_out(claim.recheck.formula) == pytest.approx(claim.recheck.value, rel=0.006)


@pytest.mark.parametrize("claim", [claim for claim in claims() if claim.formula], ids=lambda claim: claim.id)
def test_claimed_formulas_give_what_is_claimed(claim: Claim) -> None:
    assert claim.formula is not None
    result = worked_out(claim.formula)
    if isinstance(result, bool):
        assert result is (claim.recheck.verdict != "fails")
    else:
        assert result == pytest.approx(claim.value, rel=0.08)  # the article rounds 5.56 years to 6


@pytest.mark.parametrize(
    ("figure", "formula"),
    [
        ("capex_five_2025", "capex_five_2026_creditsights / 1.67"),
        ("capex_five_2026_plans", "175 + 200 + 200 + 137.5 + oracle_capex_fy2026"),
        ("capex_five_2025_2026", "capex_five_2025 + capex_five_2026_plans"),
        ("oracle_free_cash_flow_fy2026", "oracle_operating_cash_flow_fy2026 - oracle_capex_fy2026"),
        ("openai_commitments_2025_10", "nvda_openai_compute_2025 + amd_openai_compute_2025 + 300 + 22"),
        ("openai_cash_burn_2025_2029_forecast", "8 + 25 + 57 + 85 + 51"),
        ("ai_labs_run_rate_2026_09", "anthropic_run_rate_2026_07 + openai_run_rate_2026_09"),
        ("ai_capex_to_revenue_2026", "capex_five_2026_plans / ai_labs_run_rate_2026_09"),
        ("five_capex_to_gdp_2026", "capex_five_2026_plans / us_gdp_2026"),
        ("quantum_price_to_sales_2025_10", "quantum_market_cap_2025_10 / quantum_revenue_year"),
        ("required_revenue_kupperman", "data_centre_spend_2025 / useful_life_kupperman / margin_kupperman"),
        ("nasdaq_last_12_months_return", "nasdaq_2000_03_10 / nasdaq_1999_03_10 - 1"),
        ("margin_debt_to_gdp_2026_07", "margin_debt_2026_07 / us_gdp_2026"),
        ("us_market_cap_to_gdp_2026_05", "us_market_cap_2026_05 / us_gdp_2026"),
    ],
)
def test_computed_figures_follow_from_the_others(figure: str, formula: str) -> None:
    assert worked_out(formula) == pytest.approx(REGISTER.figure(figure).value, rel=0.015)


def test_margin_debt_agrees_with_its_series() -> None:
    debt = series.load("finra_margin_debt")
    months = REGISTER.find(metric="margin_debt")
    assert len(months) == 9
    for figure in months:
        assert figure.period
        assert debt.at(figure.period) == figure.value
    records = [
        month for place, month in enumerate(debt.months) if debt.values[place] > max(debt.values[:place], default=0)
    ]
    assert len(records) == REGISTER.figure("margin_record_count").value
    since_spy = [month for month in records if "1998-10" <= month <= "2025-07"]  # a year of closes after each
    assert len(since_spy) == 54
    place = {month: number for number, month in enumerate(debt.months)}
    lasting = {a for a, b in itertools.pairwise(records) if place[b] - place[a] >= 12}
    assert lasting == {figure.period for figure in REGISTER.claim("R03").recheck.figures}
    growth = debt.at("2025-09") / debt.at("2024-09") - 1
    assert growth == pytest.approx(REGISTER.figure("margin_debt_growth_2025_09").value, abs=0.0005)


def test_a_recheck_names_the_figure_it_gives() -> None:
    for claim in claims():
        if claim.recheck.value is not None and claim.recheck.figures and not claim.recheck.formula:
            values = [figure.value for figure in claim.recheck.figures]
            assert claim.recheck.value in values, claim.id


@pytest.mark.parametrize(("name", "words"), list(bilinguals()))
def test_chinese_is_traditional_and_english_is_english(name: str, words: Bilingual) -> None:
    shared = set("台占只里后干面系准于范制")  # written so in Taiwan too, in some or all of their senses
    for character in words.zh:
        simplified_only = to_traditional(character) != character and to_simplified(character) == character
        assert not simplified_only or character in shared, f"{name}: {character}"
    assert words.text("zh-Hans") == to_mainland(words.zh)
    assert words.text("zh-Hant") == words.zh
    assert words.en.isascii() or any(mark in words.en for mark in "“”低手隻會用均線南京姑娘年月到"), name
    assert "兆" not in words.zh  # means 1e12 to one half of our readers and 1e6 to the other


def test_find_answers_by_company_metric_and_period() -> None:
    def found(*args: Any, **kwargs: Any) -> list[tuple[str | None, float]]:
        return [(figure.period, figure.value) for figure in REGISTER.find(*args, **kwargs)]

    assert found("OPENAI", "revenue") == [("2025", 13.07), ("2024", 3.7), ("2025H1", 4.3)]
    assert found("OPENAI", "revenue", "2025") == [("2025", 13.07)]
    assert found("OPENAI", "operating_loss", "2025上半年") == [("2025H1", 7.8)]
    assert found("OPENAI", "research_spend", "2025") == [("2025H1", 6.7)]
    assert found("ORCL", "operating_cash_flow", "2026") == [("FY2026", 31.98)]
    assert found("ORCL", "revenue", "2024") == [("2024", 55.0)]
    assert found(metric="margin_debt", period="2026") == [("2026-07", 1417.225), ("2026-06", 1502.072)]
    assert found("OPENAI", "commitments", as_of="2025-12")[0] == (None, 1400.0)
    assert found("OPENAI", "revenue", as_of="2025-10-21") == [("2025H1", 4.3)]
    assert found("NVDA", "cape") == []


def test_claims_about_an_entity() -> None:
    assert [claim.id for claim in REGISTER.claims_about("ORCL", "operating_cash_flow")] == ["A19", "A20"]
    assert len(REGISTER.claims_about()) == 57


def test_cards_are_found_without_case_and_near_misses_are_named() -> None:
    assert REGISTER.claim("a18").id == "A18"
    assert REGISTER.figure("OpenAI_Revenue_2025").value == 13.07
    with pytest.raises(NotFound, match="there is no claim “A34”") as caught:
        REGISTER.claim("A34")
    assert caught.value.hint
    assert "A33" in caught.value.hint or "A3" in caught.value.hint
    with pytest.raises(NotFound) as caught:
        REGISTER.figure("openai_revenue_2023")
    assert caught.value.hint
    assert "openai_revenue_2024" in caught.value.hint


SOURCE = """[[source]]
id = "PAGE"
title = "A page"
publisher = "A press"
published = "2025-10"
checked_on = 2025-10-21
says = "So."
"""
FIGURE = """[[figure]]
id = "one"
entity = "NVDA"
metric = "revenue"
period = "2025"
value = 7
unit = "USD_bn"
stock_or_flow = "flow"
as_of = "2025-10"
status = "corroborated"
sources = ["PAGE"]
"""
CLAIM = """[[voice]]
id = "somebody"
zh = "某人"
en = "somebody"
[[claim]]
id = "Z01"
entity = "NVDA"
metric = "revenue"
zh = "收入是七"
en = "revenue is seven"
said_by = "somebody"
kind = "stated"
value = 7
unit = "USD_bn"
stock_or_flow = "flow"
as_of = "2025-10"
status = "corroborated"
sources = ["PAGE"]
[claim.recheck]
verdict = "holds"
finding = "holds"
value = 7
unit = "USD_bn"
figures = ["one"]
zh = "對"
en = "right"
[[claim.later]]
as_of = "2026"
value = 8
unit = "USD_bn"
source = "PAGE"
zh = "後來"
en = "later"
"""


def loaded(folder: Path, text: str) -> Register:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return figures.load(folder)


def test_cards_of_the_user_add_and_replace(tmp_path: Path) -> None:
    mine = FIGURE + FIGURE.replace('"one"', '"openai_revenue_2025"') + SOURCE + CLAIM
    both = loaded(tmp_path, mine)
    assert both.figure("one").value == 7
    assert both.figure("openai_revenue_2025").value == 7
    assert both.claim("z01").later[0].source.id == "PAGE"
    assert len(both.claims) == 58
    assert figures.load().figure("openai_revenue_2025").value == 13.07


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('period = "2025"', 'periode = "2025"', "mine.toml: one: unknown key “periode”"),
        ('entity = "NVDA"\n', "", "mine.toml: one: missing key “entity”"),
        ('status = "corroborated"\n', "", "mine.toml: one: missing key “status”"),
        ('unit = "USD_bn"', 'unit = "EUR"', "one: unit: unknown word “EUR”"),
        ('status = "corroborated"', 'status = "sure"', "one: status: unknown word “sure”"),
        ('verdict = "holds"', 'verdict = "true"', "Z01.recheck: verdict: unknown word “true”"),
        ('verdict = "holds"', 'verdict = "fails"', "“holds” cannot come under “fails”"),
        ('finding = "holds"', 'finding = "perhaps"', "Z01.recheck: finding: unknown word “perhaps”"),
        ('sources = ["PAGE"]', 'sources = ["BOOK"]', "one: sources: there is no “BOOK”"),
        ('sources = ["PAGE"]', "sources = []", "one: sources: a corroborated figure needs at least one"),
        ('sources = ["PAGE"]', 'sources = "PAGE"', "one: sources: must be a list of texts"),
        ('figures = ["one"]', 'figures = ["two"]', "Z01.recheck: figures: there is no “two”"),
        ('source = "PAGE"', 'source = "BOOK"', "Z01 later 1: source: unknown word “BOOK”"),
        ('said_by = "somebody"', 'said_by = "nobody"', "Z01: said_by: unknown word “nobody”"),
        ('kind = "stated"', 'kind = "sung"', "Z01: kind: unknown word “sung”"),
        ('as_of = "2025-10"', 'as_of = "2025-13"', "one: as_of: must be YYYY"),
        ('as_of = "2025-10"', 'as_of = "Oct 2025"', "one: as_of: must be YYYY"),
        ('period = "2025"', 'period = "last year"', "one: period: must be such as 2025"),
        ('published = "2025-10"', 'published = "2025-10/2025-08"', "PAGE: published: must be YYYY"),
        ("checked_on = 2025-10-21", 'checked_on = "2025-10-21"', "PAGE: checked_on: must be a date"),
        ("checked_on = 2025-10-21", "checked_on = 2025-10-21T10:00:00", "PAGE: checked_on: must be a date"),
        ("checked_on = 2025-10-21", "checked_on = 2025-02-30", "mine.toml: is not TOML"),
        ("value = 7", 'value = "7"', "one: value: must be a finite number"),
        ("value = 7", "value = nan", "one: value: must be a finite number"),
        ("value = 7", "value = true", "one: value: must be a finite number"),
        ("value = 7", "value = 7\nvalue_low = 8", "7 is not between value_low and value_high"),
        ('stock_or_flow = "flow"\n', "", "one: missing key “stock_or_flow”"),
        ('id = "Z01"', 'id = "one"', "there is a figure with this id"),
        ('[[voice]]\nid = "somebody"', '[[voices]]\nid = "somebody"', "unknown key “voices”"),
        ("[claim.recheck]", "[claim.check]", "Z01: missing key “recheck”"),
        ('unit = "USD_bn"\nfigures', "figures", "Z01.recheck: unit: value and unit come together"),
    ],
)
def test_a_bad_card_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    good = SOURCE + FIGURE + CLAIM
    assert old in good
    with pytest.raises(CardError, match=message):
        loaded(tmp_path, good.replace(old, new, 1))


@pytest.mark.parametrize("card", [SOURCE, FIGURE, CLAIM])
def test_an_id_may_not_come_twice(tmp_path: Path, card: str) -> None:
    with pytest.raises(CardError, match=r"mine\.toml: .*: id: there are two"):
        loaded(tmp_path, SOURCE + FIGURE + CLAIM + card)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="is not a folder of cards"):
        figures.load(tmp_path / "nowhere")
