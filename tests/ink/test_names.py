"""Ids for people: none beside a name that is one's own, behind a name that several have, in the place of one that is not known."""

from __future__ import annotations

import io

import pytest

from qunkit import ink, registry
from qunkit.results import Cell, Column, Note, Report, Result, Section
from qunkit.words import Text


def _named(names: str, *rows: tuple[Cell, ...]) -> tuple[list[str], list[tuple[Cell, ...]], bool]:
    columns = [Column(name, "text", Text(name, name)) for name in names.split()]
    kept, shown, has_ids = ink.named(columns, rows)
    return [column.name for column in kept], shown, has_ids


def test_ids_go_where_names_say_who_is_meant() -> None:
    rows = [("g1", "徒步", "w1", "阿岚", 3), ("g1", "徒步", "w2", "凯文", 2), ("g2", "读书", "w3", "阿岚", 1)]
    wanted = [("徒步", "阿岚", 3), ("徒步", "凯文", 2), ("读书", "阿岚", 1)]  # a name of each group is no other's
    assert _named("group_id group_name member_id name n", *rows) == (["group_name", "name", "n"], wanted, True)


def test_namesakes_are_told_apart_and_nobody_else() -> None:
    rows = [
        ("w1", "阿岚"),
        ("w2", "阿岚"),
        ("name:阿岚", "阿岚"),
        ("w3", "凯文"),
        ("w3", "凯文"),
        ("w4", None),
        ("name:小", ""),
    ]
    shown = ["阿岚 (w1)", "阿岚 (w2)", "阿岚", "凯文", "凯文", "w4", "小"]
    assert _named("member_id name", *rows) == (["name"], [(name,) for name in shown], True)


def test_groups_of_one_name() -> None:
    rows = [("g1", "徒步", "w1", "阿岚"), ("g2", "徒步", "w1", "阿岚"), ("name:读书", None, None, None)]
    shown = [("徒步 (g1)", "阿岚"), ("徒步 (g2)", "阿岚"), ("读书", None)]
    assert _named("group_id group_name sender_id sender_name", *rows)[1] == shown


def test_rows_about_no_group_have_no_column_of_groups() -> None:
    """As `qunkit topics` over all groups has them; one row that is about a group keeps it, and a name alone stays."""
    assert _named("group_id group_name word", (None, None, "露营"), (None, None, "帐篷")) == (["word"], [("露营",), ("帐篷",)], False)  # fmt: skip
    assert _named("group_id group_name word", (None, None, "露营"), ("g1", None, "帐篷"))[:2] == (["group_name", "word"], [(None, "露营"), ("g1", "帐篷")])  # fmt: skip
    assert _named("group_name word", (None, "露营"))[0] == ["group_name", "word"]
    assert _named("group_id group_name word") == (["group_name", "word"], [], True)


def test_a_marked_name_is_a_name_and_a_lone_id_stays() -> None:
    assert _named("alias member", ("name:阿岚", "w1"), ("w2", "name:岚姐"))[1] == [("阿岚", "w1"), ("w2", "岚姐")]
    assert _named("member_id n", ("name:阿岚", 1)) == (["member_id", "n"], [("name:阿岚", 1)], False)


def _report(*tables: str) -> Report:
    columns = [tuple(Column(one, "text", Text(one, one)) for one in table.split()) for table in tables]
    results = [Result("r", Text("r", "r"), one, [("g", "读书")]) for one in columns]
    within = [Section("t", Text("t", "t"), result=one) for one in results]
    return Report("w", Note(Text("w", "w")), [Section("s", Text("s", "s"), sections=within)])


def test_a_report_leaves_ids_out_where_one_of_its_tables_does() -> None:
    ids = "group_id group_name"
    assert [ink.leaves_ids(_report(*told)) for told in (("word n", ids), ("word n", "group_id n"), ())] == [True, False, False]  # fmt: skip


@pytest.mark.parametrize("renderer", ["terminal", "markdown", "html"])
def test_a_report_says_once_that_ids_are_left_out(renderer: str) -> None:
    for tables, times in ((3, 1), (0, 0)):
        out = io.StringIO()
        registry.load("renderers", renderer).write(_report("word n", *["group_id group_name"] * tables), out, "zh")
        assert out.getvalue().count("未显示 id") == times
