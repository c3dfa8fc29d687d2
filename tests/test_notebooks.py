"""The notebooks of examples/: they run as they stand, and lie in the repository without what they showed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def cells(path: Path) -> list[dict[str, Any]]:
    """The code cells as they lie there."""
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_nothing_that_was_shown_is_kept(path: Path) -> None:
    assert [cell for cell in cells(path) if cell["outputs"] or cell["execution_count"] is not None] == []
    assert f"**[{path.name}]({path.name})**" in (EXAMPLES / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_monday(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbclient
    import nbformat
    from jupyter_client import AsyncKernelManager

    for name in ("HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    book = nbformat.read(EXAMPLES / "monday.ipynb", as_version=4)
    kernel = AsyncKernelManager(kernel_name="python3", transport="ipc")
    nbclient.NotebookClient(book, km=kernel, timeout=120).execute()
    shown = [cell.outputs for cell in book.cells if cell.cell_type == "code"]
    assert not [output for outputs in shown for output in outputs if output.output_type == "error"]
    pages = [output.data.get("text/html", "") for outputs in shown for output in outputs if "data" in output]
    assert [page.startswith("<iframe sandbox") for page in pages].count(True) == 1
    assert sum("<table" in page and "iframe" not in page for page in pages) == 5
    (page,) = (page for page in pages if "<iframe" in page)
    assert "Weekly report 2026-W46" in page
    written = {file.name for file in tmp_path.glob("TMPDIR/*/*.*")}
    assert {"week.html", "attention.csv", "kol.csv"} < written
