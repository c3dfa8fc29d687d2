"""Only ink, renderers and cli write to the screen: everywhere else a name from a chat would get there uncleaned."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qunkit

SOURCE = Path(qunkit.__file__).parent
MAY_WRITE = ("ink", "renderers", "cli")
WORKERS = ("parsing/_workbook_worker.py",)
"""Their streams are pipes to the process that started them."""
STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")


def writes(tree: ast.AST) -> Iterator[str]:
    """Ways to the screen in a module: print, the standard streams, descriptors 1 and 2, Rich, logging, warnings."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="print" | "breakpoint"):
                yield f"{node.lineno}: {node.id}"
            case ast.Attribute(value=ast.Name(id="sys"), attr=attr) if attr in STREAMS:
                yield f"{node.lineno}: sys.{attr}"
            case ast.Attribute(value=ast.Name(id="warnings"), attr="warn"):
                yield f"{node.lineno}: warnings.warn"
            case ast.ImportFrom(module="warnings", names=names) if "warn" in {name.name for name in names}:
                yield f"{node.lineno}: warnings.warn"
            case ast.ImportFrom(module="sys", names=names) if {name.name for name in names} & {*STREAMS}:
                yield f"{node.lineno}: from sys import"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="write" | "fdopen"), args=[number, *_]):
                if isinstance(number, ast.Constant) and number.value in (1, 2):
                    yield f"{node.lineno}: os.{node.func.attr}"  # type: ignore[attr-defined]
            case ast.Import(names=names):
                yield from (f"{node.lineno}: {name.name}" for name in names if _writes(name.name))
            case ast.ImportFrom(module=str(module), level=0) if _writes(module):
                yield f"{node.lineno}: {module}"


def _writes(module: str) -> bool:
    return module.partition(".")[0] in ("rich", "logging", "curses", "pprint", "tqdm")


def _modules() -> list[str]:
    found = (path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
    return sorted(name for name in found if name.partition("/")[0] not in MAY_WRITE and name not in WORKERS)


@pytest.mark.parametrize("name", _modules())
def test_nothing_else_writes_to_the_screen(name: str) -> None:
    assert list(writes(ast.parse((SOURCE / name).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "print(name)",
        "say = print",
        "import sys\nsys.stdout.write(name)",
        "import sys\nsys.__stderr__.write(name)",
        "from sys import stdout",
        "import os\nos.write(1, name)",
        "import rich.console",
        "def f():\n    from rich.table import Table",
        "import logging",
        "from warnings import warn",
        "import warnings\nwarnings.warn(name)",
    ],
)
def test_it_bites(code: str) -> None:
    assert len(list(writes(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code", ["import os\nos.write(number, name)", "blueprint(name)", "out.write(name)", "import sys\nsys.argv"]
)
def test_it_bites_nothing_else(code: str) -> None:
    assert list(writes(ast.parse(code))) == []
