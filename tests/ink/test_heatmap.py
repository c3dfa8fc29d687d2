"""Which results are maps, and how deep their cells are shaded."""

from __future__ import annotations

from qunkit import ink
from qunkit.results import Cell, Column, Result
from qunkit.words import Text

COLUMNS = (
    Column("weekday", "int", Text("weekday", "星期")),
    Column("hour", "int", Text("hour", "小时")),
    Column("messages", "int", Text("messages", "消息数")),
    Column("mean", "float", Text("mean", "平均")),
)


def _result(*rows: tuple[Cell, ...], columns: tuple[Column, ...] = COLUMNS) -> Result:
    return Result("r", Text("r", "r"), columns, iter(rows))


def _map(*rows: tuple[Cell, ...]) -> ink.Heat:
    found, _ = ink.heat(_result(*rows))
    assert found
    return found


def test_shades_are_quarters_of_the_largest() -> None:
    heat = _map((1, 0, 9, 8.0), (1, 1, 9, 6.1), (1, 2, 9, 6.0), (1, 3, 9, 4.0), (1, 4, 9, 2.0), (1, 5, 9, 0.1), (1, 6, 9, 0.0), (1, 7, 9, None))  # fmt: skip
    assert "".join(heat.shades(1)).rstrip() == "██▓▒░░·"
    assert heat.peak() == (1, 0)
    assert [column.name for column in heat.others] == ["messages"]


def test_the_earliest_of_equal_peaks() -> None:
    assert _map((2, 5, 1, 3.0), (1, 9, 1, 3.0), (1, 23, 1, 3.0)).peak() == (1, 9)


def test_nothing_but_zeros() -> None:
    heat = _map((1, 0, 0, 0.0))
    assert (heat.shade(1, 0), heat.peak(), heat.top) == ("·", None, 0)


def test_a_count_where_there_is_no_mean() -> None:
    found, _ = ink.heat(_result((1, 0, 4), columns=COLUMNS[:3]))
    assert found
    assert found.measure.name == "messages"


def test_what_is_no_map_is_given_back_whole() -> None:
    for rows in ([(1, 0, 1, 1.0), (1, 0, 2, 2.0)], [(8, 0, 1, 1.0)], [(1, 24, 1, 1.0)], [(None, 1, 1, 1.0)]):
        found, result = ink.heat(_result(*rows))
        assert found is None
        assert list(result.rows()) == rows
    rows = [(1 + at % 7, at % 24, 1, 1.0) for at in range(400)]
    found, result = ink.heat(_result(*rows))
    assert (found, list(result.rows())) == (None, rows)


def test_other_columns_first_are_no_map() -> None:
    result = _result((1, 0, 1, 1.0), columns=(COLUMNS[1], COLUMNS[0], *COLUMNS[2:]))
    assert ink.heat(result) == (None, result)


def test_a_measure_without_any_value_is_passed_over() -> None:
    columns = (*COLUMNS, Column("share", "ratio", Text("share", "占比")))
    found, _ = ink.heat(_result((1, 0, 9, None, 0.5), (1, 1, 9, None, None), columns=columns))
    assert found
    assert (found.measure.name, found.values) == ("share", {(1, 0): 0.5})
