"""The corridor of an analysis: times, parts, other analyses, finish, checks, plain cells; and what the data covers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pytest

from qunkit import registry
from qunkit.analyze import analyze, coverage
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.errors import AnalysisBroken
from qunkit.results import Column, Note
from qunkit.words import Text
from support.messages import TWELVE, moment, write_snapshot

X = Text("x", "甲")


@dataclass(frozen=True)
class Params:
    n: int = 1


@pytest.fixture
def engine(tmp_path):
    with connect(write_snapshot(tmp_path, TWELVE), Scope(), threads=2) as engine:
        yield engine


@pytest.fixture
def shelf(monkeypatch):
    """Puts analyses on the shelf: name → what the module holds."""
    put = {}

    def add(name, **parts):
        module = put[name] = ModuleType(name)
        module.TITLE, module.Params = X, Params
        for part, value in parts.items():
            setattr(module, part, value)

    monkeypatch.setattr(registry, "load", lambda shelf, name: put[name])
    return add


def columns(*types):
    return tuple(Column(f"c{n}", type_, X) for n, type_ in enumerate(types))


def rows(engine, name, params=None, scope=Scope()):  # noqa: B008
    return list(analyze(engine, name, params, scope=scope).rows())


def test_open_times_are_the_ends_of_the_data(engine, shelf):
    shelf("times", COLUMNS=columns(*["datetime"] * 3), SQL="SELECT :since AS c0, :until AS c1, :as_of AS c2")
    end = moment("2026-05-11 12:00:00")
    assert rows(engine, "times") == [(moment("2026-05-04 09:00:00"), end.replace(microsecond=1000), end)]
    told = moment("2026-05-06")
    assert rows(engine, "times", scope=Scope(since=told, until=end)) == [(told, end, end)]


def test_the_end_of_the_data_is_that_of_every_group(tmp_path, shelf):
    shelf("now", COLUMNS=columns("datetime"), SQL="SELECT :as_of AS c0")
    snapshot = write_snapshot(tmp_path, [*TWELVE, {"at": "2026-05-20 08:00:00", "group_id": "h"}])
    with connect(snapshot, Scope(groups=("g",))) as engine:
        assert rows(engine, "now", scope=Scope(groups=("g",))) == [(moment("2026-05-20 08:00:00"),)]


def test_params_and_their_defaults(engine, shelf):
    shelf("n", COLUMNS=columns("int"), SQL="SELECT :n AS c0")
    assert rows(engine, "n") == [(1,)]
    assert rows(engine, "n", Params(n=5)) == [(5,)]


def test_parts_are_worked_on_one_by_one(engine, shelf):
    def per_group(table, params):
        return pa.table({"part": table["part"].slice(0, 1), "n": [params.n * table.num_rows][: table.num_rows]})

    shelf(
        "parts",
        COLUMNS=columns("text", "int"),
        PART_SQL="SELECT sender_id AS part FROM posts ORDER BY part",
        per_group=per_group,
        SQL="SELECT part AS c0, n AS c1 FROM parts ORDER BY part",
    )
    assert rows(engine, "parts", Params(n=10)) == [("a", 50), ("b", 30), ("c", 10), ("d", 10), ("s", 10)]


def test_other_analyses_are_views_and_keep_their_parts_apart(engine, shelf):
    shelf("first", COLUMNS=columns("int"), SQL="SELECT 20 + :n AS c0")
    shelf(
        "second",
        USES=("first",),
        COLUMNS=columns("int"),
        SQL="SELECT c0 + 1 AS c0 FROM first",
        finish=lambda frame, params: frame * 2,
    )
    shelf(
        "third",
        USES=("first", "second"),
        COLUMNS=columns("int", "int"),
        SQL="SELECT f.c0, s.c0 AS c1 FROM first f, second s",
    )
    assert rows(engine, "third", Params(n=100)) == [(21, 44)]


def test_finish_notes_and_facts(engine, shelf):
    def finish(frame, params):
        return frame.assign(c1=frame["c0"] * params.n)

    def notes(frame, params):
        return [Note(X, (("sum", int(frame["c1"].sum())),))]

    shelf(
        "end",
        COLUMNS=columns("int", "int"),
        SQL="SELECT seq AS c0 FROM messages ORDER BY seq",
        finish=finish,
        notes=notes,
    )
    result = analyze(engine, "end", Params(n=2), scope=Scope(), facts={"as_of": "now"})
    assert list(result.rows())[-1] == (11, 22)
    assert result.notes == [Note(X, (("sum", 132),))]
    assert result.facts == {"as_of": "now"}
    assert (result.name, result.title) == ("end", X)


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1 AS c1, 2 AS c0", "SELECT 1 AS c0", "SELECT 1 AS c0, 2 AS c1, 3 AS c2", "SELECT 1 AS c0, 2 AS other"],
)
@pytest.mark.parametrize("finish", [False, True])
def test_other_columns_than_declared_are_a_bug(engine, shelf, sql, finish):
    shelf(
        "broken", COLUMNS=columns("int", "int"), SQL=sql, **({"finish": lambda frame, params: frame} if finish else {})
    )
    with pytest.raises(AnalysisBroken, match="broken"):
        rows(engine, "broken")


def test_an_unknown_analysis(engine):
    with pytest.raises(LookupError):
        rows(engine, "nothing_of_that_name")


ALL = ("text", "int", "float", "ratio", "seconds", "bool", "date", "datetime", "list", "series")
CELLS = """
SELECT CAST(SUM(1) AS VARCHAR) AS c0, SUM(1) AS c1, 1 / 3 AS c2, CAST(2 AS INTEGER) AS c3, 1e300 AS c4, TRUE AS c5, DATE '2026-05-04' AS c6,
  TIMESTAMP '2026-05-04 09:00:00' AS c7, ['a', NULL] AS c8, [1.5, NULL, 2 / 3] AS c9
