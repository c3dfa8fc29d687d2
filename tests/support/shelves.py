"""Renderers by what they can write."""

from __future__ import annotations

from qunkit import registry


def _is(name: str, what: str) -> bool:
    return bool(getattr(registry.load("renderers", name), what, False))


ALL = registry.names("renderers")
GRAPHS = [name for name in ALL if _is(name, "GRAPH")]
"""Those that refuse all but a result whose columns say from whom to whom an edge leads."""
TABLES = [name for name in ALL if name not in GRAPHS]
BYTES = [name for name in ALL if _is(name, "BINARY")]
REPORTS = [name for name in TABLES if name != "parquet"]
"""Several tables are no Parquet file."""
