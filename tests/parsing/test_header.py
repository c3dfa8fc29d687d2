"""Which columns an error may name: those that are names for sure, and no first row that somebody said."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from qunkit.parsing.source import open_source
from qunkit.parsing.tables import header

ROW = "2024-12-01 08:00:00,阿岚,早\n"


def found(folder: Path, text: str, name: str = "a.csv") -> list[str]:
    (folder / name).write_text(text, "utf-8")
    return header(open_source(folder / name))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("when,who,said\n" + ROW, ["when", "who", "said"]),
        ("sep=;\nwhen;who\n1;2\n", ["when", "who"]),
        ("时间\t姓名\t内容（原文）\n[08:03]\t阿岚\t早\n", ["时间", "姓名", "内容（原文）"]),
        ('when,who,"said, as typed"\n2024,阿岚,"早\n好, 你"\n2024,b,c\n', ["when", "who", "said, as typed"]),
        ('{"when": 1, "who": {"id": "a"}, "我的密码是 987654": 1}\n', ["when", "who.id"]),
    ],
)
def test_names_are_told(tmp_path: Path, text: str, names: list[str]) -> None:
    assert found(tmp_path, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "只是一句话\n另一句\n",
        "早,大家好\n",
        "早,大家好\n你,也好\n",
        "早,大家好\n你好\n",
        "早,大家好,吃了吗？\n1,2,3\n",
        "密码 987654,别说\n1,2\n",
        f"{'很长' * 21},b\n1,2\n",
        ROW,
        ROW * 3,
    ],
)
def test_what_may_be_said_is_not(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_a_workbook(tmp_path: Path) -> None:
    for rows, names in (
        ([["周报"], ["when", "who"], ["2024-12-01 08:00", "阿岚"]], ["when", "who"]),
        ([["2024-12-01 08:00", "阿岚", "早"]] * 2, []),
        ([["阿岚", "早"], ["小刘", "好"]], []),
    ):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / "a.xlsx")
        assert header(open_source(tmp_path / "a.xlsx")) == names
