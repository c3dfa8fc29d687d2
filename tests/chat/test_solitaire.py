from __future__ import annotations

import pyarrow as pa
import pytest

from qunkit.chat.solitaire import mark

LISTS = ["#接龙\n拼车\n\n1. 甲", "＃接龙\n1. 甲", "#接龍\n1. 甲", "接龙：周日\n1. 甲", "接龍:1. 甲", "#Group Note\n1. Ann", "#接龙", "\n#接龙\n1.", "#接龙 周日拼车", "#接龙周日\n1. 甲"]  # fmt: skip
WORDS = [
    "#接龙怎么弄",
    "大家接龙：",
    "接龙",
    "接龙吧\n1. 甲",
    "# 说明\n#接龙",
    "1. 甲\n#接龙",
    "#Group Notes are fine",
    "",
    None,
]


@pytest.mark.parametrize("text", LISTS)
def test_lists(text: str) -> None:
    kinds = [None, "text", "other", "link", "quote", "system"]
    marked = mark(pa.array(kinds), pa.array([text] * len(kinds))).to_pylist()
    assert marked == ["solitaire"] * 4 + ["quote", "system"]


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str | None) -> None:
    assert mark(pa.array(["text", None]), pa.array([text, text], pa.string())).to_pylist() == ["text", None]
