"""Tables of plain lines: straight, within their width, and what goes first where there is no room."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.render.columns import Column, cut, table

_CELLS = st.lists(st.text(st.sampled_from("輝達ab1 …🚀ｘ"), max_size=8), min_size=3, max_size=3)


def test_numbers_stand_right_and_names_left() -> None:
    lines = table([Column(head="", cells=["輝達", "Oracle"], right=False), Column(head="則數", cells=["1", "234"])], 80)
    assert lines == ["        則數", "輝達       1", "Oracle   234"]


def test_what_is_spared_goes_by_rank_and_together() -> None:
    columns = [
        Column(head="name", cells=["x"], right=False),
        Column(head="low", cells=["1"], spare=2),
        Column(head="high", cells=["2"], spare=2),
        Column(head="more", cells=["3"], spare=5),
    ]
    assert table(columns, 80)[0] == "name  low  high  more"
    assert table(columns, 18)[0] == "name low high more"
    assert table(columns, 17)[0] == "name low high"
    assert table(columns, 12)[0] == "name"


def test_a_column_with_nothing_in_it_is_left_out_if_it_can_be() -> None:
    columns = [Column(head="n", cells=["1"]), Column(head="buzz", cells=[""], spare=1)]
    assert table(columns, 80) == ["n", "1"]


@given(_CELLS, _CELLS, st.integers(12, 40))
def test_lines_are_never_too_wide(names: list[str], notes: list[str], width: int) -> None:
    columns = [Column(head="名", cells=names, right=False), Column(head="n", cells=["1", "22", "333"])]
    columns.append(Column(head="x", cells=notes, right=False, spare=1))
    assert all(cell_len(line) <= width for line in table(columns, width))


@given(st.text(max_size=20), st.integers(0, 20))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