UNION ALL SELECT NULL, NULL, CAST('nan' AS DOUBLE), NULL, CAST('inf' AS DOUBLE), NULL, NULL, NULL, NULL, NULL
"""
TOLD = (
    "1", 1, 0.333333333333, 2.0, 1e300, True, date(2026, 5, 4), moment("2026-05-04 09:00:00"), ["a", None], [1.5, None, 0.666666666667],
)  # fmt: skip


@pytest.mark.parametrize("finish", [None, lambda frame, params: frame])
def test_cells_are_plain_and_have_twelve_digits(engine, shelf, finish):
    shelf("cells", COLUMNS=columns(*ALL), SQL=CELLS, **({"finish": finish} if finish else {}))
    told, nothing = rows(engine, "cells")
    assert told == TOLD
    assert [type(cell) for cell in told] == [type(cell) for cell in TOLD]
    assert nothing == (None,) * 10
    assert type(told[7]) is datetime


@pytest.mark.parametrize(
    "x",
    [
        0.1 + 0.2,
        -1 / 3,
        2 / 3 * 1e-7,
        123456789.123456789,
        5e-324,
        1.7e308,
        1e22 / 3,
        0.0,
        -0.0,
        1e15 + 0.3,
        999999999999.5,
    ],
)
def test_twelve_digits_are_those_of_print(engine, shelf, x):
    shelf("one", COLUMNS=columns("float"), SQL="SELECT 1 AS c0", finish=lambda frame, params: pd.DataFrame({"c0": [x]}))
    assert rows(engine, "one") == [(float(f"{x:.12g}") if abs(x) > 1e-290 else x,)]


def test_coverage(engine, tmp_path):
    assert coverage(engine) == {
        "first": moment("2026-05-04 09:00:00"),
        "last": moment("2026-05-11 12:00:00"),
        "days": 8,
        "holes": [date(2026, 5, 8), date(2026, 5, 9)],
        "messages": 11,
        "notices": 1,
        "groups": 1,
    }
    with connect(tmp_path / "nothing", Scope()) as empty:
        nothing = {"first": None, "last": None, "days": 0, "holes": [], "messages": 0, "notices": 0, "groups": 0}
        assert coverage(empty) == nothing


def test_pandas_stays_out_where_nothing_needs_it(tmp_path):
    write_snapshot(tmp_path, TWELVE)
    code = f"""
import sys
from pathlib import Path
from qunkit.analyze import analyze
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
with connect(Path({str(tmp_path)!r}), Scope()) as engine:
    print(len(list(analyze(engine, "activity", scope=Scope()).rows())), "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "2 False\n"
