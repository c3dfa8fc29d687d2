"""Chinese sentences have Chinese punctuation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "qunkit"
HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff}）」])[,;:!?(]|[,;:!?)](?=[\u4e00-\u9fff{（])|[\u4e00-\u9fff]\.")


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """Line and Chinese of every ``Text(en, zh)`` written in a file; of f-strings the fixed parts, with {} for the others."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Text", "_must", "_may"):
            told = node.args[-1] if node.args else None
            if isinstance(told, ast.Constant) and isinstance(told.value, str):
                yield told.lineno, told.value
            elif isinstance(told, ast.JoinedStr):
                parts = [str(v.value) if isinstance(v, ast.Constant) else "{}" for v in told.values]
                yield told.lineno, "".join(parts)


@pytest.mark.parametrize("file", sorted(SRC.rglob("*.py")), ids=lambda file: file.relative_to(SRC).as_posix())
def test_chinese_has_chinese_punctuation(file: Path) -> None:
    found = [(line, text) for line, text in texts(file) if HALF_WIDTH.search(_without_code(text))]
    assert found == []


def _without_code(text: str) -> str:
    """Without what stands between backquotes, and without links and ratios such as 7:3."""
    return re.sub(r"`[^`]*`|https?://\S+", "x", text)


def test_the_rule_bites() -> None:
    assert HALF_WIDTH.search("已拒绝,没有写入")
    assert HALF_WIDTH.search("{path}:已拒绝")
    assert not HALF_WIDTH.search("已拒绝，没有写入（见 docs/a.md）；{path}：好。")
