"""Every promise of docs/reliability.md has a test that is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (P\d\d) \| \*\*(.+) \| (.+) \|$", (ROOT / "docs/reliability.md").read_text("utf-8"), re.MULTILINE
)


def test_every_promise_is_there_once():
    assert [name for name, _, _ in ROWS] == [f"P{number:02}" for number in range(1, 31)]


@pytest.mark.parametrize(
    ("name", "tests"), [(name, tests) for name, _, tests in ROWS], ids=[name for name, _, _ in ROWS]
)
def test_its_tests_are_there(name, tests):
    named = re.findall(r"`(\S+)::(\w+)`", tests)
    assert named
    for path, test in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{path}::{test}"


def test_no_test_bears_the_name_of_a_promise_that_there_is_not():
    named = {
        found[1]
        for path in (ROOT / "tests").rglob("test_*.py")
        for found in re.finditer(r"def test_(P\d\d)_", path.read_text("utf-8"))
    }
    assert named
    assert named <= {name for name, _, _ in ROWS}
