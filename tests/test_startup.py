"""A fast start: what the help of the program loads, and what the shelves load when they are only looked at."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from qunkit import registry

HEAVY = {
    "pandas",
    "pyarrow",
    "duckdb",
    "numpy",
    "scipy",
    "networkx",
    "rich",
    "jieba",
    "rjieba",
    "defusedxml",
    "vl_convert",
    "pydantic",
    "email",
    "importlib.metadata",
}
DATA = HEAVY - {"pydantic", "email", "importlib.metadata"}
"""What typer loads by itself when it reads options is not ours."""

PROBE = """
import json, sys
{code}
sys.stderr.write(json.dumps(sorted(sys.modules)))
"""
RUN = "from qunkit.cli.main import run; assert run({args!r}) == 0"


def loaded(code: str) -> set[str]:
    """Modules that an isolated interpreter has after `code`."""
    done = subprocess.run([sys.executable, "-c", PROBE.format(code=code)], capture_output=True, check=True, timeout=120)
    return set(json.loads(done.stderr))


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--help"],
        ["--version"],
        ["--lang", "zh"],
        ["activity", "--help"],
        ["ingest", "--help"],
        ["alias", "--help"],
    ],
)
def test_help_loads_nothing_heavy(args: list[str]) -> None:
    assert not loaded(RUN.format(args=args)) & HEAVY


def test_help_loads_little_beside_typer() -> None:
    """The ratio to a bare `import typer` is measured by benchmarks/startup.py; this is its part that a busy machine cannot spoil."""
    more = loaded(RUN.format(args=["--help"])) - loaded("import typer")
    assert len([name for name in more if not name.startswith("qunkit")]) <= 10
    assert not [
        name
        for name in more
        if name.startswith(("qunkit.formats.", "qunkit.analyses.", "qunkit.renderers.", "qunkit.ingest"))
    ]


@pytest.mark.parametrize("shelf", ["formats", "features", "analyses", "renderers"])
def test_a_shelf_loads_nothing_heavy(shelf: str) -> None:
    assert registry.names(shelf)
    assert (
        not loaded(
            f"from qunkit import registry\nfor name in registry.names({shelf!r}): registry.load({shelf!r}, name)"
        )
        & DATA
    )


@pytest.mark.parametrize(
    "module", ["qunkit", "qunkit.api", "qunkit.question", "qunkit.config", "qunkit.window", "qunkit.demo"]
)
def test_the_front_door_loads_nothing_heavy(module: str) -> None:
    assert not loaded(f"import {module}") & DATA


def test_every_cli_module_loads_nothing_heavy() -> None:
    code = "import pkgutil, qunkit.cli\nfor one in pkgutil.iter_modules(qunkit.cli.__path__): __import__('qunkit.cli.' + one.name)"
    assert not loaded(code) & DATA
